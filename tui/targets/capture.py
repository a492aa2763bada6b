"""A guided calibration, frame by frame: which views are kept, what is still missing, when it is enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.targets.boards import BoardFinder, BoardSpec, BoardView, moved_px
from tui.targets.calibrate import CameraCalibration, NamedView, calibrate_views
from tui.targets.coverage import Coverage, Stance, coverage_of, stance_of

MOST_VIEWS = 40
"""More hardly help and take long to solve."""

_STILL = 0.004
"""Part of the picture's width that the board's points may move from one frame to the next."""
_LEAST_SCALE = 0.12
"""Root of the part of the picture that the board must cover."""
_NEW_PLACE = 0.08
_NEW_LOG_SCALE = 0.15
_NEW_TILT_RAD = math.radians(8.0)


@dataclass(frozen=True, slots=True)
class Offer:
    """What became of one frame."""

    view: BoardView | None
    """The board's points as this frame shows them, for the overlay; None if it is not seen."""
    accepted: bool
    """Whether it was kept."""
    why: str
    """In words, why or why not: 'kept', 'hold still'."""
    coverage: Coverage
    """Of all views kept so far, with this one."""
    advice: str
    """What to do next, in words."""


class CaptureSession:
    """Collects views of one board from one camera; no threads, no clock: offer it a frame whenever there is one.

    A frame is kept if the board is where it was in the frame before (so it is not blurred), and is elsewhere, of
    another size or tilted otherwise than in all frames kept.
    """

    def __init__(self, board: BoardSpec) -> None:
        self.board = board
        self._finder = BoardFinder(board)
        self._views: list[NamedView] = []
        self._stances: list[Stance] = []
        self._before: BoardView | None = None
        self._verdict: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many views are kept."""
        return len(self._views)

    @property
    def coverage(self) -> Coverage:
        """Of the views kept."""
        return coverage_of(self._stances)

    @property
    def ready(self) -> bool:
        """Whether the coverage suffices and the views can tell the camera, so that it is time to `solve`."""
        return not self.missing

    @property
    def missing(self) -> tuple[str, ...]:
        """What to do, in words, the most useful first; empty if `ready`."""
        return self.coverage.missing or self._verdict

    @property
    def views(self) -> tuple[NamedView, ...]:
        """A snapshot of the views kept, for `calibrate_views` in another thread."""
        return tuple(self._views)

    def offer(self, image: RGBImage) -> Offer:
        """Look for the board in a frame and keep it if it brings something new.

        Args:
            image: RGB, uint8, shape (H, W, 3).
        """
        view = self._finder.find(image, quick=True)
        before, self._before = self._before, view
        why = self._objection(view, before)
        if view is not None and not why:
            self._views.append(NamedView(f"view {len(self._views) + 1}", view))
            self._stances.append(stance_of(view))
            self._judge()
        missing = self.missing
        return Offer(view, not why, why or "kept", self.coverage, missing[0] if missing else "enough views: calibrate")

    def drop_last(self) -> None:
        """Forget the view that was kept last, if there is one."""
        if self._views:
            self._views.pop()
            self._stances.pop()
            self._judge()

    def solve(self) -> CameraCalibration:
        """Calibrate from the views kept; `missing` of the result says what else would help.

        Raises:
            InputError: too few views, or views that determine no camera.
        """
        return calibrate_views(self._views, self.board)

    def _judge(self) -> None:
        """Calibrate as soon as the coverage suffices, to hear what the views cannot tell."""
        self._verdict = ()
        if self.coverage.suffices:
            try:
                self._verdict = self.solve().doubts
            except InputError as error:
                self._verdict = (str(error),)

    def _objection(self, view: BoardView | None, before: BoardView | None) -> str:
        """Why not to keep this view; empty if nothing speaks against it."""
        if view is None:
            return f"the {self.board} is not seen: show all of it, in even light"
        if self._views and self._views[0].view.size != view.size:
            raise InputError(f"the picture's size changed to {view.size[0]}x{view.size[1]}: start again")
        if len(self._views) >= MOST_VIEWS:
            return f"{MOST_VIEWS} views are enough"
        if before is None or moved_px(before, view) > _STILL * view.size[0]:
            return "hold still"
        stance = stance_of(view)
        if stance.scale < _LEAST_SCALE:
            return "too small in the picture: come nearer"
        if any(_alike(stance, other) for other in self._stances):
            return "like one that is kept: move or tilt the board"
        return ""


def _alike(one: Stance, other: Stance) -> bool:
    return (
        math.hypot(one.across - other.across, one.down - other.down) < _NEW_PLACE
        and abs(math.log(one.scale / other.scale)) < _NEW_LOG_SCALE
        and max(abs(one.right_rad - other.right_rad), abs(one.down_rad - other.down_rad)) < _NEW_TILT_RAD
    )
