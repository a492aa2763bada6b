"""Puts the widgets of the main screen where an arrangement says."""

from __future__ import annotations

from collections.abc import Sequence

from textual.screen import Screen

from tui.calibration.wording import ReadingText
from tui.instrument.view import View
from tui.render.loupe_painter import Source
from tui.screens.room import Panels, Room
from tui.widgets.picture import PictureView
from tui.widgets.status_line import Field, Tone


class Grown:
    """How many rows panels have needed: words come and go with every frame, the panels do not jump with them."""

    def __init__(self) -> None:
        self._since: tuple[object, ...] = ()
        self._most: dict[tuple[str, int], int] = {}

    def since(self, *what: object) -> Grown:
        """Begin anew if anything of this is not as it was."""
        if what != self._since:
            self._since, self._most = what, {}
        return self

    def rows(self, panel: str, columns: int, now: int) -> int:
        """The most that a panel has needed in so many columns."""
        most = self._most[panel, columns] = max(now, self._most.get((panel, columns), 0))
        return most


def apply_room(screen: Screen[None], room: Room) -> None:
    """Set classes and sizes; what they mean is in `main.tcss`."""
    if room.section_rows:
        screen.query_one("#section-pane").styles.height = room.section_rows
    # All at once: each change of the screen's classes looks up the style of all that is on it.
    screen.update_classes(
        {panels.value: panels is room.panels for panels in Panels}
        | {
            "-compact": room.compact,
            "-stacked": room.stacked,
            "-alone": room.view.alone,
            "-view-camera": not room.view.depth,
            "-view-depth": not room.view.camera,
            "-section": room.section_rows > 0,
            "-view-plan": room.view.plan,
        }
    )
    screen.query_one("#reading").set_class(not room.digits, "-compact")
    if room.panels is Panels.NONE:
        return
    screen.query_one("#panels").styles.width = room.panel_columns if room.panels is Panels.RIGHT else "100%"
    for selector, rows in (("#coordinates", room.coordinates_rows), ("#calibration", room.calibration_rows)):
        screen.query_one(selector).styles.height = rows


def share_loupe(camera: PictureView, depth: PictureView, view: View) -> None:
    """Where one picture is in sight, its loupe shows the same part of the other."""
    camera.set_other(Source() if view.depth else depth.source)
    depth.set_other(Source() if view.camera else camera.source)


def over_fields(
    pixel: tuple[int, int], window_px: int, words: ReadingText, truth: str, name: str, high: str = ""
) -> Sequence[Field]:
    """The one line over a picture that has the whole screen."""
    return (
        Field(words.hero, 0, Tone.WARNING if words.advice else Tone.ACCENT),
        Field(words.interval, 1),
        Field(words.advice, 3, Tone.WARNING, shrinks=True),
        Field(f"({pixel[0]}, {pixel[1]})  {window_px}x{window_px} px", 2, Tone.DIM),
        Field(high, 3),
        Field(words.others, 4, Tone.DIM),
        Field(truth, 5, Tone.DIM),
        Field(name, 6, Tone.DIM, right=True),
    )
