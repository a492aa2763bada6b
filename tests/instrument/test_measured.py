"""Pictures that change their size: what was measured stays on what it shows, and none of it is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.reference import Reference
from tui.geometry.arrays import FloatMap
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.measured import Measured, Pin, same_shape
from tui.instrument.session import Session

LARGE, SMALL, PORTRAIT = (640, 480), (320, 240), (480, 640)
SIZES = ((640, 480), (320, 240), (1280, 960), (160, 120), (800, 600), (648, 486))
PIXELS = st.tuples(st.integers(0, 639), st.integers(0, 479))


def plain(size: tuple[int, int]) -> FloatMap:
    """p grows with the column, from 0.1 to 1.1."""
    row = np.linspace(0.1, 1.1, size[0], dtype=np.float32)
    return np.ascontiguousarray(np.broadcast_to(row, (size[1], size[0])))


def pixels(session: Session) -> tuple[object, ...]:
    """All that is counted in pixels, as the user sees it."""
    pins = [(pin.number, pin.u_px, pin.v_px) for pin in session.pins]
    return pins, [each.reference.pixel for each in session.references], (session.u_px, session.v_px)


def with_pins(*at: tuple[int, int]) -> Session:
    session = Session().with_picture_size(*LARGE)
    for pixel in at:
        session = session.jumped(*pixel).pinned()
    return session


@given(st.lists(PIXELS, max_size=4), PIXELS, st.lists(st.sampled_from(SIZES), max_size=6))
def test_through_any_sizes_and_back_every_pixel_is_the_same(
    pinned: list[tuple[int, int]], at: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    session = with_pins(*pinned).with_references([Reference(*at, 2.0, 0.01)], plain(LARGE), "m")[0].jumped(*at)
    through = session
    for size in sizes:
        through = through.with_picture_size(*size)
        assert (through.width, through.height) == size
        for pin in through.pins:
            assert 0 <= pin.u_px < size[0]
            assert 0 <= pin.v_px < size[1]
        for each in through.references:
            assert 0 <= each.reference.pixel[0] < size[0]
            assert 0 <= each.reference.pixel[1] < size[1]
    back = through.with_picture_size(*LARGE)
    assert pixels(back) == pixels(session)
    assert back.pins == session.pins
    assert not back.waiting


@given(PIXELS, PIXELS)
def test_a_change_in_between_moves_nothing_else(one: tuple[int, int], other: tuple[int, int]) -> None:
    session = with_pins(one).with_references([Reference(*one, 2.0, 0.01)], plain(LARGE), "m")[0]
    small = session.with_picture_size(*SMALL).jumped(other[0] // 2, other[1] // 2).pinned()
    small, aside = small.with_references([Reference(small.u_px, small.v_px, 3.0, 0.01)], plain(SMALL), "m")
    assert not aside
    back = small.with_picture_size(*LARGE)
    assert (back.pins[0].u_px, back.pins[0].v_px) == one
    assert back.references[0].reference.pixel == one
    assert len(back.references) == 2
    assert back.references[1].reference.distance_m == 3.0


def test_half_the_size_shows_the_same_thing_at_half_the_place() -> None:
    small = with_pins((100, 50), (639, 479)).with_picture_size(*SMALL)
    assert [(pin.u_px, pin.v_px) for pin in small.pins] == [(50, 25), (319, 239)]
    assert same_shape(LARGE, SMALL)
    assert not same_shape(LARGE, PORTRAIT)
    assert not same_shape(LARGE, (640, 360))


def test_another_shape_sets_aside_and_its_own_shape_brings_back() -> None:
    camera = Intrinsics(500.0, 500.0, 319.5, 239.5, *LARGE)
    session = replace(with_pins((600, 20)), intrinsics=camera)
    session = session.with_references([Reference(30, 30, 2.0, 0.01)], plain(LARGE), "m")[0]
    turned = session.with_picture_size(*PORTRAIT)
    assert (turned.references, turned.pins, turned.intrinsics) == ((), (), None)
    assert [each.in_words() for each in turned.waiting] == ["1 reference, 1 pin and the camera"]
    there = turned.jumped(10, 600).pinned()
    there = there.with_references([Reference(470, 630, 1.0, 0.01)], plain(PORTRAIT), "m")[0]
    back = there.with_picture_size(*SMALL)
    assert [each.reference.distance_m for each in back.references] == [2.0]
    assert back.intrinsics == camera.scaled_to(*SMALL)
    assert back.with_picture_size(*LARGE).measured == session.measured
    again = back.with_picture_size(*PORTRAIT)
    assert [each.reference.pixel for each in again.references] == [(470, 630)]
    assert [(pin.u_px, pin.v_px) for pin in again.pins] == [(10, 600)]


def test_however_many_shapes_come_nothing_is_lost() -> None:
    shapes = [(100 + 40 * step, 300) for step in range(8)]
    session = Session()
    for number, size in enumerate(shapes, 1):
        session = session.with_picture_size(*size)
        session = session.with_references([Reference(5, 5, float(number), 0.01)], plain(size), "m")[0]
    for number, size in enumerate(shapes, 1):
        session = session.with_picture_size(*size)
        assert [each.reference.distance_m for each in session.references] == [float(number)]


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (Measured(), ""),
        (Measured(pins=(Pin(1, 0, 0), Pin(2, 1, 1))), "2 pins"),
        (Measured(intrinsics=Intrinsics(1.0, 1.0, 0.0, 0.0, 2, 2)), "the camera"),
        (Measured(pins=(Pin(1, 0, 0),), intrinsics=Intrinsics(1.0, 1.0, 0.0, 0.0, 2, 2)), "1 pin and the camera"),
    ],
)
def test_in_words(measured: Measured, words: str) -> None:
    assert measured.in_words() == words
    assert measured.empty == (words == "")
