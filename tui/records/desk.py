"""Where a camera's readings become what is remembered, watched and sent: the one way of app, `watch` and service."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from tui.instrument.frame import FrameReading
from tui.records.alarms import Alarm, Alarms
from tui.records.bulletin import Bulletin
from tui.records.history import History
from tui.records.observation import observations
from tui.records.outlet import WAITING_MOST, Outlet
from tui.records.rule import Condition, Rule

_BLIND_S = 5.0


def _wall() -> datetime:
    return datetime.now(UTC).astimezone()


class Desk:
    """History, alarms and listeners of one camera; from one thread, but for who listens."""

    def __init__(
        self,
        camera: str,
        rules: Iterable[Rule] = (),
        outlets: Sequence[Outlet] = (),
        *,
        tell: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = _wall,
    ) -> None:
        """`camera` names it for whoever listens; `tell` hears of alarms that cannot tell any more whether they ring."""
        self.camera = camera
        self.history = History()
        self._clock, self._wall = clock, wall
        self._alarms = Alarms(rules, clock())
        self._outlets = tuple(outlets)
        self._sending = threading.Lock()
        self._held: deque[Bulletin] | None = None
        """What waits for others to listen; None while nobody is being replaced."""
        self._last_s = float("-inf")
        self._tell = tell
        self._blind_since_s: dict[Rule, float] = {}
        self._said_blind: set[Rule] = set()

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """As they stand."""
        return self._alarms.alarms

    def listen(self, outlets: Sequence[Outlet]) -> None:
        """Others are told from now on, and of what was said since `hold`; from any thread."""
        with self._sending:
            self._outlets = tuple(outlets)
            held, self._held = self._held or (), None
            for bulletin in held:
                self._send(bulletin)

    def hold(self) -> None:
        """Those who listen are about to be closed: what is said until `listen` waits; from any thread."""
        with self._sending:
            self._held = deque(self._held or (), WAITING_MOST)

    def watch(self, rules: Iterable[Rule]) -> None:
        """Other rules from now on; those that were there keep their state."""
        self._alarms.change(rules, self._clock())

    def look(self, reading: FrameReading, *, last: bool = False) -> Bulletin:
        """Take what is read now: a frame counts once, however often it is looked at; `last`: and nothing after it."""
        now_s = self._clock()
        frame = reading.frame
        new = frame is not None and frame.captured_at_s > self._last_s and not reading.stale
        seen = tuple(observations(reading)) if new else ()
        if new and frame is not None:
            self._last_s = frame.captured_at_s
        for each in seen:
            self.history.add(each)
        events = self._alarms.look(seen, now_s)
        self._say_blind(now_s)
        alarms = self._alarms.alarms
        bulletin = Bulletin(self.camera, self._wall(), now_s, seen, alarms, events, reading.stale, new, last)
        with self._sending:
            if self._held is None:
                self._send(bulletin)
            else:
                self._held.append(bulletin)
        return bulletin

    def _send(self, bulletin: Bulletin) -> None:
        for outlet in self._outlets:
            outlet.send(bulletin)

    def _say_blind(self, now_s: float) -> None:
        """An alarm that has not been able to tell for a while is no alarm: that is said once, and its end too."""
        if self._tell is None:
            return
        for alarm in self._alarms.alarms:
            rule = alarm.rule
            if not alarm.blind or rule.condition is Condition.SILENT:
                self._blind_since_s.pop(rule, None)
                if rule in self._said_blind:
                    self._said_blind.remove(rule)
                    self._tell(f"alarm {rule.text}: can tell again")
            elif now_s - self._blind_since_s.setdefault(rule, now_s) >= _BLIND_S and rule not in self._said_blind:
                self._said_blind.add(rule)
                self._tell(f"alarm {rule.text}: cannot tell: {alarm.blind}")
