"""CSV and JSON lines that never hold half a line and never outgrow what they were given."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import math
import os
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tui.errors import StorageError
from tui.records.bulletin import Bulletin
from tui.records.outlet import SinkError
from tui.records.plain import READING_COLUMNS, Value, event_plain, reading_plain
from tui.storage.atomic import check_ordinary

FILES = 5
"""A log is so many files: NAME.csv, and behind it the older NAME.1.csv to NAME.4.csv."""

_READ_BACK = 65_536
_CLOSED = -1
_HEADS = tuple(f'{{"kind": "{kind}", "time": ' for kind in ("reading", "alarm"))
"""What a line in JSON begins with."""
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+(?:[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a log may grow."""

    most_bytes: int = 1_000_000_000
    """All its files together."""
    most_s: float = math.inf
    """What is older is deleted; a whole file at a time, where it is in files."""


CSV_COLUMNS = (*READING_COLUMNS, "alarm", "ringing", "words")
"""Of one table for both: `alarm`, `ringing` and `words` are empty but for a change of an alarm."""


class LinesLog:
    """A text log in files that follow each other; what a line is belongs to the subclass."""

    late_s = math.inf
    events_only = False
    header = ""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        """Opens or continues it; half a line at its end, as a cut of power leaves it, is taken off.

        Raises:
            StorageError: it cannot be written, or holds something else.
        """
        self.name = f"log {path.name}"
        self._path, self._bounds = path, bounds
        self._file = _CLOSED
        try:
            self._open()
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror or error}") from error

    def lines(self, bulletin: Bulletin) -> Iterable[str]:
        """What a bulletin is written as, without ends of lines."""
        raise NotImplementedError

    def begins(self, line: str) -> bool:
        """Whether a file that begins with this line and its end, or with this part of one, is such a log."""
        raise NotImplementedError

    def put(self, bulletin: Bulletin) -> None:
        """Append what is said, whole or not at all."""
        data = "".join(f"{line}\n" for line in self.lines(bulletin)).encode()
        if not data:
            return
        try:
            self._find_again()
            if self._size + len(data) > self._bounds.most_bytes // FILES or self._too_old():
                self._rotate()
            head = f"{self.header}\n".encode() if self.header and self._size == 0 else b""
            self._append(head + data)
        except StorageError as error:
            raise SinkError(str(error)) from error
        except OSError as error:
            raise SinkError(f"{self._path}: {error.strerror or error}") from error

    def idle(self, now_s: float) -> None:
        """Nothing is held back that could be flushed."""
        del now_s

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, _CLOSED
        if file != _CLOSED:
            os.close(file)

    def _open(self) -> None:
        check_ordinary(self._path)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._look_into()
        except Exception:
            self.close()
            raise

    def _look_into(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageError(f"{self._path}: another depth-tui writes into it; name another file") from None
        except OSError:
            pass  # a file system without locks
        first, end, _ = os.pread(self._file, _READ_BACK, 0).partition(b"\n")
        if not self.begins((first + end).decode(errors="replace")):
            raise StorageError(f"{self._path}: holds something else than a log of depth-tui's; name another file")
        self._size = _whole_lines(self._file)
        self._begun_s = _first_time(self._file)

    def _find_again(self) -> None:
        """Others may have moved, deleted or cut the file meanwhile, as `logrotate` does: it goes on under its name."""
        if self._file != _CLOSED:
            mine = os.fstat(self._file)
            try:
                same = os.path.samestat(mine, self._path.stat())
            except FileNotFoundError:
                same = False
            if same and mine.st_size == self._size:
                return
            self.close()
        self._open()

    def _append(self, data: bytes) -> None:
        os.lseek(self._file, self._size, os.SEEK_SET)
        written = 0
        try:
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def _too_old(self) -> bool:
        """Whether the newest file reaches back a share of the age: then the oldest can be deleted in time."""
        return time.time() - self._begun_s > self._bounds.most_s / (FILES - 1)

    def _rotate(self) -> None:
        names = [self._path, *(self._path.with_suffix(f".{number}{self._path.suffix}") for number in range(1, FILES))]
        for older, newer in reversed(list(zip(names[1:], names[:-1], strict=True))):
            with suppress(FileNotFoundError):
                newer.replace(older)
        for name in names[1:]:
            with suppress(FileNotFoundError):
                if time.time() - name.stat().st_mtime > self._bounds.most_s:
                    name.unlink()
        self.close()
        self._open()


class JsonLinesLog(LinesLog):
    """A JSON object a line; `kind` is reading or alarm."""

    def begins(self, line: str) -> bool:
        """See `LinesLog`."""
        return any(line[: len(head)] == head[: len(line)] for head in _HEADS)

    def lines(self, bulletin: Bulletin) -> Iterable[str]:
        """One a reading, one a change of an alarm."""
        for seen in bulletin.observations:
            yield _json({"kind": "reading", **reading_plain(bulletin.camera, seen)})
        for event in bulletin.events:
            yield _json({"kind": "alarm", **event_plain(bulletin, event)})


class CsvLog(LinesLog):
    """A table with one head; a change of an alarm is a row of its own."""

    header = ",".join(CSV_COLUMNS)

    def begins(self, line: str) -> bool:
        """See `LinesLog`."""
        return f"{self.header}\n".startswith(line)

    def lines(self, bulletin: Bulletin) -> Iterable[str]:
        """One a reading, one a change of an alarm."""
        for seen in bulletin.observations:
            yield _csv(reading_plain(bulletin.camera, seen))
        for event in bulletin.events:
            yield _csv(event_plain(bulletin, event))


def _whole_lines(file: int) -> int:
    """Cut off what stands behind the last end of a line; returns the size that is left."""
    size = end = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - _READ_BACK)
        found = os.pread(file, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
    return end


def _first_time(file: int) -> float:
    """When its first line was written, seconds since 1970; now, if there is none."""
    found = _TIME.search(os.pread(file, _READ_BACK, 0))
    try:
        return datetime.fromisoformat(found[0].decode()).timestamp() if found else time.time()
    except ValueError:
        return time.time()


def _json(values: Mapping[str, Value]) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)


def _csv(values: Mapping[str, Value]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([_cell(values.get(name)) for name in CSV_COLUMNS])
    return text.getvalue()


def _cell(value: Value) -> Value:
    if isinstance(value, str):
        return " ".join(value.split())  # a line is a row
    return "" if value is None else value
