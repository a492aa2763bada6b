"""MCAP, the container: which messages a file holds and where, also of one that was cut off or damaged.

A file that was never closed has no index at its end, so that its records are walked through from the beginning. What
lies behind a length that cannot be right is not found; a chunk whose checksum is wrong is left out alone. The format
is that of https://mcap.dev/spec.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tui.errors import SourceError

MAGIC = b"\x89MCAP0\r\n"
_SCHEMA, _CHANNEL, _MESSAGE, _CHUNK, _MESSAGE_INDEX, _DATA_END, _FOOTER = 3, 4, 5, 6, 7, 15, 2
_HEAD = struct.Struct("<BQ")
_MESSAGE_HEAD = struct.Struct("<HIQQ")
_CHUNK_HEAD = struct.Struct("<QQQII")
_MOST_BYTES = 1 << 30
"""Of a chunk once it is unpacked: a file's word on its size is not believed beyond this."""


class Damaged(Exception):
    """Bytes that are not what they should be; what is around them may still be read."""


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
                opcode, length = _HEAD.unpack(self._exactly(_HEAD.size))
                content = memoryview(self._exactly(length))
            else:
                chunk = self._chunk(place.chunk)
                opcode, content = _record(chunk, place.offset)
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
                    self._learn_from_summary(at + _HEAD.size + length)
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
            if self._size - at < _HEAD.size:
                raise Damaged("it was not closed, its last record is cut off")
            opcode, length = _HEAD.unpack(self._exactly(_HEAD.size))
            after = at + _HEAD.size + length
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
                opcode, content = _record(chunk, offset)
                if opcode in {_SCHEMA, _CHANNEL}:
                    self._learn(opcode, content)
                elif opcode == _MESSAGE and not definitions_alone:
                    number, _, at_ns, _ = _MESSAGE_HEAD.unpack_from(content)
                    self._add(number, Place(at_ns, at, offset))
                offset += _HEAD.size + len(content)
        except (Damaged, struct.error):
            self._lost += not definitions_alone

    def _learn(self, opcode: int, content: memoryview) -> None:
        try:
            if opcode == _SCHEMA:
                (number,) = struct.unpack_from("<H", content)
                self._schemas[number], _ = _text(content, 2)
                return
            number, schema = struct.unpack_from("<HH", content)
            topic, at = _text(content, 4)
            encoding, _ = _text(content, at)
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
        opcode, length = _HEAD.unpack(self._exactly(_HEAD.size))
        content = memoryview(self._exactly(length))
        try:
            if opcode != _CHUNK:
                raise Damaged("no chunk where there was one")
            _, _, size, checksum, name_length = _CHUNK_HEAD.unpack_from(content)
            after = _CHUNK_HEAD.size + name_length
            compression = bytes(content[_CHUNK_HEAD.size : after]).decode(errors="replace")
            (packed_size,) = struct.unpack_from("<Q", content, after)
            packed = bytes(content[after + 8 : after + 8 + packed_size])
            if size > _MOST_BYTES:
                raise Damaged("a chunk of more than a gigabyte")
            data = _unpack(packed, compression, size)
        except (struct.error, RuntimeError, MemoryError, EOFError, ValueError) as error:
            raise Damaged(f"a chunk that cannot be unpacked: {error}") from error
        if len(data) != size or (checksum and zlib.crc32(data) != checksum):
            raise Damaged("a chunk whose checksum is wrong")
        self._unpacked = at, memoryview(data)
        return self._unpacked[1]

    def _exactly(self, count: int) -> bytes:
        if count > self._size:
            raise Damaged("a record that is longer than the file")
        data = self._file.read(count)
        if len(data) != count:
            raise Damaged("it was not closed, its last record is cut off")
        return data


def _unpack(packed: bytes, compression: str, size: int) -> bytes:
    if compression == "zstd":
        import zstandard  # nobody who plays no recording pays for it

        try:
            if zstandard.frame_content_size(packed) not in {size, -1}:
                raise Damaged("a chunk of another size than it says")
            return zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
        except zstandard.ZstdError as error:
            raise Damaged(f"a chunk that cannot be unpacked: {error}") from error
    if compression == "lz4":
        import lz4.frame

        data: bytes = lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=size)
        return data
    if compression:
        raise Damaged(f"a chunk that is packed by {compression}")
    return packed


def _record(chunk: memoryview, offset: int) -> tuple[int, memoryview]:
    """Opcode and content of a chunk's record.

    Raises:
        Damaged: it reaches beyond the chunk.
    """
    if offset + _HEAD.size > len(chunk):
        raise Damaged("a message beyond its chunk")
    opcode, length = _HEAD.unpack_from(chunk, offset)
    begin = offset + _HEAD.size
    if begin + length > len(chunk):
        raise Damaged("a message beyond its chunk")
    return opcode, chunk[begin : begin + length]


def _text(content: memoryview, at: int) -> tuple[str, int]:
    """A string that its length stands before, and where it ends."""
    (length,) = struct.unpack_from("<I", content, at)
    begin = at + 4
    return bytes(content[begin : begin + length]).decode(errors="replace"), begin + length
