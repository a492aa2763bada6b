"""Alarms: what becomes of rules as observations come. Pure: values and updates, time is handed in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from tui.calibration.doubt import interval_holds
from tui.calibration.reading import Reading
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import figure_of, status_in_words
from tui.records.observation import Observation
from tui.records.rule import Condition, Rule

BASE_COUNT = 5
"""Readings whose median is what a change is measured from."""

_GAP_S = 1.0
"""For so long, or for the time that a condition has to hold, readings in between may say nothing."""


class Stage(StrEnum):
    """How far an alarm has come."""

    QUIET = "quiet"
    PENDING = "pending"
    """It is so, not for long enough yet."""
    RINGING = "ringing"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule and what became of it."""

    rule: Rule
    stage: Stage = Stage.QUIET
    since_s: float = -math.inf
    """When the stage began; of a silence, the last distance. All times are `time.monotonic()`."""
    evidence_s: float = -math.inf
    """When a reading last said something about the condition."""
    blind: str = ""
    """Why the last reading says nothing about it: 'no value', 'doubtful: ...'; empty while it does."""
    base: tuple[float, ...] = ()
    """Of `CHANGED`: the first distances, metres, whose median is compared with."""

    @property
    def ringing(self) -> bool:
        """Whether it rings."""
        return self.stage is Stage.RINGING

    def begun(self, now_s: float) -> Alarm:
        """The same, from now on: a silence counts from here."""
        return Alarm(self.rule, since_s=now_s)

    def seen(self, observation: Observation) -> Alarm:
        """After one more observation of its place."""
        now_s = observation.captured_at_s
        if self.rule.condition is Condition.SILENT:
            if observation.distance_m is None:
                return replace(self.tick(now_s), blind=status_in_words(observation.reading))
            return replace(self, stage=Stage.QUIET, since_s=max(self.since_s, now_s), evidence_s=now_s, blind="")
        blind = _blind(self.rule, observation.reading)
        if blind:
            lapsed = self.stage is Stage.PENDING and now_s - self.evidence_s > max(_GAP_S, self.rule.hold_s)
            return replace(self, stage=Stage.QUIET if lapsed else self.stage, blind=blind)
        if self.rule.condition is Condition.CHANGED and len(self.base) < BASE_COUNT:
            base = (*self.base, observation.reading.distance_m or math.nan)
            return replace(self, base=base, evidence_s=now_s, blind="")
        found = replace(self, evidence_s=now_s, blind="")
        if self.ringing:
            return replace(found, stage=Stage.QUIET, since_s=now_s) if self._is_clear(observation) else found
        if not self._holds(observation):
            return replace(found, stage=Stage.QUIET, since_s=now_s) if self.stage is Stage.PENDING else found
        if self.stage is Stage.QUIET:
            found = replace(found, stage=Stage.PENDING, since_s=now_s)
        if now_s - found.since_s >= self.rule.hold_s:
            found = replace(found, stage=Stage.RINGING, since_s=now_s)
        return found

    def tick(self, now_s: float) -> Alarm:
        """As time passes without an observation: a silence begins to ring."""
        rule = self.rule
        if rule.condition is Condition.SILENT and not self.ringing and now_s - self.since_s >= rule.hold_s:
            return replace(self, stage=Stage.RINGING, since_s=now_s)
        return self

    def _holds(self, observation: Observation) -> bool:
        return _beyond(self.rule, observation.reading, self.base, 0.0)

    def _is_clear(self, observation: Observation) -> bool:
        return not _beyond(self.rule, observation.reading, self.base, self.rule.clears_beyond)


def _blind(rule: Rule, reading: Reading) -> str:
    """Why a reading says nothing about a condition."""
    if reading.distance_m is None or reading.low_m is None:
        return status_in_words(reading)
    if (rule.condition.sure or rule.condition is Condition.CHANGED) and not interval_holds(reading):
        return status_in_words(reading)
    return ""


def _beyond(rule: Rule, reading: Reading, base: Sequence[float], slack: float) -> bool:
    """Whether a condition is met; with slack, relative, also by what is so far behind the limit."""
    low_m = reading.low_m or 0.0
    high_m = math.inf if reading.high_m is None else reading.high_m
    match rule.condition:
        case Condition.SURELY_NEARER:
            return high_m < rule.limit_m * (1 + slack)
        case Condition.PERHAPS_NEARER:
            return low_m < rule.limit_m * (1 + slack)
        case Condition.SURELY_FARTHER:
            return low_m > rule.limit_m * (1 - slack)
        case Condition.PERHAPS_FARTHER:
            return high_m > rule.limit_m * (1 - slack)
        case _:
            least = max(rule.share - slack, rule.share / 2) if slack else rule.share
            return abs(math.log((reading.distance_m or math.nan) / median(base))) > math.log1p(least)


@dataclass(frozen=True, slots=True)
class Event:
    """An alarm began to ring, or is quiet again."""

    alarm: Alarm
    observation: Observation | None
    """What made it so; None where it was that nothing came."""
    at_s: float
    """By `time.monotonic()`."""

    @property
    def words(self) -> str:
        """'door: surely nearer than 1 m for 2 s: 0.83 ± 0.05 m', or that it is so no more."""
        return self.said(DistanceUnit.METRES)

    def said(self, unit: DistanceUnit) -> str:
        """The same, the reading in another unit; the limit stays as it was written."""
        figure = None if self.observation is None else figure_of(self.observation.reading, unit)
        shown = "" if figure is None else f": {figure.whole}"
        return f"{self.alarm.rule.text}{shown}" if self.alarm.ringing else f"no longer: {self.alarm.rule.text}{shown}"


class Alarms:
    """The alarms of one camera; from one thread."""

    def __init__(self, rules: Iterable[Rule], now_s: float) -> None:
        self._alarms = [Alarm(rule).begun(now_s) for rule in dict.fromkeys(rules)]

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """As they stand, in the order of their rules."""
        return tuple(self._alarms)

    @property
    def ringing(self) -> tuple[Alarm, ...]:
        """Those that ring."""
        return tuple(each for each in self._alarms if each.ringing)

    def change(self, rules: Iterable[Rule], now_s: float) -> None:
        """Other rules; those that were there already keep their state."""
        known = {each.rule: each for each in self._alarms}
        self._alarms = [known.get(rule) or Alarm(rule).begun(now_s) for rule in dict.fromkeys(rules)]

    def look(self, observations: Iterable[Observation], now_s: float) -> tuple[Event, ...]:
        """Take what one frame showed, or that there was none; returns what began to ring or fell quiet by it."""
        seen: Mapping[str, Observation] = {each.name: each for each in observations}
        events = []
        for number, alarm in enumerate(self._alarms):
            observation = seen.get(alarm.rule.place)
            new = alarm.tick(now_s) if observation is None else alarm.seen(observation).tick(now_s)
            if new.ringing != alarm.ringing:
                events.append(Event(new, observation, now_s))
            self._alarms[number] = new
        return tuple(events)
