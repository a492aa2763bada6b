"""What a known floor adds to a measurement: heights above it, and how much higher one end of a distance is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tui.calibration.distance import MapDistances
from tui.calibration.figures import offset
from tui.calibration.measure import PointReading
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import status_in_words
from tui.cli.camera_options import NEEDED
from tui.cli.exits import warn
from tui.cli.floor_options import floor_given
from tui.cli.output import make_console
from tui.errors import InputError
from tui.geometry.space import Extent
from tui.instrument.floor import floor_words, known_floor
from tui.instrument.given_floor import GivenFloor
from tui.instrument.heights import Height, Heights
from tui.instrument.instrument import Instrument

Pixel = tuple[int, int]
_UNIT = DistanceUnit.METRES


def heights_of(instrument: Instrument, floors: Sequence[str], *, fitted: bool) -> Heights | None:
    """Heights in the frame that is shown; None where they were not asked for and no floor was given.

    Args:
        instrument: with its frame.
        floors: of `--floor`, the first of which says where the floor is.
        fitted: whether `--heights` asks for one that is fitted to the map where none is given.

    Raises:
        InputError: the camera is not known, there are no distances, or no floor is to be seen.
    """
    if not floors and not fitted:
        return None
    reading, camera = instrument.reading, instrument.session.intrinsics
    if camera is None:
        raise InputError(f"--heights needs to know the camera: give {NEEDED}")
    if reading.result is None or reading.calibration is None:
        if floors:
            return None
        raise InputError("--heights needs distances: give --reference X,Y=DISTANCE or --profile NAME")
    given = floor_given(floors[0], camera) if floors else GivenFloor()
    distances = MapDistances(reading.result.inverse_depth, reading.calibration)
    try:
        return Heights(reading, camera, known_floor(given, camera, distances))
    except InputError as error:
        if given.height_m is not None and not fitted:  # its reference stands without
            warn(f"no heights above the floor of --floor {floors[0]}: {error}")
            return None
        raise InputError(f"--heights: {error}; --floor X,Y=HEIGHT@PITCH says where it is") from error


def with_heights(
    found: Mapping[str, object], points: Sequence[PointReading], pairs: Sequence[tuple[Pixel, Pixel]], heights: Heights
) -> dict[str, object]:
    """A report with `floor`, and with the height of each reading and the rise of each distance."""
    plain, spans = found["readings"], found.get("distances", [])
    assert isinstance(plain, list)  # noqa: S101 - the report's own form
    assert isinstance(spans, list)  # noqa: S101 - the same
    above = [heights.above((each.u_px, each.v_px), each.reading) for each in points]
    return {
        **found,
        "floor": _floor_plain(heights),
        "readings": [{**each, **_plain("height", height)} for each, height in zip(plain, above, strict=True)],
        "distances": [
            {**each, **_plain("rise", height)} for each, height in zip(spans, rises(heights, pairs), strict=True)
        ],
    }


def rises(heights: Heights, pairs: Sequence[tuple[Pixel, Pixel]]) -> list[Height]:
    """How much higher the second pixel of each pair is than the first."""
    return [heights.between(*((pixel, heights.frame.at(pixel)) for pixel in pair)) for pair in pairs]


def show_heights(points: Sequence[PointReading], pairs: Sequence[tuple[Pixel, Pixel]], heights: Heights) -> None:
    """Print the floor, heights above it, and rises."""
    from rich.text import Text

    from tui.cli.table import align

    console = make_console()
    above = [heights.above((each.u_px, each.v_px), each.reading) for each in points]
    rows: list[tuple[str, ...]] = []
    if points:
        rows = [("pixel", "over the floor", "status")]
        rows += [
            (_pixel((each.u_px, each.v_px)), _figure(height), status_in_words(height.judgement))
            for each, height in zip(points, above, strict=True)
        ]
        console.print()
    for line in align(rows) if rows else []:
        console.print(line)
    if pairs:
        console.print()
        rows = [("from", "to", "higher by", "status")]
        rows += [
            (_pixel(pair[0]), _pixel(pair[1]), _figure(height), status_in_words(height.judgement))
            for pair, height in zip(pairs, rises(heights, pairs), strict=True)
        ]
        for line in align(rows):
            console.print(line)
    console.print()
    console.print(Text(f" {floor_words(heights.known)}{_interval(heights.of_camera())}", "dim"))


def _floor_plain(heights: Heights) -> dict[str, object]:
    floor, extent = heights.known.floor, heights.of_camera()
    return {
        "height_m": floor.height_m,
        "low_m": extent.low,
        "high_m": extent.high,
        "pitch_deg": math.degrees(floor.pitch_rad),
        "roll_deg": math.degrees(floor.roll_rad),
        "stated": str(heights.known.given),
        "doubts": list(heights.known.doubts),
    }


def _plain(name: str, height: Height) -> dict[str, object]:
    extent = height.extent
    return {
        f"{name}_m": None if extent is None else extent.value,
        f"{name}_low_m": None if extent is None else extent.low,
        f"{name}_high_m": None if extent is None else extent.high,
        f"{name}_status": height.judgement.status.value,
        f"{name}_reasons": list(height.judgement.reasons),
    }


def _figure(height: Height) -> str:
    extent = height.extent
    return "-" if extent is None or extent.high is None else offset(extent.value, extent.low, extent.high, _UNIT)


def _interval(extent: Extent) -> str:
    return "" if extent.high is None else f" (95 %: {extent.low:.3g} - {extent.high:.3g} m)"


def _pixel(pixel: Pixel) -> str:
    return f"({pixel[0]:3}, {pixel[1]:3})"
