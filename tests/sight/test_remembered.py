"""What is remembered is small, its own, and believed only where it is whole."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sight.pictures import scene
from tui.errors import InputError
from tui.sight.remembered import MOST_PLACES, Remembered

PLACES = [(10.0, 20.0), (320.5, 240.25), (639.0, 479.0)]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 5), st.integers(0, 2**31))
def test_it_comes_back_from_json_as_it_was(width: int, height: int, places: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    at = [(float(u), float(v)) for u, v in rng.uniform(0, (width - 1, height - 1), (places, 2))]
    remembered = Remembered.of(image, at)
    assert Remembered.from_plain(json.loads(json.dumps(remembered.to_plain()))) == remembered


def test_it_is_small_and_nothing_of_it_changes_with_the_picture() -> None:
    image = scene(1, 1920, 1080)
    remembered = Remembered.of(image, [(float(30 * i), 500.0) for i in range(20)])
    before = json.dumps(remembered.to_plain())
    image[:] = 0
    assert json.dumps(remembered.to_plain()) == before
    assert len(before) < 40_000


def test_a_place_is_remembered_as_it_was_when_it_was_given() -> None:
    first, second = scene(1), scene(2)
    remembered = Remembered.of(first, PLACES[:2])
    longer = remembered.with_places(second, PLACES)
    assert longer.thumbnail == remembered.thumbnail
    assert longer.places[:2] == remembered.places
    assert longer.places[2] == Remembered.of(second, PLACES).places[2]
    assert longer.with_places(second, PLACES[1:]).places == longer.places[1:]
    assert remembered.with_places(second, []).places == ()
    with pytest.raises(InputError, match="640x480"):
        remembered.with_places(scene(1, 320, 240), PLACES[:1])


def test_no_more_places_are_kept_than_can_be() -> None:
    remembered = Remembered.of(scene(1), [(float(i), 5.0) for i in range(MOST_PLACES + 10)])
    assert len(remembered.places) == MOST_PLACES
    assert Remembered.from_plain(remembered.to_plain()) == remembered


def test_the_same_for_another_size() -> None:
    remembered = Remembered.of(scene(1), [(319.5, 239.5)])
    half = remembered.scaled_to(320, 240)
    assert (half.width, half.height) == (320, 240)
    assert (half.places[0].u_px, half.places[0].v_px) == (159.5, 119.5)
    assert remembered.scaled_to(640, 480) is remembered
    for size in [(480, 640), (640, 360), (0, 0), (640, -480)]:
        with pytest.raises(InputError):
            remembered.scaled_to(*size)


def _set(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(plain: dict[str, Any]) -> None:
        at: Any = plain
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("version", value=2),
        _set("version", value=None),
        _set("width", value=0),
        _set("width", value=10**400),
        _set("width", value=640.0),
        _set("width", value=True),
        _set("height", value=100_000),
        _set("height", value=20),
        _set("looks", value=[]),
        _set("looks", "sharpness", value=math.nan),
        _set("looks", "sharpness", value=1.5),
        _set("looks", "brightness", value=-1),
        _set("looks", "brightness", value=10**400),
        _set("looks", "high", value="12"),
        _set("looks", value={}),
        _set("thumbnail", value=""),
        _set("thumbnail", value=5),
        _set("thumbnail", value="é" * 25_600),
        _set("thumbnail", value="=" * 25_600),
        _set("thumbnail", value="A" * 10_000_000),
        _set("places", value=None),
        _set("places", value=[5]),
        _set("places", value=[{}]),
        _set("places", value=[{}] * 1000),
        _set("places", 0, "patch", value="AAAA"),
        _set("places", 0, "u_px", value=math.inf),
        _set("places", 0, "brightness", value=False),
    ],
)
def test_a_file_is_not_trusted(change: Callable[[dict[str, Any]], None]) -> None:
    plain: dict[str, Any] = copy.deepcopy(Remembered.of(scene(1), PLACES).to_plain())
    change(plain)
    with pytest.raises(InputError):
        Remembered.from_plain(plain)


@pytest.mark.parametrize("junk", [None, 5, "text", [], {}])
def test_junk_is_no_picture(junk: object) -> None:
    with pytest.raises(InputError):
        Remembered.from_plain(junk)  # type: ignore[arg-type]  # the file may hold anything


@pytest.mark.parametrize("at", [(700.0, 5.0), (-5.0, 5.0), (math.nan, 5.0), (5.0, math.inf)])
def test_a_place_lies_in_the_picture(at: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="outside"):
        Remembered.of(scene(1), [at])
