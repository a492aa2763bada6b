"""The floor as it is written on the command line: places on it, the camera's height, and what tells its pitch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.calibration.written import plain
from tui.cli.camera_options import Pixel, parse_pair
from tui.cli.exits import complain
from tui.cli.parse import parse_pixel
from tui.errors import InputError
from tui.geometry.floor_pitch import floor_by
from tui.geometry.floor_witness import Apart, Standing, Taped, Twice, Witness
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance
from tui.geometry.sampling import check_pixel
from tui.instrument.floor_answer import looks, of_given
from tui.instrument.given_floor import GivenFloor, parse_pitch
from tui.instrument.known import of_known
from tui.instrument.map_floor import tilt_of_map
from tui.pipeline.inference import DepthResult

_BY_MAP = "map"
_NEXT = re.compile(r"\+(?=\s*-?[0-9]+\s*,)")
"""Between two witnesses: a plus before a pixel, not one before a sigma."""
_FORM = (
    "write it as X,Y=HEIGHT@PITCH, the camera's height and how far it looks down, such as --floor 320,400=1.5m@20deg; "
    "or what tells the pitch: 1.5m@map, the plane of the map; 1.5m@X,Y:X,Y=1.2m, foot and top of a thing that stands "
    "there; 1.5m@X,Y=3.4m, another place on the floor; 1.5m@X,Y..X,Y=2m, two places on it so far apart; "
    "1.5m@X,Y:X,Y:X,Y:X,Y, foot and top of one thing at two places; several of these with a + between"
)


@dataclass(frozen=True, slots=True)
class AskedFloor:
    """One `--floor`."""

    text: str
    places_px: tuple[Pixel, ...]
    height_m: float
    height_sigma_m: float
    pitch: tuple[float, float | None] | None
    """Radians, and one standard deviation where it was given."""
    witnesses: tuple[Witness, ...]
    """What tells the pitch instead; with neither the map does."""

    @classmethod
    def of(cls, text: str) -> AskedFloor:
        """From `320,400=1.5m@20deg`, or with what tells the pitch.

        Raises:
            InputError: shows the form.
        """
        places, equals, rest = text.partition("=")
        height, at, pitch = rest.partition("@")
        if not (equals and at):
            raise InputError(f"--floor '{text}': {_FORM}")
        height_m, sigma_m = _measured(height, text)
        places_px = tuple(parse_pixel(each, "--floor") for each in places.split(":"))
        if plain(pitch).strip().lower() == _BY_MAP:
            return cls(text, places_px, height_m, sigma_m, None, ())
        if "=" in pitch or ":" in pitch:
            return cls(
                text, places_px, height_m, sigma_m, None, tuple(_witness(each, text) for each in _NEXT.split(pitch))
            )
        return cls(text, places_px, height_m, sigma_m, parse_pitch(pitch, "--floor"), ())

    @property
    def by_map(self) -> bool:
        """Whether the map tells its pitch."""
        return self.pitch is None and not self.witnesses

    def check(self, width: int, height: int) -> None:
        """Whether all its pixels are in a picture.

        Raises:
            InputError: one is not.
        """
        picked = (pixel for each in self.witnesses for pixel in each.pixels)
        for u_px, v_px in (*self.places_px, *picked):
            try:
                check_pixel(round(u_px), round(v_px), width, height)
            except InputError as error:
                raise InputError(f"--floor '{self.text}': {error}") from error

    def seen(self, camera: Intrinsics) -> tuple[tuple[KnownDistance, ...], GivenFloor]:
        """The distances of its places, and the floor; its pitch is told by what stands there, or was given.

        Raises:
            InputError: nothing follows from it.
        """
        height = self.height_m, self.height_sigma_m
        try:
            if self.pitch is not None:
                given = GivenFloor(*height, *self.pitch)
                return tuple(of_given(camera, each, given) for each in self.places_px), given
            found = floor_by(camera, self.places_px, height, self.witnesses)
        except InputError as error:
            raise InputError(f"--floor '{self.text}': {error}") from error
        return found.distances, GivenFloor(*height, found.pitch_rad, found.pitch_sigma_rad)


def floors_told(texts: Sequence[str], camera: Intrinsics, size: tuple[int, int]) -> list[KnownDistance]:
    """What every `--floor` tells without a map, those left out that need one; says what the pitch was found to be.

    Args:
        texts: of `--floor`.
        camera: of the picture.
        size: of the picture, (width, height).

    Raises:
        InputError: one cannot be used, whether or not it needs a map.
    """
    found: list[KnownDistance] = []
    for asked in [AskedFloor.of(text) for text in texts]:
        asked.check(*size)
        if asked.by_map:
            continue
        distances, given = asked.seen(camera)
        found += distances
        if asked.witnesses:
            assert given.pitch_rad is not None  # noqa: S101 - they told it
            how = looks(given.pitch_rad, given.tilt_sigma_rad)
            complain(f"--floor {asked.text}: the camera {how}, by what stands or lies on the floor")
    return found


def floors_of_map(texts: Sequence[str], camera: Intrinsics | None, result: DepthResult) -> list[Reference]:
    """What every `--floor` tells whose pitch the map has; says what it was found to be.

    Raises:
        InputError: the map does not have it, and why.
    """
    found: list[Reference] = []
    for asked in [AskedFloor.of(text) for text in texts]:
        if not asked.by_map or camera is None:
            continue
        try:
            tilt = tilt_of_map(result.inverse_depth, result.identity.kind, camera, asked.places_px)
            distances = tilt.distances(camera, asked.places_px, asked.height_m, asked.height_sigma_m)
        except InputError as error:
            raise InputError(f"--floor '{asked.text}': {error}") from error
        complain(f"--floor {asked.text}: the camera {tilt}")
        found += map(of_known, distances)
    return found


def floor_given(text: str, camera: Intrinsics) -> GivenFloor:
    """The floor that a `--floor` tells, for heights above it; how it is tilted may be the map's to tell.

    Raises:
        InputError: it cannot be used.
    """
    asked = AskedFloor.of(text)
    return GivenFloor(asked.height_m, asked.height_sigma_m) if asked.by_map else asked.seen(camera)[1]


def _witness(text: str, whole: str) -> Witness:
    """What tells the pitch."""
    place, equals, known = text.partition("=")
    if not equals:
        pixels = tuple(parse_pixel(each, "--floor") for each in place.split(":"))
        if len(pixels) != 4:
            raise InputError(f"--floor '{whole}': {_FORM}")
        return Twice((pixels[0], pixels[2]), (pixels[1], pixels[3]))
    known_m, sigma_m = _measured(known, whole)
    if ".." in place:
        return Apart(*parse_pair(place.replace("..", ":", 1), "--floor"), known_m, sigma_m)
    if ":" in place:
        return Standing(*parse_pair(place, "--floor"), known_m, sigma_m)
    return Taped(parse_pixel(place, "--floor"), known_m, sigma_m)


def _measured(text: str, whole: str) -> tuple[float, float]:
    try:
        return parse_measurement(text)
    except InputError as error:
        raise InputError(f"--floor '{whole}': {error}") from error
