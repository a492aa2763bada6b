"""Turned, mirrored, cropped: maps between pixels, and what they make of intrinsics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Crop, Mounted, Mounting, Turn, parse_mounting

TURNS = [Turn(quarters, mirrored) for quarters in range(4) for mirrored in (False, True)]
turns = st.sampled_from(TURNS)
sizes = st.tuples(st.integers(1, 40), st.integers(1, 40))


def _laid(image: np.ndarray, turn: Turn) -> np.ndarray:
    """By numpy's own words, as a truth apart from the code."""
    turned = np.rot90(image, -turn.quarters)
    return np.fliplr(turned) if turn.mirrored else turned


def _numbered(width: int, height: int) -> np.ndarray:
    return np.arange(width * height).reshape(height, width)


@given(turns, sizes)
def test_a_turn_takes_every_pixel_to_where_numpy_puts_it(turn: Turn, size: tuple[int, int]) -> None:
    image = _numbered(*size)
    turned = _laid(image, turn)
    assert turned.shape[::-1] == turn.size(*size)
    for v, u in np.ndindex(*image.shape):
        u_to, v_to = turn.pixel(u, v, *size)
        assert turned[int(v_to), int(u_to)] == image[v, u]


@pytest.mark.parametrize("one", TURNS)
@pytest.mark.parametrize("other", TURNS)
def test_turns_compose_and_are_taken_back(one: Turn, other: Turn) -> None:
    image = _numbered(5, 3)
    assert np.array_equal(_laid(_laid(image, one), other), _laid(image, one.then(other)))
    assert one.then(one.inverse) == Turn()
    assert one.inverse.then(one) == Turn()


@st.composite
def mountings(draw: st.DrawFn) -> tuple[Mounting, int, int]:
    width, height = draw(sizes)
    turn = draw(turns)
    across, down = turn.size(width, height)
    crop = None
    if draw(st.booleans()):
        left, top = draw(st.integers(0, across - 1)), draw(st.integers(0, down - 1))
        crop = Crop(left, top, draw(st.integers(1, across - left)), draw(st.integers(1, down - top)))
    return Mounting(turn, crop), width, height


@given(mountings(), st.lists(turns, max_size=4))
def test_turning_what_is_shown_shows_the_same_part(found: tuple[Mounting, int, int], more: list[Turn]) -> None:
    mounting, width, height = found
    image = _numbered(width, height)
    expected = _laid(image, mounting.turn)
    if (crop := mounting.crop) is not None:
        expected = expected[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    for turn in more:
        expected, mounting = _laid(expected, turn), mounting.then(turn)
    mounted = mounting.of(width, height)
    assert mounted.size == expected.shape[::-1]
    for v, u in np.ndindex(*expected.shape):
        u_own, v_own = mounted.own(u, v)
        assert image[int(v_own), int(u_own)] == expected[v, u]
        assert mounted.shown(u_own, v_own) == (u, v)
    turned_round = mounting.then(Turn(1)).then(Turn(1)).then(Turn(2))
    assert turned_round.of(width, height) == mounted


CAMERAS = st.builds(
    Intrinsics,
    st.floats(300, 900),
    st.floats(300, 900),
    st.floats(200, 440),
    st.floats(150, 330),
    st.just(640),
    st.just(480),
    st.sampled_from([(), (0.1, -0.05, 0.002, -0.003), (0.1, -0.05, 0.002, -0.003, 0.01)]),
)
points = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(2, 9)), min_size=1, max_size=8).map(np.array)


@given(CAMERAS, turns, st.booleans(), points)
def test_projecting_and_then_mounting_is_mounting_and_then_projecting(
    camera: Intrinsics, turn: Turn, cut: bool, seen: np.ndarray
) -> None:
    across, down = turn.size(640, 480)
    crop = Crop(40, 30, across - 100, down - 90) if cut else None
    mounted = Mounting(turn, crop).of(640, 480)
    shown = camera.mounted_as(mounted)
    assert (shown.width, shown.height) == mounted.size
    turned = np.array([[*turn.direction(x, y), z] for x, y, z in seen])
    expected = [mounted.shown(u, v) for u, v in camera.pixels(seen)]
    assert np.allclose(shown.pixels(turned), expected, atol=1e-6)
    back = shown.as_taken()
    assert np.allclose(back.matrix, camera.matrix)
    assert np.allclose(back.distortion, camera.distortion)
    assert (back.width, back.height, back.mounted) == (640, 480, None)


def test_a_part_beside_the_centre_is_no_sign_of_a_wrong_calibration() -> None:
    camera = Intrinsics(500, 500, 320, 240, 640, 480)
    part = camera.mounted_as(Mounting(crop=Crop(500, 10, 20, 20)).of(640, 480))
    assert part.cx_px < 0
    assert part.caution == ""
    wrong = replace(camera, cx_px=700.0).mounted_as(Mounting(Turn(1)).of(640, 480))
    assert "outside of the picture" in wrong.caution


def test_scaled_and_mounted_is_mounted_and_scaled() -> None:
    camera = Intrinsics(500, 510, 310, 250, 640, 480, made_for=(640, 480))
    small = camera.scaled_to(320, 240).mounted_as(Mounting(Turn(3)).of(320, 240))
    also = camera.mounted_as(Mounting(Turn(3)).of(640, 480)).scaled_to(240, 320)
    assert np.allclose(small.matrix, also.matrix)
    assert small.mounted == also.mounted
    assert small.made_for == also.made_for == (480, 640)
    part = Mounting(Turn(1), Crop(100, 40, 300, 240))
    small = camera.scaled_to(320, 240).mounted_as(Mounting(Turn(1), Crop(50, 20, 150, 120)).of(320, 240))
    assert np.allclose(camera.mounted_as(part.of(640, 480)).scaled_to(150, 120).matrix, small.matrix)
    assert camera.mounted_as(part.of(640, 480)).scaled_to(150, 120).mounted == small.mounted
    assert np.allclose(small.mounted_as(part.of(640, 480)).matrix, camera.mounted_as(part.of(640, 480)).matrix)
    with pytest.raises(InputError, match="mounted for"):
        replace(small, width=151)


@pytest.mark.parametrize(
    ("rotate", "flip", "crop", "words"),
    [
        (None, None, None, ""),
        ("90", None, None, "rotate 90"),
        ("-90", None, None, "rotate 270"),
        ("180", "h", None, "flip v"),
        (None, "V", None, "flip v"),
        ("180", "v", None, "flip h"),
        ("90deg", None, "10,20,100x200", "rotate 90, crop 10,20,100x200 of 480x640"),
        (None, None, "0,0,640x480", ""),
    ],
)
def test_what_is_written_in_words(rotate: str | None, flip: str | None, crop: str | None, words: str) -> None:
    mounted = parse_mounting(rotate, flip, crop).of(640, 480)
    assert str(mounted) == words
    assert mounted.plain == (not words)


@pytest.mark.parametrize(
    ("rotate", "flip", "crop", "names"),
    [
        ("45", None, None, "--rotate 45"),
        ("", None, None, "--rotate"),
        (None, "x", None, "--flip x"),
        (None, "hv", None, "--rotate 180"),
        (None, None, "10,20", "--crop 10,20"),
        (None, None, "10,20,0x5", "--crop 10,20,0x5"),
        (None, None, "-1,0,5x5", "--crop -1,0,5x5"),
        (None, None, "\u0661,0,5x5", "--crop"),
        (None, None, "1,0,9999999x5", "--crop"),
    ],
)
def test_what_cannot_be_is_named(rotate: str | None, flip: str | None, crop: str | None, names: str) -> None:
    with pytest.raises(InputError, match=names) as caught:
        parse_mounting(rotate, flip, crop).of(640, 480)
    assert "\n" not in str(caught.value)


def test_a_crop_beyond_the_picture_names_its_size_as_turned() -> None:
    with pytest.raises(InputError, match="480x640 once it is turned"):
        parse_mounting("90", None, "0,0,481x10").of(640, 480)
    with pytest.raises(InputError, match="within"):
        Mounted(Turn(), Crop(0, 0, 5, 5), (4, 4))
