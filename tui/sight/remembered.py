"""What a picture was like when the references were given on it."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tui.errors import InputError
from tui.geometry.arrays import RGBImage, check_rgb
from tui.sight.looks import Grey, Looks, looks, small_pictures, thumbnail_size

VERSION = 1
PATCH_SIDE = 13
"""Pixels of the thumbnail: a reference's neighbourhood, about 50 px of a picture 640 wide."""
MOST_PLACES = 64
"""Of more, the first are remembered."""
_MOST_SIDE_PX = 32_768


@dataclass(frozen=True, slots=True)
class Place:
    """What a reference's neighbourhood was like when it was given."""

    u_px: float
    v_px: float
    patch: bytes
    """Grey values, uint8, (PATCH_SIDE, PATCH_SIDE), of the thumbnail about the place; borders are repeated."""
    brightness: float
    """The whole picture's at that time: light that came or went since is no change here."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A picture as it is remembered: small, and independent of the picture's array."""

    width: int
    """Of the pictures it belongs to."""
    height: int
    looks: Looks
    thumbnail: bytes
    """Grey values, uint8, of `thumbnail_size(width, height)`."""
    places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, image: RGBImage, places_px: Sequence[tuple[float, float]]) -> Remembered:
        """Remember a picture, RGB, uint8, (H, W, 3), and the neighbourhoods of these pixels (column, row)."""
        height, width = check_rgb(image).shape[:2]
        middle, small = small_pictures(image)
        found = looks(middle)
        places = tuple(_place(small, (width, height), at, found.brightness) for at in places_px[:MOST_PLACES])
        return cls(width, height, found, small.tobytes(), places)

    def with_places(self, image: RGBImage, places_px: Sequence[tuple[float, float]]) -> Remembered:
        """Return the same with these places: what is known of a place stays, new ones are taken from `image`.

        Raises InputError where the picture has another size.
        """
        height, width = check_rgb(image).shape[:2]
        if (width, height) != (self.width, self.height):
            raise InputError(f"picture of {width}x{height}: the one that is remembered has {self.width}x{self.height}")
        known = {(place.u_px, place.v_px): place for place in self.places}
        wanted = [(float(u), float(v)) for u, v in places_px[:MOST_PLACES]]
        if all(at in known for at in wanted):
            return replace(self, places=tuple(known[at] for at in wanted))
        middle, small = small_pictures(image)
        brightness = float(middle.mean())
        places = tuple(known.get(at) or _place(small, (width, height), at, brightness) for at in wanted)
        return replace(self, places=places)

    def scaled_to(self, width: int, height: int) -> Remembered:
        """Return the same for pictures of another size and the same shape.

        Raises InputError where the shape is another: what lies where is then not known.
        """
        if (width, height) == (self.width, self.height):
            return self
        if not self.has_shape(width, height):
            raise InputError(
                f"{width}x{height}: another shape than the remembered picture's {self.width}x{self.height}"
            )
        size = thumbnail_size(width, height)
        small = _resized(self.small, size)
        places = tuple(
            replace(
                place,
                u_px=(place.u_px + 0.5) * width / self.width - 0.5,
                v_px=(place.v_px + 0.5) * height / self.height - 0.5,
            )
            for place in self.places
        )
        return replace(self, width=width, height=height, thumbnail=small.tobytes(), places=places)

    def has_shape(self, width: int, height: int) -> bool:
        """Whether pictures of this size show the same, larger or smaller."""
        return min(width, height) >= 1 and abs(width * self.height / (height * self.width) - 1) <= _SHAPE_TOLERANCE

    @property
    def small(self) -> Grey:
        """The thumbnail, uint8, (h, w)."""
        w, h = thumbnail_size(self.width, self.height)
        return np.frombuffer(self.thumbnail, np.uint8).reshape(h, w)

    def to_plain(self) -> dict[str, object]:
        """Return it as numbers and base64 strings, for JSON."""
        return {
            "version": VERSION,
            "width": self.width,
            "height": self.height,
            "looks": {f.name: float(getattr(self.looks, f.name)) for f in fields(Looks)},
            "thumbnail": base64.b64encode(self.thumbnail).decode("ascii"),
            "places": [
                {
                    "u_px": place.u_px,
                    "v_px": place.v_px,
                    "brightness": place.brightness,
                    "patch": base64.b64encode(place.patch).decode("ascii"),
                }
                for place in self.places
            ],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Remembered:
        """Read what `to_plain` wrote. Raises InputError for anything else: a file is never trusted."""
        _mapping(plain, "what was remembered of the picture")
        if plain.get("version") != VERSION:
            raise InputError(f"the remembered picture has version {plain.get('version')!r}: {VERSION} is known here")
        width, height = (_whole(plain, key, 1, _MOST_SIDE_PX) for key in ("width", "height"))
        raw_looks = _mapping(plain.get("looks"), "looks")
        found = Looks(**{f.name: _number(raw_looks, f.name, 0, _GREATEST[f.name]) for f in fields(Looks)})
        w, h = thumbnail_size(width, height)
        raw_places = plain.get("places")
        if not isinstance(raw_places, list) or len(raw_places) > MOST_PLACES:
            raise InputError(f"the remembered picture's places must be a list of at most {MOST_PLACES}")
        return cls(width, height, found, _bytes(plain, "thumbnail", w * h), tuple(map(_read_place, raw_places)))


_SHAPE_TOLERANCE = 0.01
_GREATEST = {f.name: 1.0 if f.name in ("clipped", "sharpness", "softer", "edges") else 255.0 for f in fields(Looks)}


def patch_at(small: Grey, centre: tuple[float, float], side: int = PATCH_SIDE) -> Grey:
    """Return (side, side) of the thumbnail about a point of it (column, row); borders are repeated."""
    u, v = round(centre[0]), round(centre[1])
    height, width = small.shape
    rows = np.clip(np.arange(v - side // 2, v + side // 2 + 1), 0, height - 1)
    columns = np.clip(np.arange(u - side // 2, u + side // 2 + 1), 0, width - 1)
    return small[np.ix_(rows, columns)]


def _place(small: Grey, size: tuple[int, int], at: tuple[float, float], brightness: float) -> Place:
    u_px, v_px = float(at[0]), float(at[1])
    width, height = size
    if not (-1 <= u_px <= width and -1 <= v_px <= height):
        raise InputError(f"{u_px:g},{v_px:g} lies outside the picture of {width}x{height}")
    h, w = small.shape
    centre = ((u_px + 0.5) * w / width - 0.5, (v_px + 0.5) * h / height - 0.5)
    return Place(u_px, v_px, patch_at(small, centre).tobytes(), brightness)


def _resized(small: Grey, size: tuple[int, int]) -> Grey:
    import cv2

    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _read_place(plain: object) -> Place:
    place = _mapping(plain, "a place")
    return Place(
        _number(place, "u_px", -1, _MOST_SIDE_PX),
        _number(place, "v_px", -1, _MOST_SIDE_PX),
        _bytes(place, "patch", PATCH_SIDE * PATCH_SIDE),
        _number(place, "brightness", 0, 255),
    )


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InputError(f"{name} must be a table of numbers and texts")
    return value


def _number(plain: Mapping[str, object], key: str, least: float, greatest: float) -> float:
    value = plain.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"the remembered picture's {key} must be a number")
    if not least <= value <= greatest:  # a NaN is neither
        raise InputError(f"the remembered picture's {key} must lie between {least:g} and {greatest:g}")
    return float(value)


def _whole(plain: Mapping[str, object], key: str, least: int, greatest: int) -> int:
    value = plain.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= greatest:
        raise InputError(f"the remembered picture's {key} must be a whole number between {least} and {greatest}")
    return value


def _bytes(plain: Mapping[str, object], key: str, length: int) -> bytes:
    value = plain.get(key)
    if not isinstance(value, str) or len(value) != 4 * math.ceil(length / 3):
        raise InputError(f"the remembered picture's {key} must be {length} bytes in base64")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"the remembered picture's {key} is no base64") from error
    if len(data) != length:
        raise InputError(f"the remembered picture's {key} must be {length} bytes in base64")
    return data
