"""Whether a clip's file ends where its own structure says that it does."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_MOST_BOXES = 10_000
_SEGMENT = 0x18538067


def is_cut_off(path: Path) -> bool:
    """Whether the end of an MP4, MOV, AVI, WebP, Matroska, GIF, PNG or JPEG file is missing; False for other kinds.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(0)
        head = file.read(12)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            return _boxes_end(file, length) > length
        if head[:4] == b"RIFF" and len(head) == 12:
            return int(struct.unpack("<I", head[4:8])[0]) + 8 > length
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return _segment_end(file) > length
        file.seek(max(0, length - 64))
        tail = file.read().rstrip(b"\0")
    if head[:4] == b"GIF8":
        return not tail.endswith(b";")
    if head[:4] == b"\x89PNG":
        return b"IEND" not in tail
    if head[:3] == b"\xff\xd8\xff":
        return b"\xff\xd9" not in tail
    return False


def _boxes_end(file: BinaryIO, length: int) -> int:
    """Where the last of an MP4's outer boxes says that it ends, bytes."""
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        size = int(struct.unpack(">I", head[:4])[0])
        if size == 1 and len(head) == 16:
            size = int(struct.unpack(">Q", head[8:])[0])
        if size == 0 or not head[4:8].isascii():  # to the end of the file, or what somebody has put behind it
            return length
        at += max(8, size)
        if at >= length:
            break
    return at


def _segment_end(file: BinaryIO) -> int:
    """Where a Matroska file's segment says that it ends, bytes; 0 where it leaves that open."""
    file.seek(0)
    at = 0
    for _ in range(10):
        file.seek(at)
        name, name_bytes = _number(file, keep_marker=True)
        size, size_bytes = _number(file, keep_marker=False)
        if not name_bytes or not size_bytes:
            return 0
        at += name_bytes + size_bytes
        if size == (1 << 7 * size_bytes) - 1:  # unknown: written as a stream
            return 0
        at += size
        if name == _SEGMENT:
            return at
    return 0


def _number(file: BinaryIO, *, keep_marker: bool) -> tuple[int, int]:
    """An EBML number of variable length, and how many bytes it takes: (0, 0) where there is none (RFC 8794, 4)."""
    first = file.read(1)
    if not first or not first[0]:
        return 0, 0
    count = 9 - first[0].bit_length()
    rest = file.read(count - 1)
    if len(rest) < count - 1:
        return 0, 0
    lead = first[0] if keep_marker else first[0] & ((1 << (8 - count)) - 1)
    return int.from_bytes(bytes([lead]) + rest, "big"), count
