"""A log read back, whichever form it has: entry by entry, oldest first, so that its length costs no memory."""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tui.calibration.reading import Status
from tui.errors import InputError
from tui.records.database import APPLICATION_ID, check_version
from tui.records.history import Columns
from tui.records.plain import ALARM_COLUMNS, READING_COLUMNS, Value
from tui.records.rotated import CSV_COLUMNS, FILES

_NUMBERS = ("distance_m", "low_m", "high_m", "inverse_depth", "unknown_share")
_READING_TEXTS = ("camera", "name", "status")
_OPTIONAL_TEXTS = ("statistic", "reasons")
_ALARM_TEXTS = ("camera", "name", "alarm", "words")
_YEAR_3000_S = 32_503_680_000.0
"""A time beyond is none."""

Entry = Mapping[str, Value]
"""A reading or a change of an alarm, as `tui.records.plain` names its values, and `at`: seconds since 1970."""


@dataclass
class Place:
    """What a log says of one pin or region."""

    camera: str
    name: str
    statistic: str
    first_s: float = math.inf
    last_s: float = -math.inf
    count: int = 0
    """Readings with a distance."""
    without: int = 0
    doubted: int = 0
    """Readings with a distance that were not ok."""
    least_m: float = math.inf
    most_m: float = -math.inf
    mean_m: float = 0.0
    _square: float = field(default=0.0, repr=False)

    @property
    def spread_m(self) -> float:
        """Standard deviation of the distances."""
        return math.sqrt(self._square / (self.count - 1)) if self.count > 1 else 0.0

    def add(self, entry: Entry) -> None:
        """One more reading."""
        at_s, distance_m = _number(entry["at"]), _number(entry["distance_m"])
        self.first_s, self.last_s = min(self.first_s, at_s), max(self.last_s, at_s)
        if math.isnan(distance_m):
            self.without += 1
            return
        self.count += 1
        self.doubted += entry["status"] != Status.OK.value
        self.least_m, self.most_m = min(self.least_m, distance_m), max(self.most_m, distance_m)
        step = distance_m - self.mean_m
        self.mean_m += step / self.count
        self._square += step * (distance_m - self.mean_m)


class LogFile:
    """A log that was written by `--log`."""

    def __init__(self, path: Path) -> None:
        """`path` is what was given to `--log`; the files behind it are found by themselves.

        Raises:
            InputError: it is not there, or no log.
        """
        self.path = path
        if not path.is_file():
            raise InputError(f"{path}: no such log")
        forms = {".csv": _csv_entries, ".jsonl": _json_entries, ".ndjson": _json_entries}
        self.damaged = 0
        """Entries that could not be read and were left out, once they have all been passed."""
        self._entries: Callable[[Path], Iterator[Entry | None]] = forms.get(path.suffix.lower(), _database_entries)
        self._parts = [path] if self._entries is _database_entries else _parts(path)

    def readings(self, since_s: float = -math.inf, name: str | None = None) -> Iterator[Entry]:
        """The readings in the order in which they were written.

        Raises:
            InputError: it is no log, or damaged.
        """
        for entry in self._all():
            if entry.get("alarm") is None and _number(entry["at"]) >= since_s and name in (None, entry["name"]):
                yield entry

    def alarms(self, since_s: float = -math.inf) -> Iterator[Entry]:
        """What began to ring and fell quiet.

        Raises:
            InputError: it is no log, or damaged.
        """
        for entry in self._all():
            if entry.get("alarm") is not None and _number(entry["at"]) >= since_s:
                yield entry

    def places(self, since_s: float = -math.inf) -> list[Place]:
        """What each pin and region showed, in the order in which they first came."""
        found: dict[tuple[str, str, str], Place] = {}
        for entry in self.readings(since_s):
            key = (str(entry["camera"]), str(entry["name"]), str(entry["statistic"] or ""))
            found.setdefault(key, Place(*key)).add(entry)
        return list(found.values())

    def columns(self, place: Place, count: int) -> Columns:
        """One place from its first reading to its last, in so many columns."""
        width_s = max((place.last_s - place.first_s) / count, 1e-3) * (1 + 1e-9)
        total, number = np.zeros(count), np.zeros(count)
        low_m, high_m = np.full(count, np.inf), np.full(count, -np.inf)
        doubted, watched = np.zeros(count, bool), np.zeros(count, bool)
        for entry in self.readings(place.first_s, place.name):
            if entry["camera"] != place.camera or (entry["statistic"] or "") != place.statistic:
                continue
            column = min(count - 1, int((_number(entry["at"]) - place.first_s) / width_s))
            watched[column] = True
            distance_m, low, high = (_number(entry[name]) for name in ("distance_m", "low_m", "high_m"))
            if math.isnan(distance_m):
                continue
            total[column] += distance_m
            number[column] += 1
            low_m[column] = min(low_m[column], distance_m if math.isnan(low) else low)
            high_m[column] = max(high_m[column], math.inf if math.isnan(high) else high)
            doubted[column] |= entry["status"] != Status.OK.value
        known = number > 0
        middle_m = np.where(known, total / np.maximum(number, 1), np.nan)
        low_m, high_m = np.where(known, low_m, np.nan), np.where(known, high_m, np.nan)
        return Columns(place.first_s, width_s, middle_m, low_m, high_m, doubted, watched)

    def _all(self) -> Iterator[Entry]:
        damaged = sound = 0
        for part in self._parts:
            try:
                for values in self._entries(part):
                    entry = None if values is None else _sound(values)
                    if entry is None:
                        damaged += 1
                    else:
                        sound += 1
                        yield entry
            except (sqlite3.Error, OSError, ValueError, TypeError, csv.Error) as error:
                raise InputError(f"{part}: no log of depth-tui's, or damaged: {error}") from error
        if damaged and not sound:
            raise InputError(f"{self.path}: no log of depth-tui's, or damaged: nothing in it can be read")
        self.damaged = max(self.damaged, damaged)


def _parts(path: Path) -> list[Path]:
    older = [path.with_suffix(f".{number}{path.suffix}") for number in range(FILES - 1, 0, -1)]
    return [each for each in (*older, path) if each.is_file()]


def _database_entries(path: Path) -> Iterator[Entry | None]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)) as base:
        if base.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise ValueError("another program's database")
        check_version(base)
        for table, columns in (("reading", READING_COLUMNS), ("alarm", ALARM_COLUMNS)):
            names = ("at", *columns[1:])
            query = f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"  # noqa: S608  # names of our own
            for row in base.execute(query):
                values = dict(zip(names, row, strict=True))
                if "ringing" in values:
                    values["ringing"] = bool(values["ringing"])
                yield values


def _csv_entries(path: Path) -> Iterator[Entry | None]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.DictReader(_ended(file))
        if reader.fieldnames is not None and tuple(reader.fieldnames) != CSV_COLUMNS:
            raise ValueError("its first line names other columns")
        while True:
            try:
                row = next(reader)
                values: dict[str, Value] = {name: text or None for name, text in row.items() if isinstance(name, str)}
                for name in _NUMBERS:
                    values[name] = None if values[name] is None else float(str(values[name]))
                if values["ringing"] is not None:
                    values["ringing"] = values["ringing"] == "True"
                found = {"at": _seconds(values["time"]), **values}
            except StopIteration:
                return
            except (ValueError, csv.Error):
                yield None
            else:
                yield found


def _json_entries(path: Path) -> Iterator[Entry | None]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in _ended(file):
            try:
                values = json.loads(line)
                found = {"at": _seconds(values["time"]), **values}
            except (ValueError, TypeError, KeyError, RecursionError):
                yield None
            else:
                yield found


def _sound(values: Entry) -> Entry | None:
    """The entry with all that belongs to its kind; None where something in it cannot be."""
    alarm = values.get("alarm") is not None
    texts, others = (_ALARM_TEXTS, ("ringing",)) if alarm else (_READING_TEXTS, _OPTIONAL_TEXTS)
    at_s = values.get("at")
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not 0 <= at_s < _YEAR_3000_S:
        return None
    found: dict[str, Value] = {"at": at_s, "time": datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")}
    for name in texts:
        found[name] = values.get(name)
        if not isinstance(found[name], str):
            return None
    for name in others:
        found[name] = values.get(name)
        if found[name] is not None and not isinstance(found[name], bool if alarm else str):
            return None
    for name in _NUMBERS:
        number = values.get(name)
        if number is not None and (isinstance(number, bool | str) or not math.isfinite(_as_float(number))):
            return None
        found[name] = number
    if isinstance(values.get("time"), str):
        found["time"] = values["time"]  # with the zone in which it was written
    return found


def _as_float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number is told by its error
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _ended(lines: Iterable[str]) -> Iterator[str]:
    """What is being written just now, or was when the power went, has no end: half a number is another one."""
    return (line for line in lines if line.endswith("\n"))


def _seconds(text: object) -> float:
    return datetime.fromisoformat(str(text)).timestamp()


def _number(value: Value) -> float:
    return math.nan if value is None else float(value)
