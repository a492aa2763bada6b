"""A camera's intrinsics from views of a board, with the views that do not fit left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardFinder, BoardKind, BoardSpec, BoardView, moved_px
from tui.targets.cameras import two_cameras
from tui.targets.certainty import NAMES
from tui.targets.coverage import Coverage, coverage_of, stance_of
from tui.targets.solving import Solution, relative_sigma, solve
from tui.targets.verdict import doubts_of

LEAST_VIEWS = 3
ENOUGH_RMS_PX = 0.6
"""In a picture of 640 or less; in proportion in a wider one."""

_SAME_PX = 1.0
"""Views whose points are this near to each other are one picture; in one of 640, in proportion in a wider one."""
_OUTLIER = 2.5
"""A view whose rms is this many times the others' median does not fit."""
_HARMLESS_RMS_PX = 0.25
"""A view at or below it fits, however good the others are; in a picture of 640, in proportion in a wider one."""
_LEAST_FOCAL_SIGMA = 0.001
_DOUBTFUL_FOCAL_SIGMA = 0.3
"""At least, of what is not believed: distances that rest on it then say so."""
_MOST_FOCAL_SIGMA = 1.0
_MIRRORED = "shows the board mirrored: turn the camera's mirror mode off"

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
    seen: bool = True
    """Whether the board was found in it."""


@dataclass(frozen=True, slots=True)
class CameraCalibration:
    """Intrinsics, and how good they are."""

    intrinsics: Intrinsics
    rms_px: float
    """Root mean square distance between seen and projected points, over the views used."""
    used: tuple[UsedView, ...]
    rejected: tuple[RejectedView, ...]
    coverage: Coverage
    sigmas: tuple[float, ...]
    """One standard deviation of fx, fy, cx, cy in pixels and of k1, k2, p1, p2, k3; 0 of what was held at 0.

    From the scatter of the points or, where that is more, of the views.
    """
    doubts: tuple[str, ...] = ()
    """Why the intrinsics are not to be believed, with the remedy; empty if they are. `intrinsics.doubt` says it too."""

    @property
    def focal_sigma_px(self) -> float:
        """One standard deviation of fx."""
        return self.sigmas[0]

    @property
    def sigma_of(self) -> dict[str, float]:
        """`sigmas` by their names."""
        return dict(zip(NAMES, self.sigmas, strict=True))

    @property
    def per_view_rms(self) -> tuple[float, ...]:
        """Of the views used, in their order, pixels."""
        return tuple(view.rms_px for view in self.used)

    @property
    def missing(self) -> tuple[str, ...]:
        """What would make it better, in words; nothing of it is a doubt."""
        words = list(self.coverage.missing)
        unseen = sum(not each.seen for each in self.rejected)
        if unseen > len(self.used):
            words.insert(
                0,
                f"the board is seen in {len(self.used)} of {unseen + len(self.used)} pictures: check its columns, rows",
            )
        limit_px = ENOUGH_RMS_PX * _width_factor(self.intrinsics.width)
        if self.rms_px > limit_px:
            words.insert(
                0, f"rms {self.rms_px:.2f} px is above {limit_px:.2f}: use a flat board, held still, and sharp pictures"
            )
        return tuple(words)

    @property
    def accepted(self) -> bool:
        """Whether it can be believed, and rms and coverage suffice."""
        return not (self.doubts or self.missing)


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
        view, why = None, ""
        try:
            image = load()
            view = finder.find(image)
        except InputError as error:
            why = str(error).removeprefix(f"{name}: ")
            rejected.append(RejectedView(name, why))
        else:
            if view is not None:
                views.append(NamedView(name, view))
            else:
                why = _MIRRORED if finder.finds_mirrored(image) else f"the {board} is not seen"
                rejected.append(RejectedView(name, why, seen=False))
        if on_picture is not None:
            on_picture(name, why)
    return calibrate_views(views, board, rejected)


def calibrate_views(
    views: Sequence[NamedView], board: BoardSpec, rejected: Sequence[RejectedView] = ()
) -> CameraCalibration:
    """Calibrate from views whose points are known (Zhang, 2000; OpenCV's calibrateCamera, at most 5 coefficients).

    Equal pictures count once. The worst view is left out and the rest calibrated anew while its rms is more than 2.5
    times the others' median, at most for a third of the views; but not where the views fit two cameras, which is
    among the doubts of the result.

    Args:
        views: of one board; those that are not of the commonest picture size are left out.
        board: what they show.
        rejected: what was left out before, for the result.

    Raises:
        InputError: fewer than `LEAST_VIEWS` different views of one size, or views that determine no camera.
    """
    sized, of_other_size = _of_one_size(views)
    kept, twins = _without_twins(sized)
    left_out = [*rejected, *of_other_size, *twins]
    if len(kept) < LEAST_VIEWS:
        raise InputError(_too_few(len(kept), board, left_out))
    solution = _solve(kept)
    two = two_cameras([each.view for each in kept], solution)
    if two is None:
        kept, misfits, solution = _without_misfits(kept, solution)
        left_out += misfits
    intrinsics = _intrinsics(solution, kept, board)
    doubts = doubts_of(solution, intrinsics, [each.name for each in kept], two)
    if doubts:
        sigma = max(_DOUBTFUL_FOCAL_SIGMA, intrinsics.focal_sigma)
        intrinsics = replace(intrinsics, doubt="; ".join(doubts), focal_sigma=sigma)
    return CameraCalibration(
        intrinsics,
        solution.rms_px,
        tuple(
            UsedView(each.name, len(each.view.object_m), float(rms_px))
            for each, rms_px in zip(kept, solution.per_view_rms, strict=True)
        ),
        tuple(left_out),
        coverage_of([stance_of(each.view, intrinsics) for each in kept]),
        tuple(float(sigma) for sigma in solution.sigmas),
        doubts,
    )


def _solve(views: Sequence[NamedView]) -> Solution:
    return solve([each.view for each in views])


def _without_misfits(kept: list[NamedView], solution: Solution) -> tuple[list[NamedView], list[RejectedView], Solution]:
    """Views that fit one another, those that do not, and the solution of the former."""
    misfits: list[RejectedView] = []
    for _ in range(len(kept) // 3):
        worst = int(np.argmax(solution.per_view_rms))
        median_px = float(np.median(np.delete(solution.per_view_rms, worst)))
        rms_px = float(solution.per_view_rms[worst])
        limit_px = max(_OUTLIER * median_px, _HARMLESS_RMS_PX * _width_factor(kept[0].view.size[0]))
        if rms_px <= limit_px or len(kept) <= LEAST_VIEWS:
            break
        why = f"does not fit the others: rms {rms_px:.2f} px, theirs {median_px:.2f}; blurred, bent, another camera?"
        misfits.append(RejectedView(kept[worst].name, why))
        kept = kept[:worst] + kept[worst + 1 :]
        solution = _solve(kept)
    return kept, misfits, solution


def _intrinsics(solution: Solution, views: Sequence[NamedView], board: BoardSpec) -> Intrinsics:
    width, height = views[0].view.size
    matrix = solution.matrix
    return Intrinsics(
        float(matrix[0, 0]),
        float(matrix[1, 1]),
        float(matrix[0, 2]),
        float(matrix[1, 2]),
        width,
        height,
        tuple(float(value) for value in solution.distortion),
        focal_sigma=min(max(_LEAST_FOCAL_SIGMA, relative_sigma(solution)), _MOST_FOCAL_SIGMA),
        rms_px=solution.rms_px,
        origin=f"{board}, {len(views)} views",
        made_for=(width, height),
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def _without_twins(views: Sequence[NamedView]) -> tuple[list[NamedView], list[RejectedView]]:
    """Each picture once, whatever its name and its compression."""
    kept: list[NamedView] = []
    twins = []
    for each in views:
        limit_px = _SAME_PX * _width_factor(each.view.size[0])
        twin = next((other for other in kept if moved_px(other.view, each.view) < limit_px), None)
        if twin is None:
            kept.append(each)
        else:
            twins.append(RejectedView(each.name, f"shows the board as {Path(twin.name).name} does: counted once"))
    return kept, twins


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
