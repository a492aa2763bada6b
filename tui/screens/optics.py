"""The camera and what is known in its picture: intrinsics, printed markers, known lengths, the floor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.camera.exif import intrinsics_from_exif
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_floor, distance_of_length
from tui.screens.guided import GuidedScreen
from tui.screens.pick import Choice, PickDialog, Picked
from tui.storage.camera_text import camera_from_text, parse_angle
from tui.storage.intrinsics import list_intrinsics
from tui.targets.board_text import is_board, parse_board
from tui.targets.observer import observer_of
from tui.targets.spec import parse_target

if TYPE_CHECKING:
    from tui.screens.instrument import InstrumentScreen

MISSING = "this needs the camera's intrinsics: press i"


class Optics:
    """Asks about the camera and its targets on one main screen, and carries out the answers."""

    def __init__(self, screen: InstrumentScreen) -> None:
        self._screen = screen

    # --- intrinsics

    def pick_camera(self) -> None:
        """Saved intrinsics, typed ones, or a guided calibration."""
        choices = [Choice(name, name, "saved") for name in list_intrinsics()]
        typing = (
            "or type fx,fy,cx,cy, a field of view (66deg), or exif for a photo; to calibrate with a board: 9x6 25mm "
            "(chessboard: inner corners, square) or 5x7 40mm/20mm DICT_6X6_250 (ChArUco):"
        )

        def answer(picked: Picked | None) -> None:
            if picked is not None:
                self._screen.attempt(lambda: self._take(picked))

        self._screen.app.push_screen(PickDialog("Camera", choices, typing), answer)

    def _take(self, picked: Picked) -> None:
        screen = self._screen
        if picked.typed and is_board(picked.value):
            self._guide(picked.value)
            return
        width, height = self._size()
        info = screen.snapshot.capture.info
        if picked.typed and picked.value.strip().lower() == "exif":
            self.use(intrinsics_from_exif(info.spec if info else "", width, height))
        else:
            self.use(camera_from_text(picked.value, width, height))
        screen.tell("the camera is known: readings show the ray and X, Y, Z, pins the distances between them")

    def use(self, intrinsics: Intrinsics) -> None:
        """Take over intrinsics for pictures of this size."""
        screen = self._screen
        screen.update_session(replace(screen.session, intrinsics=intrinsics))
        self.look()

    def _guide(self, text: str) -> None:
        screen = self._screen
        board = parse_board(text)
        info = screen.snapshot.capture.info
        mode = screen.color_mode()
        name = "".join(c if c.isalnum() else "-" for c in (info.label if info else "camera")).strip("-") or "camera"

        def answer(intrinsics: Intrinsics | None) -> None:
            if intrinsics is not None:
                screen.attempt(lambda: self.use(intrinsics.scaled_to(*self._size())))

        screen.app.push_screen(GuidedScreen(board, screen.pipeline.tap, mode, name), answer)

    def _size(self) -> tuple[int, int]:
        session = self._screen.session
        if not session.width:
            raise InputError("no picture yet: wait for the source, or press s for another one")
        return session.width, session.height

    def _camera(self) -> Intrinsics:
        intrinsics = self._screen.session.intrinsics
        if intrinsics is None:
            raise InputError(MISSING)
        return intrinsics

    # --- printed markers

    def add_target(self, text: str) -> None:
        """Look for another printed marker in every frame; `off` looks for none any more.

        Raises:
            InputError: it is no marker, or the camera is not known.
        """
        screen = self._screen
        if text.strip().lower() in {"off", "none"}:
            screen.update_session(screen.session.with_targets(()))
            self.look()
            return
        self._camera()
        target = parse_target(text, "marker")
        others = tuple(each for each in screen.session.targets if each != target)
        screen.update_session(screen.session.with_targets((*others, target)))
        self.look()

    def look(self) -> None:
        """Have the pipeline look for the session's targets."""
        session = self._screen.session
        intrinsics = session.intrinsics
        found = None if not session.targets or intrinsics is None else observer_of(session.targets, intrinsics)
        self._screen.pipeline.observe(found)

    # --- what is known without markers

    def known_length(self, text: str) -> Reference:
        """A reference from the length between the last two pins, both at equal distance.

        Raises:
            InputError: no such pins, no camera, or no length.
        """
        pins = self._screen.session.pins
        if len(pins) < 2:
            raise InputError("pin both ends of the known length first (enter); both must be equally far away")
        length_m, sigma_m = parse_measurement(text)
        (start, end) = ((pin.u_px, pin.v_px) for pin in pins[-2:])
        return _reference(distance_of_length(self._camera(), start, end, length_m, sigma_m))

    def floor(self, text: str) -> Reference:
        """A reference from the camera's height over the floor that the crosshair is on, and how far it looks down.

        Raises:
            InputError: no camera, or not a height and an angle.
        """
        height, at, pitch = text.replace(",", " ").replace("@", " @ ").partition("@")
        if not at:
            height, _, pitch = text.strip().partition(" ")
        if not pitch.strip():
            raise InputError(f"'{text}': write the camera's height and how far it looks down, as in 1.5m 20deg")
        height_m, sigma_m = parse_measurement(height)
        session = self._screen.session
        known = distance_of_floor(
            self._camera(),
            (session.u_px, session.v_px),
            height_m,
            parse_angle(pitch, "pitch"),
            height_sigma_m=sigma_m,
        )
        return _reference(known)


def _reference(known: KnownDistance) -> Reference:
    return Reference(known.u_px, known.v_px, known.distance_m, known.sigma_m, known.label, known.shared)
