"""CDR, the bytes of ROS 2 messages: little-endian, every number aligned to its own size."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tui.errors import StorageError

_HEADER = b"\x00\x01\x00\x00"
"""Plain CDR, little-endian."""


class CdrWriter:
    """Puts one message together, field after field."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def number(self, kind: str, value: float) -> CdrWriter:
        """One number; `kind` is that of `struct`: I, i, d, B."""
        self._align(struct.calcsize(kind))
        self._parts += struct.pack(f"<{kind}", value)
        return self

    def numbers(self, values: Sequence[float], *, counted: bool) -> CdrWriter:
        """float64[], or float64[N] where they are not counted."""
        if counted:
            self.number("I", len(values))
        for each in values:
            self.number("d", each)
        return self

    def text(self, text: str) -> CdrWriter:
        """A string."""
        data = text.encode() + b"\0"
        self.number("I", len(data))
        self._parts += data
        return self

    def octets(self, data: bytes) -> CdrWriter:
        """uint8[]."""
        self.number("I", len(data))
        self._parts += data
        return self

    def time(self, at_ns: int) -> CdrWriter:
        """builtin_interfaces/Time, since the epoch."""
        seconds, nanoseconds = divmod(at_ns, 1_000_000_000)
        return self.number("i", min(seconds, 2**31 - 1)).number("I", nanoseconds)

    def header(self, at_ns: int, frame_id: str) -> CdrWriter:
        """std_msgs/Header."""
        return self.time(at_ns).text(frame_id)

    @property
    def whole(self) -> bytes:
        """The message."""
        return _HEADER + bytes(self._parts)

    def _align(self, size: int) -> None:
        self._parts += bytes(-len(self._parts) % size)


class CdrReader:
    """Takes one message apart in the order of its fields.

    Raises:
        StorageError: from every method: the message is shorter than it says.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < len(_HEADER) or data[0] != 0 or data[1] not in (0, 1):
            raise StorageError("a message that is not plain CDR")
        self._order = "<" if data[1] else ">"
        self._data = memoryview(data)[len(_HEADER) :]
        self._at = 0

    def number(self, kind: str) -> int:
        """A whole number; `kind` is that of `struct`: I, i, B."""
        size = struct.calcsize(kind)
        self._at += -self._at % size
        (value,) = struct.unpack(f"{self._order}{kind}", self._take(size))
        return int(value)

    def text(self) -> str:
        """A string."""
        return bytes(self._take(self.number("I"))).rstrip(b"\0").decode(errors="replace")

    def octets(self) -> bytes:
        """uint8[]."""
        return bytes(self._take(self.number("I")))

    def header(self) -> int:
        """std_msgs/Header: its time, nanoseconds since the epoch."""
        seconds, nanoseconds = self.number("i"), self.number("I")
        self.text()
        return seconds * 1_000_000_000 + nanoseconds

    def _take(self, count: int) -> memoryview:
        begin, self._at = self._at, self._at + count
        if self._at > len(self._data):
            raise StorageError("a message that is shorter than it says")
        return self._data[begin : self._at]
