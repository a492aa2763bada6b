"""The floor's pitch by the map alone: planted maps, what is refused, and how well it holds on real pictures."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from tests.geometry.test_plane import grid, planted
from tests.instrument.floors_in_maps import RECORDINGS, VALIDATION, held, told
from tui.calibration.beliefs import MapKind
from tui.errors import InputError
from tui.evaluation.rgbd import find_frames
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Floor, floor_of
from tui.instrument.map_floor import tilt_of_map

CAMERA = Intrinsics.from_horizontal_fov(math.radians(62), 160, 120, focal_sigma=0.0)
PLACE = (80.0, 100.0)


def map_of(floor: Floor, *, scale: float = 1.0, shift: float = 0.0) -> npt.NDArray[np.float32]:
    """A network's map of a floor with a wall behind it, in units of its own."""
    _, rays = grid(CAMERA)
    inverse = 1.0 / planted(floor, 8 * floor.height_m, rays)
    return (scale * inverse + shift).reshape(CAMERA.height, CAMERA.width).astype(np.float32)


@pytest.mark.parametrize("pitch_deg", [5.0, 20.0, 40.0])
@pytest.mark.parametrize("scale", [0.2, 300.0])
def test_the_plane_of_a_map_tells_the_pitch_whatever_its_scale(pitch_deg: float, scale: float) -> None:
    floor = floor_of(1.5, math.radians(pitch_deg), 0.0)
    found = tilt_of_map(map_of(floor, scale=scale), MapKind.PROPORTIONAL, CAMERA, [PLACE])
    assert math.degrees(found.pitch_rad) == pytest.approx(pitch_deg, abs=0.1)
    assert math.degrees(found.roll_rad) == pytest.approx(0.0, abs=0.1)
    assert math.radians(2) < found.pitch_sigma_rad < math.radians(9)
    known = found.distance(CAMERA, PLACE, 1.5, 0.0)
    true_m = 1.0 / float(floor.per_metre @ CAMERA.ray(*PLACE))
    assert known.distance_m == pytest.approx(true_m, rel=0.01)
    assert known.sigma_m > 0.02 * true_m, "some degrees are several per cent"
    assert "by the map's plane" in str(found)


@pytest.mark.parametrize("kind", [MapKind.RELATIVE, MapKind.EXACT])
def test_where_the_shift_is_free_the_horizon_is_and_that_is_said(kind: MapKind) -> None:
    floor = floor_of(1.5, math.radians(20), 0.0)
    with pytest.raises(InputError, match="its zero means nothing"):
        tilt_of_map(map_of(floor, shift=0.3), kind, CAMERA, [PLACE])


def _refused(inverse_depth: npt.NDArray[np.float32], place: tuple[float, float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        tilt_of_map(inverse_depth, MapKind.METRIC, CAMERA, [PLACE, place])


def test_what_is_no_floor_is_refused_with_its_reason() -> None:
    floor = map_of(floor_of(1.5, math.radians(20), 0.0))
    _refused(floor, (80.0, 5.0), "not on the largest level surface")
    _refused(np.zeros_like(floor), PLACE, "no values above zero")
    _refused(np.full_like(floor, 0.5), PLACE, "no floor is seen|too steep")
    hole = floor.copy()
    hole[90:, :30] = np.nan
    _refused(hole, (10.0, 110.0), "the map says nothing there")
    bumpy = floor * np.exp(np.random.default_rng(1).normal(0, 0.05, floor.shape)).astype(np.float32)
    _refused(bumpy, PLACE, "not flat|not on the largest")
    _refused(map_of(floor_of(1.5, math.radians(70), 0.0)), PLACE, "too steep")
    side = math.radians(20)
    tilted = Floor(np.array([math.sin(side), math.cos(side), 0.3]) / 1.5)
    _refused(map_of(tilted), PLACE, "tilted sideways by 20 degrees")


def test_its_intervals_hold_on_pictures_that_the_network_was_not_trained_on() -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("needs the recordings with true depth")
    frames = [each for each in find_frames(RECORDINGS) if each.sequence in VALIDATION][::7]
    found, _ = told(frames, most=5)
    assert len(found) >= 4
    for share in held(found):
        assert (1 - share) * len(found) <= 1 + 0.05 * len(found)
