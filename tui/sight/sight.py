"""Looks at every picture before anything is read from it."""

from __future__ import annotations

import math
import threading

import numpy as np

from tui.geometry.arrays import RGBImage
from tui.sight.remembered import SIDE, Remembered, level_at, thumbnail_of
from tui.sight.seen import Motion, Seen, Verdict, VerdictKind

_DARK = 4.0
_ALIKE = 0.6
_STANDS = 0.9
_CHANGED = 60.0


_Thumbnail = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class Sight:
    """One a source.

    Args:
        live: whether the source is a camera, whose frames come at its own pace.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._remembered: Remembered | None = None
        self._since_s: dict[VerdictKind, float] = {}

    def remember(self, remembered: Remembered | None) -> None:
        """Compare the next pictures with this one."""
        with self._lock:
            self._remembered = remembered

    def forget(self) -> None:
        """Another source."""
        with self._lock:
            self._remembered = None
        self._since_s = {}

    def look(self, image: RGBImage, at_s: float) -> Seen:
        """What is seen of a picture, RGB, uint8, (H, W, 3), taken at `at_s`."""
        with self._lock:
            remembered = self._remembered
        found, motion, changed = _judged(image, remembered)
        self._since_s = {kind: self._since_s.get(kind, at_s) for kind, _ in found}
        verdicts = tuple(Verdict(kind, words, self._since_s[kind]) for kind, words in found)
        return Seen(verdicts, motion, changed)


def _judged(
    image: RGBImage, remembered: Remembered | None
) -> tuple[list[tuple[VerdictKind, str]], Motion | None, tuple[bool, ...]]:
    if image[::4, ::4].mean() < _DARK:
        return [(VerdictKind.DARK, "dark: next to no light")], None, ()
    if remembered is None:
        return [], None, ()
    now = thumbnail_of(image)
    before = np.array(remembered.thumbnail, dtype=np.float32).reshape(SIDE, SIDE)
    changed = tuple(
        abs(level_at(image, place) - level) > _CHANGED
        for place, level in zip(remembered.places_px, remembered.levels, strict=True)
    )
    if _alike(before, now) > _STANDS:
        return [], None, changed
    import cv2

    (across, down), _ = cv2.phaseCorrelate(before, now)
    columns, rows = round(across), round(down)
    if math.hypot(columns, rows) < 1 or _alike(np.roll(before, (rows, columns), (0, 1)), now) < _ALIKE:
        if _alike(before, now) > _ALIKE:
            return [], None, changed
        return [(VerdictKind.ANOTHER, "another scene")], None, ()
    height, width = image.shape[:2]
    u_px, v_px = across * width / SIDE, down * height / SIDE
    motion = Motion(np.array([[1.0, 0.0, u_px], [0.0, 1.0, v_px], [0.0, 0.0, 1.0]]), 0.5 * width / SIDE)
    return [(VerdictKind.MOVED, f"the view has moved by about {math.hypot(u_px, v_px):.0f} px")], motion, ()


def _alike(one: _Thumbnail, other: _Thumbnail) -> float:
    """Normalised correlation."""
    a, b = one - one.mean(), other - other.mean()
    size = math.sqrt(float((a * a).sum() * (b * b).sum()))
    return 1.0 if size == 0 else float((a * b).sum()) / size
