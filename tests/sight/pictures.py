"""Pictures that need no file: a planted scene with edges, patterns and plain walls."""

from __future__ import annotations

import cv2
import numpy as np

from tui.geometry.arrays import RGBImage


def scene(seed: int = 0, width: int = 640, height: int = 480) -> RGBImage:
    """Boxes and discs before a shaded wall, the same for the same seed."""
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.clip(150 + 40 * np.sin(u / width * 2 + seed) + 30 * v / height, 0, 255)[..., None]
    for _ in range(60):
        colour = [int(c) for c in rng.integers(10, 245, 3)]
        at = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        size = (int(rng.integers(8, width // 8)), int(rng.integers(8, height // 8)))
        if rng.random() < 0.5:
            cv2.rectangle(image, at, (at[0] + size[0], at[1] + size[1]), colour, -1)
        else:
            cv2.ellipse(image, at, size, float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return image


def real(path: str) -> RGBImage:
    """A picture of a file, RGB."""
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    assert image is not None, path
    return np.ascontiguousarray(image[:, :, ::-1], dtype=np.uint8)
