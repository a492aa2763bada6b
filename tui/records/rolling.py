"""A recording on the disk: MCAP files one after the other, together never larger or older than is allowed."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from io import FileIO
from pathlib import Path
from typing import IO, cast

from mcap.writer import Writer

from tui.errors import InputError, StorageError
from tui.records.encoding import TOPICS
from tui.storage import recorded, ros
from tui.storage.atomic import make_folder, storage_error

SUFFIX = ".mcap"
_FILES = 8
"""Into which what is allowed is divided: the oldest goes as a whole."""

_MOST_FILES = 100_000
LEAST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a recording, all its files together.

    Raises:
        InputError: less than what a recording needs.
    """

    most_bytes: int = 2_000_000_000
    most_s: float = 24 * 3600.0
    """What is older goes."""

    def __post_init__(self) -> None:
        if self.most_bytes < LEAST_BYTES:
            raise InputError(f"a recording of at most {self.most_bytes} bytes: 1 MB at least")
        if not self.most_s > 0:
            raise InputError("a recording of no time at all: above 0, such as 24h")


class _Stream:
    """A file without a buffer: what was written is with the operating system, and nothing else ever is."""

    def __init__(self, raw: FileIO) -> None:
        self.raw = raw
        self._at = 0

    def write(self, data: bytes) -> int:
        """All of it; raises OSError where it cannot be."""
        view = memoryview(data)
        while view:
            count = self.raw.write(view)
            view = view[count:]
            self._at += count
        return len(data)

    def tell(self) -> int:
        """Bytes so far."""
        return self._at

    def flush(self) -> None:
        """Nothing waits."""


@dataclass(frozen=True, slots=True)
class _Closed:
    path: Path
    size: int
    ended_s: float


class RollingFile:
    """Writes FILE.mcap, then FILE_0002.mcap and so on, and deletes the oldest of these where there is no room for more.

    A file that is there already is never touched: the next free name is taken.

    Raises:
        InputError: the name is not one of an .mcap file.
        StorageError: it cannot be made; says why and the remedy.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        if path.suffix.lower() != SUFFIX or not path.stem:
            raise InputError(f"{path}: a recording's name ends with {SUFFIX}")
        self._first, self._limits = path, limits
        self._number = 0
        self._largest = 0
        """Of the files so far; a frame may be larger than the share of one."""
        self._closed: deque[_Closed] = deque()
        make_folder(path.parent)
        self._open()

    @property
    def path(self) -> Path:
        """The file that is being written."""
        return self._path

    @property
    def size(self) -> int:
        """Of all files that there are, bytes."""
        return sum(each.size for each in self._closed) + self._position()

    def write(self, at_ns: int, messages: Iterable[tuple[str, bytes]]) -> None:
        """Add a frame's messages; they are on their way to the disk after `flush`.

        Raises:
            StorageError: it cannot be written; what was flushed before stays.
        """
        messages = list(messages)
        size = sum(len(data) for _, data in messages)
        full = self._frames > 0 and self._position() + self._pending + size > self._limits.most_bytes // _FILES
        if full or self._age_s() > self._limits.most_s / _FILES:
            self._roll()
        self._pending += size
        self._frames += 1
        with self._errors():
            for topic, data in messages:
                self._writer.add_message(self._channels[topic], at_ns, data, at_ns)

    def flush(self) -> None:
        """Hand everything to the operating system: only that machine itself can lose it now.

        Raises:
            StorageError: as `write`.
        """
        with self._errors():
            self._writer.flush()  # type: ignore[no-untyped-call]  # mcap has no types there
            self._sound, self._pending = self._position(), 0

    def sync(self) -> None:
        """Have it on the disk itself, which may take a while.

        Raises:
            StorageError: as `write`.
        """
        with self._errors():
            os.fsync(self._stream.raw.fileno())

    def close(self) -> None:
        """With its index at the end, so that others need not walk through it.

        Raises:
            StorageError: it cannot be written any more; what was flushed before stays.
        """
        with self._errors():
            self._writer.finish()  # type: ignore[no-untyped-call]  # mcap has no types there
            self._sound = self._position()
            self._stream.raw.close()

    def abandon(self) -> None:
        """After an error: leave what was written whole, and nothing behind it."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.raw.truncate(self._sound)
            self._stream.raw.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """What the operating system says, as the one line for the user."""
        try:
            yield
        except OSError as error:
            raise storage_error(self._path, error) from error

    def _age_s(self) -> float:
        return time.monotonic() - self._opened_s

    def _position(self) -> int:
        return self._stream.tell()

    def _roll(self) -> None:
        self.close()
        self._closed.append(_Closed(self._path, self._sound, time.monotonic()))
        self._largest = max(self._largest, self._sound)
        room = self._limits.most_bytes - max(self._limits.most_bytes // _FILES, self._largest)
        while self._closed and (
            sum(each.size for each in self._closed) > room
            or time.monotonic() - self._closed[0].ended_s > self._limits.most_s
        ):
            with contextlib.suppress(OSError):
                self._closed[0].path.unlink(missing_ok=True)
            self._closed.popleft()
        self._open()

    def _open(self) -> None:
        self._path, self._stream = self._next_free()
        self._opened_s, self._sound = time.monotonic(), 0
        self._frames, self._pending = 0, 0
        """In this file, and bytes before packing that are not handed over yet."""
        with self._errors():
            self._begin()

    def _next_free(self) -> tuple[Path, _Stream]:
        while self._number < _MOST_FILES:
            self._number += 1
            name = self._first.stem if self._number == 1 else f"{self._first.stem}_{self._number:04}"
            path = self._first.with_name(f"{name}{SUFFIX}")
            try:
                return path, _Stream(FileIO(path, "xb"))
            except FileExistsError:
                continue
            except OSError as error:
                raise storage_error(path, error) from error
        raise StorageError(
            f"{self._first} cannot be written: there are {_MOST_FILES} of that name; choose another name"
        )

    def _begin(self) -> None:
        """What a file has before its first frame."""
        self._writer = Writer(cast("IO[bytes]", self._stream))
        self._writer.start(profile="ros2", library=f"depth-tui {version('depth-tui')}")
        schema = json.dumps(recorded.SCHEMA, indent=1).encode()
        now_ns = time.time_ns()
        self._writer.add_attachment(now_ns, now_ns, "reading.schema.json", "application/schema+json", schema)
        schemas = {
            name: self._writer.register_schema(name, "ros2msg", text.encode()) for name, text in ros.DEFINITIONS.items()
        }
        self._channels = {
            topic.name: self._writer.register_channel(topic.name, "cdr", schemas[topic.schema], dict(topic.metadata))
            for topic in TOPICS
        }
        self._writer.flush()  # type: ignore[no-untyped-call]  # mcap has no types there
        self._sound = self._position()
