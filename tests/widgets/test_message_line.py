"""What is said when several things are to be said, how long it stands, and what the log of it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from tui.screens.message_log import MessageLogDialog
from tui.widgets import message_line
from tui.widgets.message_line import MessageLine, Severity, Told, as_text
from tui.widgets.visible import visible

ERROR, WARNING, INFO, TIP = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.TIP
NOON = datetime(2024, 5, 17, 12, 0, tzinfo=timezone(timedelta(hours=2)))


class Speaking(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("above", id="above")
        yield MessageLine(widget_id="message", now=lambda: NOON)

    CSS = "#above { height: 1fr; }"

    @property
    def line(self) -> MessageLine:
        return self.query_one(MessageLine)

    @property
    def text(self) -> str:
        return str(self.line.content)


@pytest.fixture(autouse=True)
def _never_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is over by time unless a test says so."""
    monkeypatch.setattr(message_line, "_SHOWN_FOR_S", 1000.0)
    monkeypatch.setattr(message_line, "_QUIET_BEFORE_TIP_S", 1000.0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_line, "_SHOWN_FOR_S", 0.05)
    monkeypatch.setattr(message_line, "_QUIET_BEFORE_TIP_S", 0.05)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        await pilot.pause(0.005)
    pytest.fail("never happened")


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([("a", INFO), ("b", INFO)], "b"),
        ([("a", INFO), ("b", WARNING)], "b"),
        ([("a", WARNING), ("b", INFO)], "a"),
        ([("a", WARNING), ("b", WARNING)], "b"),
        ([("a", WARNING), ("b", ERROR), ("c", WARNING), ("d", INFO)], "b"),
        ([("a", ERROR), ("b", ERROR)], "b"),
        ([("a", TIP)], ""),
        ([("a", WARNING), ("b", TIP)], "a"),
    ],
)
async def test_what_matters_more_is_shown(messages: list[tuple[str, Severity]], expected: str) -> None:
    app = Speaking()
    async with app.run_test():
        for text, severity in messages:
            app.line.tell(text, severity)
        assert app.text == expected
        assert [(told.text, told.severity) for told in app.line.history] == messages


async def test_an_error_stands_until_a_key_and_then_what_waited_comes() -> None:
    app = Speaking()
    async with app.run_test():
        for text, severity in (("first", ERROR), ("noted", WARNING), ("second", ERROR)):
            app.line.tell(text, severity)
        seen = []
        for _ in range(4):
            seen.append(app.text)
            app.line.key_pressed()
        assert seen == ["second", "first", "noted", "noted"]


@pytest.mark.usefixtures("quick")
async def test_an_error_outlasts_the_time_of_others() -> None:
    app = Speaking()
    async with app.run_test() as pilot:
        app.line.tell("stands", ERROR)
        app.line.tell("goes by", INFO)
        await pilot.pause(0.2)
        assert app.text == "stands"
        app.line.key_pressed()
        assert app.text == "goes by"
        await until(pilot, lambda: app.text == "")


async def test_the_answer_to_a_key_takes_the_place_of_what_was_seen() -> None:
    app = Speaking()
    async with app.run_test():
        app.line.tell("careful", WARNING)
        app.line.key_pressed()
        assert app.text == "careful"
        app.line.tell("saved", INFO)
        assert app.text == "saved"


async def test_what_is_cured_goes_whether_it_is_shown_or_waits() -> None:
    app = Speaking()
    async with app.run_test():
        app.line.tell("camera 0 is gone", ERROR, key="source")
        app.line.tell("still slow", WARNING, key="speed")
        app.line.tell("no map", ERROR)
        app.line.cure("source")
        assert app.text == "no map"
        app.line.cure("no map")
        assert app.text == "still slow"
        app.line.cure("speed")
        assert app.text == ""
        app.line.cure("never said")
        assert len(app.line.history) == 3


@pytest.mark.usefixtures("quick")
async def test_a_tip_waits_for_quiet_and_gives_way() -> None:
    app = Speaking()
    async with app.run_test() as pilot:
        app.line.tell("tip", TIP)
        app.line.tell("error", ERROR)
        await pilot.pause(0.2)
        assert app.text == "error"
        app.line.key_pressed()
        await until(pilot, lambda: app.text == "tip")
        app.line.tell("info", INFO)
        assert app.text == "info"
        await until(pilot, lambda: app.text == "tip")
        await until(pilot, lambda: app.text == "")


async def test_a_tip_that_stood_when_a_key_was_pressed_is_not_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_line, "_QUIET_BEFORE_TIP_S", 0.05)
    app = Speaking()
    async with app.run_test() as pilot:
        app.line.tell("tip", TIP)
        await until(pilot, lambda: app.text == "tip")
        app.line.key_pressed()
        app.line.tell("error", ERROR, key="it")
        app.line.tell("another tip", TIP)
        app.line.cure("it")
        await until(pilot, lambda: app.text == "another tip")


async def test_it_covers_nothing_and_only_what_matters_gets_more_rows() -> None:
    app = Speaking()
    async with app.run_test(size=(40, 10)) as pilot:
        for text, severity, rows in (
            ("short", INFO, 1), ("long " * 20, INFO, 1), ("long " * 10, WARNING, 2), ("long " * 90, ERROR, 3),
        ):  # fmt: skip
            app.line.tell(text, severity)
            await pilot.pause()
            assert app.line.size.height == rows
            assert app.query_one("#above").size.height == 10 - rows
        app.line.key_pressed()
        await pilot.pause()
        assert app.line.size.height == 1


async def test_controls_in_it_are_seen_not_obeyed() -> None:
    app = Speaking()
    async with app.run_test():
        app.line.tell("evil\x1b[2J\nname\u202e\udcff")
        assert app.text == "evil␛[2J␊name��"


def test_visible_text_is_left_as_it_is() -> None:
    assert visible("Zimmer 3 · 漢字 👩‍🔬 ½") == "Zimmer 3 · 漢字 👩‍🔬 ½"


async def test_the_history_is_bounded() -> None:
    app = Speaking()
    async with app.run_test():
        for number in range(600):
            app.line.tell(f"message {number}")
        assert len(app.line.history) == 500
        assert app.line.history[-1] == Told("message 599", INFO, NOON)
        assert app.line.history[-1].at == NOON


def test_the_log_names_time_and_severity() -> None:
    told = [Told("gone\x1b", ERROR, NOON), Told("[b]saved[/b]", INFO, NOON + timedelta(seconds=61))]
    assert as_text(told).plain == "12:00:00 error   gone␛\n12:01:01 info    [b]saved[/b]"


async def test_the_log_shows_the_newest_first_scrolls_and_closes() -> None:
    app = Speaking()
    async with app.run_test(size=(60, 12)) as pilot:
        for number in range(50):
            app.line.tell(f"message {number}")
        app.push_screen(MessageLogDialog(app.line.history))
        await pilot.pause()
        shown = str(app.screen.query_one(Static).visual)
        assert shown.index("message 49") < shown.index("message 0")
        box = app.screen.query_one(VerticalScroll)
        await pilot.press("pagedown")
        await until(pilot, lambda: box.scroll_y > 0)
        await pilot.press("escape")
        assert not isinstance(app.screen, MessageLogDialog)
