"""What light, motion and shadows do to a marker's edges: its interval knows, as its corners fit a pose all the same."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tests.targets.rendered import blank, finish, marker_sheet, paste_sheet, rotation
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.cells import cell_edges, grown
from tui.targets.dictionary import load_dictionary
from tui.targets.markers import Marker, MarkerDetector
from tui.targets.spec import parse_target

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
SPEC = "DICT_4X4_50:*=80mm±0.001mm"
Spoil = Callable[[RGBImage], RGBImage]


def _too_bright(picture: RGBImage) -> RGBImage:
    return np.clip(2.5 * picture.astype(np.float64), 0, 255).astype(np.uint8)


def _shaken(picture: RGBImage) -> RGBImage:
    line = np.zeros((11, 11), np.float32)
    line[5] = 1
    line = np.asarray(cv2.warpAffine(line, cv2.getRotationMatrix2D((5, 5), 30, 1), (11, 11)))
    return np.asarray(cv2.filter2D(picture, -1, line / line.sum()), np.uint8)


def _seen(spoil: Spoil) -> list[tuple[Marker, float]]:
    """Markers with their true distance."""
    detector = MarkerDetector([parse_target(SPEC)])
    return [(each, z) for picture, z in _pictures() for each in detector.detect(spoil(picture), CAMERA)]


@functools.cache
def _pictures() -> list[tuple[RGBImage, float]]:
    rng, made = np.random.default_rng(5), []
    for number in range(20):
        z = math.exp(rng.uniform(math.log(0.4), math.log(1.0)))
        fine = blank(CAMERA)
        sheet, side = marker_sheet("DICT_4X4_50", number, 6)
        turn = rotation(rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-3, 3))
        paste_sheet(fine, sheet, 0.08 / side, (0.1 * z, -0.05 * z, z), turn, CAMERA)
        made.append((finish(fine, seed=number), z))
    return made


@pytest.mark.parametrize("spoil", [_too_bright, _shaken])
def test_the_interval_of_a_spoiled_marker_holds(spoil: Spoil) -> None:
    found = _seen(spoil)
    assert len(found) >= 12
    within = [abs(marker.distance_m - z) < 1.96 * marker.sigma_m for marker, z in found]
    assert np.mean(within) >= 0.92


def test_what_is_too_bright_is_too_far_for_all_alike() -> None:
    """So it is an error that they share, and many of them know no better."""
    found = _seen(_too_bright)
    off = np.array([marker.distance_m / z - 1 for marker, z in found])
    shared = np.array([marker.reference.shared for marker, _ in found])
    assert off.min() > 0.003
    assert shared == pytest.approx(off, rel=0.4)
    assert shared.mean() == pytest.approx(off.mean(), rel=0.15)


def test_in_good_light_nothing_is_added() -> None:
    found = _seen(lambda picture: picture)
    assert len(found) >= 18
    assert all(marker.reference.shared < 0.003 for marker, _ in found)


def test_cells_tell_how_far_white_has_spread() -> None:
    """By two pixels at every edge, drawn."""
    bits = np.asarray(load_dictionary("DICT_4X4_50").generateImageMarker(7, 6), np.uint8)
    picture = np.pad(np.kron(bits, np.ones((20, 20), np.uint8)), 40, constant_values=255)
    spread = np.asarray(cv2.dilate(picture, np.ones((5, 5), np.uint8)), np.uint8)
    true = np.array([[0, 0], [120, 0], [120, 120], [0, 120]]) + 39.5
    small = grown(true, -2.0)
    assert small == pytest.approx(true + 2.0 * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]))
    for drawn, corners, by_px in ((picture, true, 0.0), (spread, small, 2.0), (255 - picture, true, 0.0)):
        edges = cell_edges(drawn, corners, (bits > 0) ^ (drawn[0, 0] == 0))
        assert edges is not None
        assert edges.spread_px == pytest.approx(by_px, abs=0.1)
    assert cell_edges(np.full((200, 200), 128, np.uint8), true, bits > 0) is None
