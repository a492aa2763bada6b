"""What stands about anyway: repeats counted along a line, people and doors of their usual size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.targets.rendered import blank, finish, rotation
from tests.targets.sheets import corners_of, paint, seen
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.repeats import distances_of_repeats, repeats_along
from tui.targets.sheet_finder import grey_of
from tui.targets.things import Seen, Thing, usual

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
Array = npt.NDArray[np.float64]


def profile_of(count: float, log_ratio: float, noise: float, rng: np.random.Generator, many: int = 300) -> Array:
    """A wave of two harmonics in space, as a line of pixels that recedes shows it."""
    t, ratio = np.linspace(0, 1, many), np.exp(log_ratio)
    s = t * ratio / ((1 - t) + t * ratio)
    return np.asarray(
        100 + 20 * np.cos(2 * np.pi * count * s + 1) + 8 * np.sin(4 * np.pi * count * s) + rng.normal(0, noise, many)
    )


def test_the_number_of_repeats_is_found_to_the_bound_and_its_sigma_holds() -> None:
    rng = np.random.default_rng(3)
    deviations, errors, sigmas = [], [], []
    for _ in range(150):
        count, log_ratio = float(rng.uniform(4.5, 25)), float(rng.uniform(-0.6, 0.6))
        found = repeats_along(profile_of(count, log_ratio, 3.0, rng))
        sigma = float(np.sqrt(found.covariance[0, 0]))
        errors.append(found.count - count)
        sigmas.append(sigma)
        deviations.append((found.count - count) / sigma)
    assert np.sqrt(np.mean(np.square(errors))) < 1.2 * np.sqrt(np.mean(np.square(sigmas))), "the Cramer-Rao bound"
    assert 0.92 <= np.mean(np.abs(deviations) < 1.96) <= 0.985


@pytest.mark.parametrize("pitch_m", [0.075, 0.225, 0.3])
@pytest.mark.parametrize("turned", [(0.0, 0.0), (0.5, 0.2), (-0.6, 0.1)])
def test_both_ends_of_a_line_over_joints_are_where_they_are(pitch_m: float, turned: tuple[float, float]) -> None:
    turn, middle_m = rotation(*turned, 0.1), (0.0, 0.0, 2.0)
    fine = blank(CAMERA, 170.0)
    for number in range(-25, 26):
        joint = corners_of(0.14 * pitch_m, 1.2) + np.array([number * pitch_m, 0, 0])
        if ((joint @ turn.T)[:, 2] > -1.5).all():
            paint(fine, seen(joint, turn, middle_m, CAMERA), 90.0)
    on_wall = np.array([[-0.7, 0.1, 0.0], [0.62, 0.1, 0.0]])
    ends = np.rint(seen(on_wall, turn, middle_m, CAMERA))
    first, second = distances_of_repeats(
        grey_of(finish(fine, 4.0)), CAMERA, ((ends[0, 0], ends[0, 1]), (ends[1, 0], ends[1, 1])), (pitch_m, 0.0), "tile"
    )
    normal = turn[:, 2]
    for each, end in zip((first, second), ends, strict=True):
        true_m = float(normal @ np.array(middle_m) / (normal @ np.array(CAMERA.ray(*end))))
        assert each.distance_m == pytest.approx(true_m, rel=0.005)
        assert abs(each.distance_m - true_m) < 1.96 * each.sigma_m


def test_a_pitch_s_and_the_focal_length_s_errors_are_shared_by_both_ends() -> None:
    fine = blank(CAMERA, 170.0)
    for number in range(-10, 11):
        paint(fine, seen(corners_of(0.04, 1.2) + np.array([number * 0.3, 0, 0]), np.eye(3), (0, 0, 3.0), CAMERA), 90.0)
    vague = Intrinsics(600, 600, 319.5, 239.5, 640, 480, focal_sigma=0.03)
    for each in distances_of_repeats(grey_of(finish(fine, 4.0)), vague, ((40, 240), (600, 240)), (0.3, 0.006), "tile"):
        assert each.shared == pytest.approx(np.hypot(0.03, 0.02), rel=0.02)
        assert each.sigma_m >= each.shared * each.distance_m


def test_where_nothing_repeats_nothing_is_told() -> None:
    rng = np.random.default_rng(1)
    for profile, says in (
        (np.full(300, 90.0), "all of one grey"),
        (rng.normal(100, 20, 300), "nothing repeats evenly"),
        (np.cumsum(rng.normal(0, 5, 300)), "nothing repeats evenly"),
        (profile_of(2.3, 0.0, 1.0, rng), "nothing repeats evenly"),
        (np.zeros(20), "pin it over at least 40"),
    ):
        with pytest.raises(InputError, match=says):
            repeats_along(np.asarray(profile, np.float64))


def test_the_demo_s_brick_wall_is_where_its_geometry_says() -> None:
    image, depth_m = DemoRenderer().render(0.0)
    grey = grey_of(image)
    found = 0
    for u_px in range(10, 310, 10):
        ends = (u_px, 14), (u_px, 88)
        try:
            first, second = Seen(Thing.BRICK, ends, (0.1, 0.0)).distances(grey, DEMO_INTRINSICS)
        except InputError:  # no bricks there, or every other course differs
            continue
        found += 1
        for each, (u, v) in zip((first, second), ends, strict=True):
            assert each.distance_m == pytest.approx(float(depth_m[v, u]), rel=0.02)
    assert found >= 5
    with pytest.raises(InputError, match=r"repeats 13 or 6 times .* 30cm\*6"):
        Seen(Thing.BRICK, ((110, 14), (110, 88)), (0.1, 0.0)).distances(grey, DEMO_INTRINSICS)
    (told, _) = Seen(Thing.BRICK, ((110, 14), (110, 88)), (0.1, 0.0), 13.0).distances(grey, DEMO_INTRINSICS)
    assert told.distance_m == pytest.approx(float(depth_m[14, 110]), rel=0.02)


@pytest.mark.parametrize(("thing", "size_m"), [(Thing.PERSON, 1.70), (Thing.DOOR, 2.03)])
def test_a_standing_thing_is_as_far_as_its_usual_size_says(thing: Thing, size_m: float) -> None:
    top, foot = CAMERA.pixels(np.array([[0.2, -0.9, 4.0], [0.2, size_m - 0.9, 4.0]]))
    (found,) = Seen(thing, (tuple(foot), tuple(top))).distances(np.zeros((480, 640), np.uint8), CAMERA)
    assert found.distance_m == pytest.approx(4.0)
    _, sigma_m = usual(thing, upright=True)
    assert found.sigma_m / 4.0 > sigma_m / size_m, "its own size is the least of what is not known"
    (told,) = Seen(thing, (tuple(foot), tuple(top)), (size_m, 0.01)).distances(np.zeros((480, 640), np.uint8), CAMERA)
    assert told.sigma_m < found.sigma_m


def test_opposite_corners_of_a_box_are_as_good_as_foot_and_top() -> None:
    top, foot = CAMERA.pixels(np.array([[0.2, -0.8, 4.0], [0.2, 0.9, 4.0]]))
    grey = np.zeros((480, 640), np.uint8)
    (plain,) = Seen(Thing.PERSON, (tuple(foot), tuple(top))).distances(grey, CAMERA)
    for aside_px in (45.0, -45.0, 100.0):  # a box drawn from either side, or around outstretched arms
        boxed = Seen(Thing.PERSON, ((foot[0] - aside_px, foot[1]), (top[0] + aside_px, top[1])))
        assert boxed.boxed
        (found,) = boxed.distances(grey, CAMERA)
        assert found.distance_m == pytest.approx(plain.distance_m)
        assert (found.u_px, found.v_px) == pytest.approx((plain.u_px, plain.v_px))
        assert found.sigma_m > plain.sigma_m
    assert not Seen(Thing.PERSON, ((300.0, 400.0), (320.0, 80.0))).boxed, "it leans a little"
    assert not Seen(Thing.BRICK, ((100.0, 400.0), (320.0, 80.0))).boxed
    with pytest.raises(InputError, match="higher than wide"):
        Seen(Thing.PERSON, ((100.0, 400.0), (500.0, 380.0))).distances(grey, CAMERA)


@pytest.mark.parametrize(
    ("thing", "upright", "sizes_m"),
    [
        (Thing.DOOR, True, (1.972, 1.981, 1.985, 2.032, 2.040, 2.097, 2.110, 2.134)),
        (Thing.PERSON, True, (1.53, 1.59 + 0.03, 1.71 + 0.03, 1.83 + 0.03)),
        (Thing.BRICK, True, (0.0625, 0.0677, 0.075, 0.0833, 0.086)),
        (Thing.BRICK, False, (0.2032, 0.225, 0.240, 0.250)),
    ],
)
def test_every_size_that_the_standards_name_lies_in_the_interval_of_the_usual_one(
    thing: Thing, upright: bool, sizes_m: tuple[float, ...]
) -> None:
    size_m, sigma_m = usual(thing, upright=upright)
    for each_m in sizes_m:
        assert abs(each_m - size_m) < 1.96 * sigma_m


def test_bricks_have_courses_and_lengths_and_tiles_no_usual_size() -> None:
    assert usual(Thing.BRICK, upright=True)[0] == pytest.approx(0.075)
    assert usual(Thing.BRICK, upright=False)[0] == pytest.approx(0.225)
    with pytest.raises(InputError, match=r"tile=.*=30cm"):
        usual(Thing.TILE, upright=True)
