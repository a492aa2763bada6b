"""Pictures of rooms so unlike each other, and spoiled so grossly, that nobody takes one for another."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from tui.geometry.arrays import RGBImage

WIDTH, HEIGHT = 640, 480


FLAT = {(80, 240): 100, (320, 240): 150, (560, 240): 200, (200, 120): 120, (320, 360): 180, (440, 120): 220}
"""Red of some flat things, by the pixel in their middle."""


def room(number: int) -> RGBImage:
    """Furniture: boxes and discs of all brightnesses, placed by lot; six flat things are at known places."""
    return _room(number).copy()


@cache
def _room(number: int) -> RGBImage:
    lot = np.random.default_rng(number)
    width, height = WIDTH, HEIGHT
    image = np.full((height, width, 3), 150, np.uint8)
    for _ in range(60):
        u_px, v_px = int(lot.integers(width)), int(lot.integers(height))
        across, down = (int(each) for each in lot.integers(width // 32, width // 8, 2))
        colour = tuple(int(each) for each in lot.integers(60, 250, 3))
        if lot.random() < 0.5:
            cv2.rectangle(image, (u_px, v_px), (u_px + across, v_px + down), colour, -1)
        else:
            cv2.circle(image, (u_px, v_px), across // 2, colour, -1)
    noise = lot.normal(0.0, 2.0, image.shape)
    image = np.clip(image + noise, 0, 254).astype(np.uint8)
    for (u_px, v_px), red in FLAT.items():
        flat(image, u_px, v_px, red)
    return image


def flat(image: RGBImage, u_px: int, v_px: int, red: int) -> None:
    """Something flat with a frame around it, 20 px wide, of a brightness that is known."""
    image[v_px - 12 : v_px + 13, u_px - 12 : u_px + 13] = 20
    image[v_px - 10 : v_px + 11, u_px - 10 : u_px + 11] = (red, 120, 120)


def black() -> RGBImage:
    """The light is off."""
    return np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def rolled(image: RGBImage, du_px: int = 120) -> RGBImage:
    """The camera has turned."""
    return np.ascontiguousarray(np.roll(image, du_px, axis=1))
