"""Colours as the eye tells them apart: OKLab, in which equal distances look about equally large (Ottosson 2020)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]


def oklab(rgb: npt.NDArray[np.generic]) -> Points:
    """Perceptual coordinates of linear-light RGB, 0..1, shape (N, 3) (Ottosson 2020)."""
    lms = rgb.astype(np.float64) @ np.array(
        [[0.4122214708, 0.2119034982, 0.0883024619],
         [0.5363325363, 0.6806995451, 0.2817188376],
         [0.0514459929, 0.1073969566, 0.6299787005]]
    )  # fmt: skip
    lab = np.cbrt(lms) @ np.array(
        [[0.2104542553, 1.9779984951, 0.0259040371],
         [0.7936177850, -2.4285922050, 0.7827717662],
         [-0.0040720468, 0.4505937099, -0.8086757660]]
    )  # fmt: skip
    points: Points = lab.astype(np.float32)
    return points


def linear_light(rgb: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Of sRGB values 0..255 (IEC 61966-2-1), 0..1."""
    share = rgb.astype(np.float64) / 255
    light: npt.NDArray[np.float64] = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return light
