"""A source that changes the size of its pictures while it is read."""

from __future__ import annotations

import pytest

from tests.instrument.driven import Driven, driven, true_m
from tui.calibration.reading import Status
from tui.instrument.instrument import Instrument


def places(start: Driven) -> tuple[object, ...]:
    session = start.instrument.session
    return (
        [(pin.u_px, pin.v_px) for pin in session.pins],
        [each.reference.pixel for each in session.references],
        (session.u_px, session.v_px),
    )


def test_everything_follows_a_larger_picture_and_comes_back() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
        start.pin(31, 41)
        before = places(start)
        start.show(128, 96)
        assert places(start) == ([(62, 82)], [(20, 40), (100, 40)], (62, 82))
        assert "carried over" in start.said()
        # the planted map grows with the column: what lies at 20 and 100 of 128 fits the same distances
        assert start.instrument.reading.at((100, 40)).distance_m == pytest.approx(true_m(50), rel=0.05)
        start.show()
        assert places(start) == before
        assert start.instrument.reading.pins[0].reading.distance_m == pytest.approx(true_m(31), rel=0.05)


def test_a_portrait_sets_aside_with_a_word_and_its_own_shape_brings_back() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
        start.pin(31)
        before = places(start)
        start.said()
        start.show(48, 64)
        assert "set aside: 2 references and 1 pin" in start.said()
        assert places(start)[:2] == ([], [])
        reading = start.instrument.reading
        assert reading.crosshair.status is Status.UNCALIBRATED
        assert reading.warnings == ("waiting for 64x48 pictures: 2 references and 1 pin",)
        start.pin(40, 60)
        start.show()
        assert "set aside: 1 pin; back again: 2 references and 1 pin" in start.said()
        assert places(start)[:2] == before[:2]
        assert start.instrument.reading.warnings == ("waiting for 48x64 pictures: 1 pin",)


def test_what_was_kept_at_one_size_is_taken_at_another() -> None:
    with driven() as first:
        first.refer(10)
        first.pin(30)
    with driven(size=(128, 96)) as second:
        assert second.instrument.take_offer()
        assert places(second)[:2] == ([(60, 40)], [(20, 40)])
        assert "carried over" in second.said()


def test_a_camera_that_is_known_is_scaled_and_undo_reaches_over_the_change() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
        start.show(128, 96)
        instrument: Instrument = start.instrument
        instrument.update(instrument.session.without_reference(0))
        instrument.undo()
        assert len(start.distances) == 2
        instrument.undo()
        assert [each.reference.pixel for each in instrument.session.references] == [(20, 40)]
