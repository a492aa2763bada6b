"""Several views: the bundle's covariances against planted truths, a slide in a known room, scales by references."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from tests.targets.rendered import rotation
from tests.targets.slid import CAMERA, Room, depth_at
from tui.calibration.reference import Reference
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.targets.slide import MOST_KEPT, Slide, chosen_between
from tui.targets.two_views_pose import Motion, Sights
from tui.targets.two_views_solved import solve
from tui.targets.views import references_of_views
from tui.targets.views_bundle import adjust
from tui.targets.views_given import View
from tui.targets.views_model import Bundle, Priors, Tracks
from tui.targets.views_told import Told, scale_of_references

FOCAL_PX = 600.0
PLACES_M = np.array([[0.2, 0.01, 0.02], [0.07, 0.0, 0.01], [0.14, 0.01, 0.0]])
NOISE_PX = 0.4
Array = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.fixture(scope="module")
def along(room: Room) -> list[RGBImage]:
    """The room from 0, 8 and 20 cm further to the right."""
    return [room.look((x_m, 0.0, 0.0)) for x_m in (0.0, 0.08, 0.2)]


def _planted(rng: np.random.Generator, count: int, views: int) -> tuple[Bundle, Tracks, Array]:
    """Random points at 1.5 - 6 m seen by a camera that was moved along a line, with noise in all; the truth."""
    rays = np.column_stack([rng.uniform((-0.53, -0.4), (0.53, 0.4), (count, 2)), np.ones(count)])
    unit_m = float(np.linalg.norm(PLACES_M[0]))
    w = unit_m / rng.uniform(1.5, 6.0, count)
    turns = np.stack([rotation(0.03, -0.02, 0.01), rotation(-0.01, 0.01, 0.0), rotation(0.0, 0.02, -0.01)])[:views]
    ways = np.stack([-turn @ place for turn, place in zip(turns, PLACES_M / unit_m, strict=False)])
    seen = rays @ turns.transpose(0, 2, 1) + w[None, :, None] * ways[:, None]
    seen /= seen[..., 2:]
    truth = Bundle(turns, ways, np.zeros(0), np.column_stack([rays[:, :2], w]), math.log(unit_m))
    for each in (rays, *seen):
        each[:, :2] += rng.normal(0, NOISE_PX / FOCAL_PX, (count, 2))
    return truth, Tracks(rays, seen, np.full((views, count), NOISE_PX), FOCAL_PX, FOCAL_PX), w


def _spread(own: Array, by_motion: Array, covariance: Array) -> Array:
    return np.asarray(np.sqrt(own**2 + np.einsum("ni,ij,nj->n", by_motion, covariance, by_motion)))


def test_all_views_together_err_as_little_as_can_be_and_as_much_as_is_said() -> None:
    rng = np.random.default_rng(4)
    off, narrower = [], []
    priors = Priors(np.zeros(0), np.full(3, np.nan), np.full(3, np.nan))
    for _ in range(80):
        truth, tracks, w = _planted(rng, 40, 3)
        found = adjust(truth, tracks, priors)
        assert found.relative == pytest.approx(1.0, abs=0.35)
        # At the truth, the covariances are the Cramer-Rao bound.
        sigma = _spread(found.own, found.by_motion, found.covariance)
        off.append((found.bundle.points[:, 2] - w) / sigma)
        two = Sights(tracks.first, tracks.seen[0], FOCAL_PX, FOCAL_PX)
        alone = solve(Motion(truth.turns[0], truth.ways[0]), two, np.ones(40, bool), NOISE_PX, np.zeros(0))
        narrower.append(np.median(sigma / _spread(alone.own, alone.by_motion, alone.covariance)))
    relative = np.array(off)
    assert math.sqrt(float((relative**2).mean())) < 1.2
    assert 0.92 <= float((np.abs(relative) < 1.96).mean()) <= 0.98
    assert np.median(narrower) < 0.95


def test_ways_that_were_measured_share_their_errors_over_all_distances() -> None:
    rng = np.random.default_rng(8)
    true_m = np.linalg.norm(PLACES_M, axis=1)
    off = []
    for _ in range(40):
        truth, tracks, _ = _planted(rng, 40, 3)
        sigmas_m = np.array([0.004, 0.002, 0.002])
        found = adjust(truth, tracks, Priors(np.zeros(0), true_m + rng.normal(0, sigmas_m), sigmas_m))
        off.append((found.bundle.log_unit - math.log(true_m[0])) / math.sqrt(found.covariance[-1, -1]))
        assert math.sqrt(found.covariance[-1, -1]) < 0.95 * sigmas_m[0] / true_m[0], "more ways tell more than one"
    assert 0.75 < math.sqrt(float((np.array(off) ** 2).mean())) < 1.25


def test_sightings_that_do_not_fit_are_left_out() -> None:
    truth, tracks, w = _planted(np.random.default_rng(6), 60, 3)
    tracks.seen[1, :5, 0] += 8 / FOCAL_PX
    tracks.seen[2, 50:, :] = np.nan
    found = adjust(truth, tracks, Priors(np.zeros(0), np.full(3, np.nan), np.full(3, np.nan)))
    assert not found.fits[:, :5].all(axis=0).any()
    assert not found.fits[2, 50:].any()
    sigma = _spread(found.own, found.by_motion, found.covariance)
    assert (np.abs(found.bundle.points[5:, 2] - w[5:]) < 4 * sigma[5:]).all()


def _told(w: list[float], own: float) -> Told:
    count = len(w)
    return Told(np.zeros((count, 2)), np.array(w), np.full(count, own), np.zeros((count, 1)), np.zeros(count),
                np.ones(count, bool))  # fmt: skip


def test_a_tape_tells_the_scale_and_its_error_is_shared() -> None:
    one = Reference(1.0, 1.0, 2.0, 0.04)
    scale = scale_of_references([one], _told([0.1], 0.015))
    assert scale.unit_m == pytest.approx(0.2)
    assert scale.sigma == pytest.approx(0.025)  # 2 % of the tape, 1.5 % of where it lies
    assert scale.references[0].shared == pytest.approx(0.02**2 / 0.025)
    many = scale_of_references([one, Reference(2.0, 2.0, 4.0, 0.08)], _told([0.1, 0.05], 0.015))
    assert many.sigma == pytest.approx(0.025 / math.sqrt(2))
    with pytest.raises(InputError, match=r"contradict each other.*20 cm.*30 cm"):
        scale_of_references([one, Reference(2.0, 2.0, 6.0, 0.06)], _told([0.1, 0.05], 0.015))


def _off(references: tuple[Reference, ...], room: Room) -> tuple[Array, Array]:
    """Relative errors, and relative standard deviations."""
    depth = room.depth()
    true_m = np.array([depth_at(depth, each.u_px, each.v_px) for each in references])
    found_m = np.array([each.distance_m for each in references])
    return found_m / true_m - 1, np.array([each.sigma_m for each in references]) / found_m


def test_a_picture_in_between_helps_or_is_left_out(room: Room, along: list[RGBImage]) -> None:
    """Its own way is not known."""
    first, between, last = along
    views = [View(between, "B"), View(last, "C", 0.2, 1e-4)]
    found = references_of_views(first, [*views, View(np.roll(last, 90, axis=0), "D", needed=False)], CAMERA)
    assert found.names == ("C", "B")
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith("D: ")
    assert found.places_m[0] == pytest.approx((0.2, 0.0, 0.0), abs=0.01)
    assert found.places_m[1] == pytest.approx((0.08, 0.0, 0.0), abs=0.005)
    off, sigma = _off(found.references, room)
    assert len(off) >= 24
    assert np.median(np.abs(off)) < 0.015
    assert np.mean(np.abs(off) < 1.96 * sigma) > 0.75
    assert {each.label for each in found.references} == {"3 views"}


def test_a_distance_in_the_picture_stands_in_for_the_way(room: Room, along: list[RGBImage]) -> None:
    first, _, last = along
    true_m = depth_at(room.depth(), 300, 200)
    tape = Reference(300, 200, true_m, 0.01 * true_m)
    found = references_of_views(first, [View(last, "B")], CAMERA, references=[tape])
    assert found.places_m[0][0] == pytest.approx(0.2, rel=0.04)
    off, sigma = _off(found.references, room)
    assert np.median(np.abs(off)) < 0.03
    assert sigma.min() > 0.01, "no surer than the tape"
    assert np.mean(np.abs(off) < 1.96 * sigma) > 0.9
    assert [each.distance_m for each in found.tied] == [true_m]
    with pytest.raises(InputError, match="cannot be found in the other pictures"):
        references_of_views(first, [View(last, "B")], CAMERA, references=[Reference(8, 300, 3.0, 0.03)])


def test_a_slow_slide_is_thinned_out_and_read_at_even_shifts() -> None:
    slide = Slide()
    pictures = [np.full((4, 4, 3), number, np.uint8) for number in range(200)]
    for each in pictures:
        slide.add(each)
    numbers = [int(each[0, 0, 0]) for each in slide.images]
    assert MOST_KEPT / 2 <= len(numbers) <= MOST_KEPT
    assert len(set(np.diff(numbers).tolist())) == 1, "evenly"
    rng = np.random.default_rng(7)
    wide = np.repeat(np.kron(rng.uniform(0, 255, (60, 120)), np.ones((4, 4)))[..., None], 3, axis=2).astype(np.uint8)
    # It rests, is slid by 40 pixels, and rests.
    at_px = [0, 0, 0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 40, 40]
    seen = [wide[:, at : at + 320] for at in at_px]
    chosen = chosen_between(seen[0], seen[1:-1], seen[-1])
    found = [next(at for at, each in zip(at_px, seen, strict=True) if each is picture) for picture in chosen]
    assert found == [8, 20, 32] or all(abs(one - other) <= 4 for one, other in zip(found, (10, 20, 30), strict=True))
    plain = [np.full((240, 320, 3), 90, np.uint8) for _ in range(6)]
    assert len(chosen_between(plain[0], plain[1:-1], plain[-1])) == 3
