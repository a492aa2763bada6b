"""The maps of the last second, for whoever wants more than one of a view that holds still."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.camera.frame import Frame
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.geometry.arrays import FloatMap, RGBImage

_SECOND_S = 1.0
_MOST = 4
"""Maps kept: each is as large as a picture once it was looked at, and the mean of more gains little."""

_CELLS = (32, 24)
_SAME = 8.0
"""Grey levels by which no cell of a still view changes: of noise a cell's mean hardly shows any."""


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """What of a frame and its map is needed for that; not the picture, which is large."""

    depth_map: DepthMap
    identity: ModelIdentity
    taken_s: float
    shape: tuple[int, ...]
    """Of the picture."""
    cells: NDArray[np.float32]
    """Mean grey level of each cell of the picture."""


class Recent:
    """Used by one thread."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque(maxlen=_MOST)

    def add(self, frame: Frame, depth_map: DepthMap, identity: ModelIdentity) -> None:
        """Another frame's map, and which model made it; those that are older than a second by now are let go."""
        cells = _cells_of(frame.image)
        self._seen.append(_Seen(depth_map, identity, frame.captured_at_s, frame.image.shape, cells))
        while frame.captured_at_s - self._seen[0].taken_s > _SECOND_S:
            self._seen.popleft()

    def clear(self) -> None:
        """Pictures of another source come from now on."""
        self._seen.clear()

    def of_view(self, frame: Frame, identity: ModelIdentity) -> list[FloatMap]:
        """Maps of other frames within a second of this one that show the same view, by this model, float32, (H, W)."""
        cells = _cells_of(frame.image)
        return [
            each.depth_map.full
            for each in self._seen
            if each.taken_s != frame.captured_at_s
            and (each.identity, each.shape) == (identity, frame.image.shape)
            and abs(each.taken_s - frame.captured_at_s) <= _SECOND_S
            and float(np.abs(each.cells - cells).max()) <= _SAME
        ]


def _cells_of(image: RGBImage) -> NDArray[np.float32]:
    import cv2

    step = max(1, min(image.shape[0], image.shape[1]) // 240)
    green = np.ascontiguousarray(image[::step, ::step, 1])
    return cv2.resize(green, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
