"""What somebody says of the floor: its height and the camera's pitch, its height alone, or that the map shows it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tui.calibration.units import DistanceUnit, format_distance, parse_measurement
from tui.calibration.written import plain
from tui.errors import InputError
from tui.geometry.known import PITCH_SIGMA_RAD
from tui.geometry.plane import floor_of
from tui.storage.camera_text import parse_angle

_HEIGHT_AND_ANGLE = re.compile(
    r"(.+?)\s*(?:@|[,;]?\s)\s*([^\s@]+(?:\s*(?:deg|degrees|°|rad))?(?:\s*(?:±|\+\s*/?\s*-)[^@]+)?)", re.IGNORECASE
)
"""A height, and an angle after @ or a blank."""
_BY_MAP = "map"
_FIT, _OFF = {"fit", "fitted", _BY_MAP}, {"off", "none"}
_PLUS_MINUS = re.compile(r"±|\+\s*/?\s*-")
_LEAST_SIGMA_RAD, _MOST_SIGMA_RAD = math.radians(0.01), math.radians(30.0)
FORM = "write fit, the camera's height such as 1.5m, or height and angle down such as 1.5m 20deg; off forgets it"


@dataclass(frozen=True, slots=True)
class GivenFloor:
    """The floor as it was stated; what is None the map has to tell."""

    height_m: float | None = None
    """Of the camera above it."""
    height_sigma_m: float = 0.0
    pitch_rad: float | None = None
    """How far the camera looks down from the horizontal; its horizon is then level, too."""
    pitch_sigma_rad: float | None = None
    """One standard deviation of that, where it was stated; None: as a phone's level has it."""

    @property
    def tilt_sigma_rad(self) -> float:
        """One standard deviation of a pitch that was given."""
        return PITCH_SIGMA_RAD if self.pitch_sigma_rad is None else self.pitch_sigma_rad

    @property
    def text(self) -> str:
        """As it is typed, to the last digit."""
        if self.height_m is None:
            return "fit"
        pitch = "" if self.pitch_rad is None else f"@{math.degrees(self.pitch_rad):.10f}deg"
        if self.pitch_sigma_rad is not None:
            pitch += f"±{math.degrees(self.pitch_sigma_rad):.10f}deg"
        return f"{self.height_m:.10f}m±{self.height_sigma_m:.12f}m{pitch}"

    def __str__(self) -> str:
        if self.height_m is None:
            return "fitted to the map"
        height = format_distance(self.height_m, DistanceUnit.METRES)
        if self.pitch_rad is None:
            return f"{height} below the camera, its tilt fitted to the map"
        return f"{height} below the camera, which looks down by {math.degrees(self.pitch_rad):.3g} degrees"


def height_and_pitch(text: str) -> GivenFloor:
    """From `1.5m 20deg` or `1.5m@20deg±2deg`; from `1.5m map` the height alone, and the map tells the pitch.

    Raises:
        InputError: it is not a height and an angle, or no camera's.
    """
    match = _HEIGHT_AND_ANGLE.fullmatch(plain(text))
    if match is None:
        raise InputError(f"'{text}': write the camera's height and how far it looks down, as in 1.5m 20deg or 1.5m map")
    height_m, sigma_m = parse_measurement(match[1])
    if match[2].strip().lower() == _BY_MAP:
        return GivenFloor(height_m, sigma_m)
    pitch_rad, pitch_sigma_rad = parse_pitch(match[2], "pitch")
    floor_of(height_m, pitch_rad, sigma_m)
    return GivenFloor(height_m, sigma_m, pitch_rad, pitch_sigma_rad)


def parse_pitch(text: str, what: str) -> tuple[float, float | None]:
    """Radians, and one standard deviation where it is stated, from `20deg` or `20deg±2deg`.

    Raises:
        InputError: names `what` and shows the form.
    """
    parts = _PLUS_MINUS.split(plain(text), maxsplit=1)
    pitch_rad = parse_angle(parts[0], what)
    if len(parts) == 1:
        return pitch_rad, None
    sigma_rad = parse_angle(parts[1], what)
    if not _LEAST_SIGMA_RAD <= sigma_rad <= _MOST_SIGMA_RAD:
        raise InputError(f"{what} '{text}': its uncertainty must be between 0.01 and 30 degrees, as in 20deg±2deg")
    return pitch_rad, sigma_rad


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
