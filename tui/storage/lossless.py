"""Float maps as few bytes, to the last bit: neighbours foretell a value, and what is left is packed."""

from __future__ import annotations

import numpy as np
import zstandard

from tui.errors import StorageError
from tui.geometry.arrays import FloatMap

ENCODING = "f32-plane-zstd"
"""What `pack` makes. The bits of a value are taken as a whole number; less what a plane through the left, the upper
and the upper left neighbour says (modulo 2^32); zigzag; all lowest bytes first; Zstandard."""

_LEVEL = 1
_BYTES = 4
_MOST_VALUES = 100_000_000


def pack(values: FloatMap) -> bytes:
    """A map, float32, (h, w), as bytes; NaNs keep their bits."""
    bits = np.ascontiguousarray(values, dtype="<f4").view(np.uint32)
    left = bits.copy()
    left[1:, 1:] = bits[1:, 1:] - bits[:-1, 1:] - bits[1:, :-1] + bits[:-1, :-1]
    left[0, 1:] -= bits[0, :-1]
    left[1:, 0] -= bits[:-1, 0]
    signed = left.view(np.int32)
    zigzag = (signed << 1) ^ (signed >> 31)
    planes = np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, _BYTES).T)
    return zstandard.ZstdCompressor(level=_LEVEL).compress(planes.tobytes())


def unpack(data: bytes, height: int, width: int) -> FloatMap:
    """What `pack` was given.

    Raises:
        StorageError: the bytes are not those of a map of this size.
    """
    count = height * width
    try:
        if not 0 < count <= _MOST_VALUES or zstandard.frame_content_size(data) != _BYTES * count:
            raise StorageError(f"a map that is not one of {width}x{height}")  # nothing larger is ever unpacked
        planes = zstandard.ZstdDecompressor().decompress(data)
    except (zstandard.ZstdError, MemoryError) as error:
        raise StorageError(f"a map that cannot be unpacked: {error}") from error
    if len(planes) != _BYTES * count:
        raise StorageError(f"a map of {len(planes)} bytes, not of {width}x{height}")
    stored = np.ascontiguousarray(np.frombuffer(planes, np.uint8).reshape(_BYTES, count).T).view("<u4")
    zigzag = stored.reshape(height, width).astype(np.uint32)
    left = (zigzag >> np.uint32(1)) ^ (~(zigzag & np.uint32(1)) + np.uint32(1))
    # The differences are those of the first row and column alone, and of both beyond: two sums undo them.
    bits = np.cumsum(np.cumsum(left, axis=1, dtype=np.uint32), axis=0, dtype=np.uint32)
    return np.ascontiguousarray(bits).view(np.float32)
