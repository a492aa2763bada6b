"""How often the floor that a map tells holds the truth, on pictures with true depth and a known camera.

`python -m tests.instrument.floors_in_maps [MODEL]` prints it for NYU Depth v2 and TUM fr1: the truth is the plane that
the depth camera sees below it, asked for at a place on that plane.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tui.calibration.beliefs import MapKind
from tui.depth.loader import ModelRequest, load_estimator
from tui.errors import InputError
from tui.evaluation.rgbd import RgbdFrame, find_frames
from tui.geometry.grid import grid_of
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Floor, fit_floor
from tui.instrument.map_floor import tilt_of_map

RECORDINGS = Path(__file__).parents[3] / "shared" / "rgbd_train"
_CAMERAS = {  # of 640x480 pictures: NYU Depth v2's and TUM fr1's own calibrations
    "nyu": Intrinsics(518.9, 519.5, 325.6, 253.7, 640, 480, focal_sigma=0.005),
    "tum": Intrinsics(517.3, 516.5, 318.6, 255.3, 640, 480, focal_sigma=0.005),
}
VALIDATION = ("nyu/blk04", "nyu/blk10", "nyu/blk16", "nyu/blk22", "nyu/blk27")
"""Those that `pocket` was not trained on."""
_EVERY_PX = 2
_FLAT = 0.02
"""Spread of ln z about what the depth camera sees: what is less flat is put together of several things."""
_HEIGHTS_M = (0.5, 2.5)
"""What lies farther below the camera, or less far, is no floor that one stands on, nor a table."""


@dataclass(frozen=True, slots=True)
class Found:
    """One picture's."""

    pitch_off_rad: float
    pitch_sigma_rad: float
    distance_off: float
    """Of ln z at the place."""
    distance_sigma: float


def floors(frames: Sequence[RgbdFrame]) -> Iterator[tuple[RgbdFrame, Intrinsics, Floor]]:
    """Those frames in whose depth a floor is, their camera, and that floor."""
    for frame in frames:
        _, depth_m = frame.load()
        height, width = depth_m.shape
        camera = _CAMERAS[frame.sequence.partition("/")[0]].scaled_to(width, height)
        taken = depth_m[::_EVERY_PX, ::_EVERY_PX]
        try:
            floor = fit_floor(np.where(taken > 0, taken, np.nan), *grid_of(camera, _EVERY_PX))
        except InputError:
            continue
        stands = _HEIGHTS_M[0] < floor.height_m < _HEIGHTS_M[1] and abs(floor.roll_rad) < math.radians(20)
        if stands and floor.spread < _FLAT and floor.pitch_rad < math.radians(60):
            yield frame, camera, floor


def told(frames: Sequence[RgbdFrame], model: str = "pocket", most: int = sys.maxsize) -> tuple[list[Found], int]:
    """What maps tell of the floors, of so many at most, and how often they refuse to."""
    estimator = load_estimator(ModelRequest(model))
    found: list[Found] = []
    refused = 0
    rng = np.random.default_rng(3)
    for frame, camera, floor in floors(frames):
        assert floor.support_px is not None
        u_px, v_px = (float(each) for each in floor.support_px[rng.integers(len(floor.support_px))])
        inverse_depth = estimator.estimate(frame.load()[0])
        try:
            tilt = tilt_of_map(inverse_depth, estimator.identity.kind or MapKind.RELATIVE, camera, [(u_px, v_px)])
            seen = tilt.distance(camera, (u_px, v_px), floor.height_m, 0.0)
        except InputError:
            refused += 1
            continue
        if len(found) == most:
            break
        true_m = 1.0 / float(floor.per_metre @ camera.ray(u_px, v_px))
        found.append(
            Found(
                tilt.pitch_rad - floor.pitch_rad,
                tilt.pitch_sigma_rad,
                math.log(seen.distance_m / true_m),
                seen.sigma_m / seen.distance_m,
            )
        )
    return found, refused


def held(found: Sequence[Found]) -> tuple[float, float]:
    """Share of the pitches, and of the distances, that lie in their 95 % intervals."""
    pitches = [abs(each.pitch_off_rad) < 1.96 * each.pitch_sigma_rad for each in found]
    distances = [abs(each.distance_off) < 1.96 * each.distance_sigma for each in found]
    return float(np.mean(pitches)), float(np.mean(distances))


def main() -> None:
    """Print how well it holds."""
    model = sys.argv[1] if len(sys.argv) > 1 else "pocket"
    every = find_frames(RECORDINGS)
    for name, frames in {
        "nyu, validation": [each for each in every if each.sequence in VALIDATION],
        "nyu, training, every 8th": [each for each in every if each.sequence.startswith("nyu/")][::8],
        "tum fr1/rpy": [each for each in every if each.sequence.startswith("tum/")],
    }.items():
        found, refused = told(frames, model)
        off_deg = math.degrees(math.sqrt(np.mean([each.pitch_off_rad**2 for each in found]))) if found else math.nan
        off = math.sqrt(np.mean([each.distance_off**2 for each in found])) if found else math.nan
        holds = held(found) if found else (math.nan, math.nan)
        print(
            f"{name}: {len(found)} told, {refused} refused; pitch off by {off_deg:.1f} degrees rms, {holds[0]:.1%} "
            f"hold; distance off by {off:.1%} rms, {holds[1]:.1%} hold"
        )


if __name__ == "__main__":
    main()
