"""A thing between the last two pins, as an answer to the question for a known length."""

from __future__ import annotations

import numpy as np
import pytest

from tests.targets.rendered import blank, finish
from tests.targets.sheets import corners_of, paint, seen
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.instrument.measured import Pin
from tui.instrument.things import names_thing, thing_references

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
UPRIGHT = (Pin(1, 10, 10), Pin(2, 320, 410), Pin(3, 320, 70))
GREY = np.full((480, 640, 3), 128, np.uint8)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("person", True), ("Person 1.82m", True), ("door=2.1m", True), ("bricks", True), ("tile 30cm*12", True),
        ("2.00m", False), ("", False), ("personal 3m", False),
    ],
)  # fmt: skip
def test_a_thing_is_told_from_a_length(text: str, named: bool) -> None:
    assert names_thing(text) is named


@pytest.mark.parametrize(("text", "distance_m"), [("person", 3.0), ("person 1.36m", 2.4), ("door", 3.5824)])
def test_the_last_two_pins_are_its_foot_and_its_top(text: str, distance_m: float) -> None:
    (found,) = thing_references(CAMERA, UPRIGHT, text, GREY)
    assert found.distance_m == pytest.approx(distance_m, rel=1e-3)
    assert (found.u_px, found.v_px) == (320, 240)


def test_a_region_is_drawn_around_it() -> None:
    regions = (Region("Anna", ((250, 70), (390, 410))),)
    for text, distance_m in (("person in anna", 3.0), ("person in Anna = 1.36m", 2.4)):
        (found,) = thing_references(CAMERA, (), text, GREY, regions)
        assert found.distance_m == pytest.approx(distance_m, rel=1e-3)
        assert (found.u_px, found.v_px) == (320, 240)
    with pytest.raises(InputError, match=r"no region is called 'Bob' \(Anna\)"):
        thing_references(CAMERA, UPRIGHT, "person in Bob", GREY, regions)


def test_tiles_are_counted_between_the_pins() -> None:
    fine = blank(CAMERA, 170.0)
    for number in range(-6, 7):
        paint(fine, seen(corners_of(0.03, 3.0) + np.array([number * 0.3, 0, 0]), np.eye(3), (0, 0, 3.0), CAMERA), 90.0)
    pins = (Pin(1, 40, 240), Pin(2, 600, 240))
    for text in ("tile 30cm", "tiles 30cm*9"):
        found = thing_references(CAMERA, pins, text, finish(fine, 3.0))
        assert [each.distance_m for each in found] == pytest.approx([3.0, 3.0], rel=0.005)


@pytest.mark.parametrize(
    ("camera", "pins", "text", "says"),
    [
        (None, UPRIGHT, "person", "press i"),
        (CAMERA, UPRIGHT[:1], "person", "pin its foot and its top first"),
        (CAMERA, UPRIGHT, "tile", "tiles have any size"),
        (CAMERA, UPRIGHT, "person tall", "tall"),
        (CAMERA, UPRIGHT, "door 2m*3", "does not repeat"),
        (CAMERA, UPRIGHT, "brick", "all of one grey"),
    ],
)  # fmt: skip
def test_what_cannot_be_says_why(camera: Intrinsics | None, pins: tuple[Pin, ...], text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        thing_references(camera, pins, text, GREY)
