"""Range sensors as references: the fit follows them, what is stale does not count, profiles run nothing unasked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.fakes import RampEstimator, wait_until
from tests.instrument.driven import TRUE_SCALE, TRUE_SHIFT, Driven, driven
from tui.calibration.tracking import Aside
from tui.camera.rangefinder import Rangefinders
from tui.errors import InputError
from tui.instrument.calibrating import Purpose
from tui.instrument.ranging import placed
from tui.targets.live import RangeSpec, parse_live

NEAR, FAR = "exec:near", "exec:far"


class Sensor:
    """Says what a test says, as often as it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.source = ""

    def read(self, _timeout_s: float) -> bytes:
        time.sleep(0.002)
        distance_m = self._desk.says.get(self.source)
        return b"" if distance_m is None else f"{distance_m:.6f}\n".encode()

    def close(self) -> None:
        self._desk.open.remove(self.source)


class Desk:
    """Where the sensors of a test lie."""

    def __init__(self) -> None:
        self.says: dict[str, float | None] = {}
        self.open: list[str] = []

    def opening(self, source: str) -> Sensor:
        self.open.append(source)
        sensor = Sensor(self)
        sensor.source = source
        return sensor

    def rangefinders(self, changed: Callable[[], None]) -> Rangefinders:
        return Rangefinders(changed, opening=self.opening)


class Room:
    """A ramp that may change, and sensors that say the truth of it."""

    def __init__(self, held: Driven, desk: Desk, estimator: RampEstimator, spots: dict[str, int]) -> None:
        self.held, self.desk, self.spots, self._estimator = held, desk, spots, estimator
        self.instrument = held.instrument

    def true_m(self, u_px: float) -> float:
        return 1 / (TRUE_SCALE * (self._estimator.offset + self._estimator.slope * u_px) + TRUE_SHIFT)

    def becomes(self, slope: float, offset: float) -> None:
        """Everything moves, and the network sees it so."""
        self._estimator.slope, self._estimator.offset = slope, offset
        self.desk.says = {source: self.true_m(u_px) for source, u_px in self.spots.items()}

    def at(self, u_px: int, v_px: int = 24) -> float:
        found = self.instrument.reading.at((u_px, v_px)).distance_m
        assert found is not None
        return found

    def shows(self, condition: Callable[[], bool], what: str) -> None:
        """Pictures come until it is so."""

        def look() -> bool:
            self.held.show()
            return condition()

        wait_until(look, what)

    def counts(self) -> int:
        calibration = self.instrument.reading.calibration
        return 0 if calibration is None else sum(each.reference.label.startswith("range") for each in calibration.kept)


@contextmanager
def room(**spots: int) -> Iterator[Room]:
    desk, estimator = Desk(), RampEstimator()
    sources = {f"exec:{name}": u_px for name, u_px in spots.items()}
    with driven(estimator, keep=False, rangefinders=desk.rangefinders) as held:
        found = Room(held, desk, estimator, sources)
        held.instrument.update(held.instrument.session.with_smoothing(0.0))
        found.becomes(0.01, 0.1)
        for source, u_px in sources.items():
            held.instrument.answer(Purpose.MARKER, f"{u_px},24±1%={source}")
        yield found


def test_the_fit_follows_what_the_sensors_say() -> None:
    with room(near=55, far=8) as found:
        found.shows(lambda: found.counts() == 2, "both count")
        for slope, offset in ((0.01, 0.1), (0.02, 0.3), (0.004, 0.25)):
            found.becomes(slope, offset)
            found.shows(
                lambda: found.counts() == 2 and abs(found.at(30) / found.true_m(30) - 1) < 0.02,
                f"the fit follows to {slope}",
            )
        assert found.instrument.session.references == (), "nobody gave one"
        reading = found.instrument.reading.at((30, 24))
        assert reading.low_m is not None
        assert reading.high_m is not None
        assert reading.low_m < found.true_m(30) < reading.high_m


def test_a_sensor_that_falls_silent_does_not_count_and_is_said() -> None:
    with room(near=55, far=8) as found:
        found.shows(lambda: found.counts() == 2, "both count")
        found.desk.says[FAR] = None
        found.shows(lambda: found.counts() == 1, "one is left")
        assert any("range far" in each and "does not count" in each for each in found.instrument.reading.warnings)
        found.desk.says[FAR] = found.true_m(8)
        found.shows(lambda: found.counts() == 2, "it is back")
        assert not any("does not count" in each for each in found.instrument.reading.warnings)


def test_beside_references_of_a_tape_a_sensor_that_lies_is_an_outlier() -> None:
    with room(near=40) as found:
        found.desk.says[NEAR] = 3 * found.true_m(40)
        for u_px in (5, 15, 25, 33, 60):
            found.held.refer(u_px, 24)
        found.shows(lambda: any("range near" in each.reference.label for each in aside(found)), "it is set aside")
        assert found.at(50) == pytest.approx(found.true_m(50), rel=0.03)


def aside(found: Room) -> list[Aside]:
    tracking = found.instrument.session.tracking
    return [] if tracking is None else list(tracking.asides)


def test_its_spot_moves_with_the_distance_and_may_leave_the_picture() -> None:
    with room() as found:
        found.desk.says = {"exec:tilted": 2.0}
        found.instrument.answer(Purpose.MARKER, "50,24@1m:20,24@4m=exec:tilted")
        found.shows(lambda: found.counts() == 1, "it counts")

        def u_px() -> float:
            calibration = found.instrument.reading.calibration
            assert calibration is not None
            return calibration.kept[0].reference.u_px

        assert u_px() == pytest.approx(10 + 40 / 2.0)
        found.desk.says["exec:tilted"] = 0.5
        found.shows(lambda: any("outside the picture" in each for each in found.instrument.reading.warnings), "it left")


def test_two_readings_in_the_app_tell_how_its_spot_moves() -> None:
    with room() as found:
        found.desk.says = {"exec:tilted": 0.5}
        orders = found.instrument
        with pytest.raises(InputError, match="give one range sensor first"):
            orders.answer(Purpose.MARKER, "here")
        orders.update(orders.session.jumped(58, 24))
        orders.answer(Purpose.MARKER, "exec:tilted")
        found.shows(lambda: found.counts() == 1, "it counts")
        orders.answer(Purpose.MARKER, "here")
        found.desk.says["exec:tilted"] = 4.0
        found.shows(lambda: orders.shown is not None and said_m(found) == 4.0, "the far target is measured")
        orders.update(orders.session.jumped(16, 24))
        orders.answer(Purpose.MARKER, "here")
        (spec,) = orders.session.ranges
        assert spec.spot_px(1.0)[0] == pytest.approx(10 + 24 / 1.0)
        assert spec.spot_px(1.0)[1] == pytest.approx(24)
        orders.undo()
        assert len(orders.session.ranges[0].spots) == 1
        orders.answer(Purpose.MARKER, "off")
        assert orders.session.ranges == ()
        wait_until(lambda: found.desk.open == [], "nothing runs any more")


def runs_only(desk: Desk, source: str) -> bool:
    return desk.open == [source]


def said_m(found: Room) -> float | None:
    shown = found.instrument.shown
    ranging = shown.ranged[0].ranging if shown is not None and shown.ranged else None
    return None if ranging is None else ranging.distance_m


def test_a_frozen_frame_keeps_its_distance_however_often_it_is_read_again() -> None:
    with room(near=55, far=8) as found:
        found.shows(lambda: found.counts() == 2, "both count")
        found.instrument.freeze(True)
        before_m = found.at(30)
        found.desk.says = {NEAR: 9.0, FAR: 9.5}
        for u_px in (20, 44):
            found.held.refer(u_px, 24)
        assert found.at(30) == pytest.approx(before_m, rel=0.01)


def test_a_profile_keeps_the_place_and_runs_no_command_until_somebody_says_so() -> None:
    with room() as found:
        found.desk.says = {"exec:tilted": 2.0}
        found.instrument.answer(Purpose.MARKER, "50,24@1m:20,24@4m±3%=exec:tilted")
        found.shows(lambda: found.counts() == 1, "it counts")
        found.instrument.save_profile("bench")
    for runs in (True, False):
        desk = Desk()
        desk.says = {"exec:tilted": 2.0}
        with driven(keep=False, rangefinders=desk.rangefinders) as held:
            orders = held.instrument
            orders.load_profile("bench")
            assert orders.session.ranges == (parse_live("50,24@1m:20,24@4m±3%=exec:tilted"),)
            for _ in range(3):
                held.show()
            assert desk.open == []
            assert "exec:tilted" in orders.offer_words
            assert any("does not run" in each for each in orders.reading.warnings)
            if runs:
                assert orders.take_offer()
                wait_until(partial(runs_only, desk, "exec:tilted"), "it runs")
            else:
                assert orders.refuse_offer()
                assert orders.offer_words == ""
                assert not orders.take_offer()
                held.show()
                assert desk.open == []


def test_what_is_typed_again_lets_a_profiles_sensor_run_where_it_looks() -> None:
    with room() as found:
        found.instrument.answer(Purpose.MARKER, "50,24@1m:20,24@4m=exec:tilted")
        found.instrument.save_profile("bench")
    desk = Desk()
    with driven(keep=False, rangefinders=desk.rangefinders) as held:
        held.instrument.load_profile("bench")
        held.instrument.answer(Purpose.MARKER, "exec:tilted")
        held.until(lambda: desk.open == ["exec:tilted"], "it runs")
        assert held.instrument.session.ranges == (parse_live("50,24@1m:20,24@4m=exec:tilted"),)


def specs(*texts: str) -> tuple[RangeSpec, ...]:
    return tuple(map(parse_live, texts))


@pytest.mark.parametrize(
    ("given", "kept", "alone", "expected"),
    [
        (("1,2=exec:a",), (), True, ("1,2=exec:a",)),
        (("exec:a",), ("5,6=exec:a", "7,8=exec:b"), False, ("5,6=exec:a", "7,8=exec:b")),
        (("exec:other",), ("5,6=exec:a",), False, ("5,6=exec:other",)),
        (("1,2=exec:a",), ("5,6=exec:a", "7,8=exec:b"), True, ("1,2=exec:a",)),
        ((), ("5,6=exec:a",), False, ("5,6=exec:a",)),
    ],
)
def test_those_given_come_before_those_kept(
    given: tuple[str, ...], kept: tuple[str, ...], alone: bool, expected: tuple[str, ...]
) -> None:
    assert placed(specs(*given), specs(*kept), alone=alone) == specs(*expected)


def test_a_sensor_that_looks_nowhere_is_asked_for_its_place() -> None:
    with pytest.raises(InputError, match="where does it look"):
        placed(specs("exec:a"), (), alone=True)
