"""What a picture was like when references were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from tui.errors import InputError
from tui.geometry.arrays import RGBImage

SIDE = 32
"""Of the thumbnail, pixels."""

Thumbnail = tuple[float, ...]
"""Brightness, `SIDE` rows of as many."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A picture's thumbnail, and the brightness around some places of it."""

    width: int
    """Of the picture, pixels."""
    height: int
    thumbnail: Thumbnail
    places_px: tuple[tuple[float, float], ...]
    """(column, row) each."""
    levels: tuple[float, ...]
    """Brightness at each place."""

    @classmethod
    def of(cls, image: RGBImage, places_px: Sequence[tuple[float, float]]) -> Remembered:
        """What `image`, RGB, uint8, (H, W, 3), is like as a whole and around some places, (column, row) each."""
        height, width = image.shape[:2]
        levels = tuple(level_at(image, place) for place in places_px)
        return cls(width, height, tuple(thumbnail_of(image).ravel().tolist()), tuple(places_px), levels)

    def with_places(self, image: RGBImage, places_px: Sequence[tuple[float, float]]) -> Remembered:
        """As before, but for these places: those that were remembered already are kept, new ones are of `image`."""
        known = dict(zip(self.places_px, self.levels, strict=True))
        levels = tuple(known[place] if place in known else level_at(image, place) for place in places_px)
        return replace(self, places_px=tuple(places_px), levels=levels)

    def scaled_to(self, width: int, height: int) -> Remembered:
        """The same for the view in another size."""
        across, down = width / self.width, height / self.height
        places_px = tuple(((u + 0.5) * across - 0.5, (v + 0.5) * down - 0.5) for u, v in self.places_px)
        return replace(self, width=width, height=height, places_px=places_px)

    def to_plain(self) -> dict[str, object]:
        """Nothing but what JSON knows."""
        return {
            "width": self.width,
            "height": self.height,
            "thumbnail": list(self.thumbnail),
            "places": [list(place) for place in self.places_px],
            "levels": list(self.levels),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Remembered:
        """The inverse of `to_plain`.

        Raises:
            InputError: it is none.
        """
        try:
            width, height = int(cast("int", plain["width"])), int(cast("int", plain["height"]))
            thumbnail = tuple(float(each) for each in cast("list[float]", plain["thumbnail"]))
            places_px = tuple((float(u), float(v)) for u, v in cast("list[list[float]]", plain["places"]))
            levels = tuple(float(each) for each in cast("list[float]", plain["levels"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"what is remembered of the picture is none: {error}") from error
        if width < 1 or height < 1 or len(thumbnail) != SIDE * SIDE or len(levels) != len(places_px):
            raise InputError("what is remembered of the picture is none: its sizes do not agree")
        return cls(width, height, thumbnail, places_px, levels)


def thumbnail_of(image: RGBImage) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The picture's brightness, float32, (SIDE, SIDE)."""
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)


def level_at(image: RGBImage, place_px: tuple[float, float]) -> float:
    """Mean brightness around a place."""
    height, width = image.shape[:2]
    half = max(1, width // 64)
    u_px, v_px = (max(0, min(size - 1, round(at))) for at, size in zip(place_px, (width, height), strict=True))
    return float(image[max(0, v_px - half) : v_px + half + 1, max(0, u_px - half) : u_px + half + 1].mean())
