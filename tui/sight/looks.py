"""What a picture looks like, in a few numbers, and the small grey picture that is compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.geometry.arrays import RGBImage

THUMBNAIL_PIXELS = 160 * 120
"""At most so many pixels has the small picture; its shape is the picture's."""
LEAST_SIDE_PX = 48
"""Smaller pictures are not judged: they hold too little to tell."""

_WINDOW = np.ones((13, 13), np.uint8)
_LEAST_CONTRAST = 10
"""Grey levels between the two sides of an edge that sharpness is measured at."""
_LEAST_EDGES = 50
_EDGES_MEASURED = 12_000
"""Of more, every second, third ... one: no worse, and faster."""
_TEXTURE_CELLS = (40, 30)

Grey = NDArray[np.uint8]
"""uint8, shape (h, w)."""


@dataclass(frozen=True, slots=True)
class Looks:
    """A picture in numbers, grey levels 0 .. 255."""

    brightness: float
    """Mean."""
    low: float
    """Five of a hundred pixels are darker."""
    high: float
    """Five of a hundred are brighter."""
    highest: float
    """One of a hundred is brighter."""
    clipped: float
    """Share of the pixels at 0 or 255, or next to them."""
    sharpness: float
    """Of the sharpest edges: the steepest step from one pixel to the next at 320 x 240 as a share of the whole edge's
    contrast; about 0.3 in focus, 0.15 blurred by 6 px of 640; 0 where no edge is to be seen."""
    softer: float
    """The same across or down, whichever is softer: a camera that shakes blurs one way only."""
    edges: float
    """Share of the picture near such edges, which stand out of the noise."""
    texture: float
    """Grey levels between neighbouring cells of 40 x 30, where they differ most (five of a hundred differ by more)."""

    @property
    def spread(self) -> float:
        """Grey levels between the darkest and the brightest, a few apart."""
        return self.high - self.low


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Return (w, h) of the small picture of pictures of this size: the same shape, never larger than they."""
    scale = min(1.0, (THUMBNAIL_PIXELS / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))


def small_pictures(image: RGBImage) -> tuple[Grey, Grey]:
    """Return the picture in grey at twice the thumbnail's size, and the thumbnail; each pixel the mean of its place."""
    import cv2

    height, width = image.shape[:2]
    small_w, small_h = thumbnail_size(width, height)
    step = max(1, min(width // (4 * small_w), height // (4 * small_h)))
    grey = cv2.cvtColor(np.ascontiguousarray(image[::step, ::step]), cv2.COLOR_RGB2GRAY)
    middle_size = (min(2 * small_w, width), min(2 * small_h, height))
    middle = cv2.resize(grey, middle_size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(middle, (small_w, small_h), interpolation=cv2.INTER_AREA)
    return np.asarray(middle, dtype=np.uint8), np.asarray(small, dtype=np.uint8)


def looks(middle: Grey) -> Looks:
    """Measure a picture in grey of about 320 x 240."""
    import cv2

    counts = cv2.calcHist([middle], [0], None, [256], [0, 256]).ravel()
    up_to = np.cumsum(counts) / middle.size
    low, high, highest = (float(np.searchsorted(up_to, q)) for q in (0.05, 0.95, 0.99))
    clipped = float(counts[:2].sum() + counts[254:].sum()) / middle.size
    cells = cv2.resize(middle, _TEXTURE_CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
    steps = np.concatenate((np.abs(np.diff(cells, axis=0)).ravel(), np.abs(np.diff(cells, axis=1)).ravel()))
    sharpness, softer, edges = _sharpness(middle, high - low)
    return Looks(
        brightness=float(np.arange(256) @ counts) / middle.size,
        low=low,
        high=high,
        highest=highest,
        clipped=clipped,
        sharpness=sharpness,
        softer=softer,
        edges=edges,
        texture=float(np.percentile(steps, 95)),
    )


def _sharpness(middle: Grey, spread: float) -> tuple[float, float, float]:
    """Return how steep the sharpest edges are: any way, across or down whichever is softer; and how much has edges.

    A share of the contrast each: light cancels out. What is no more than noise counts as no edge.
    """
    import cv2

    calm = cv2.GaussianBlur(middle, (3, 3), 0)
    grain = float(cv2.absdiff(middle, calm)[::2, ::2].mean())
    contrast = cv2.subtract(cv2.dilate(calm, _WINDOW), cv2.erode(calm, _WINDOW))
    edges = contrast > max(_LEAST_CONTRAST, 0.15 * spread) + _GRAINS * grain
    count = int(np.count_nonzero(edges))
    if count < _LEAST_EDGES:
        return 0.0, 0.0, count / middle.size
    some = np.flatnonzero(edges)[:: 1 + count // _EDGES_MEASURED]
    whole = 32.0 * contrast.ravel()[some].astype(np.float32)
    across = np.abs(cv2.Scharr(calm, cv2.CV_16S, 1, 0).ravel()[some] / whole)
    down = np.abs(cv2.Scharr(calm, cv2.CV_16S, 0, 1).ravel()[some] / whole)
    any_way, sideways, upright = np.percentile([np.hypot(across, down), across, down], 98, axis=1)
    return float(any_way), float(min(sideways, upright)), count / middle.size


_GRAINS = 4.0
"""Contrast that noise alone makes within the window, in mean differences between a pixel and its neighbours."""


def evened(small: Grey) -> Grey:
    """Return the small picture with the light taken out: each place by its own mean and contrast, 128 is level."""
    import cv2

    values = small.astype(np.float32)
    apart = values - cv2.blur(values, (13, 13))
    contrast = np.sqrt(np.maximum(cv2.blur(apart * apart, (25, 25)), 0)) + np.float32(_EVENED_FLOOR)
    return np.asarray(np.clip(128 + 40 * apart / contrast, 0, 255), dtype=np.uint8)


_EVENED_FLOOR = 3.0
"""Grey levels of contrast that count as noise."""
