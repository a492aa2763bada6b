"""ok means ok: whatever is against a reading is a reason beside it, and one reason is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui.calibration.beliefs import EXACT
from tui.calibration.doubt import Doubt, judged, judged_between, judged_without
from tui.calibration.fit import typed
from tui.calibration.health import Grade, Health
from tui.calibration.reading import Reading, Status, read
from tui.geometry.sampling import Sample

GOOD = replace(typed(1.0, 0.0, EXACT), health=Health(Grade.GOOD, ()))
NARROW = Reading(0.5, 2.0, 1.9, 2.1, Status.OK)


def test_what_nothing_speaks_against_is_ok_without_reasons() -> None:
    assert judged(NARROW, GOOD) == NARROW
    exact = judged(read(typed(1.0, 0.0, EXACT), Sample(0.5, 0.0, 9)), typed(1.0, 0.0, EXACT))
    assert (exact.status, exact.reasons) == (Status.OK, ()), "typed scale, exact map"


@pytest.mark.parametrize(
    ("reading", "health", "doubts", "reason"),
    [
        (replace(NARROW, low_m=1.0, high_m=2.01), GOOD.health, (), "wider than a factor of 2"),
        (replace(NARROW, high_m=None), GOOD.health, (), "no upper end"),
        (NARROW, Health(Grade.POOR, ("one reference", "other")), (), "calibration poor: one reference"),
        (NARROW, GOOD.health, (Doubt("blurred"),), "blurred"),
    ],
)
def test_one_reason_is_enough(reading: Reading, health: Health, doubts: tuple[Doubt, ...], reason: str) -> None:
    found = judged(reading, replace(GOOD, health=health), doubts)
    assert found.status is Status.DOUBTFUL
    assert len(found.reasons) == 1
    assert reason in found.reasons[0]
    assert (found.distance_m, found.low_m, found.high_m) == (reading.distance_m, reading.low_m, reading.high_m)
    assert judged(found, replace(GOOD, health=health), doubts) == found, "judging twice says it once"


def test_a_fair_calibration_and_a_factor_of_2_are_still_ok() -> None:
    fair = replace(GOOD, health=Health(Grade.FAIR, ("3 references",)))
    assert judged(replace(NARROW, low_m=1.5, high_m=3.0), fair).status is Status.OK


def test_where_the_picture_cannot_be_read_there_is_no_distance_and_every_reason() -> None:
    found = judged(NARROW, GOOD, (Doubt("blurred"), Doubt("dark", no_distance=True)))
    assert found == Reading(0.5, None, None, None, Status.DOUBTFUL, ("blurred", "dark"))


@pytest.mark.parametrize("status", [each for each in Status if each not in (Status.OK, Status.DOUBTFUL)])
def test_the_other_states_stay_what_they_are(status: Status) -> None:
    for reading in (replace(NARROW, status=status), Reading(0.5, None, None, None, status)):
        found = judged(reading, GOOD, (Doubt("blurred"),))
        assert found.status is status
        assert "blurred" in found.reasons


@pytest.mark.parametrize("status", [Status.UNCALIBRATED, Status.SATURATED, Status.EXTRAPOLATED, Status.UNVERIFIED])
def test_a_state_that_is_not_ok_says_why_by_itself(status: Status) -> None:
    assert judged(replace(NARROW, status=status), GOOD).reasons


def test_what_lies_between_two_ends_is_ok_only_if_both_are() -> None:
    far = replace(NARROW, status=Status.EXTRAPOLATED, reasons=("beyond the references",))
    assert judged_between((NARROW, NARROW), 1.0, 1.2).status is Status.OK
    assert judged_between((NARROW, far), 1.0, 1.2).status is Status.EXTRAPOLATED
    assert judged_between((NARROW, far), 1.0, 1.2).reasons == ("beyond the references",)
    assert judged_between((NARROW, NARROW), 0.2, 1.2).status is Status.DOUBTFUL
    assert judged_between((NARROW, NARROW), 1.0, 1.2, "never tilted").status is Status.DOUBTFUL
    hole = Reading(None, None, None, None, Status.SATURATED, ("no value",))
    assert judged_without((NARROW, hole)).status is Status.SATURATED
    assert judged_without((NARROW, hole)).reasons == ("an end has no distance", "no value")
