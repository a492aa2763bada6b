"""The main screen's dialogs for the camera: saved intrinsics, typed ones, or a guided calibration."""

from __future__ import annotations

from functools import partial

from tui.camera.exif import intrinsics_from_exif
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.camera import camera_of
from tui.screens.asking import Asking
from tui.screens.guided import GuidedScreen
from tui.screens.pick import Choice, PickDialog, Picked
from tui.storage.camera_text import camera_from_text
from tui.storage.intrinsics import list_intrinsics, name_of_camera
from tui.targets.board_text import is_board, parse_board

_KNOWN = "the camera is known: readings show the ray and X, Y, Z, pins the distances between them"


class CameraDialogs:
    """Asks about the camera, and has the instrument carry out the answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def pick(self) -> None:
        """Saved intrinsics, typed ones, or a guided calibration."""
        choices = [Choice(name, name, "saved") for name in list_intrinsics()]
        typing = (
            "or type fx,fy,cx,cy, a field of view (66deg), or exif for a photo; to calibrate with a board: 9x6 25mm "
            "(chessboard: inner corners, square) or 5x7 40mm/20mm DICT_6X6_250 (ChArUco):"
        )

        def answer(picked: Picked | None) -> None:
            if picked is not None:
                self._asking.order(partial(self._take, picked))

        self._asking.screen.app.push_screen(PickDialog("Camera", choices, typing), answer)

    def _take(self, picked: Picked) -> None:
        instrument = self._asking.instrument
        if picked.typed and is_board(picked.value):
            self._guide(picked.value)
            return
        width, height = instrument.size()
        info, mounted = instrument.snapshot.capture.info, instrument.mounted
        if picked.typed and picked.value.strip().lower() == "exif":
            if info is None or "://" in info.spec:
                raise InputError("exif: a stream carries no EXIF block; type fx,fy,cx,cy or a field of view")
            size = (width, height) if mounted is None else mounted.taken
            found = intrinsics_from_exif(info.spec, *size)
            instrument.use_camera(found if mounted is None else found.mounted_as(mounted))
        else:
            instrument.use_camera(camera_from_text(picked.value, width, height, mounted))
        instrument.voice.say(_KNOWN)

    def _guide(self, text: str) -> None:
        instrument = self._asking.instrument
        board = parse_board(text)
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
