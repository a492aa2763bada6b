"""Pictures and maps as the bytes of files. Raw float32 is what is kept; the rest are views of it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from tui.geometry.arrays import FloatMap, RGBImage

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.PngImagePlugin import PngInfo

PNG16_NOTE = "inverse_depth"
"""Key of the text in a 16-bit PNG that says how its values become inverse depth again."""


def encode_npz(inverse_depth: FloatMap) -> bytes:
    """Compressed npz with the map as it is under the key `inverse_depth`, float32, shape (H, W)."""
    buffer = BytesIO()
    np.savez_compressed(buffer, inverse_depth=inverse_depth)
    return buffer.getvalue()


def encode_pfm(inverse_depth: FloatMap) -> bytes:
    """Portable float map: one channel, float32, little-endian (scale -1), bottom row first."""
    height, width = inverse_depth.shape
    rows = np.ascontiguousarray(np.flipud(inverse_depth), dtype="<f4")
    return b"Pf\n%d %d\n-1.0\n" % (width, height) + rows.tobytes()


def encode_png16(inverse_depth: FloatMap) -> bytes:
    """16-bit grey PNG: 1 .. 65535 from the least to the largest value of the map, 0 where it has none.

    The text chunk `inverse_depth` holds the scale and offset that undo this.
    """
    known = np.isfinite(inverse_depth)
    values = inverse_depth[known].astype(np.float64)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    scale = (high - low) / 65534
    levels = np.zeros(inverse_depth.shape, dtype=np.uint16)
    levels[known] = 1 + np.rint((values - low) / scale if scale > 0 else np.zeros_like(values)).astype(np.uint16)
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text(PNG16_NOTE, f"inverse_depth = {scale!r} * value + {low - scale!r}; 0 is unknown")
    return _png(Image.fromarray(levels), note)


def encode_png(image: RGBImage) -> bytes:
    """8-bit RGB PNG."""
    from PIL import Image

    return _png(Image.fromarray(image))


def _png(image: Image, note: PngInfo | None = None) -> bytes:
    buffer = BytesIO()
    # Level 3 is three times as fast as the default and costs a tenth in size.
    image.save(buffer, format="PNG", compress_level=3, pnginfo=note)
    return buffer.getvalue()
