"""Alarms in words: in a row, in the status line, in a list."""

from __future__ import annotations

from collections.abc import Sequence

from tui.calibration.durations import format_duration
from tui.calibration.units import DistanceUnit, format_distance
from tui.records.alarms import Alarm, Stage
from tui.records.rule import Condition, Rule
from tui.widgets.status_line import Field, Tone

ALARM_MARK = "▲"
"""Of an alarm that rings, here and in charts."""


def condition_words(rule: Rule, unit: DistanceUnit) -> str:
    """'surely nearer than 80 cm', 'changes by more than 10 %', 'no reading for 10 s'.

    A limit stands as it was written, unless another unit than metres was chosen to be shown.
    """
    if rule.condition is Condition.CHANGED:
        return f"changes by more than {100 * rule.share:.6g} %"
    if rule.condition is Condition.SILENT:
        return f"no reading for {format_duration(rule.hold_s)}"
    return f"{rule.condition.value} than {_limit(rule, unit)}"


def rule_words(rule: Rule, unit: DistanceUnit) -> str:
    """All of it but for its place: 'surely nearer than 80 cm for 2 s, clears at 20 %'."""
    whole = rule.words
    return whole if not rule.condition.has_limit else whole.replace(rule.limit_words, _limit(rule, unit), 1)


def stage_words(alarm: Alarm) -> str:
    """'▲ rings', 'cannot tell: doubtful', 'pending', 'quiet'."""
    if alarm.ringing:
        return f"{ALARM_MARK} rings{f', but cannot tell now: {alarm.blind}' if _is_blind(alarm) else ''}"
    if _is_blind(alarm):
        return f"cannot tell: {alarm.blind}"
    return alarm.stage.value


def alarm_text(alarms: Sequence[Alarm], unit: DistanceUnit, *, compact: bool) -> str:
    """Of one place's alarms the one that matters most, and how many there are besides; empty if there is none."""
    if not alarms:
        return ""
    worst = max(alarms, key=_weight)
    more = f" +{len(alarms) - 1}" if len(alarms) > 1 else ""
    if compact:
        short = f"{ALARM_MARK} rings" if worst.ringing else "cannot tell" if _is_blind(worst) else worst.stage.value
        return f"{short}{more}"
    words = condition_words(worst.rule, unit)
    if worst.ringing:
        return f"{ALARM_MARK} {words}{more}"
    if _is_blind(worst):
        return f"cannot tell: {worst.blind.partition(':')[0]}{more}"
    return f"{worst.stage.value}: {words}{more}"


def alarm_field(ringing: Sequence[Alarm], unit: DistanceUnit) -> Field:
    """What the status line says of alarms that ring; empty if none does."""
    names = ", ".join(f"{each.rule.place} {condition_words(each.rule, unit)}" for each in ringing)
    return Field(f"{ALARM_MARK} {names}" if ringing else "", -2, Tone.WARNING, shrinks=True)


def _limit(rule: Rule, unit: DistanceUnit) -> str:
    return rule.limit_words if unit is DistanceUnit.METRES else format_distance(rule.limit_m, unit)


def _is_blind(alarm: Alarm) -> bool:
    """A silence is what a reading without a distance tells."""
    return bool(alarm.blind) and alarm.rule.condition is not Condition.SILENT


def _weight(alarm: Alarm) -> int:
    if alarm.ringing:
        return 3
    if _is_blind(alarm):
        return 2
    return 1 if alarm.stage is Stage.PENDING else 0
