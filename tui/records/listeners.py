"""From what the user wrote to alarms and listeners."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui.calibration.durations import parse_duration
from tui.calibration.sizes import parse_size
from tui.errors import InputError
from tui.records.outlet import Outlet, Sink
from tui.records.rotated import Bounds
from tui.records.rule import Rule, parse_rule

LEAST_LOG = 100_000
"""Bytes."""
_LOGS = ".db or .sqlite (SQLite), .csv, .jsonl"


@dataclass(frozen=True, slots=True)
class Listening:
    """What was asked for, as it was written."""

    alarm: tuple[str, ...] = ()
    command: str | None = None
    """Run when an alarm changes."""
    webhook: str | None = None
    log: Path | None = None
    log_max: str | None = None
    log_age: str | None = None
    mqtt: str | None = None
    mqtt_password: str | None = None
    """From the environment, where others cannot read it."""
    metrics: str | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The alarms.

        Raises:
            InputError: one is none.
        """
        return tuple(parse_rule(text) for text in self.alarm)

    def with_alarms(self, alarm: Sequence[str]) -> Listening:
        """The same with other alarms."""
        return replace(self, alarm=tuple(alarm))

    def check(self, *, alarms_later: bool = False) -> None:
        """See whether all of it can be used, before anything is opened.

        Args:
            alarms_later: whether there may come alarms besides these.

        Raises:
            InputError: something cannot; names the option.
        """
        from tui.records.broker_address import parse_broker
        from tui.records.command import check_command
        from tui.records.scraped import parse_listen

        rules = self.rules
        if not rules and not alarms_later:
            for value, option in ((self.command, "--exec"), (self.webhook, "--webhook")):
                if value is not None:
                    raise InputError(f"{option} is for alarms: give --alarm 'NAME: surely nearer than 1m'")
        if self.command is not None:
            check_command(self.command)
        self._bounds()
        if self.log is None and (self.log_max or self.log_age):
            raise InputError("--log-max and --log-age are for a log: give --log FILE")
        if self.log is not None:
            _log_kind(self.log)
        if self.mqtt is not None:
            parse_broker(self.mqtt)
        if self.metrics is not None:
            parse_listen(self.metrics)

    def open(self, tell: Callable[[str], None], period_s: float) -> tuple[Outlet, ...]:
        """Open logs and connections; `tell` is called from their threads with a line.

        Args:
            tell: for what goes wrong later, and for when it is over.
            period_s: how often values will come, seconds.

        Raises:
            InputError, StorageError: one cannot be opened; what was opened before is closed again.
        """
        outlets: list[Outlet] = []
        try:
            outlets.extend(Outlet(make(), tell) for make in self._sinks(period_s))
        except Exception:
            close_all(outlets)
            raise
        from tui.records.scraped import ScrapedSink

        for outlet in outlets:
            if isinstance(outlet.sink, ScrapedSink):
                outlet.sink.others = outlets
        return tuple(outlets)

    def _sinks(self, period_s: float) -> Sequence[Callable[[], Sink]]:
        from tui.records.broker import BrokerSink
        from tui.records.broker_address import parse_broker
        from tui.records.command import CommandSink
        from tui.records.scraped import ScrapedSink, parse_listen
        from tui.records.webhook import WebhookSink

        makers: list[Callable[[], Sink]] = []
        log, command, webhook, mqtt, metrics = self.log, self.command, self.webhook, self.mqtt, self.metrics
        if command is not None:
            makers.append(lambda: CommandSink(command))
        if webhook is not None:
            makers.append(lambda: WebhookSink(webhook))
        if log is not None:
            makers.append(lambda: _log_kind(log)(log, self._bounds()))
        if mqtt is not None:
            makers.append(lambda: BrokerSink(parse_broker(mqtt, self.mqtt_password), period_s=period_s))
        if metrics is not None:
            makers.append(lambda: ScrapedSink(*parse_listen(metrics), period_s=period_s))
        return makers

    def _bounds(self) -> Bounds:
        most = Bounds().most_bytes
        if self.log_max is not None:
            most = parse_size(self.log_max, f"--log-max '{self.log_max}'", least=LEAST_LOG)
        age_s = math.inf if self.log_age is None else parse_duration(self.log_age, f"--log-age '{self.log_age}'")
        if age_s <= 0:
            raise InputError(f"--log-age '{self.log_age}': more than nothing")
        return Bounds(most, age_s)


def close_all(outlets: Sequence[Outlet]) -> None:
    """Let all of them deliver what waits, for a moment, and end."""
    for outlet in outlets:
        outlet.end()
    for outlet in outlets:
        outlet.close()


def check_places(rules: Sequence[Rule], places: Collection[str]) -> None:
    """See whether alarms are set on what is there.

    Raises:
        InputError: names the place that is not, and those that are.
    """
    for rule in rules:
        if rule.place not in places:
            there = ", ".join(places) or "none: give --at X,Y or --region NAME=X,Y:X,Y"
            raise InputError(f"--alarm '{rule.text}': there is no '{rule.place}'; there is {there}")


def _log_kind(path: Path) -> Callable[[Path, Bounds], Sink]:
    from tui.records.database import DatabaseLog
    from tui.records.rotated import CsvLog, JsonLinesLog

    kinds: dict[str, Callable[[Path, Bounds], Sink]] = {
        ".db": DatabaseLog,
        ".sqlite": DatabaseLog,
        ".sqlite3": DatabaseLog,
        ".csv": CsvLog,
        ".jsonl": JsonLinesLog,
        ".ndjson": JsonLinesLog,
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"--log {path}: what kind of log? end its name with {_LOGS}")
    return kind
