"""Quadrilaterals in a picture: contours at several thresholds and of edges, four lines through their straight parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.targets.sheets import ordered

_WIDTH_PX = 640
"""They are looked for in a picture of at most this width, then refined in the picture itself."""
_LEVELS = (40, 64, 88, 112, 136, 160, 184, 208, 228)
_LEAST_AREA = 0.0012
"""Of the picture: what is smaller tells no distance (A4 at 5 m in a picture of 640 x 480)."""
_MOST_AREA = 0.95
_CONTOURS = 24
"""The largest of each threshold."""
_STRAIGHT = 0.004
"""Of a contour's length: how far it may be from its straight parts."""
_LEAST_COVERED = 0.7
"""Of a quadrilateral's sides, by the contour's straight parts."""
_ONE_LINE_RAD = np.radians(4.0)
_ONE_LINE_PX = 3.0
_SHORTEST_PX = 4.0
_LEAST_SINE = 0.15
"""Of the angle at a corner."""
_SAME_PX = 4.0
_SAME_BOX_PX = 3
"""Of contours at several thresholds, one is enough."""

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]


def quadrilaterals(grey: Grey) -> list[Array]:
    """Corners of those that contours follow, clockwise, shape (4, 2) each, to some pixels; the largest first.

    Args:
        grey: picture, shape (H, W).
    """
    cv2: Any = load_cv2()
    scale = min(1.0, _WIDTH_PX / grey.shape[1])
    small: Grey = grey if scale == 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rough: list[Array] = []
    for contour in _contours(small):
        corners = _corners(contour, small.shape[1], small.shape[0])
        if corners is not None and not any(np.abs(corners - each).max() < _SAME_PX for each in rough):
            rough.append(corners)
    factors = np.array([grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0]])
    return [(each + 0.5) * factors - 0.5 for each in sorted(rough, key=area_px, reverse=True)]


def _contours(grey: Grey) -> Iterator[Array]:
    """Points (N, 2) of each contour that is large enough."""
    cv2: Any = load_cv2()
    smooth = cv2.GaussianBlur(grey, (5, 5), 0)
    least = _LEAST_AREA * grey.size
    seen: set[tuple[int, ...]] = set()
    otsu, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    planes = [smooth > level for level in dict.fromkeys((*_LEVELS, int(otsu)))]
    for low, high in ((10, 30), (40, 120)):
        edges = cv2.Canny(smooth, low, high)
        planes.append(cv2.dilate(edges, np.ones((3, 3), np.uint8)) > 0)
    for plane in planes:
        contours, _ = cv2.findContours(plane.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        large = [(cv2.contourArea(each), each) for each in contours if len(each) > 40]
        large.sort(key=lambda each: each[0], reverse=True)
        for area, contour in large[:_CONTOURS]:
            box = tuple(round(each / _SAME_BOX_PX) for each in cv2.boundingRect(contour))
            if area >= least and box not in seen:
                seen.add(box)
                yield contour


def _corners(contour: Any, width: int, height: int) -> Array | None:  # noqa: ANN401 - OpenCV's array
    """Four corners of the quadrilateral that most of a contour follows, clockwise, shape (4, 2); None if none does."""
    cv2: Any = load_cv2()
    length = cv2.arcLength(contour, True)
    polygon = cv2.approxPolyDP(contour, max(1.5, _STRAIGHT * length), True).reshape(-1, 2).astype(np.float64)
    if len(polygon) < 4:
        return None
    ends = np.roll(polygon, -1, axis=0)
    border = (width - 2, height - 2)
    on_border = ((polygon <= 1) & (ends <= 1)).any(axis=1) | ((polygon >= border) & (ends >= border)).any(axis=1)
    sides = [(first, second) for first, second, cut in zip(polygon, ends, on_border, strict=True) if not cut]
    lines = _lines(sides)
    if len(lines) < 4:
        return None
    lines = sorted(sorted(lines, key=lambda each: each.length_px, reverse=True)[:4], key=lambda each: each.angle)
    corners = []
    for index in range(4):
        meeting = _meeting(lines[index - 1], lines[index])
        if meeting is None:
            return None
        corners.append(meeting)
    found = np.array(corners)
    beyond = 0.25 * max(width, height)
    if (found < -beyond).any() or (found > (width + beyond, height + beyond)).any():
        return None
    try:
        found = ordered(found)
    except InputError:
        return None
    around = float(np.linalg.norm(np.roll(found, -1, axis=0) - found, axis=1).sum())
    covered = sum(each.length_px for each in lines) / around
    area = area_px(found) / (width * height)
    return found if covered >= _LEAST_COVERED and _LEAST_AREA <= area <= _MOST_AREA else None


@dataclass(frozen=True, slots=True)
class _Line:
    """Straight parts of a contour that lie on one line."""

    points: Array
    """Their ends, shape (N, 2)."""
    along: Array
    """Direction of the longest, shape (2,)."""
    length_px: float
    """Of all together."""

    @property
    def angle(self) -> float:
        """Of its direction around the contour."""
        return float(np.arctan2(self.along[1], self.along[0]))

    def takes(self, first: Array, second: Array, along: Array) -> bool:
        """Whether another part lies on it."""
        if float(self.along @ along) <= np.cos(_ONE_LINE_RAD):
            return False
        off = (first + second) / 2 - self.points[:2].mean(axis=0)
        aside_px = abs(float(self.along[0] * off[1] - self.along[1] * off[0]))
        return aside_px < _ONE_LINE_PX + 0.01 * float(np.linalg.norm(off))

    def fitted(self) -> tuple[Array, Array]:
        """(a point, direction) of the line through all of them."""
        middle = self.points.mean(axis=0)
        u, v = (self.points - middle).T
        angle = 0.5 * np.arctan2(2 * float(u @ v), float(u @ u - v @ v))
        return middle, np.array([np.cos(angle), np.sin(angle)])


def _lines(sides: list[tuple[Array, Array]]) -> list[_Line]:
    """Sides of a polygon, those on one line (with a thumb between them) joined."""
    found: list[_Line] = []
    for first, second in sorted(sides, key=lambda each: -float(np.linalg.norm(each[1] - each[0]))):
        length_px = float(np.linalg.norm(second - first))
        if length_px < _SHORTEST_PX:
            continue
        along = (second - first) / length_px
        index = next((index for index, each in enumerate(found) if each.takes(first, second, along)), None)
        if index is None:
            found.append(_Line(np.array([first, second]), along, length_px))
        else:
            line = found[index]
            points = np.vstack([line.points, first, second])
            found[index] = replace(line, points=points, length_px=line.length_px + length_px)
    return found


def _meeting(first: _Line, second: _Line) -> Array | None:
    (place, along), (other_place, other_along) = first.fitted(), second.fitted()
    sine = along[0] * other_along[1] - along[1] * other_along[0]
    if abs(sine) < _LEAST_SINE:
        return None
    off = other_place - place
    return np.asarray(place + (off[0] * other_along[1] - off[1] * other_along[0]) / sine * along, np.float64)


def area_px(corners: Array) -> float:
    """Of a polygon, square pixels."""
    after = np.roll(corners, -1, axis=0)
    return abs(float((corners[:, 0] * after[:, 1] - corners[:, 1] * after[:, 0]).sum())) / 2
