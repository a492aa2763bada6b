"""MCAP, the container: which messages a file holds and where, also of one that was cut off or damaged.

A file that was never closed has no index at its end, so that its records are walked through from the beginning. What
lies behind a length that cannot be right is not found; a chunk whose checksum is wrong is left out alone. The format
is that of https://mcap.dev/spec.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tui.camera.mcap_bytes import HEAD, Damaged, record, text, unpacked
from tui.errors import SourceError

MAGIC = b"\x89MCAP0\r\n"
_SCHEMA, _CHANNEL, _MESSAGE, _CHUNK, _MESSAGE_INDEX, _DATA_END, _FOOTER = 3, 4, 5, 6, 7, 15, 2
_MESSAGE_HEAD = struct.Struct("<HIQQ")


@dataclass(frozen=True, slots=True)
class Channel:
    """What one kind of messages is."""

    number: int
    topic: str
    schema: str
    """Name of its schema; empty where there is none."""
    encoding: str
    """Of the messages: 'cdr', 'json', 'protobuf'."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies."""

    at_ns: int
    """Its log time."""
    chunk: int
    """Where the chunk begins in the file; -1 for a message outside of any."""
    offset: int
    """Within the unpacked chunk, or else within the file."""


def is_mcap(path: Path) -> bool:
    """Whether a file begins as MCAP does.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class McapFile:
    """The messages of a file, by channel and in the order of their times.

    Args:
        path: of the file; it stays open until `close`. One thread uses it.

    Raises:
        SourceError: it cannot be opened, or is no MCAP at all.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.channels: dict[int, Channel] = {}
        self.places: dict[int, list[Place]] = {}
        """By the channel's number."""
        self.problem = ""
        """What is wrong with the file, in words; empty if nothing is."""
        self._schemas: dict[int, str] = {}
        self._lost = 0
        self._unpacked: tuple[int, memoryview] = (-1, memoryview(b""))
        try:
            self._file: BinaryIO = path.open("rb")
            self._size = self._file.seek(0, io.SEEK_END)
            self._file.seek(0)
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        try:
            if self._file.read(len(MAGIC)) != MAGIC:
                raise SourceError(f"{path}: no MCAP file")
            self._walk()
        except SourceError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        for places in self.places.values():
            places.sort(key=lambda place: place.at_ns)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()

    def message(self, place: Place) -> bytes:
        """A message's data.

        Raises:
            Damaged: it cannot be read any more.
        """
        try:
            if place.chunk < 0:
                self._file.seek(place.offset)
                opcode, length = HEAD.unpack(self._exactly(HEAD.size))
                content = memoryview(self._exactly(length))
            else:
                chunk = self._chunk(place.chunk)
                opcode, content = record(chunk, place.offset)
        except (OSError, ValueError, struct.error) as error:
            raise Damaged(str(error)) from error
        if opcode != _MESSAGE or len(content) < _MESSAGE_HEAD.size:
            raise Damaged("no message where the index says that there is one")
        return bytes(content[_MESSAGE_HEAD.size :])

    def _walk(self) -> None:
        chunk, indexed = -1, True
        try:
            for opcode, at, length in self._records():
                if opcode == _MESSAGE_INDEX and chunk >= 0:
                    indexed = self._index(chunk, self._exactly(length)) or indexed
                    continue
                if not indexed:  # the chunk before had none
                    self._look_into(chunk)
                indexed, chunk = True, -1
                if opcode == _CHUNK:
                    chunk, indexed = at, False
                elif opcode in {_SCHEMA, _CHANNEL}:
                    self._learn(opcode, memoryview(self._exactly(length)))
                elif opcode == _MESSAGE:
                    number, _, at_ns, _ = _MESSAGE_HEAD.unpack(self._exactly(_MESSAGE_HEAD.size))
                    self._add(number, Place(at_ns, -1, at))
                elif opcode == _DATA_END:
                    self._learn_from_summary(at + HEAD.size + length)
                    break
            else:
                self.problem = "it was not closed"
        except (Damaged, struct.error) as error:
            self.problem = str(error) if isinstance(error, Damaged) else "cut off within a record"
            if chunk >= 0 and indexed:  # its index may have been cut off between two channels
                for number, places in self.places.items():
                    self.places[number] = [place for place in places if place.chunk != chunk]
                indexed = False
        if not indexed:
            self._look_into(chunk)
        if self._lost:
            lost = f"{self._lost} part{'s' if self._lost > 1 else ''} of it cannot be read"
            self.problem = "; ".join(filter(None, (self.problem, lost)))

    def _learn_from_summary(self, at: int) -> None:
        """What the channels are, where the chunk that says so is damaged: it is said again behind the messages."""
        if all(number in self.channels for number in self.places):
            return
        try:
            for opcode, _, length in self._records(at):
                if opcode in {_SCHEMA, _CHANNEL}:
                    self._learn(opcode, memoryview(self._exactly(length)))
                elif opcode == _FOOTER:
                    return
        except Damaged:  # the messages of the channels known until then are worth having
            return

    def _records(self, at: int = len(MAGIC)) -> Iterator[tuple[int, int, int]]:
        """Opcode, place and length of the content of each record from there; its content is next to be read."""
        while at < self._size:
            self._file.seek(at)
            if self._size - at < HEAD.size:
                raise Damaged("it was not closed, its last record is cut off")
            opcode, length = HEAD.unpack(self._exactly(HEAD.size))
            after = at + HEAD.size + length
            if after > self._size:
                raise Damaged("it was not closed, its last record is cut off")
            yield opcode, at, length
            at = after

    def _index(self, chunk: int, content: bytes) -> bool:
        """Take a chunk's index of one channel; False if it cannot be right."""
        if len(content) < 6:
            return False
        number, length = struct.unpack_from("<HI", content)
        if length % 16 or length > len(content) - 6:
            return False
        if number not in self.channels:
            self._look_into(chunk, definitions_alone=True)
        for at_ns, offset in struct.iter_unpack("<QQ", content[6 : 6 + length]):
            self._add(number, Place(at_ns, chunk, offset))
        return True

    def _look_into(self, at: int, *, definitions_alone: bool = False) -> None:
        """Walk through a chunk's own records."""
        try:
            chunk, offset = self._chunk(at), 0
            while offset < len(chunk):
                opcode, content = record(chunk, offset)
                if opcode in {_SCHEMA, _CHANNEL}:
                    self._learn(opcode, content)
                elif opcode == _MESSAGE and not definitions_alone:
                    number, _, at_ns, _ = _MESSAGE_HEAD.unpack_from(content)
                    self._add(number, Place(at_ns, at, offset))
                offset += HEAD.size + len(content)
        except (Damaged, struct.error):
            self._lost += not definitions_alone

    def _learn(self, opcode: int, content: memoryview) -> None:
        try:
            if opcode == _SCHEMA:
                (number,) = struct.unpack_from("<H", content)
                self._schemas[number], _ = text(content, 2)
                return
            number, schema = struct.unpack_from("<HH", content)
            topic, at = text(content, 4)
            encoding, _ = text(content, at)
        except struct.error as error:
            raise Damaged("a channel that cannot be read") from error
        self.channels.setdefault(number, Channel(number, topic, self._schemas.get(schema, ""), encoding))

    def _add(self, number: int, place: Place) -> None:
        self.places.setdefault(number, []).append(place)

    def _chunk(self, at: int) -> memoryview:
        """What a chunk holds, unpacked; the last one stays at hand.

        Raises:
            Damaged: it cannot be unpacked, or its checksum is another.
        """
        if self._unpacked[0] == at:
            return self._unpacked[1]
        self._file.seek(at)
        opcode, length = HEAD.unpack(self._exactly(HEAD.size))
        content = memoryview(self._exactly(length))
        if opcode != _CHUNK:
            raise Damaged("no chunk where there was one")
        self._unpacked = at, memoryview(unpacked(content))
        return self._unpacked[1]

    def _exactly(self, count: int) -> bytes:
        if count > self._size:
            raise Damaged("a record that is longer than the file")
        data = self._file.read(count)
        if len(data) != count:
            raise Damaged("it was not closed, its last record is cut off")
        return data
