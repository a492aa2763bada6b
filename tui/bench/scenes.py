"""Scenes whose bytes are known to be the least possible: one that stands still, and one with nothing but noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tui.bench.played import PlayError
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.geometry.arrays import RGBImage

NOISE_SIGMA = 3.0
"""Of 255, in every pixel and channel."""
_NOISY_FRAMES, _RATE_HZ = 90, 60.0


def still_picture() -> RGBImage:
    """The demo room as it begins."""
    image, _ = DemoRenderer(DEMO_INTRINSICS).render(0.0)
    return image


def write_still(folder: Path) -> Path:
    """The room as a picture file."""
    from PIL import Image

    path = folder / "still.png"
    Image.fromarray(still_picture()).save(path)
    return path


def write_noise(folder: Path, seed: int = 0) -> Path:
    """The room before a camera with noise, as a clip without losses.

    Raises:
        PlayError: this OpenCV writes no such clips.
    """
    import cv2  # paid for only where a clip is written

    path, image = folder / "noise.avi", still_picture()
    height, width = image.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), _RATE_HZ, (width, height))
    if not writer.isOpened():
        raise PlayError("no clip without losses can be written here, so that noise alone cannot be measured")
    rng = np.random.default_rng(seed)
    for _ in range(_NOISY_FRAMES):
        noisy = image + NOISE_SIGMA * rng.standard_normal(image.shape)
        writer.write(np.clip(np.rint(noisy[..., ::-1]), 0, 255).astype(np.uint8))
    writer.release()
    return path
