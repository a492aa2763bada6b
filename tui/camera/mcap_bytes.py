"""MCAP by its bytes: a record's head, a string, and what a chunk holds once it is unpacked."""

from __future__ import annotations

import struct
import zlib

HEAD = struct.Struct("<BQ")
"""Of every record: its opcode, and the length of what follows."""
_CHUNK_HEAD = struct.Struct("<QQQII")
_MOST_BYTES = 1 << 30
"""Of a chunk once it is unpacked: a file's word on its size is not believed beyond this."""


class Damaged(Exception):
    """Bytes that are not what they should be; what is around them may still be read."""


def unpacked(content: memoryview) -> bytes:
    """The records of a chunk, from the content of its own.

    Raises:
        Damaged: it cannot be unpacked, or its checksum is another.
    """
    try:
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


def record(chunk: memoryview, offset: int) -> tuple[int, memoryview]:
    """Opcode and content of a chunk's record.

    Raises:
        Damaged: it reaches beyond the chunk.
    """
    if offset + HEAD.size > len(chunk):
        raise Damaged("a message beyond its chunk")
    opcode, length = HEAD.unpack_from(chunk, offset)
    begin = offset + HEAD.size
    if begin + length > len(chunk):
        raise Damaged("a message beyond its chunk")
    return opcode, chunk[begin : begin + length]


def text(content: memoryview, at: int) -> tuple[str, int]:
    """A string that its length stands before, and where it ends."""
    (length,) = struct.unpack_from("<I", content, at)
    begin = at + 4
    return bytes(content[begin : begin + length]).decode(errors="replace"), begin + length
