"""Pins and regions over time: the app's side of `tui.records`, which knows no screen."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tui.errors import InputError
from tui.instrument.alarms import place_names, place_of
from tui.instrument.frame import FrameReading
from tui.instrument.instrument import Instrument
from tui.instrument.said import Severity
from tui.instrument.scenes import Scene, scene_of
from tui.instrument.session import Session
from tui.records.alarms import Alarm, Event
from tui.records.bulletin import Bulletin
from tui.records.desk import Desk
from tui.records.history import PlaceHistory
from tui.records.outlet import Outlet
from tui.records.rule import Rule, parse_rule
from tui.screens.listeners import PERIOD_S

_MOST_SCENES = 16
"""Whose history is kept while others are looked at."""
_MOST_RINGS = 400
"""Moments at which an alarm began to ring that a chart can mark."""
_FROZEN = "the picture is frozen"
_LEFT = "another source is looked at"


@dataclass(slots=True)
class _Watched:
    """What is remembered of one scene."""

    desk: Desk
    size: tuple[int, int]
    places: Mapping[str, object]
    """Where each one is, by its name."""
    rang: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=_MOST_RINGS))
    """Which place's alarm began to ring when, `time.monotonic()`."""


class Watching:
    """History, alarms and listeners of what the instrument looks at; from the app's thread.

    Args:
        instrument: is read, and says what is to be said.
    """

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self.given: tuple[Rule, ...] = ()
        """Alarms of the command line; those of the user are the session's."""
        self.outlets: tuple[Outlet, ...] = ()
        """Who listens."""
        self.camera = ""
        """What the camera is called for whoever listens; empty: by its label."""
        self.bell: Callable[[], None] = lambda: None
        """Called when an alarm begins to ring."""
        self._scenes: dict[Scene, _Watched] = {}
        self._current: _Watched | None = None
        self._sent_s = float("-inf")
        self._refused: set[str] = set()

    # --- what was seen

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """As they stand; none while nothing is looked at."""
        return () if self._current is None else self._current.desk.alarms

    @property
    def ringing(self) -> tuple[Alarm, ...]:
        """Those that ring."""
        return tuple(each for each in self.alarms if each.ringing)

    def alarms_of(self, name: str) -> tuple[Alarm, ...]:
        """Those of a pin or region."""
        return tuple(each for each in self.alarms if each.rule.place == name)

    def history_of(self, name: str) -> PlaceHistory | None:
        """What a pin or region has shown; None if nothing is remembered, or the picture never changes."""
        info = self._instrument.reading.info
        if self._current is None or (info is not None and info.still):
            return None
        return self._current.desk.history.of(name)

    def rang_at(self, name: str) -> tuple[float, ...]:
        """When alarms of a place began to ring, `time.monotonic()`."""
        return () if self._current is None else tuple(at_s for place, at_s in self._current.rang if place == name)

    def forget(self, name: str) -> None:
        """Begin anew with what a place shows."""
        watched = self._current
        if watched is not None:
            watched.desk.history.forget(name)
            left = [each for each in watched.rang if each[0] != name]
            watched.rang.clear()
            watched.rang.extend(left)

    @property
    def waiting(self) -> tuple[Rule, ...]:
        """Alarms of the command line on what is not there."""
        places = place_names(self._instrument.session)
        return tuple(each for each in self.given if each.place not in places)

    # --- as frames come

    def look(self) -> None:
        """Take what the instrument reads now; to be called for every frame, and every now and then without one."""
        reading, session = self._instrument.reading, self._instrument.session
        if reading.frame is None:
            self._leave()
            return
        watched = self._enter(scene_of(reading.frame, reading.info), reading, session)
        self._follow(watched, session)
        watched.desk.watch(self._rules(session))
        bulletin = watched.desk.look(self._as_of_now(reading, session))
        for event in bulletin.events:
            self._heard(watched, event)
        self._send(bulletin)

    def close(self) -> None:
        """Nothing is looked at any more."""
        self._leave()

    def _as_of_now(self, reading: FrameReading, session: Session) -> FrameReading:
        """What stands still is as it was taken at any time; what is frozen says nothing of now."""
        result = reading.result
        if reading.info is not None and reading.info.still and result is not None:
            frame = replace(result.frame, captured_at_s=time.monotonic())
            return replace(reading, result=replace(result, frame=frame))
        return replace(reading, stale=_FROZEN) if session.frozen and not reading.stale else reading

    def _enter(self, scene: Scene, reading: FrameReading, session: Session) -> _Watched:
        watched = self._scenes.pop(scene, None)
        if watched is None:
            label = reading.info.label if reading.info is not None else ""
            desk = Desk(self.camera or label, tell=self._tell)
            watched = _Watched(desk, (session.width, session.height), {})
            self._say_waiting()
        self._scenes[scene] = watched  # the last one that was looked at stands last
        if len(self._scenes) > _MOST_SCENES:
            del self._scenes[next(iter(self._scenes))]
        if watched is not self._current:
            self._leave()
            watched.desk.watch(())  # what happened meanwhile was not seen, which is no silence
            self._current = watched
        return watched

    def _leave(self) -> None:
        watched, self._current = self._current, None
        if watched is not None:
            watched.desk.watch(())
            self._send(watched.desk.look(FrameReading(stale=_LEFT)), now=True)

    def _follow(self, watched: _Watched, session: Session) -> None:
        """A pin or region that was moved or removed is another place: what was there is not its."""
        pins = {f"pin {each.number}": (each.u_px, each.v_px) for each in session.pins}
        places = {**pins, **{each.name: (each.corners, each.statistic) for each in session.regions}}
        size = (session.width, session.height)
        if watched.size == size:
            for name, where in watched.places.items():
                if places.get(name) != where:
                    self.forget(name)
                    watched.desk.watch(each.rule for each in watched.desk.alarms if each.rule.place != name)
        watched.size, watched.places = size, places

    def _rules(self, session: Session) -> list[Rule]:
        places = place_names(session)
        found = [each for each in self.given if each.place in places]
        for text in session.alarms:
            rule, problem = _parsed(text)
            if rule is not None and rule.place in places:
                found.append(rule)
            elif problem and text not in self._refused:
                self._refused.add(text)
                self._tell(problem)
        return found

    def _heard(self, watched: _Watched, event: Event) -> None:
        voice, rule = self._instrument.voice, event.alarm.rule
        words = event.said(self._instrument.session.unit)
        if not event.alarm.ringing:
            voice.cured(f"alarm {rule.text}", "")
            voice.say(words)
            return
        watched.rang.append((rule.place, event.at_s))
        voice.say(f"ALARM {words}", Severity.WARNING, f"alarm {rule.text}")
        self.bell()

    def _tell(self, line: str) -> None:
        self._instrument.voice.say(line, Severity.WARNING)

    def _say_waiting(self) -> None:
        for rule in self.waiting:
            self._tell(f"alarm {rule.text}: there is no '{rule.place}' here; it begins when there is")

    def _send(self, bulletin: Bulletin, *, now: bool = False) -> None:
        due = bulletin.at_s - self._sent_s >= 0.95 * PERIOD_S
        if self.outlets and (now or due or bulletin.events):
            self._sent_s = bulletin.at_s
            for outlet in self.outlets:
                outlet.send(bulletin)


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[Rule | None, str]:
    """The rule, or why it is none."""
    try:
        return parse_rule(text, "alarm"), ""
    except InputError as error:
        return None, f"{error}; alarm on {place_of(text)} left out"
