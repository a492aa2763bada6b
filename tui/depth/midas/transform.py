"""From a picture to a MiDaS network's input, step by step as upstream does it.

Source: isl-org/MiDaS, midas/transforms.py and hubconf.py (MIT). The order matters: the picture is resized as numbers
with a fraction, by cubic kernels without antialiasing, and normalised after that. Upstream computes this in float64,
here it is float32: two to seven times as fast, and within 3e-6 of upstream's input.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import RGBImage

_MULTIPLE_OF = 32
"""Every side of a network's input is a multiple of this."""

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)
_HALF = (0.5, 0.5, 0.5)


class Fit(Enum):
    """How the picture's size becomes the network's."""

    STRETCH = "stretch"
    """Exactly size x size; the aspect ratio is lost."""
    INSIDE = "inside"
    """Aspect kept, the longer side becomes `size` (upstream's `upper_bound`)."""
    MINIMAL = "minimal"
    """Aspect kept, of the two scales the one nearer to 1 (upstream's `minimal`); wide pictures get large."""


@dataclass(frozen=True, slots=True)
class Transform:
    """Resizing and normalisation in front of one family of networks."""

    size_px: int
    fit: Fit
    mean: tuple[float, float, float]
    """Per RGB channel, of values in 0..1."""
    std: tuple[float, float, float]

    def net_size(self, width: int, height: int) -> tuple[int, int]:
        """Upstream's `Resize.get_size`: (width, height) of the network's input for a picture of the given size.

        A side can be 0 for a very elongated picture, where upstream fails; `prepare` uses 32 there.
        """
        x_scale, y_scale = self.size_px / width, self.size_px / height
        if self.fit is Fit.INSIDE:
            x_scale = y_scale = min(x_scale, y_scale)
        elif self.fit is Fit.MINIMAL:
            x_scale = y_scale = x_scale if abs(1 - x_scale) < abs(1 - y_scale) else y_scale
        bound = self.size_px if self.fit is Fit.INSIDE else None
        return _to_multiple(x_scale * width, bound), _to_multiple(y_scale * height, bound)

    def prepare(self, image: RGBImage) -> npt.NDArray[np.float32]:
        """The network's input, float32, shape (1, 3, h, w), for `image`: RGB, uint8, shape (H, W, 3).

        A knowing deviation from upstream: where `net_size` gives 0 the side is 32 px, so that a 12000x90 picture has a
        result, if a coarse one.
        """
        height, width = image.shape[:2]
        net_width, net_height = (max(side, _MULTIPLE_OF) for side in self.net_size(width, height))
        resized = _resize(image.astype(np.float32), net_width, net_height)
        batch = np.empty((1, 3, net_height, net_width), dtype=np.float32)
        # Scaling to 0..1, mean and deviation as one product and one sum, written where they are wanted.
        for channel, (mean, std) in enumerate(zip(self.mean, self.std, strict=True)):
            plane = batch[0, channel]
            np.multiply(resized[..., channel], np.float32(1 / (255 * std)), out=plane)
            np.subtract(plane, np.float32(mean / std), out=plane)
        return batch


def _resize(values: npt.NDArray[np.float32], width: int, height: int) -> npt.NDArray[np.float32]:
    """Cubic as upstream's float64 is, without Intel's IPP, which rounds coordinates otherwise: 1e-4 in a value.

    The switch belongs to the calling thread alone.
    """
    import cv2  # paid for by the first picture, not by the program's start

    used = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        return np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    finally:
        cv2.ipp.setUseIPP(used)


def _to_multiple(length: float, bound: int | None) -> int:
    """The nearest multiple of 32, half to even, or the one below where the nearest exceeds the bound."""
    nearest = round(length / _MULTIPLE_OF) * _MULTIPLE_OF
    if bound is not None and nearest > bound:
        return int(length // _MULTIPLE_OF) * _MULTIPLE_OF
    return nearest


TRANSFORMS = {
    "small_transform": Transform(256, Fit.INSIDE, _IMAGENET_MEAN, _IMAGENET_STD),
    "default_transform": Transform(384, Fit.INSIDE, _IMAGENET_MEAN, _IMAGENET_STD),
    "dpt_transform": Transform(384, Fit.MINIMAL, _HALF, _HALF),
    "beit512_transform": Transform(512, Fit.MINIMAL, _HALF, _HALF),
    "swin384_transform": Transform(384, Fit.STRETCH, _HALF, _HALF),
    "swin256_transform": Transform(256, Fit.STRETCH, _HALF, _HALF),
    "levit_transform": Transform(224, Fit.STRETCH, _HALF, _HALF),
}
"""Upstream's hub transforms by upstream's names."""
