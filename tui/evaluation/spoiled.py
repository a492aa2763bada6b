"""Spoils pictures in known ways, seeded: what must be noticed, and what must not.

Every function takes an RGB picture, uint8, (H, W, 3), and returns a new one of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from tui.geometry.arrays import RGBImage
from tui.sight.seen import VerdictKind

Spoil = Callable[[RGBImage, int], RGBImage]
"""Picture and seed -> spoiled picture."""


class Cover(StrEnum):
    """What lies on the lens."""

    BLACK = "black"
    GREY = "grey"
    FINGER = "finger"
    PAPER = "paper"


def dark(image: RGBImage, seed: int = 0, *, light: float = 0.02, noise: float = 0.6) -> RGBImage:
    """Return the picture with a share `light` of its values left, and the sensor's noise in grey levels on it."""
    return _noisy(image.astype(np.float32) * light, noise, seed)


def covered(image: RGBImage, seed: int = 0, *, cover: Cover = Cover.BLACK, noise: float = 1.5) -> RGBImage:
    """Return what a camera sees whose lens is covered: nothing of the picture but its size."""
    height, width = image.shape[:2]
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    centre_u, centre_v = width * rng.uniform(0.2, 0.8), height * rng.uniform(0.2, 0.8)
    away = np.hypot((u - centre_u) / width, (v - centre_v) / height)[..., None]
    slope = (u / width * rng.uniform(-1, 1) + v / height * rng.uniform(-1, 1))[..., None]
    if cover is Cover.BLACK:
        values = np.full((height, width, 3), rng.uniform(0, 6), np.float32)
    elif cover is Cover.GREY:
        values = np.full((height, width, 3), rng.uniform(60, 160), np.float32)
    elif cover is Cover.FINGER:
        colour = np.array([rng.uniform(90, 220), rng.uniform(15, 50), rng.uniform(10, 40)], np.float32)
        values = colour * np.exp(-1.5 * away**2)
    else:
        values = rng.uniform(170, 240) * np.array([1.0, 0.99, 0.96], np.float32) * (1 + 0.08 * slope)
    return _noisy(np.broadcast_to(values, image.shape), noise, seed)


def blurred(image: RGBImage, seed: int = 0, *, sigma: float = 8.0, noise: float = 1.0) -> RGBImage:
    """Return the picture out of focus: `sigma` in pixels of a picture 640 wide."""
    soft = cv2.GaussianBlur(image, (0, 0), sigma * image.shape[1] / 640)
    return _noisy(np.asarray(soft, dtype=np.float32), noise, seed)


def warped(image: RGBImage, homography: NDArray[np.float64], size: tuple[int, int] | None = None) -> RGBImage:
    """Return the picture as a turned camera sees it: pixel x is seen at `homography` x; borders are mirrored."""
    height, width = image.shape[:2]
    out = cv2.warpPerspective(
        image, homography, size or (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(out, dtype=np.uint8)


def shifted(
    image: RGBImage, seed: int = 0, *, dx: float = 40.0, dy: float = 0.0, crop: float = 0.0, noise: float = 1.0
) -> RGBImage:
    """Return the picture of a camera turned so that everything lies (dx, dy) further, in pixels of 640 width.

    `crop`: show only the middle, without this share at each border, so that nothing needs to be made up; the
    unspoiled picture has to be seen as `shifted(image, dx=0, crop=crop)`, and dx is then in pixels of what is shown.
    """
    width = image.shape[1]
    return _noisy(_cropped(image, np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1.0]]), width / 640, crop), noise, seed)


def zoomed(image: RGBImage, seed: int = 0, *, factor: float = 1.5, crop: float = 0.0, noise: float = 1.0) -> RGBImage:
    """Return the picture zoomed about its middle."""
    return _noisy(_cropped(image, np.diag([factor, factor, 1.0]), image.shape[1] / 640, crop), noise, seed)


def exposure(image: RGBImage, seed: int = 0, *, factor: float = 0.5, noise: float = 1.0) -> RGBImage:
    """Return the picture with all values times `factor`, clipped as a sensor does."""
    return _noisy(image.astype(np.float32) * factor, noise, seed)


def gamma(image: RGBImage, seed: int = 0, *, power: float = 1.6, noise: float = 1.0) -> RGBImage:
    """Return the picture through another tone curve."""
    return _noisy(255 * (image.astype(np.float32) / 255) ** power, noise, seed)


def noise(image: RGBImage, seed: int = 0, *, sigma: float = 10.0) -> RGBImage:
    """Return the picture with noise of `sigma` grey levels."""
    return _noisy(image.astype(np.float32), sigma, seed)


def jpeg(image: RGBImage, seed: int = 0, *, quality: int = 20) -> RGBImage:
    """Return the picture after a JPEG of this quality."""
    _, data = cv2.imencode(".jpg", noise(image, seed, sigma=1.0), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def white_balance(image: RGBImage, seed: int = 0, *, warmth: float = 1.25, noise: float = 1.0) -> RGBImage:
    """Return the picture with red times `warmth` and blue divided by it."""
    gains = np.array([warmth, 1.0, 1 / warmth], np.float32)
    return _noisy(image.astype(np.float32) * gains, noise, seed)


def flicker(image: RGBImage, seed: int = 0, *, depth: float = 0.3, noise: float = 1.0) -> RGBImage:
    """Return the picture under a flickering lamp, seen by a rolling shutter: bands of light; the seed is the time."""
    height = image.shape[0]
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    rows = 1 - depth / 2 + depth / 2 * np.sin(np.arange(height, dtype=np.float32) / height * 9 + phase)
    return _noisy(image.astype(np.float32) * rows[:, None, None].astype(np.float32), noise, seed)


def walker(
    image: RGBImage, seed: int = 0, *, share: float = 0.4, place: float | None = None, noise: float = 1.0
) -> RGBImage:
    """Return the picture with somebody in clothes before it, over `share` of the width and nearly the whole height.

    `place`: 0 .. 1, where along the way from left to right; drawn where it is None. The clothes are the seed's.
    """
    height, width = image.shape[:2]
    rng = np.random.default_rng(seed)
    half = share * width / 2
    centre = (rng.uniform(0, 1) if place is None else place) * width
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    taper = np.clip(v / (0.25 * height), 0.35, 1)
    inside = (np.abs(u - centre) < half * taper) & (v > 0.05 * height)
    cloth = cv2.resize(rng.normal(0, 1, (24, 12, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    colours = rng.uniform(20, 220, 3).astype(np.float32) + 25 * cloth + 12 * np.sin(u / 3 + v / 5)[..., None]
    colours = np.roll(colours, int(centre), axis=1)
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 1.5)[..., None]
    return _noisy(image.astype(np.float32) * (1 - soft) + colours * soft, noise, seed)


@dataclass(frozen=True, slots=True)
class Spoiler:
    """One way to spoil a picture."""

    name: str
    apply: Spoil
    kinds: frozenset[VerdictKind] = frozenset()
    """What must be said, one of these; none: readings remain as good as they were, and nothing may be said."""

    @property
    def honest(self) -> bool:
        """Whether nothing may be said."""
        return not self.kinds


_DARK = frozenset({VerdictKind.DARK})
_COVERED = frozenset({VerdictKind.COVERED})
_BLURRED = frozenset({VerdictKind.BLURRED})
_MOVED = frozenset({VerdictKind.MOVED})
_ZOOMED = frozenset({VerdictKind.ZOOMED})


def _with(function: Callable[..., RGBImage], **options: object) -> Spoil:
    return lambda image, seed: function(image, seed, **options)


SPOILERS: tuple[Spoiler, ...] = (
    Spoiler("as it is", _with(noise, sigma=2.0)),
    Spoiler("exposure x0.5", _with(exposure, factor=0.5)),
    Spoiler("exposure x2", _with(exposure, factor=2.0)),
    Spoiler("gamma 1.6", _with(gamma, power=1.6)),
    Spoiler("gamma 0.6", _with(gamma, power=0.6)),
    Spoiler("noise of 10", _with(noise, sigma=10.0)),
    Spoiler("JPEG of quality 20", _with(jpeg, quality=20)),
    Spoiler("white balance", _with(white_balance)),
    Spoiler("flicker", _with(flicker)),
    Spoiler("walker over 0.25", _with(walker, share=0.25)),
    Spoiler("walker over 0.5", _with(walker, share=0.5)),
    Spoiler("dark 2 %", _with(dark), _DARK),
    Spoiler("dark 2 %, no noise", _with(dark, noise=0.0), _DARK),
    Spoiler("covered, black", _with(covered, cover=Cover.BLACK), _DARK | _COVERED),
    Spoiler("covered, grey", _with(covered, cover=Cover.GREY), _COVERED),
    Spoiler("covered, finger", _with(covered, cover=Cover.FINGER), _DARK | _COVERED),
    Spoiler("covered, paper", _with(covered, cover=Cover.PAPER), _COVERED),
    Spoiler("blurred by 6 px", _with(blurred, sigma=6.0), _BLURRED),
    Spoiler("blurred by 12 px", _with(blurred, sigma=12.0), _BLURRED),
)
"""What is done to a whole picture; shifts, zooms and other scenes need a picture to be compared with (`MOVES`)."""

MOVES: tuple[Spoiler, ...] = (
    Spoiler("shifted by 2 px", _with(shifted, dx=1.6, dy=1.2)),
    Spoiler("shifted by 8 px", _with(shifted, dx=6.4, dy=4.8), _MOVED),
    Spoiler("shifted by 40 px", _with(shifted, dx=40.0), _MOVED),
    Spoiler("shifted by 120 px", _with(shifted, dx=-120.0), _MOVED),
    Spoiler("zoomed by 1.1", _with(zoomed, factor=1.1), _ZOOMED),
    Spoiler("zoomed by 1.5", _with(zoomed, factor=1.5), _ZOOMED),
)


def _cropped(image: RGBImage, move: NDArray[np.float64], scale: float, crop: float) -> RGBImage:
    """Move about the middle (offsets in pixels of 640 width), then show what is left without `crop` at each border."""
    height, width = image.shape[:2]
    middle = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1.0]])
    enlarge = np.diag([1 / (1 - 2 * crop), 1 / (1 - 2 * crop), 1.0])
    moved = move.copy()
    moved[:2, 2] *= scale
    return warped(image, middle @ moved @ enlarge @ np.linalg.inv(middle))


def _noisy(values: NDArray[np.generic], sigma: float, seed: int) -> RGBImage:
    """Round and clip, with a sensor's noise."""
    out = values.astype(np.float32)
    if sigma > 0:
        out += np.float32(sigma) * np.random.default_rng(seed + 7919).standard_normal(out.shape, dtype=np.float32)
    return np.asarray(np.clip(np.rint(out), 0, 255), dtype=np.uint8)
