"""The session: every update returns a new one, and nothing is lost by a refused one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import reading_of
from tui.calibration.beliefs import MapKind
from tui.calibration.reference import Reference
from tui.calibration.units import DistanceUnit
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.instrument.renewing import renewed_by, seen_by
from tui.instrument.session import WINDOWS_PX, Session
from tui.instrument.view import View
from tui.targets.spec import parse_target

SIZED = Session().with_picture_size(64, 48)


def ramp(slope: float = 0.01) -> FloatMap:
    row = (0.1 + slope * np.arange(64)).astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(row, (48, 64)))


def reference(u_px: int, distance_m: float) -> Reference:
    return Reference(u_px, 20, distance_m, 0.01)


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(-100, 100)), max_size=20))
def test_the_crosshair_never_leaves_the_picture(moves: list[tuple[int, int]]) -> None:
    session = SIZED
    for du_px, dv_px in moves:
        session = session.moved(du_px, dv_px)
        assert 0 <= session.u_px < 64
        assert 0 <= session.v_px < 48


def test_the_first_picture_centres_the_crosshair_and_a_smaller_one_keeps_it_within() -> None:
    assert (SIZED.u_px, SIZED.v_px) == (32, 24)
    smaller = SIZED.jumped(63, 47).with_picture_size(10, 8)
    assert (smaller.u_px, smaller.v_px) == (9, 7)


@pytest.mark.parametrize("pixel", [(64, 0), (0, 48), (-1, 0)])
def test_a_jump_outside_is_refused(pixel: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="64x48"):
        SIZED.jumped(*pixel)


def test_without_a_picture_there_is_nowhere_to_go() -> None:
    assert Session().moved(1, 1) == Session()
    assert Session().pinned() == Session()
    with pytest.raises(InputError, match="no picture yet"):
        Session().jumped(0, 0)


def test_pins_keep_their_numbers() -> None:
    session = SIZED.pinned().pinned().moved(1, 0).pinned().moved(1, 0).pinned()
    assert [pin.number for pin in session.pins] == [1, 2, 3]
    session = session.without_pin(1).moved(1, 0).pinned()
    assert [pin.number for pin in session.pins] == [1, 3, 4]


def test_references_at_one_pixel_replace_each_other() -> None:
    session = SIZED.with_reference(reference(10, 2.0), ramp(), "m").with_reference(reference(10, 2.5), ramp(), "m")
    assert [each.reference.distance_m for each in session.references] == [2.5]


def test_a_reference_that_contradicts_is_taken_and_nothing_is_read_until_a_further_one_tells() -> None:
    session = SIZED.with_reference(reference(10, 20.0), ramp(), "m").with_reference(reference(60, 90.0), ramp(), "m")
    with pytest.raises(InputError, match="wrong order"):
        session.calibration()
    for u_px, distance_m in ((20, 1.9), (40, 1.4), (30, 1.6), (12, 2.0)):
        session = session.with_reference(reference(u_px, distance_m), ramp(), "m")
    calibration = session.calibration()
    assert calibration is not None
    assert {each.distance_m for each in calibration.set_aside} == {20.0, 90.0}


def test_another_model_sees_the_same_distances() -> None:
    session = SIZED.with_reference(reference(10, 3.0), ramp(), "m").with_reference(reference(60, 1.0), ramp(), "m")
    before = reading_of(session, ramp(), session.calibration())
    steeper = 7 * ramp() + 3
    after_session, unseen = seen_by(session, "n", steeper, MapKind.RELATIVE)
    assert not unseen
    after = reading_of(after_session, steeper, after_session.calibration())
    assert before.distance_m is not None
    assert after.distance_m == pytest.approx(before.distance_m, rel=1e-5)


def test_units_views_and_windows_go_round() -> None:
    units, views, session = [], [], SIZED
    for _ in DistanceUnit:
        units.append(session.unit)
        session = session.with_next_unit()
    for _ in View:
        views.append(session.shown_view(list(View)))
        session = session.with_next_view(list(View))
    assert set(units) == set(DistanceUnit)
    assert set(views) == set(View)
    assert SIZED.with_window_step(-99).window_px == WINDOWS_PX[0]
    assert SIZED.with_window_step(99).window_px == WINDOWS_PX[-1]


def test_a_fresh_scene_keeps_preferences_only() -> None:
    session = (
        SIZED.with_next_unit().with_window_step(1).pinned().with_reference(reference(10, 2.0), ramp(), "m").fresh()
    )
    assert (session.unit, session.window_px) == (DistanceUnit.CENTIMETRES, 9)
    assert not session.references
    assert not session.pins
    assert session.width == 0


def test_the_fit_is_renewed_from_the_pixels_when_the_networks_scale_changes() -> None:
    session = SIZED.with_reference(reference(5, 3.0), ramp(), "m").with_reference(reference(60, 1.0), ramp(), "m")
    before = reading_of(session, ramp(), session.calibration(), (30, 20))
    other_scale = 3 * ramp() + 1
    held = reading_of(session, other_scale, session.calibration(), (30, 20))
    session = renewed_by(session, other_scale, (), 1.0)
    assert session.tracking is not None
    renewed = reading_of(session, other_scale, session.calibration(), (30, 20))
    assert before.distance_m is not None
    assert renewed.distance_m == pytest.approx(before.distance_m, rel=0.02)
    assert held.distance_m is None or abs(held.distance_m / before.distance_m - 1) > 0.2


def test_with_renewal_off_the_fit_stays_as_it_was_made() -> None:
    session = SIZED.with_reference(reference(5, 3.0), ramp(), "m").with_reference(reference(60, 1.0), ramp(), "m")
    session = session.with_renewal(False)
    assert renewed_by(session, 3 * ramp() + 1, (), 1.0) == session


def test_markers_alone_calibrate_and_their_absence_holds_the_last_fit() -> None:
    session = SIZED.with_targets((parse_target("DICT_4X4_50:*=80mm"),))
    markers = (Reference(5, 20, 3.0, 0.01, "marker 1"), Reference(60, 20, 1.0, 0.01, "marker 2"))
    seen = renewed_by(session, ramp(), markers, 1.0)
    reading = reading_of(seen, ramp(), seen.calibration(), (5, 20))
    assert reading.distance_m == pytest.approx(3.0, rel=0.05)
    gone = renewed_by(seen, ramp(), (), 5.0)
    assert gone.tracking is not None
    assert gone.tracking.held
    assert gone.tracking.age_s == pytest.approx(4.0)
    assert gone.calibration() == seen.calibration()
