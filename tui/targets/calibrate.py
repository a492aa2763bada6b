"""A camera's intrinsics from views of a board, with the views that do not fit left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardFinder, BoardKind, BoardSpec, BoardView
from tui.targets.coverage import Coverage, coverage_of, stance_of

LEAST_VIEWS = 3
ENOUGH_RMS_PX = 0.6
"""In a picture of 640 or less; in proportion in a wider one."""

_VIEWS_FOR_K3 = 8
"""With fewer, the third radial coefficient would follow the noise and is left at 0."""
_OUTLIER = 2.5
"""A view whose rms is this many times the others' median does not fit."""
_HARMLESS_RMS_PX = 0.25
"""A view at or below it fits, however good the others are; in a picture of 640, in proportion in a wider one."""
_LEAST_FOCAL_SIGMA = 0.001

PictureLoader = Callable[[], RGBImage]


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view and what its picture is called."""

    name: str
    view: BoardView


@dataclass(frozen=True, slots=True)
class UsedView:
    """A view that the calibration rests on."""

    name: str
    points: int
    rms_px: float


@dataclass(frozen=True, slots=True)
class RejectedView:
    """A picture that was left out."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class CameraCalibration:
    """Intrinsics, and how good they are."""

    intrinsics: Intrinsics
    rms_px: float
    """Root mean square distance between seen and projected points, over the views used."""
    used: tuple[UsedView, ...]
    rejected: tuple[RejectedView, ...]
    coverage: Coverage
    focal_sigma_px: float
    """One standard deviation of fx, from the scatter of the points."""

    @property
    def per_view_rms(self) -> tuple[float, ...]:
        """Of the views used, in their order, pixels."""
        return tuple(view.rms_px for view in self.used)

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps it from being accepted, in words; empty if it is."""
        words = list(self.coverage.missing)
        limit_px = ENOUGH_RMS_PX * _width_factor(self.intrinsics.width)
        if self.rms_px > limit_px:
            words.insert(
                0, f"rms {self.rms_px:.2f} px is above {limit_px:.2f}: use a flat board, held still, and sharp pictures"
            )
        return tuple(words)

    @property
    def accepted(self) -> bool:
        """Whether rms and coverage suffice."""
        return not self.missing


def calibrate_camera(
    pictures: Iterable[tuple[str, PictureLoader]],
    board: BoardSpec,
    on_picture: Callable[[str, str], None] | None = None,
) -> CameraCalibration:
    """Find the board in the pictures and calibrate; what cannot be read or shows no board is left out and named.

    Args:
        pictures: a name, and what loads the picture when its turn comes.
        board: what they show.
        on_picture: called after each with its name and why it was left out, empty if it was not.

    Raises:
        InputError: fewer than `LEAST_VIEWS` views of one size.
    """
    finder = BoardFinder(board)
    views, rejected = [], []
    for name, load in pictures:
        why = ""
        try:
            view = finder.find(load())
        except InputError as error:
            view, why = None, str(error).removeprefix(f"{name}: ")
        if view is None:
            why = why or f"the {board} is not seen"
            rejected.append(RejectedView(name, why))
        else:
            views.append(NamedView(name, view))
        if on_picture is not None:
            on_picture(name, why)
    return calibrate_views(views, board, rejected)


def calibrate_views(
    views: Sequence[NamedView], board: BoardSpec, rejected: Sequence[RejectedView] = ()
) -> CameraCalibration:
    """Calibrate from views whose points are known (Zhang, 2000; OpenCV's calibrateCamera, 5 coefficients).

    The worst view is left out and the rest calibrated anew while its rms is more than 2.5 times the others' median,
    at most for a third of the views.

    Args:
        views: of one board; those that are not of the commonest picture size are left out.
        board: what they show.
        rejected: what was left out before, for the result.

    Raises:
        InputError: fewer than `LEAST_VIEWS` views of one size, or views that determine no camera.
    """
    kept, left_out = _of_one_size(views)
    left_out = [*rejected, *left_out]
    if len(kept) < LEAST_VIEWS:
        raise InputError(_too_few(len(kept), board, left_out))
    most_left_out = len(kept) // 3
    solution = _solve(kept)
    for _ in range(most_left_out):
        worst = int(np.argmax(solution.per_view_rms))
        median_px = float(np.median(np.delete(solution.per_view_rms, worst)))
        rms_px = float(solution.per_view_rms[worst])
        limit_px = max(_OUTLIER * median_px, _HARMLESS_RMS_PX * _width_factor(kept[0].view.size[0]))
        if rms_px <= limit_px or len(kept) <= LEAST_VIEWS:
            break
        why = f"does not fit the others: rms {rms_px:.2f} px, theirs {median_px:.2f}; blurred, or a bent board?"
        left_out.append(RejectedView(kept[worst].name, why))
        kept = kept[:worst] + kept[worst + 1 :]
        solution = _solve(kept)
    intrinsics = _intrinsics(solution, kept, board)
    return CameraCalibration(
        intrinsics,
        solution.rms_px,
        tuple(
            UsedView(each.name, len(each.view.object_m), float(rms_px))
            for each, rms_px in zip(kept, solution.per_view_rms, strict=True)
        ),
        tuple(left_out),
        coverage_of([stance_of(each.view, intrinsics) for each in kept]),
        solution.focal_sigma_px,
    )


@dataclass(frozen=True, slots=True)
class _Solution:
    rms_px: float
    matrix: npt.NDArray[np.float64]
    distortion: tuple[float, ...]
    focal_sigma_px: float
    per_view_rms: npt.NDArray[np.float64]


def _solve(views: Sequence[NamedView]) -> _Solution:
    cv2: Any = load_cv2()
    flags = 0 if len(views) >= _VIEWS_FOR_K3 else cv2.CALIB_FIX_K3
    try:
        rms_px, matrix, distortion, _, _, sigmas, _, per_view = cv2.calibrateCameraExtended(
            [each.view.object_m.astype(np.float32) for each in views],
            [each.view.corners_px.astype(np.float32).reshape(-1, 1, 2) for each in views],
            views[0].view.size,
            None,
            None,
            flags=flags,
        )
    except cv2.error as error:
        raise InputError("these views determine no camera: tilt the board, and show all of it") from error
    coefficients = tuple(float(value) for value in np.asarray(distortion).ravel()[:5])
    if not np.isfinite([rms_px, *np.asarray(matrix).ravel(), *coefficients]).all() or matrix[0, 0] <= 0:
        raise InputError("these views determine no camera: tilt the board, and show all of it")
    focal_sigma_px = float(np.asarray(sigmas).ravel()[0])
    return _Solution(
        float(rms_px), np.asarray(matrix, np.float64), coefficients, focal_sigma_px, np.asarray(per_view).ravel()
    )


def _intrinsics(solution: _Solution, views: Sequence[NamedView], board: BoardSpec) -> Intrinsics:
    width, height = views[0].view.size
    matrix = solution.matrix
    return Intrinsics(
        float(matrix[0, 0]),
        float(matrix[1, 1]),
        float(matrix[0, 2]),
        float(matrix[1, 2]),
        width,
        height,
        solution.distortion,
        focal_sigma=max(_LEAST_FOCAL_SIGMA, solution.focal_sigma_px / float(matrix[0, 0])),
        rms_px=solution.rms_px,
        origin=f"{board}, {len(views)} views",
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def _of_one_size(views: Sequence[NamedView]) -> tuple[list[NamedView], list[RejectedView]]:
    sizes = [each.view.size for each in views]
    if not sizes:
        return [], []
    usual = max(dict.fromkeys(sizes), key=sizes.count)
    words = f"{usual[0]}x{usual[1]}"
    kept = [each for each in views if each.view.size == usual]
    others = [
        RejectedView(each.name, f"is {each.view.size[0]}x{each.view.size[1]}, most pictures are {words}")
        for each in views
        if each.view.size != usual
    ]
    return kept, others


def _too_few(count: int, board: BoardSpec, rejected: Sequence[RejectedView]) -> str:
    inner = " (inner corners)" if board.kind is BoardKind.CHESSBOARD else ""
    first = f"; {rejected[0].name}: {rejected[0].why}" if rejected else ""
    return (
        f"{count} picture{'' if count == 1 else 's'} with the {board}{inner}, at least {LEAST_VIEWS} are needed "
        f"and 10 or more are good{first}"
    )


def _width_factor(width: int) -> float:
    return max(1.0, width / 640)
