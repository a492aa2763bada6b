"""Views of a board by a planted camera, whose stances tell the focal length well, badly or not at all.

`python -m tests.targets.simulated [SETS]` prints, for each kind of set, how many are accepted and how often the truth
lies within two standard deviations, and how many sets of two zooms are named: the thresholds of `tui.targets.verdict`
and `tui.targets.cameras` were chosen by it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tests.targets.rendered import rotation
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.boards import BoardKind, BoardSpec, BoardView
from tui.targets.calibrate import NamedView, calibrate_views

Array = npt.NDArray[np.float64]
Stance = tuple[float, float, float, float, float, float]
"""Turned right, down, rolled (radians); the middle's place across and down, -1 to 1 in the picture; its scale."""

BOARDS = (
    BoardSpec.chessboard(9, 6, 0.025),
    BoardSpec.chessboard(7, 5, 0.03),
    BoardSpec.charuco(7, 5, 0.04, 0.03, "DICT_4X4_50"),
    BoardSpec.markers(4, 5, 0.0375, 0.005, "DICT_6X6_1000"),
)
LENSES: tuple[tuple[float, ...], ...] = (
    (0.0, 0.0, 0.0, 0.0, 0.0),
    (-0.28, 0.06, 0.001, -0.0005, 0.0),
    (0.12, -0.25, 0.0, 0.001, 0.0),
)


def points_m(board: BoardSpec) -> Array:
    """The board's points, shape (N, 3)."""
    if board.kind is BoardKind.ARUCO_BOARD:
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * board.marker_m
        across, down = np.meshgrid(np.arange(board.columns), np.arange(board.rows))
        places = np.stack([across.ravel(), down.ravel()], axis=1) * board.square_m
        flat: Array = np.concatenate([place + corners for place in places])
    else:
        less = 1 if board.kind is BoardKind.CHARUCO else 0
        across, down = np.meshgrid(np.arange(board.columns - less), np.arange(board.rows - less))
        flat = np.asarray(np.stack([across.ravel(), down.ravel()], axis=1) * board.square_m, np.float64)
    return np.asarray(np.column_stack([flat, np.zeros(len(flat))]), np.float64)


def see(camera: Intrinsics, board: BoardSpec, stance: Stance, noise_px: float, rng: np.random.Generator) -> BoardView:
    """What the camera sees; boards with markers may reach out of the picture."""
    right, down, roll, across, along, scale = stance
    board_m: Array = points_m(board)
    centred = board_m - (board_m.max(axis=0) + board_m.min(axis=0)) / 2
    z = float(np.ptp(board_m[:, 0])) * camera.fx_px / (scale * camera.width)
    place = np.array([across * camera.width / 2 / camera.fx_px, along * camera.height / 2 / camera.fy_px, 1.0])
    turned = centred @ rotation(right, down, roll).T
    limit = np.array([camera.width / 2 / camera.fx_px, camera.height / 2 / camera.fy_px])
    rays = turned + z * place
    # A chessboard is seen whole or not at all; and beyond the picture's corners a lens's model folds back into it.
    for _ in range(20):
        inside = (np.abs(rays[:, :2] / rays[:, 2:]) < limit).all(axis=1)
        if inside.all() or (board.kind is not BoardKind.CHESSBOARD and inside.sum() > 0.6 * len(inside)):
            break
        place[:2] *= 0.8
        z *= 1.03
        rays = turned + z * place
    rays = rays[inside]
    seen = camera.pixels(rays) + rng.normal(0, noise_px, (len(rays), 2))
    return BoardView(board_m[inside], seen, (camera.width, camera.height))


def good(rng: np.random.Generator, count: int) -> list[Stance]:
    """Tilted to all sides, in all parts of the picture, near and far."""
    tilts, ways = rng.uniform(np.radians(15), np.radians(40), count), rng.uniform(0, 2 * np.pi, count)
    return [
        (
            float(tilt * np.cos(way)), float(tilt * np.sin(way)), float(rng.uniform(-0.3, 0.3)),
            float(rng.uniform(-0.45, 0.45)), float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0.35, 0.6)),
        )
        for tilt, way in zip(tilts, ways, strict=True)
    ]  # fmt: skip


def square_on(rng: np.random.Generator, count: int, jitter_rad: float = 0.0) -> list[Stance]:
    """Never tilted."""
    return [
        (
            float(rng.normal(0, jitter_rad)), float(rng.normal(0, jitter_rad)), float(rng.normal(0, jitter_rad)),
            float(rng.uniform(-0.45, 0.45)), float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0.3, 0.6)),
        )
        for _ in range(count)
    ]  # fmt: skip


def tilted_alike(rng: np.random.Generator, count: int) -> list[Stance]:
    """Always by the same 30 degrees to the right."""
    return [(np.radians(30), np.radians(10), 0.0, *each[3:]) for each in square_on(rng, count)]


def turned_in_its_plane(rng: np.random.Generator, count: int) -> list[Stance]:
    """Square on, turned about the optical axis."""
    return [(0.0, 0.0, float(rng.uniform(-0.7, 0.7)), *each[3:]) for each in square_on(rng, count)]


def turned_on_the_axis(rng: np.random.Generator, count: int) -> list[Stance]:
    """Square on in the middle, turned about the optical axis."""
    return [(0.0, 0.0, float(rng.uniform(-0.7, 0.7)), 0.0, 0.0, 0.5) for _ in range(count)]


def moved_along(rng: np.random.Generator, count: int) -> list[Stance]:
    """Tilted once, then only moved."""
    one = good(rng, 1)[0]
    return [(*one[:3], *each[3:]) for each in square_on(rng, count)]


def nearly_equal(rng: np.random.Generator, count: int) -> list[Stance]:
    """Held by hand: one stance, give and take a degree and some pixels."""
    one = good(rng, 1)[0]
    spread = np.array([0.015, 0.015, 0.015, 0.01, 0.01, 0.005])
    return [
        (float(a), float(b), float(c), float(d), float(e), float(f))
        for a, b, c, d, e, f in np.array(one) + rng.normal(0, 1, (count, 6)) * spread
    ]


def half_good(rng: np.random.Generator, count: int) -> list[Stance]:
    """Square on, but half of them."""
    return [*square_on(rng, count - count // 2), *good(rng, count // 2)]


Stances = Callable[[np.random.Generator, int], list[Stance]]


@dataclass(frozen=True, slots=True)
class Planted:
    """A set of views and the camera that took them."""

    camera: Intrinsics
    board: BoardSpec
    noise_px: float
    views: list[NamedView]


def planted(stances: Stances, seed: int, count: int | None = None) -> Planted:
    """A set by one of the ways above: camera, lens, board, noise and number of views follow from the seed."""
    rng = np.random.default_rng(seed)
    width, height = ((640, 480), (1280, 720), (1920, 1080))[int(rng.integers(3))]
    focal_px = float(np.exp(rng.uniform(np.log(400), np.log(2500))))
    focal_px = max(focal_px, 0.55 * width)  # a lens without a fisheye's model
    camera = Intrinsics(
        focal_px, focal_px * float(rng.normal(1, 0.002)),
        (width - 1) / 2 + float(rng.normal(0, 0.015 * width)), (height - 1) / 2 + float(rng.normal(0, 0.015 * width)),
        width, height, LENSES[int(rng.integers(len(LENSES)))],
    )  # fmt: skip
    board = BOARDS[int(rng.integers(len(BOARDS)))]
    noise_px = float(rng.uniform(0.05, 0.5))
    number = int(rng.integers(6, 20)) if count is None else count
    views = [
        NamedView(f"{index}.png", see(camera, board, stance, noise_px, rng))
        for index, stance in enumerate(stances(rng, number))
    ]
    return Planted(camera, board, noise_px, views)


def deviations(stances: Stances, sets: int, count: int | None = None) -> list[float]:
    """Of the sets that are accepted: the error of fx over the standard deviation that is claimed for it."""
    found = []
    for seed in range(sets):
        each = planted(stances, seed, count)
        try:
            result = calibrate_views(each.views, each.board)
        except InputError:
            continue
        if not result.doubts:
            camera = result.intrinsics
            found.append((camera.fx_px - each.camera.fx_px) / (camera.focal_sigma * camera.fx_px))
    return found


def two_zooms(seed: int, factor: float) -> tuple[Planted, list[NamedView]]:
    """Eight good views, and six of the same camera whose focal length is so many times longer, named zoomed0 ..."""
    each, rng = planted(good, seed, 14), np.random.default_rng(seed + 1000)
    nearer = replace(each.camera, fx_px=each.camera.fx_px * factor, fy_px=each.camera.fy_px * factor)
    zoomed = [
        NamedView(f"zoomed{index}.png", see(nearer, each.board, stance, each.noise_px, rng))
        for index, stance in enumerate(good(rng, 6))
    ]
    return each, [*each.views[:8], *zoomed]


def zooms_named(factor: float, sets: int) -> int:
    """Of sets of two zooms (or of one, at a factor of 1): in how many two cameras are named."""
    count = 0
    for seed in range(sets):
        each, views = two_zooms(seed, factor)
        doubts = calibrate_views(views, each.board).doubts
        count += any("two cameras or zooms" in words for words in doubts)
    return count


TELLING: tuple[Stances, ...] = (good, half_good)
SILENT: tuple[Stances, ...] = (
    square_on, tilted_alike, turned_in_its_plane, turned_on_the_axis, moved_along, nearly_equal,
)  # fmt: skip


def main(sets: int) -> None:
    """Print one line a kind of set."""
    for stances in (*TELLING, *SILENT):
        z = deviations(stances, sets)
        within = f", truth within 2 sigma in {np.mean(np.abs(z) < 2):.0%}, furthest {max(np.abs(z)):.1f}" if z else ""
        print(f"{stances.__name__:20} accepted {len(z)} of {sets}{within}")
    for factor in (1.0, 1.02, 1.03, 1.05, 1.1):
        print(f"zooms {factor:.2f} apart     named {zooms_named(factor, sets)} of {sets}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
