"""Array types and the checks at the border."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.errors import InputError

RGBImage = npt.NDArray[np.uint8]
"""RGB picture, uint8, shape (H, W, 3)."""

FloatMap = npt.NDArray[np.float32]
"""One float32 a pixel, shape (H, W)."""

Vector = npt.NDArray[np.float64]
"""float64, shape (N,)."""


def check_rgb(image: npt.NDArray[np.generic]) -> RGBImage:
    """Return `image` itself if it is an RGB uint8 picture of at least one pixel.

    Raises:
        InputError: for another dtype, number of channels, or an empty picture.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise InputError(
            f"picture of shape {image.shape}, {image.dtype}: expected RGB, uint8, (height, width, 3), not empty"
        )
    return image  # type: ignore[return-value]  # the check above is what mypy cannot see


def check_map(values: npt.NDArray[np.generic], height: int, width: int) -> FloatMap:
    """Return `values` itself if it is a float32 map of shape (height, width).

    Raises:
        InputError: for another shape or dtype.
    """
    if values.shape != (height, width) or values.dtype != np.float32:
        raise InputError(f"map of shape {values.shape}, {values.dtype}: expected float32, ({height}, {width})")
    return values  # type: ignore[return-value]  # the check above is what mypy cannot see
