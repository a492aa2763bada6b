"""A tilted sheet of paper speaks against a wrong focal length, with the weight of something that bends."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.targets.rendered import rotation
from tests.targets.sheets import corners_of
from tui.geometry.intrinsics import FOV_SIGMA, Intrinsics
from tui.targets.focal import FocalCheck, FocalFinding, sights_of
from tui.targets.markers import Marker
from tui.targets.sheet_finder import Found
from tui.targets.sheet_pose import sheet_pose
from tui.targets.sheets import ordered, parse_sheet
from tui.targets.spec import parse_target

TRUE_PX = 600.0
BENT_M = 0.0008
"""Of an A4's corners, one sigma."""


def given(factor: float, sigma: float = 0.003) -> Intrinsics:
    return Intrinsics(TRUE_PX * factor, TRUE_PX * factor, 319.5, 239.5, 640, 480, focal_sigma=sigma)


def sheet(name: str, camera: Intrinsics, tilt_deg: float, rng: np.random.Generator) -> Marker | None:
    """As it is found with a camera that is believed, by one of 600 px whose centre is a little elsewhere."""
    true = Intrinsics(TRUE_PX, TRUE_PX, 319.5 + rng.normal(0, 5), 239.5 + rng.normal(0, 5), 640, 480)
    spec = parse_sheet(name)
    while True:
        way, tilt = rng.uniform(0, 2 * np.pi), math.radians(tilt_deg)
        turn = rotation(tilt * math.cos(way), tilt * math.sin(way), rng.uniform(-1.5, 1.5))
        longer_m = max(spec.width_m, spec.height_m)
        z_m = rng.uniform(1.7, 2.7) * longer_m
        bent = corners_of(spec.width_m, spec.height_m)
        bent[:, 2] += rng.normal(0, BENT_M / 0.297 * longer_m, 4)
        seen = true.pixels(bent @ turn.T + np.array([*rng.uniform(-0.1, 0.1, 2) * z_m, z_m]))
        if (seen > 5).all() and (seen < (634, 474)).all():
            break
    corners = ordered(seen + rng.normal(0, 0.25, seen.shape))
    pose = sheet_pose(spec, corners, camera, 0.3)
    return None if pose is None else Found(spec, corners, pose).marker


def told(name: str, camera: Intrinsics, count: int, seed: int) -> list[FocalFinding]:
    """After four pictures of it each, where it told something."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        check, finding = FocalCheck(camera), None
        for tilt_deg in rng.uniform(20, 55, 4):
            seen = sheet(name, camera, tilt_deg, rng)
            finding = check.look([seen]) if seen is not None else finding
        if finding is not None:
            found.append(finding)
    return found


@pytest.mark.parametrize(("name", "factor"), [("A4", 0.85), ("card", 1.2)])
def test_a_sheet_shows_that_the_focal_length_is_anothers(name: str, factor: float) -> None:
    found = told(name, given(factor), 6, 1)
    wrong = [each for each in found if each.wrong]
    assert len(wrong) >= 3, found
    for each in found:
        assert abs(math.log(each.found_px / TRUE_PX)) < 3 * each.sigma
    assert "the edges of the sheet, if it is flat and of the size given, show" in wrong[0].words
    assert ("too short" in wrong[0].words) == (factor < 1)


@pytest.mark.parametrize(("name", "sigma"), [("A4", FOV_SIGMA), ("card", 0.003)])
def test_the_right_one_is_not_doubted_nor_confirmed_by_paper(name: str, sigma: float) -> None:
    found = told(name, given(1.0, sigma), 5, 2)
    assert len(found) >= 4
    assert not any(each.wrong or each.agrees for each in found)


def test_square_on_or_of_two_possible_sizes_it_says_nothing() -> None:
    rng = np.random.default_rng(3)
    for factor in (0.9, 1.0, 1.1):
        square_on = sheet("A4", given(factor), 0.0, rng)
        assert square_on is not None
        check = FocalCheck(given(factor))
        finding = check.look([square_on])
        assert finding is None or not finding.wrong
    tilted = [each for _ in range(6) if (each := sheet("A4", given(1.0), 50.0, rng)) is not None]
    told = [each for each in tilted if sights_of([each], given(1.0))]
    assert told
    assert not any(sights_of([replace(each, spec=parse_sheet("paper"))], given(1.0)) for each in told)


def test_printed_targets_in_sight_tell_alone() -> None:
    rng = np.random.default_rng(4)
    paper = sheet("A4", given(1.0), 40.0, rng)
    assert paper is not None
    print_ = replace(paper, spec=parse_target("DICT_4X4_50:*=80mm"), rms_px=0.2)
    (sight,) = sights_of([paper, print_], given(1.0))
    assert sight.noise_px is None
