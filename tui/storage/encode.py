"""Pictures and maps as the bytes of files. Raw float32 is what is kept; the rest are views of it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from tui.geometry.arrays import FloatMap, RGBImage

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.PngImagePlugin import PngInfo

    from tui.calibration.whole import MetricMap

PNG16_NOTE = "inverse_depth"
"""Key of the text in a 16-bit PNG that says how its values become inverse depth again."""
MILLIMETRES_NOTE = "distance"
"""The same in one of millimetres."""
_MOST_MM = 65535


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


def encode_metres(metric: MetricMap) -> bytes:
    """Compressed npz of `distance_m`, `low_m` and `high_m`, float32, (H, W) each.

    NaN where there is no distance; `high_m` is infinite where the interval has no upper end.
    """
    buffer = BytesIO()
    np.savez_compressed(buffer, distance_m=metric.distance_m, low_m=metric.low_m, high_m=metric.high_m)
    return buffer.getvalue()


def encode_png16_mm(distance_m: FloatMap) -> tuple[bytes, int]:
    """16-bit grey PNG in millimetres, as RGB-D tools read it; 0 where there is no distance (NaN).

    Returns:
        The file, and how many distances do not fit into it, beyond 65.535 m or below half a millimetre: they are 0.
    """
    known = np.isfinite(distance_m)
    millimetres = np.zeros(distance_m.shape, np.float64)
    millimetres[known] = np.rint(1000.0 * distance_m[known].astype(np.float64))
    fits = (millimetres >= 1) & (millimetres <= _MOST_MM)
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text(MILLIMETRES_NOTE, "millimetres along the optical axis; 0 is unknown")
    levels = np.where(fits, millimetres, 0).astype(np.uint16)
    return _png(Image.fromarray(levels), note), int(np.count_nonzero(known & ~fits))


def encode_png(image: RGBImage) -> bytes:
    """8-bit RGB PNG."""
    from PIL import Image

    return _png(Image.fromarray(image))


def _png(image: Image, note: PngInfo | None = None) -> bytes:
    buffer = BytesIO()
    # Level 3 is three times as fast as the default and costs a tenth in size.
    image.save(buffer, format="PNG", compress_level=3, pnginfo=note)
    return buffer.getvalue()
