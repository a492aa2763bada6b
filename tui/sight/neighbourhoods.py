"""Whether something else is at a reference's place than when it was given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.sight.looks import Grey
from tui.sight.points import likeness, patches
from tui.sight.remembered import PATCH_SIDE, Remembered
from tui.sight.view import Fit, carried

_TEXTURED = 6.0
"""Grey levels, standard deviation: there is a pattern to be compared."""
_LEAST_ALIKE = 0.45
_LEVEL_SHARE = 0.35
"""A plain surface is another one if its level differs by so much more than the whole picture's."""
_LEVEL_LEAST = 25.0
_CLIPPED = 0.5
"""With so much of a neighbourhood at white or black nothing is said."""


def changed_places(small: Grey, brightness: float, remembered: Remembered, fit: Fit | None) -> tuple[bool, ...]:
    """Return for each place that is remembered whether something else is there now; `fit`: where the view lies now."""
    places = remembered.places
    if not places:
        return ()
    height, width = small.shape
    at = np.array([(place.u_px, place.v_px) for place in places])
    scale = np.array([width / remembered.width, height / remembered.height])
    centres = (at + 0.5) * scale - 0.5
    # Where nothing moved, exactly where the patches were taken: at whole pixels.
    centres = np.rint(centres) if fit is None else carried(fit.homography, centres)
    then = np.stack([np.frombuffer(place.patch, np.uint8) for place in places]).astype(np.float32)
    gains = np.array([(brightness + 4) / (place.brightness + 4) for place in places])
    now = patches(small, centres, PATCH_SIDE)
    differs = _differs(then, now, gains)
    for offset in _AROUND:
        doubted = np.flatnonzero(differs)
        if not len(doubted):
            break
        now = patches(small, centres[doubted] + offset, PATCH_SIDE)
        differs[doubted] = _differs(then[doubted], now, gains[doubted])
    outside = ((centres < 0) | (centres > (width - 1, height - 1))).any(axis=1)
    return tuple(bool(x) for x in differs & ~outside)


_AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
"""A camera trembles by a pixel of the thumbnail without having moved."""


def _differs(then: NDArray[np.float32], now: NDArray[np.float32], gains: NDArray[np.float64]) -> NDArray[np.bool_]:
    expected = np.clip(then * gains[:, None], 0, 255)
    clipped = ((now < 3) | (now > 252) | (expected < 3) | (expected > 252)).mean(axis=1) > _CLIPPED
    pattern_then, pattern_now = expected.std(axis=1), now.std(axis=1)
    alike = likeness(then, now)
    textured = (pattern_then > _TEXTURED) & (pattern_now > _TEXTURED / 2)
    level = np.abs(now.mean(axis=1) - expected.mean(axis=1))
    far = level > np.maximum(_LEVEL_LEAST, _LEVEL_SHARE * expected.mean(axis=1))
    appeared = (pattern_now > 3 * np.maximum(pattern_then, _TEXTURED / 2)) | (
        (pattern_then > _TEXTURED) & (pattern_now < pattern_then / 4)
    )
    differs = np.where(textured, (alike < _LEAST_ALIKE), far | appeared)
    return np.asarray(differs & ~clipped, dtype=np.bool_)
