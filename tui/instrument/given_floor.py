"""What somebody says of the floor: its height and the camera's pitch, its height alone, or that the map shows it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tui.calibration.units import DistanceUnit, format_distance, parse_measurement
from tui.calibration.written import plain
from tui.errors import InputError
from tui.geometry.plane import floor_of
from tui.storage.camera_text import parse_angle

_HEIGHT_AND_ANGLE = re.compile(r"(.+?)\s*(?:@|[,;]?\s)\s*([^\s@]+(?:\s*(?:deg|degrees|°|rad))?)", re.IGNORECASE)
"""A height, and an angle after @ or a blank."""
_FIT, _OFF = {"fit", "fitted", "map"}, {"off", "none"}
FORM = "write fit, the camera's height such as 1.5m, or height and angle down such as 1.5m 20deg; off forgets it"


@dataclass(frozen=True, slots=True)
class GivenFloor:
    """The floor as it was stated; what is None the map has to tell."""

    height_m: float | None = None
    """Of the camera above it."""
    height_sigma_m: float = 0.0
    pitch_rad: float | None = None
    """How far the camera looks down from the horizontal; its horizon is then level, too."""

    @property
    def text(self) -> str:
        """As it is typed, to the last digit."""
        if self.height_m is None:
            return "fit"
        pitch = "" if self.pitch_rad is None else f"@{math.degrees(self.pitch_rad):.10f}deg"
        return f"{self.height_m:.10f}m±{self.height_sigma_m:.12f}m{pitch}"

    def __str__(self) -> str:
        if self.height_m is None:
            return "fitted to the map"
        height = format_distance(self.height_m, DistanceUnit.METRES)
        if self.pitch_rad is None:
            return f"{height} below the camera, its tilt fitted to the map"
        return f"{height} below the camera, which looks down by {math.degrees(self.pitch_rad):.3g} degrees"


def height_and_pitch(text: str) -> GivenFloor:
    """From `1.5m 20deg` or `1.5m@20deg`.

    Raises:
        InputError: it is not a height and an angle, or no camera's.
    """
    match = _HEIGHT_AND_ANGLE.fullmatch(plain(text))
    if match is None:
        raise InputError(f"'{text}': write the camera's height and how far it looks down, as in 1.5m 20deg")
    height_m, sigma_m = parse_measurement(match[1])
    pitch_rad = parse_angle(match[2], "pitch")
    floor_of(height_m, pitch_rad, sigma_m)
    return GivenFloor(height_m, sigma_m, pitch_rad)


def parse_floor(text: str) -> GivenFloor | None:
    """From `fit`, `1.5m`, `1.5m 20deg`; None from `off`.

    Raises:
        InputError: it is none of these.
    """
    word = plain(text).strip().lower()
    if word in _OFF:
        return None
    if word in _FIT:
        return GivenFloor()
    try:
        height_m, sigma_m = parse_measurement(text)
    except InputError as not_alone:
        try:
            return height_and_pitch(text)
        except InputError as error:
            detail = error if _HEIGHT_AND_ANGLE.fullmatch(plain(text)) else not_alone
            raise InputError(f"{detail}; {FORM}") from error
    return GivenFloor(height_m, sigma_m)
