"""Dialogs with a list: what is typed is meant, whatever the list holds; nothing is taken that nobody chose."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Label, OptionList

from tests.fakes import RampEstimator
from tests.screens.conftest import WIDE, answer, message, ready, status, type_text, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.geometry.intrinsics import Intrinsics
from tui.screens.pick import Choice, PickDialog, Picked
from tui.storage.intrinsics import save_intrinsics
from tui.storage.profiles import load_profile

CHOICES = (
    Choice("one", "first", "of a kind"),
    Choice("two", "second", "Of Another"),
    Choice("three", "third"),
)
NOTHING = object()


class Asking(App[None]):
    """Asks at once, and remembers the answer."""

    def __init__(self, current: str | None = None, choices: tuple[Choice, ...] = CHOICES) -> None:
        super().__init__()
        self.dialog = PickDialog("Pick", choices, "or type:", current=current)
        self.answer: object = NOTHING

    def on_mount(self) -> None:
        def remember(picked: Picked | None) -> None:
            assert self.answer is NOTHING
            self.answer = picked

        self.push_screen(self.dialog, remember)

    @property
    def rows(self) -> list[str]:
        options = self.dialog.query_one(OptionList)
        return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]

    @property
    def highlighted(self) -> int | None:
        return self.dialog.query_one(OptionList).highlighted

    @property
    def field(self) -> str:
        return self.dialog.query_one(Input).value


@pytest.mark.parametrize(
    ("current", "keys", "expected"),
    [
        (None, ["enter"], NOTHING),
        ("two", ["enter"], Picked("two", typed=False)),
        (None, ["down", "enter"], Picked("one", typed=False)),
        (None, ["up", "enter"], Picked("three", typed=False)),
        ("one", ["down", "enter"], Picked("two", typed=False)),
        (None, [*"first", "enter"], Picked("first", typed=True)),
        ("two", [*"new", "enter"], Picked("new", typed=True)),
        ("two", [*"o", "enter"], Picked("o", typed=True)),
        (None, [*"another", "down", "enter"], Picked("two", typed=False)),
        (None, [*"th", "down", "i", "enter"], Picked("thi", typed=True)),
        (None, ["down", "n", "backspace", "enter"], NOTHING),
        ("two", ["x", "backspace", "enter"], Picked("two", typed=False)),
        ("two", ["x", "escape"], None),
        (None, ["tab", "n", "tab", "o", "shift+tab", "enter"], Picked("no", typed=True)),
        (None, ["q", "question_mark", "1", "enter"], Picked("q?1", typed=True)),
    ],
)
async def test_what_enter_takes(current: str | None, keys: list[str], expected: object) -> None:
    app = Asking(current)
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.answer == expected


async def test_enter_on_nothing_says_what_to_do() -> None:
    for choices, told in ((CHOICES, "walk to a row with ↑↓"), ((), "type something")):
        app = Asking(choices=choices)
        async with app.run_test() as pilot:
            await pilot.press("enter")
            problem = app.dialog.query_one("#problem", Label)
            assert problem.display
            assert told in str(problem.content)
            await pilot.press("x")
            assert not problem.display


async def test_typing_narrows_by_value_label_and_detail_whatever_the_case() -> None:
    app = Asking("two")
    async with app.run_test() as pilot:
        assert app.highlighted == 1
        for text, rows in (("TWO", ["second"]), ("ir", ["first", "third"]), ("oF a", ["first", "second"]), ("zz", [])):
            await pilot.press(*["backspace"] * len(app.field), *(key if key != " " else "space" for key in text))
            assert [row.split()[0] for row in app.rows] == rows
            assert app.highlighted is None
        await pilot.press(*["backspace"] * 2)
        assert len(app.rows) == 3
        assert app.highlighted == 1


async def test_labels_are_text_not_markup() -> None:
    app = Asking(choices=(Choice("a", "[red]a[/]", "[bold]b"), Choice("b", "[/nonsense")))
    async with app.run_test():
        assert app.rows[0].startswith("[red]a[/]")
        assert app.rows[1] == "[/nonsense"


async def test_typing_and_pasting_go_to_the_field_whatever_has_the_focus() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        app.dialog.set_focus(None)
        await pilot.press("a")
        app.dialog.set_focus(None)
        app.post_message(events.Paste("bc\nd"))
        await pilot.pause()
        app.post_message(events.Paste("e"))
        await pilot.pause()
        await pilot.press("f")
        assert app.field == "abcef"


async def test_a_double_click_takes_a_row_once_and_leaves_the_screen_below() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        below = app.screen_stack[0]
        assert await pilot.click(OptionList, offset=(3, 1), times=2)
        await pilot.pause()
        assert app.answer == Picked("two", typed=False)
        assert app.screen is below


# --- the four dialogs of the app


async def opened(pilot: Pilot[None], app: DepthApp, key: str) -> PickDialog:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, PickDialog), "the dialog is open")
    assert isinstance(app.screen, PickDialog)
    return app.screen


async def test_a_new_profile_s_name_saves_and_loads_no_other(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("r")
        await answer(pilot, "2m")
        await pilot.press("p", *"other", "enter")
        await until(pilot, lambda: "saved as" in message(app), "the first is saved")
        await pilot.press("r")
        await answer(pilot, "3m")
        before = app.main.session.references
        await pilot.press("p", *"mine", "enter")
        await until(pilot, lambda: "mine" in message(app), "the second is saved")
        assert app.main.session.references == before
        assert load_profile("mine").references == before


async def test_an_angle_is_taken_where_a_camera_is_saved(app: DepthApp) -> None:
    save_intrinsics("saved", Intrinsics(1000.0, 1000.0, 160.0, 120.0, 320, 240))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        dialog = await opened(pilot, app, "i")
        assert dialog.query_one(OptionList).highlighted is None
        await pilot.press(*"66deg", "enter")
        await until(pilot, lambda: app.main.session.intrinsics is not None, "the camera is known")
        assert app.main.session.intrinsics is not None
        assert app.main.session.intrinsics.fx_px == pytest.approx(246.4, abs=0.1)  # 160 / tan 33 degrees


async def test_an_address_is_opened_not_the_demo(
    app: DepthApp, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.png").write_bytes(picture.read_bytes())
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await opened(pilot, app, "s")
        await type_text(pilot, "./other.png")
        await pilot.press("enter")
        await until(pilot, lambda: "other.png" in status(app), "the address is open")


async def test_a_model_s_name_is_typed(app: DepthApp, estimators: dict[str, DepthEstimator]) -> None:
    estimators["typed"] = RampEstimator("typed")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await opened(pilot, app, "m")
        await pilot.press(*"typed", "enter")
        await until(pilot, lambda: "typed" in status(app), "the model that was typed works")
