"""When the view has moved, what was measured is carried to where it is now, or is said to be lost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.instrument.driven import Driven, true_m
from tests.instrument.views import Turned, View, motion, seen, watched
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.instrument.carrying import moved_px
from tui.instrument.given_floor import GivenFloor
from tui.instrument.regions import with_region
from tui.sight.seen import NOTHING_SEEN, Motion, Seen, VerdictKind


def camera(start: Driven) -> Intrinsics | None:
    return start.instrument.session.intrinsics


def test_references_pins_and_regions_are_carried_to_where_they_are_now_and_back_again() -> None:
    view, estimator = View(), Turned()
    with watched(view, estimator) as start:
        start.pin(60)
        instrument = start.instrument
        door = Region("door", ((22.0, 12.0), (38.0, 28.0)))
        instrument.update(with_region(instrument.session, door))
        inside_m = instrument.reading.regions[0].reading.distance_m
        before, distance_m = instrument.session.measured, instrument.reading.at((30, 20)).distance_m
        with pytest.raises(InputError, match="has not moved"):
            instrument.carry()
        estimator.moved_px = 8
        view.compared = seen(VerdictKind.MOVED, "the view has moved by about 8 px", motion(8, 3))
        start.show()
        assert instrument.reading.at((38, 23)).distance_m is None
        assert instrument.reading.regions[0].reading.distance_m is None
        view.compared = NOTHING_SEEN  # compared with the picture that is shown from now on
        start.said()
        instrument.carry()
        session = instrument.session
        assert [(r.reference.u_px, r.reference.v_px) for r in session.references] == [(18, 23), (58, 23)]
        assert [(pin.number, pin.u_px, pin.v_px) for pin in session.pins] == [(1, 38, 23)]
        assert session.regions[0].outline == ((30.0, 15.0), (46.0, 15.0), (46.0, 31.0), (30.0, 31.0))
        said = start.said()
        assert "2 references carried along" in said
        assert "1 pin left the picture" in said
        for old, new in zip(before.references, session.references, strict=True):
            assert new.reference.label == "tape, carried"
            assert new.reference.distance_m == old.reference.distance_m
            assert new.reference.sigma_m > math.hypot(old.reference.sigma_m, 0.03 * old.reference.distance_m)
        assert session.remembered is not None
        assert session.remembered is not before.remembered
        start.show()
        assert instrument.reading.pins[0].reading.distance_m == pytest.approx(distance_m, rel=0.05)
        assert instrument.reading.regions[0].reading.distance_m == pytest.approx(inside_m, rel=0.05)
        assert all(each.reference.label == "tape, carried" for each in instrument.reading.checks())
        view.compared = seen(VerdictKind.MOVED, "the view has moved by about 8 px", motion(8, 3))
        instrument.undo()
        assert instrument.session.measured == before
        assert instrument.session.remembered is before.remembered
        assert instrument.reading.at((38, 23)).distance_m is None, "they are at their old pixels again"


def test_the_less_even_the_map_the_less_a_carried_reference_is_trusted() -> None:
    sigmas = []
    for sigma_px in (0.5, 3.0):
        view = View()
        with watched(view) as start:
            view.compared = seen(VerdictKind.MOVED, "moved", motion(4, 0, sigma_px))
            start.show()
            start.instrument.carry()
            sigmas.append(start.instrument.session.references[0].reference.sigma_m)
    assert sigmas[1] > 1.5 * sigmas[0]


def test_what_leaves_the_picture_is_dropped_and_if_all_do_nothing_is_changed() -> None:
    view = View()
    with watched(view) as start:
        before = start.instrument.session.measured
        view.compared = seen(VerdictKind.MOVED, "moved", motion(-70))
        start.show()
        with pytest.raises(InputError, match="none of the references"):
            start.instrument.carry()
        assert start.instrument.session.measured == before
        view.compared = seen(VerdictKind.MOVED, "moved", motion(-20))
        start.show()
        start.instrument.update(replace(start.instrument.session, floor=GivenFloor(1.2, 0.01, 0.2)))
        start.instrument.carry()
        assert start.instrument.session.floor is None, "how far it looks down has changed"
        assert [r.reference.u_px for r in start.instrument.session.references] == [30]
        assert "1 reference left the picture" in start.said()


@pytest.mark.parametrize(
    "found",
    [
        seen(VerdictKind.MOVED, "moved", motion(8, sigma_px=math.inf)),
        seen(VerdictKind.MOVED, "moved"),
        seen(VerdictKind.ANOTHER, "moved", motion(8)),
    ],
)
def test_where_they_are_is_not_known_says_so_and_a_new_reference_begins_anew(found: Seen) -> None:
    view = View()
    with watched(view) as start:
        before = start.instrument.session.measured
        view.compared = found
        start.show()
        with pytest.raises(InputError, match=r"moved: .*cannot be told; r .*begins anew"):
            start.instrument.carry()
        assert start.instrument.session.measured == before
        view.compared = NOTHING_SEEN
        start.said()
        start.refer(20)
        assert start.distances == [round(true_m(20), 3)]
        assert "moved: 2 references of before removed; z takes that back" in start.said()
        start.instrument.undo()
        assert start.instrument.session.measured == before


def test_a_zoomed_picture_has_no_intrinsics_any_more() -> None:
    view = View()
    with watched(view) as start:
        start.instrument.use_camera(Intrinsics(60.0, 60.0, 31.5, 23.5, 64, 48))
        view.compared = seen(VerdictKind.ZOOMED, "zoomed by 1.1", motion(zoom=1.1))
        start.show()
        start.instrument.carry()
        assert camera(start) is None
        assert "intrinsics do not hold" in start.said()
        start.instrument.undo()
        assert camera(start) is not None


def test_a_place_behind_the_camera_is_nowhere() -> None:
    behind = Motion(np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, -1.0]]), 1.0)
    assert moved_px(behind, (3.0, 4.0)) is None
    assert moved_px(motion(5, -2), (3.0, 4.0)) == (8.0, 2.0)
