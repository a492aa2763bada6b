"""A sheet from picture to picture: searched for, then found where it was before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.markers import Marker
from tui.targets.outline import outline_of
from tui.targets.sheet_finder import Found, apart_px, find_sheets, found_by, grey_of, is_plain, is_there
from tui.targets.sheets import SheetSpec

_FOLLOWED_PX = 6.0
"""How far it may have moved since the picture before to be found without a search."""
_FOLLOWED_SUPPORT = 0.85
_NEAR = 0.3
"""Of the picture's width: how far from where it was, or was confirmed, it is still taken for the same one."""
_REST = 3
"""Pictures in which it is not searched for after a search in vain."""

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]


class SheetFinder:
    """Finds one sheet picture by picture, first where it was before; one thread uses it.

    Args:
        spec: the sheet.
    """

    def __init__(self, spec: SheetSpec) -> None:
        self._spec = spec
        self._last: Array | None = None
        self._resting = 0
        self._near = None if spec.near_px is None else np.array(spec.near_px)

    def find(self, grey: Grey, intrinsics: Intrinsics) -> Found | None:
        """The sheet; None where it is not seen, several may be it, or what may be it is too small to trust unasked.

        After a search in vain some pictures are left out: it takes as long as a network.

        Args:
            grey: picture, shape (H, W).
            intrinsics: of the picture.
        """
        found = self._followed(grey, intrinsics)
        if found is None and self._resting:
            self._resting -= 1
        elif found is None:
            found = self._searched(grey, intrinsics)
            self._resting = _REST if found is None else 0
        self._last = self._last if found is None else found.corners_px
        return found

    def _searched(self, grey: Grey, intrinsics: Intrinsics) -> Found | None:
        several, _ = find_sheets(grey, self._spec, intrinsics)
        near = self._near if self._last is None else self._last.mean(axis=0)
        if near is not None:
            reach_px = _NEAR * grey.shape[1]
            near_by = [each for each in several if apart_px(each.corners_px.mean(axis=0), near) <= reach_px]
            return min(near_by, key=lambda each: apart_px(each.corners_px.mean(axis=0), near), default=None)
        return several[0] if len(several) == 1 and is_plain(several[0], grey.shape[1]) else None

    def _followed(self, grey: Grey, intrinsics: Intrinsics) -> Found | None:
        if self._last is None:
            return None
        scale = max(1.0, grey.shape[1] / 640)
        outline = outline_of(grey, self._last, intrinsics, _FOLLOWED_PX * scale)
        if outline is None or outline.support.min() < _FOLLOWED_SUPPORT or not is_there(outline, self._spec):
            return None
        return found_by(self._spec, outline, intrinsics)


def find_in(image: RGBImage, finders: Sequence[SheetFinder], intrinsics: Intrinsics) -> tuple[Marker, ...]:
    """What each of these finds.

    Args:
        image: RGB, uint8, shape (H, W, 3).
        finders: one a sheet.
        intrinsics: of pictures of this size.
    """
    if not finders:
        return ()
    grey = grey_of(image)
    found = (each.find(grey, intrinsics) for each in finders)
    return tuple(each.marker for each in found if each is not None)
