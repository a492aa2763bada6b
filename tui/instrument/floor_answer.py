"""Answers that make the floor under the crosshair a reference: its height, and its pitch or what tells it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.calibration.written import plain
from tui.errors import InputError
from tui.geometry.floor_pitch import floor_by
from tui.geometry.floor_witness import Apart, Pixel, Standing, Twice, Witness
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_floor
from tui.instrument.given_floor import GivenFloor, height_and_pitch
from tui.instrument.known import MISSING, of_known
from tui.instrument.map_floor import tilt_of_map
from tui.instrument.measured import Pin
from tui.pipeline.inference import DepthResult

_BY_PINS = re.compile(r"(.+?)[\s@]+(?:(pins|apart)[\s=]*(\S.*)|(twice))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FloorAnswer:
    """What was understood of the floor."""

    reference: Reference
    """At the crosshair."""
    given: GivenFloor
    """For heights above it."""
    told: str = ""
    """'looks down by 12 ± 7 degrees, by ...', where that was not typed."""


def floor_answer(
    camera: Intrinsics | None, at_px: tuple[int, int], pins: tuple[Pin, ...], text: str, result: DepthResult | None
) -> FloorAnswer:
    """The floor that a pixel shows.

    Args:
        camera: that sees it.
        at_px: (column, row) on the floor.
        pins: all that there are.
        text: the camera's height, and how far it looks down, `1.5m 20deg`; or what tells that: `1.5m map`, the plane of
            the map; `1.5m pins 80cm`, the last two pins being foot and top of a thing that stands there; `1.5m apart
            2m`, places on the floor so far from each other; `1.5m twice`, the last four foot and top of one thing at
            two places.
        result: the frame that is shown.

    Raises:
        InputError: no camera, none of these, or it does not tell.
    """
    if match := _BY_PINS.fullmatch(plain(text)):
        return _by_pins(camera, at_px, pins, match)
    given = height_and_pitch(text)
    if camera is None:
        raise InputError(MISSING)
    if given.pitch_rad is not None:
        return FloorAnswer(of_known(of_given(camera, at_px, given)), given)
    if result is None:
        raise InputError("no depth map yet: wait for the model, or press m to choose one")
    assert given.height_m is not None  # noqa: S101 - it has been read
    tilt = tilt_of_map(result.inverse_depth, result.identity.kind, camera, [at_px])
    return FloorAnswer(of_known(tilt.distance(camera, at_px, given.height_m, given.height_sigma_m)), given, str(tilt))


def of_given(camera: Intrinsics, at_px: tuple[int, int], given: GivenFloor) -> KnownDistance:
    """How far a place is on a floor whose height and pitch were given."""
    assert given.height_m is not None  # noqa: S101 - both were
    assert given.pitch_rad is not None  # noqa: S101 - the same
    return distance_of_floor(
        camera,
        at_px,
        given.height_m,
        given.pitch_rad,
        height_sigma_m=given.height_sigma_m,
        pitch_sigma_rad=given.tilt_sigma_rad,
    )


def looks(pitch_rad: float, sigma_rad: float) -> str:
    """'looks down by 12.0 ± 1.3 degrees'."""
    how = "down" if pitch_rad >= 0 else "up"
    return f"looks {how} by {abs(math.degrees(pitch_rad)):.1f} ± {1.96 * math.degrees(sigma_rad):.1f} degrees"


def _by_pins(
    camera: Intrinsics | None, at_px: tuple[int, int], pins: tuple[Pin, ...], match: re.Match[str]
) -> FloorAnswer:
    """The pitch is told by what the last pins are on."""
    count = 4 if match[4] else 2
    if len(pins) < count:
        what = "foot and top at both places" if match[4] else "both ends"
        raise InputError(f"pin {what} first (enter): {count} pins, there are {len(pins)}")
    if camera is None:
        raise InputError(MISSING)
    height = parse_measurement(match[1])
    places: list[Pixel] = [(float(each.u_px), float(each.v_px)) for each in pins[-count:]]
    witness: Witness
    if match[4]:
        witness = Twice((places[0], places[2]), (places[1], places[3]))
    elif match[2].lower() == "apart":
        witness = Apart(places[0], places[1], *parse_measurement(match[3]))
    else:
        witness = Standing(places[0], places[1], *parse_measurement(match[3]))
    seen = floor_by(camera, [at_px], height, [witness])
    given = GivenFloor(*height, seen.pitch_rad, seen.pitch_sigma_rad)
    told = f"{looks(seen.pitch_rad, seen.pitch_sigma_rad)}, by what the pins are on"
    return FloorAnswer(of_known(seen.distances[0]), given, told)
