"""What intrinsics add to a measurement: positions in space, and distances between pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.calibration.doubt import judged_between, judged_without
from tui.calibration.figures import Figure, length
from tui.calibration.measure import PointReading
from tui.calibration.place import place_of
from tui.calibration.reading import Reading, log_covariance
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit
from tui.calibration.wording import status_in_words
from tui.cli.output import make_console
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.space import Extent, Located, Position, distance_between, position
from tui.instrument.frame import FrameReading

Pixel = tuple[int, int]
_UNIT = DistanceUnit.METRES


@dataclass(frozen=True, slots=True)
class Span:
    """The straight line between two pixels' points."""

    start: Pixel
    end: Pixel
    extent: Extent | None
    """None where one of them has no distance."""
    judgement: Reading
    """Status and reasons: it is ok only where both ends are."""

    @property
    def plain(self) -> dict[str, object]:
        """Its numbers and what to think of them, as `measure --json` says it."""
        extent = self.extent
        return {
            "distance_m": None if extent is None else extent.value,
            "low_m": None if extent is None else extent.low,
            "high_m": None if extent is None else extent.high,
            "status": self.judgement.status.value,
            "reasons": list(self.judgement.reasons),
        }

    @property
    def figure(self) -> Figure | None:
        """As it is shown; None where there is no distance."""
        return None if self.extent is None else length(self.extent.value, self.extent.low, self.extent.high, _UNIT)


def spans_between(
    pairs: Sequence[tuple[Pixel, Pixel]],
    readings: Sequence[PointReading],
    intrinsics: Intrinsics,
    calibration: Calibration | None = None,
) -> list[Span]:
    """One span a pair; `readings` are those of the pairs' ends, two a pair, and `calibration` is behind them."""
    ends = [_located(point) for point in readings]
    spans = []
    for number, (start, end) in enumerate(pairs):
        first, second = ends[2 * number], ends[2 * number + 1]
        both = [point.reading for point in readings[2 * number : 2 * number + 2]]
        if first is None or second is None:
            spans.append(Span(start, end, None, judged_without(both)))
            continue
        covariance = log_covariance(calibration, both, (start, end))
        extent = distance_between(intrinsics, first, second, covariance)
        judgement = judged_between(both, extent.low, extent.high, intrinsics.caution)
        spans.append(Span(start, end, extent, judgement))
    return spans


def position_of(point: PointReading, intrinsics: Intrinsics) -> Position | None:
    """Where in space a reading is; None where it has no distance, or the lens no known ray."""
    if point.reading.distance_m is None:
        return None
    try:
        return position(intrinsics, point.u_px, point.v_px, point.reading.distance_m)
    except InputError:
        return None


def with_space(
    found: Mapping[str, object],
    readings: Sequence[PointReading],
    spans: Sequence[Span],
    intrinsics: Intrinsics,
    reading: FrameReading,
) -> dict[str, object]:
    """A measurement's report, its readings with `ray_m`, `x_m`, `y_m`, `z_m`, and `intrinsics` and `distances`."""
    from tui.storage.intrinsics import intrinsics_to_plain

    plain = found["readings"]
    assert isinstance(plain, list)  # noqa: S101 - the report's own form
    positions = [position_of(point, intrinsics) for point in readings]
    focal = None if reading.result is None else reading.result.focal
    more = {
        "doubts": list(reading.camera_doubts),
        "seen_focal_px": None if focal is None else focal.found_px,
        "seen_focal_sigma": None if focal is None else focal.sigma,
    }
    return {
        **found,
        "readings": [{**each, **_position(where)} for each, where in zip(plain, positions, strict=True)],
        "intrinsics": {**intrinsics_to_plain(intrinsics), "caution": intrinsics.caution or None, **more},
        "distances": [
            {
                "from": list(span.start),
                "to": list(span.end),
                **span.plain,
            }
            for span in spans
        ],
    }


def show_space(readings: Sequence[PointReading], spans: Sequence[Span], intrinsics: Intrinsics) -> None:
    """Print positions in space, and the distances between pixels."""
    from rich.text import Text

    from tui.cli.table import align

    console = make_console()
    if readings:
        console.print()
        rows = [("pixel", "along the ray", "across", "along", "ahead", "")]
        rows += [(_pixel((each.u_px, each.v_px)), *_place_cells(each, intrinsics), "") for each in readings]
        for line in align(rows):
            console.print(line)
    show_spans(spans)
    console.print()
    source = intrinsics.origin or "intrinsics"
    console.print(Text(f" camera: {source}, focal length {intrinsics.fx_px:.1f} px", "dim"))


def show_spans(spans: Sequence[Span]) -> None:
    """Print the distances between pixels."""
    from tui.cli.table import align

    if not spans:
        return
    console = make_console()
    console.print()
    lines: list[tuple[str, ...]] = [("from", "to", "apart", "95 % interval", "status")]
    for span in spans:
        figure = span.figure
        shown = ("-", "-") if figure is None else (figure.number, figure.interval)
        lines.append((_pixel(span.start), _pixel(span.end), *shown, status_in_words(span.judgement)))
    for line in align(lines):
        console.print(line)


def _place_cells(point: PointReading, intrinsics: Intrinsics) -> tuple[str, str, str, str]:
    """Along the ray, to the right or left, up or down, and ahead."""
    try:
        place = place_of(point.reading, (point.u_px, point.v_px), intrinsics, _UNIT)
    except InputError:  # no ray is known there
        place = None
    if place is None:
        return ("-",) * 4
    across, along = (
        f"{place.across} {'left' if place.left else 'right'}",
        f"{place.along} {'up' if place.up else 'down'}",
    )
    return place.ray, across, along, place.ahead


def _position(where: Position | None) -> dict[str, object]:
    if where is None:
        return {"ray_m": None, "x_m": None, "y_m": None, "z_m": None}
    return {"ray_m": where.ray_m, "x_m": where.x_m, "y_m": where.y_m, "z_m": where.z_m}


def _located(point: PointReading) -> Located | None:
    reading = point.reading
    if reading.distance_m is None or reading.low_m is None:
        return None
    return Located.of_interval(point.u_px, point.v_px, reading.distance_m, reading.low_m, reading.high_m)


def _pixel(pixel: Pixel) -> str:
    return f"({pixel[0]:3}, {pixel[1]:3})"
