"""Alarms as the session has them: a line each, which names its pin or region; what they mean is for `tui.records`."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from tui.instrument.measured import Measured
from tui.instrument.session import Session

_Holder = TypeVar("_Holder", bound=Measured)


def place_names(holder: Measured) -> tuple[str, ...]:
    """What pins and regions are called, in the order of the table: 'pin 1', 'door'."""
    return (*(f"pin {each.number}" for each in holder.pins), *(each.name for each in holder.regions))


def place_of(alarm: str) -> str:
    """The place that an alarm is set on."""
    return alarm.partition(":")[0].strip()


def with_alarms_in_place(holder: _Holder) -> _Holder:
    """Without those whose pin or region is gone: the next one of that name is another place."""
    places = place_names(holder)
    kept = tuple(each for each in holder.alarms if place_of(each) in places)
    return holder if kept == holder.alarms else replace(holder, alarms=kept)


def with_alarm(session: Session, alarm: str, instead: str = "") -> Session:
    """One more alarm, or one in another's place; one that is there already stays as it is."""
    others = [each for each in session.alarms if each != alarm]
    if instead in others:
        others[others.index(instead)] = alarm
        return replace(session, alarms=tuple(others))
    return session if alarm in session.alarms else replace(session, alarms=(*others, alarm))


def without_alarms(session: Session, *alarms: str) -> Session:
    """Without these."""
    return replace(session, alarms=tuple(each for each in session.alarms if each not in alarms))


def with_place_called(session: Session, before: str, after: str) -> Session:
    """The alarms of a place follow its new name."""
    alarms = (f"{after}:{each.partition(':')[2]}" if place_of(each) == before else each for each in session.alarms)
    return replace(session, alarms=tuple(dict.fromkeys(alarms)))
