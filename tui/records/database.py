"""A log in SQLite: two tables, written ahead, bounded by age and size."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from tui.errors import StorageError
from tui.records.bulletin import Bulletin
from tui.records.outlet import SinkError
from tui.records.plain import ALARM_COLUMNS, READING_COLUMNS, Value, event_plain, reading_plain
from tui.records.rotated import Bounds
from tui.storage.atomic import check_ordinary

SCHEMA = """
CREATE TABLE IF NOT EXISTS reading (
    at REAL NOT NULL,              -- of the frame, seconds since 1970, UTC
    camera TEXT NOT NULL,
    name TEXT NOT NULL,            -- of the pin or region
    statistic TEXT,                -- of a region: nearest, median, farthest
    distance_m REAL,               -- NULL: there is none; status says why
    low_m REAL,                    -- of the 95 % interval
    high_m REAL,                   -- NULL beside a distance: the interval has no upper end
    status TEXT NOT NULL,
    reasons TEXT,
    inverse_depth REAL,            -- in the map's units
    unknown_share REAL             -- of a region: pixels without a distance, 0 to 1
);
CREATE TABLE IF NOT EXISTS alarm (
    at REAL NOT NULL,
    camera TEXT NOT NULL,
    name TEXT NOT NULL,
    alarm TEXT NOT NULL,           -- as it is written: 'door: surely nearer than 1 m'
    ringing INTEGER NOT NULL,      -- 1: began to ring, 0: is quiet again
    distance_m REAL,
    low_m REAL,
    high_m REAL,
    words TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reading_at ON reading (at);
CREATE INDEX IF NOT EXISTS alarm_at ON alarm (at);
"""
APPLICATION_ID = 0x64657074
"""'dept', so that no other program's database is taken for a log."""
VERSION = 1

_TIDY_EVERY_S = 10.0
_TIDY_SHARE = 0.1
"""Of a log that is full so much of the oldest goes at once."""


class DatabaseLog:
    """Appends bulletins; each is there whole or not at all, whatever ends the program."""

    late_s = math.inf
    events_only = False

    def __init__(self, path: Path, bounds: Bounds) -> None:
        """Opens it, or makes it.

        Raises:
            StorageError: it cannot be opened, or is something else.
        """
        self.name = f"log {path.name}"
        self._path, self._bounds = path, bounds
        self._tidied_s = -math.inf
        self._identity = (0, 0)
        try:
            self._open()
        except sqlite3.Error as error:
            raise StorageError(f"{path}: {error}") from error

    def put(self, bulletin: Bulletin) -> None:
        """Append what is said, in one transaction."""
        readings = [
            (seen.captured_at.timestamp(), reading_plain(bulletin.camera, seen)) for seen in bulletin.observations
        ]
        events = [(bulletin.at.timestamp(), event_plain(bulletin, event)) for event in bulletin.events]
        if not readings and not events:
            return
        try:
            self._find_again()
            self._base.execute("BEGIN IMMEDIATE")
            self._insert("reading", READING_COLUMNS, readings)
            self._insert("alarm", ALARM_COLUMNS, events)
            self._base.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._base.execute("ROLLBACK")
            raise SinkError(f"{self._path}: {error}") from error
        with suppress(sqlite3.Error):  # somebody reads it: next time; what is written is not to be written again
            self._tidy()

    def idle(self, now_s: float) -> None:
        """Nothing is held back."""
        del now_s

    def close(self) -> None:
        """Close it; what was written ahead goes into the file."""
        with suppress(sqlite3.Error):
            self._base.close()

    def _open(self) -> None:
        check_ordinary(self._path)
        self._base = sqlite3.connect(self._path, timeout=5.0, isolation_level=None, check_same_thread=False)
        self._prepare()
        self._identity = _identity(self._path)

    def _find_again(self) -> None:
        """Others may have moved or deleted the file meanwhile: it goes on under its name, in a new one."""
        if _identity(self._path) != self._identity:
            self.close()
            self._open()

    def _prepare(self) -> None:
        base = self._base
        found = base.execute("PRAGMA application_id").fetchone()[0]
        if found != APPLICATION_ID:
            if base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("not a log of depth-tui's: choose another name")
            base.execute("PRAGMA auto_vacuum = INCREMENTAL")
            base.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            base.execute(f"PRAGMA user_version = {VERSION}")
        check_version(base)
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        base.executescript(SCHEMA)

    def _insert(self, table: str, columns: Sequence[str], rows: Iterable[tuple[float, dict[str, Value]]]) -> None:
        names = ("at", *columns[1:])
        marks = ", ".join("?" * len(names))
        self._base.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608  # names of our own
            [(at, *(values[name] for name in columns[1:])) for at, values in rows],
        )

    def _tidy(self) -> None:
        """Now and then: delete what is too old or too much."""
        now_s = time.monotonic()
        if now_s - self._tidied_s < _TIDY_EVERY_S:
            return
        self._tidied_s = now_s
        base = self._base
        if math.isfinite(self._bounds.most_s):
            for table in ("reading", "alarm"):
                base.execute(f"DELETE FROM {table} WHERE at < ?", (time.time() - self._bounds.most_s,))  # noqa: S608 - names as above
        if self._bytes() > self._bounds.most_bytes:
            for table in ("reading", "alarm"):
                base.execute(
                    f"DELETE FROM {table} WHERE rowid <= (SELECT min(rowid) + ? * (max(rowid) - min(rowid) + 1) "  # noqa: S608 - names as above
                    f"FROM {table})",
                    (_TIDY_SHARE,),
                )
        base.execute("PRAGMA incremental_vacuum").fetchall()

    def _bytes(self) -> int:
        pages, free, size = (
            self._base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def check_version(base: sqlite3.Connection) -> None:
    """See that this program knows the tables of a log.

    Raises:
        sqlite3.DatabaseError: it was written by a later version.
    """
    if (found := base.execute("PRAGMA user_version").fetchone()[0]) != VERSION:
        raise sqlite3.DatabaseError(f"a log of another depth-tui (version {found}, known is {VERSION}): choose another")


def _identity(path: Path) -> tuple[int, int]:
    """Which file has that name now; no file has the identity (0, 0)."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino
