"""Range sensors as they are written, and where their spot lies."""

from __future__ import annotations

import numpy as np
import pytest

from tui.calibration.ranged import RangeSigma, Ranging
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.targets.live import RangeSpec, Spot, parse_live, parse_lives

CAMERA = Intrinsics(600.0, 600.0, 320.0, 240.0, 640, 480)


def spot_of(beam: np.ndarray, place_m: np.ndarray, along_m: float) -> tuple[float, float, float]:
    """Column, row, and distance along the axis of what a beam from a place beside the lens hits."""
    x, y, z = place_m + along_m * beam
    return CAMERA.fx_px * x / z + CAMERA.cx_px, CAMERA.fy_px * y / z + CAMERA.cy_px, z


@pytest.mark.parametrize("beam", [(0.0, 0.0, 1.0), (0.05, -0.02, 1.0), (-0.3, 0.1, 1.0)])
def test_two_spots_tell_where_it_is_at_any_distance_and_how_far_along_the_axis(beam: tuple[float, ...]) -> None:
    direction = np.array(beam) / np.linalg.norm(beam)
    place_m = np.array([0.05, -0.03, 0.0])
    near, far = (spot_of(direction, place_m, each) for each in (0.5, 4.0))
    spec = RangeSpec("exec:x", (Spot(*near[:2], 0.5), Spot(*far[:2], 4.0)))
    for along_m in (0.3, 0.5, 1.0, 2.5, 9.0):
        u_px, v_px, z_m = spot_of(direction, place_m, along_m)
        found = spec.reference(Ranging(along_m), CAMERA)
        assert [found.u_px, found.v_px] == pytest.approx([u_px, v_px], abs=1e-6)
        assert found.distance_m == pytest.approx(z_m, rel=1e-9)
    assert spec.reference(Ranging(2.0), None).distance_m == 2.0, "without the camera the beam is taken to be its axis"


def test_one_spot_stays_where_it_is() -> None:
    spec = parse_live("100,50=exec:x")
    for distance_m in (0.5, 5.0):
        found = spec.reference(Ranging(distance_m), CAMERA)
        assert (found.u_px, found.v_px, found.distance_m) == (100, 50, distance_m)


def test_its_sigma_is_what_was_stated_else_the_sensors_own_words_else_the_usual() -> None:
    for text, ranging, sigma_m in (
        ("1,2=exec:x", Ranging(1.0), 0.02),
        ("1,2=exec:x", Ranging(4.0), 0.04),
        ("1,2=exec:x", Ranging(4.0, 0.3), 0.3),
        ("1,2±5cm=exec:x", Ranging(4.0, 0.3), 0.05),
        ("1,2=exec:x ±5cm", Ranging(4.0), 0.05),
        ("1,2+-2%=exec:x", Ranging(4.0), 0.08),
    ):
        assert parse_live(text).reference(ranging, None).sigma_m == pytest.approx(sigma_m)


@pytest.mark.parametrize(
    "text",
    [
        "320,240=exec:./range.py --port 3",
        "320.5,240@0.5m:300,241@4m=exec:env A=1 sh -c 'echo 2'",
        "320,240±1%,2cm=exec:x",
        "-0.25,3=exec:x",
        "exec:x",
    ],
)
def test_what_is_kept_reads_as_the_same_again(text: str) -> None:
    spec = parse_live(text)
    again = parse_live(spec.whole if spec.spots else spec.source)
    assert again == spec


def test_a_command_is_left_as_it_is_written() -> None:
    assert parse_live("1,2=exec:env A=1 awk '{print $1 \"±\"}' f").source == "exec:env A=1 awk '{print $1 \"±\"}' f"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "X,Y=exec:COMMAND"),
        ("320,240", "X,Y=exec:COMMAND"),
        ("320,240=2m", "X,Y=exec:COMMAND"),
        ("320=exec:x", "no pixel"),
        ("=exec:x", "X,Y=exec:COMMAND"),
        ("a,b=exec:x", "no pixel"),
        ("1,2=exec:", "names no command"),
        ("1,2=exec:'x", "split into words"),
        ("1,2=serial:ttyUSB0", "serial:/dev/ttyUSB0"),
        ("1,2@1m:3,4=exec:x", "distance at each"),
        ("1,2@1m:3,4@1.1m=exec:x", "about one distance"),
        ("1,2@1m:3,4@2m:5,6@4m=exec:x", "two spots"),
        ("1,2@far:3,4@2m=exec:x", "not a distance"),
        ("1,2±2=exec:x", "±2cm"),
    ],
)
def test_what_cannot_be_used_is_said_with_the_form(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_live(text)
    assert says in str(caught.value)
    assert str(caught.value).startswith("--live '")
    assert "\n" not in str(caught.value)


def test_one_sensor_looks_at_one_place() -> None:
    with pytest.raises(InputError, match="twice"):
        parse_lives(["1,2=exec:x", "3,4=exec:x"])


def test_spots_are_noted_one_after_the_other() -> None:
    spec = RangeSpec("exec:x", (Spot(10, 10),), RangeSigma(0.01, 0.0))
    near = spec.with_spot(Spot(30, 10, 0.5))
    assert near.spots == (Spot(30, 10, 0.5),), "what was seen at no distance says nothing"
    both = near.with_spot(Spot(12, 10, 4.0))
    assert both.spots == (Spot(30, 10, 0.5), Spot(12, 10, 4.0))
    assert both.with_spot(Spot(13, 10, 3.8)).spots == (Spot(30, 10, 0.5), Spot(13, 10, 3.8))
    assert both.sigma == spec.sigma


def test_in_pictures_of_another_size_it_is_at_the_same_place() -> None:
    spec = parse_live("10,20@1m:30,40@3m=exec:x")
    again = spec.scaled(0.5, 0.5).scaled(2.0, 2.0)
    for one, other in zip(spec.spots, again.spots, strict=True):
        assert [other.u_px, other.v_px] == pytest.approx([one.u_px, one.v_px])
