"""From a picture to a Hub network's input, by the checkpoint's own preprocessor_config.json.

Each family does as its image processor in transformers (Apache-2.0), but without loading transformers or torch:
`DPTImageProcessorPil` and `GLPNImageProcessorPil` number by number, `ZoeDepthImageProcessorPil` and
`DepthProImageProcessor`, which resize with torch, up to rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import RGBImage

Float32Image = npt.NDArray[np.float32]
"""RGB, shape (H, W, 3)."""

_MOST_PIXELS = 1 << 21
"""Of a network's input where the checkpoint sets no size: a larger picture is shrunk first, or memory would not do."""

BILINEAR, BICUBIC = 2, 3
"""Pillow's numbers of its filters, as the settings write them."""


@dataclass(frozen=True, slots=True)
class HubTransform:
    """Resizing, padding and normalisation in front of one network."""

    family: str
    """Whose order of steps: 'DPT', 'GLPN', 'ZoeDepth' or 'DepthPro'."""
    size: tuple[int, int] | None
    """(height, width) to resize to; None: the picture's own."""
    keep_aspect: bool
    """Whether one scale serves both axes: the one that changes the picture less."""
    multiple_of: float
    """Sides are rounded to a multiple of this."""
    resample: int
    """Pillow's number of the filter."""
    scale: float
    """8-bit values are multiplied by this, then (value - mean) / std."""
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    pad: bool = False
    """ZoeDepth: whether the picture is mirrored around its border first."""
    pad_to: int = 0
    """DPT: zeros around the input so that its sides are a multiple of this; 0: none."""

    def border(self, width: int, height: int) -> tuple[int, int]:
        """(columns, rows) by which a picture is mirrored at each side, to be cut from the map."""
        if not self.pad:
            return 0, 0
        return int(math.sqrt(width / 2) * 3), int(math.sqrt(height / 2) * 3)

    def net_size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) that a picture (with its border) is resized to; where transformers gives 0, one multiple."""
        if self.family == "GLPN" or self.size is None:
            step = int(self.multiple_of)
            shrink = min(1.0, math.sqrt(_MOST_PIXELS / (width * height)))
            return max(step, int(width * shrink) // step * step), max(step, int(height * shrink) // step * step)
        x_scale, y_scale = self.size[1] / width, self.size[0] / height
        if self.keep_aspect:
            x_scale = y_scale = x_scale if abs(1 - x_scale) < abs(1 - y_scale) else y_scale
        return self._to_multiple(x_scale * width), self._to_multiple(y_scale * height)

    def prepare(self, image: RGBImage) -> npt.NDArray[np.float32]:
        """The network's input, float32, shape (1, 3, h, w), for `image`: RGB, uint8, shape (H, W, 3)."""
        height, width = image.shape[:2]
        if self.family == "ZoeDepth":
            columns, rows = self.border(width, height)
            mirrored = np.pad(image, ((rows, rows), (columns, columns), (0, 0)), mode="reflect") if self.pad else image
            values = _corner_aligned(self._scaled(mirrored), self.net_size(*mirrored.shape[1::-1]))
            values = self._normalised(values)
        elif self.family == "DepthPro":
            values = _bilinear(self._normalised(self._scaled(image)), self.net_size(width, height))
        else:
            values = self._normalised(self._scaled(_resized(image, self.net_size(width, height), self.resample)))
        if self.pad_to:
            values = _padded_to(values, self.pad_to)
        return np.ascontiguousarray(values.transpose(2, 0, 1)[None])

    def _to_multiple(self, length: float) -> int:
        """The nearest multiple, half to even, but one at least."""
        return max(1, math.ceil(self.multiple_of), int(round(length / self.multiple_of) * self.multiple_of))

    def _scaled(self, image: RGBImage) -> Float32Image:
        return np.multiply(image, np.float32(self.scale), dtype=np.float32)

    def _normalised(self, values: Float32Image) -> Float32Image:
        mean, std = np.asarray(self.mean, dtype=np.float32), np.asarray(self.std, dtype=np.float32)
        normalised: Float32Image = (values - mean) / std
        return normalised


def _resized(image: RGBImage, size: tuple[int, int], resample: int) -> RGBImage:
    """By Pillow, which averages when it shrinks; `size` is (width, height)."""
    if size == (image.shape[1], image.shape[0]):
        return image
    from PIL import Image  # paid for by the first picture, not by the program's start

    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling(resample)))


def _bilinear(values: Float32Image, size: tuple[int, int]) -> Float32Image:
    """As torch's bilinear interpolation: pixels are areas, nothing is averaged; `size` is (width, height)."""
    import cv2  # paid for by the first picture, not by the program's start

    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _corner_aligned(values: Float32Image, size: tuple[int, int]) -> Float32Image:
    """As torch's bilinear interpolation with align_corners: the corners' centres stay; `size` is (width, height)."""
    width, height = size
    rows = _between(values, height)
    return _between(rows.transpose(1, 0, 2), width).transpose(1, 0, 2)


def _between(values: Float32Image, count: int) -> Float32Image:
    """`count` rows, evenly from the first to the last."""
    place = np.linspace(0, len(values) - 1, count)
    below = np.minimum(place.astype(np.intp), max(0, len(values) - 2))
    above = np.minimum(below + 1, len(values) - 1)
    share = (place - below).astype(np.float32)[:, None, None]
    mixed: Float32Image = values[below] * (1 - share) + values[above] * share
    return mixed


def _padded_to(values: Float32Image, multiple: int) -> Float32Image:
    """Zeros around it, the larger half at the end."""
    missing = [-side % multiple for side in values.shape[:2]]
    return np.pad(values, [*((each // 2, each - each // 2) for each in missing), (0, 0)])
