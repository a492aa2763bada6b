"""The main screen's dialogs for the camera: a menu, then one question at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tui.camera.command import is_command
from tui.camera.exif import intrinsics_from_exif
from tui.errors import DepthTuiError, InputError
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.camera import camera_of
from tui.screens.asking import Asking
from tui.screens.browse import browse
from tui.screens.guided import GuidedScreen
from tui.screens.pick import Choice, PickDialog, Picked
from tui.screens.understood import NOT_YET
from tui.storage.camera_text import camera_from_text, parse_angle
from tui.storage.completing import paths_from
from tui.storage.intrinsics import list_intrinsics, name_of_camera
from tui.targets.board_options import board_from
from tui.targets.board_text import is_board, parse_board
from tui.targets.boards import BoardSpec
from tui.targets.spec import parse_grid, parse_side
from tui.widgets.question import Question

_KNOWN = "the camera is known: readings show the ray and X, Y, Z, pins the distances between them"

_CHESSBOARD, _CHARUCO, _FOV, _NUMBERS, _EXIF, _FILE = ("?chessboard", "?charuco", "?fov", "?numbers", "?exif", "?file")
"""What the menu offers besides saved names, none of which can begin like this."""

_MENU = (
    Choice(_CHESSBOARD, "chessboard", "hold one before the camera: best"),
    Choice(_CHARUCO, "ChArUco board", "the same; may be partly hidden"),
    Choice(_FOV, "field of view", "angle from left to right, as 66deg"),
    Choice(_NUMBERS, "fx, fy, cx, cy", "in pixels, from another program"),
    Choice(_FILE, "file", "of saved intrinsics"),
)


class CameraDialogs:
    """Asks about the camera, and has the instrument carry out the answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def pick(self) -> None:
        """Saved intrinsics, a calibration, typed numbers."""
        choices = [Choice(name, name, "saved") for name in list_intrinsics()] + list(_MENU)
        if self._photo():
            choices.append(Choice(_EXIF, "exif", "from what the photo says of its lens"))
        typing = "or type it: 66deg, fx,fy,cx,cy, or a board such as 9x6 25mm:"
        self._asking.screen.app.push_screen(PickDialog("Camera", choices, typing, complete=paths_from), self._picked)

    def _picked(self, picked: Picked | None) -> None:
        if picked is None:
            return
        asked: dict[str, Callable[[], None]] = {
            _CHESSBOARD: self._ask_chessboard,
            _CHARUCO: self._ask_charuco,
            _FOV: self._ask_fov,
            _NUMBERS: self._ask_numbers,
            _FILE: self._ask_file,
        }
        if picked.value in asked and not picked.typed:
            self._asking.order(asked[picked.value])
        else:
            self._asking.order(partial(self._take, picked))

    # --- one question at a time

    def _ask(
        self, purpose: str, words: str, example: str, take: Callable[[str], object], means: Callable[[str], str]
    ) -> None:
        def understood(text: str) -> str:
            if not text:
                return ""
            try:
                return means(text)
            except DepthTuiError:
                return NOT_YET

        self._asking.ask(Question(purpose, lambda: words, example, take, understood))

    def _ask_fov(self) -> None:
        def take(text: str) -> None:
            parse_angle(text, "field of view")
            self._use(text if any(c.isalpha() or c in "°'" for c in text) else f"{text}deg")

        def means(text: str) -> str:
            width, height = self._asking.instrument.size()
            camera = Intrinsics.from_horizontal_fov(parse_angle(text, "field of view"), width, height)
            return f"= {math.degrees(camera.horizontal_fov_rad):.4g}° across {width} px, fx {camera.fx_px:.0f}"

        self._ask("field of view", "field of view, left to right:", "66deg", take, means)

    def _ask_numbers(self) -> None:
        def means(text: str) -> str:
            camera = camera_from_text(text, *self._asking.instrument.size())
            return f"= {math.degrees(camera.horizontal_fov_rad):.3g}° from left to right"

        self._ask("intrinsics", "fx,fy,cx,cy:", "520.9,521.0,325.1,249.7", self._use, means)

    def _ask_file(self) -> None:
        browse(self._asking.screen.app, Path(), lambda path: self._asking.order(partial(self._use, path)))

    def _ask_chessboard(self) -> None:
        self._need_running()

        def take(grid: str) -> None:
            parse_grid(grid, "inner corners")
            self._ask_side("a square", "25mm", lambda side: self._guide(board_from(grid, side)))

        self._ask("chessboard", "inner corners, across x down:", "9x6", take, lambda text: _squares(text, 1))

    def _ask_charuco(self) -> None:
        self._need_running()

        def take(grid: str) -> None:
            parse_grid(grid, "squares")
            self._ask_side("a square", "40mm", partial(with_square, grid))

        def with_square(grid: str, square: str) -> None:
            self._ask_side("a marker", "20mm", partial(with_marker, grid, square))

        def with_marker(grid: str, square: str, marker: str) -> None:
            def done(dictionary: str) -> None:
                self._guide(board_from(grid, square, marker, dictionary))

            def means(dictionary: str) -> str:
                board_from(grid, square, marker, dictionary)
                return f"= {grid} squares of {square}, markers of {marker}"

            self._ask("dictionary", "dictionary of its markers:", "DICT_6X6_250", done, means)

        self._ask("charuco", "squares, across x down:", "5x7", take, lambda text: _squares(text, 0))

    def _ask_side(self, what: str, example: str, then: Callable[[str], None]) -> None:
        def take(text: str) -> None:
            parse_side(text)
            then(text)

        self._ask(what, f"side of {what}:", example, take, lambda text: f"= {1000 * parse_side(text)[0]:.4g} mm")

    # --- what comes of it

    def _photo(self) -> str:
        """The file that is looked at, if it may say something of its lens."""
        info = self._asking.instrument.snapshot.capture.info
        return info.spec if info is not None and info.still and "://" not in info.spec else ""

    def _take(self, picked: Picked) -> None:
        instrument = self._asking.instrument
        if picked.typed and is_board(picked.value):
            self._guide(parse_board(picked.value))
            return
        wants_exif = picked.value == _EXIF or (picked.typed and picked.value.strip().lower() == "exif")
        if not wants_exif:
            self._use(picked.value)
            return
        info, mounted = instrument.snapshot.capture.info, instrument.mounted
        if info is None or "://" in info.spec or is_command(info.spec):
            raise InputError("exif: a stream carries no EXIF block; type fx,fy,cx,cy or a field of view")
        size = instrument.size() if mounted is None else mounted.taken
        found = intrinsics_from_exif(info.spec, *size)
        instrument.use_camera(found if mounted is None else found.mounted_as(mounted))
        instrument.voice.say(_KNOWN)

    def _use(self, text: str) -> None:
        instrument = self._asking.instrument
        instrument.use_camera(camera_from_text(text, *instrument.size(), instrument.mounted))
        instrument.voice.say(_KNOWN)

    def _need_running(self) -> None:
        """Before anything of a board is asked for.

        Raises:
            InputError: the picture stands.
        """
        info = self._asking.instrument.snapshot.capture.info
        if info is not None and info.still:
            raise InputError(
                f"a board is held before a running camera, and {info.label} stands; of pictures in a folder: "
                "depth-tui calibrate camera FOLDER"
            )

    def _guide(self, board: BoardSpec) -> None:
        self._need_running()
        instrument = self._asking.instrument
        info = instrument.snapshot.capture.info
        name = name_of_camera(info.label if info else "")

        def answer(intrinsics: Intrinsics | None) -> None:
            if intrinsics is not None:
                self._asking.order(lambda: instrument.use_camera(intrinsics.scaled_to(*instrument.size())))

        screen = GuidedScreen(
            board,
            instrument.pipeline.tap,
            self._asking.color_mode(),
            name,
            camera_of(info),
            info.lens if info else "",
            instrument.mounted,
        )
        self._asking.screen.app.push_screen(screen, answer)


def _squares(text: str, more: int) -> str:
    """'= 10 x 7 squares', of inner corners, one fewer each way, or of squares."""
    columns, rows = parse_grid(text)
    return f"= {columns + more} x {rows + more} squares"
