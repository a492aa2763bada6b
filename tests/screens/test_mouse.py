"""The whole job by mouse alone: only clicks and the wheel, from choosing a source to leaving; numbers by the wheel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList

from tests.fakes import RampEstimator
from tests.screens.conftest import message, ready, status, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.screens.confirm import ConfirmDialog
from tui.screens.info import InfoDialog
from tui.screens.message_log import MessageLogDialog
from tui.screens.options import StartOptions
from tui.screens.palette import PaletteDialog
from tui.screens.pick import PickDialog
from tui.storage.profiles import list_profiles
from tui.widgets.key_bar import Hints, KeyBar
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt


@dataclass(frozen=True)
class Mouse:
    """All that the user has."""

    pilot: Pilot[None]
    app: DepthApp

    @property
    def camera(self) -> PictureView:
        return self.app.main.query_one("#camera", PictureView)

    async def on_hint(self, bar: Hints, words: str) -> bool:
        """Click on a key by its words; False if it is not offered."""
        x = 1
        for hint in bar.shown():
            if hint.words == words:
                assert await self.pilot.click(bar, offset=(x, 0)), "it is in sight"
                await self.pilot.pause()
                return True
            x += hint.width + 2
        return False

    async def press(self, words: str) -> None:
        """What the bottom row or, where it has no room for it, the palette offers."""
        if not await self.on_hint(self.app.main.query_one(KeyBar), words):
            assert await self.on_hint(self.app.main.query_one(KeyBar), "all keys")
            await self.until(lambda: isinstance(self.app.screen, PaletteDialog), "the palette is open")
            await self.row(f" {words}")
        await self.pilot.pause()

    async def in_dialog(self, words: str) -> None:
        """A key of the dialog that is open."""
        assert await self.on_hint(self.app.screen.query_one(Hints), words), words

    async def row(self, words: str) -> None:
        """A row of the list that is open, for which the wheel is turned where it is not in sight."""
        options = self.app.screen.query_one(OptionList)
        index = next(n for n in range(options.option_count) if words in str(options.get_option_at_index(n).prompt))
        await self.pilot.pause()
        while index not in (seen := self.in_sight(options)):
            self.wheel(options, -1 if index > max(seen) else 1)
            await self.pilot.pause(0.01)
        assert await self.pilot.click(options, offset=(3, seen[index]))
        await self.pilot.pause()

    @staticmethod
    def in_sight(options: OptionList) -> dict[int, int]:
        """Row on the screen of each option."""
        lines = [options._lines[y][0] for y in range(int(options.scroll_y), len(options._lines))]
        return {option: y for y, option in reversed(list(enumerate(lines[: options.size.height])))}

    @staticmethod
    def wheel(widget: Widget, step: int) -> None:
        """Turn it by one notch, up or down."""
        kind = events.MouseScrollUp if step > 0 else events.MouseScrollDown
        widget.post_message(kind(widget, 8, 8, 0, -step, 0, shift=False, meta=False, ctrl=False))

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        await until(self.pilot, condition, what)

    async def dialog(self, kind: type[Screen[Any]]) -> None:
        await self.until(lambda: isinstance(self.app.screen, kind), f"{kind.__name__} is open")

    async def back(self) -> None:
        await self.until(lambda: self.app.screen is self.app.main, "the dialog is closed")

    async def give(self, steps: int) -> None:
        """A distance at the crosshair: the wheel counts it, a click takes it."""
        await self.press("reference")
        prompt = self.app.main.query_one(Prompt)
        await self.until(lambda: prompt.question is not None, "it asks")
        for _ in range(abs(steps) + 1):
            self.wheel(prompt, 1 if steps >= 0 else -1)
        await self.pilot.pause()
        assert await self.pilot.click(next(iter(prompt.query("_Key"))))
        await self.pilot.pause()


@pytest.fixture
def start(picture: Path, tmp_path: Path, estimators: dict[str, DepthEstimator]) -> DepthApp:
    estimators["pocket"] = RampEstimator("pocket")
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "photo.png").write_bytes(picture.read_bytes())
    return DepthApp(StartOptions(source=str(picture), model="ramp"))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_whole_job(
    start: DepthApp, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with start.run_test(size=size) as pilot:
        await ready(pilot, start)
        mouse = Mouse(pilot, start)
        main = start.main
        # A source: a file in another folder, walked to.
        await mouse.press("source")
        await mouse.dialog(PickDialog)
        await mouse.row("file")
        await mouse.until(lambda: len(start.screen.query(OptionList)) == 1 and start.screen is not main, "it opens")
        await mouse.row("shelf/")
        await mouse.row("photo.png")
        await mouse.back()
        await mouse.until(lambda: "photo.png" in status(start) and main.shown is not None, "it is shown")
        # Another model.
        await mouse.press("model")
        await mouse.dialog(PickDialog)
        await mouse.row("pocket")
        await mouse.back()
        await mouse.until(lambda: "pocket" in status(start), "its map is shown")
        await mouse.press("freeze")
        assert main.session.frozen
        # Points and references; the wheel zooms.
        assert await pilot.click(mouse.camera, offset=(8, 8))
        await pilot.pause()
        first = main.session.u_px
        mouse.wheel(mouse.camera, 1)
        await mouse.until(lambda: main.session.zoom > 0, "it is zoomed")
        await mouse.press("zoom")
        await mouse.give(-10)
        assert await pilot.click(mouse.camera, offset=(18, 8))
        await pilot.pause()
        assert main.session.u_px != first
        await mouse.give(5)
        await mouse.until(lambda: len(main.session.references) == 2, "two references")
        # A pin, and back to a reference by its row.
        assert await pilot.click(mouse.camera, offset=(13, 8), times=2)
        await mouse.until(lambda: len(main.session.pins) == 1, "a pin")
        assert await pilot.click("#references", offset=(2, 1))
        there = main.session.references[0].reference.pixel
        await mouse.until(lambda: (main.session.u_px, main.session.v_px) == tuple(map(round, there)), "it goes there")
        # Capture, messages, profile.
        await mouse.press("capture")
        await mouse.until(lambda: "captured to" in message(start), "captured")
        await mouse.press("messages so far")
        await mouse.dialog(MessageLogDialog)
        await mouse.in_dialog("close")
        await mouse.back()
        for again in (False, True):
            await mouse.press("profile")
            await mouse.dialog(PickDialog)
            await mouse.row("save as photo")
            if again:
                await mouse.dialog(ConfirmDialog)
                await mouse.in_dialog("no")
            await mouse.back()
            assert list_profiles() == ["photo"]
        # A row of a table is removed, which is undone.
        assert await pilot.click("#pins", offset=(2, 1))
        await pilot.pause()
        await mouse.press("remove")
        assert not main.session.pins
        await mouse.press("undo")
        assert len(main.session.pins) == 1
        # Dialogs that are left.
        for words in ("model", "camera", "source"):
            await mouse.press(words)
            await mouse.dialog(PickDialog)
            await mouse.in_dialog("change nothing")
            await mouse.back()
        await mouse.press("quit")
        await mouse.until(lambda: start._exit, "it is left")


@pytest.mark.usefixtures("start")
async def test_a_long_text_is_closed(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(pilot, app)
        app.push_screen(InfoDialog("Long", "\n".join(map(str, range(100)))))
        mouse = Mouse(pilot, app)
        await mouse.until(lambda: bool(app.screen.query(Hints).filter("InfoDialog Hints")), "it is open")
        await mouse.in_dialog("close")
        await mouse.back()
