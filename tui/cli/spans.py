"""What `--distance` gives: in space, or in the plane of a `--sheet` where nothing is known of the camera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tui.calibration.measure import PointReading
from tui.calibration.reading import Reading, Status
from tui.cli.asked import Asked
from tui.cli.space import Span, spans_between
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.space import Extent
from tui.instrument.frame import PinReading
from tui.instrument.instrument import Instrument
from tui.targets.in_plane import SheetPlane
from tui.targets.sheet_finder import plane_at

_95 = 1.959963984540054


def spans_of(
    asked: Asked, instrument: Instrument, here: Mapping[int, PinReading], missing: Reading, *, still: bool
) -> Iterator[Span]:
    """One a `--distance`: computed where its ends lie in pictures of the present size, told as it was asked for.

    Args:
        asked: with `pairs`.
        instrument: with a frame.
        here: readings by their pins' numbers.
        missing: what is said of pixels that are not among them.
        still: whether the picture never changes.
    """
    camera = instrument.session.intrinsics
    if asked.sheets and camera is None and instrument.shown is not None:
        yield from _spans_in_plane(asked, instrument.shown.frame.image, still=still)
        return
    for number, pair in enumerate(asked.pairs):
        first = len(asked.queries) + 2 * number + 1
        ends = [
            PointReading(each.pin.u_px, each.pin.v_px, each.reading)
            for each in (here.get(first), here.get(first + 1))
            if each is not None
        ]
        if camera is not None and len(ends) == len(pair):
            between = ((ends[0].u_px, ends[0].v_px), (ends[1].u_px, ends[1].v_px))
            (span,) = spans_between([between], ends, camera, instrument.reading.calibration)
            yield replace(span, start=pair[0], end=pair[1])
        else:
            yield Span(*pair, None, missing)


def _spans_in_plane(asked: Asked, image: RGBImage, *, still: bool) -> Iterator[Span]:
    """One a `--distance`, in the plane of the sheet as this picture shows it.

    Args:
        asked: with one of `sheets`.
        image: RGB, uint8, shape (H, W, 3).
        still: whether corners that were given are of this picture, even where no edges are seen at them.
    """
    try:
        plane, problem = plane_of(asked, image, still=still), ""
    except InputError as error:
        plane, problem = None, str(error)
    name = f"in the plane of {asked.sheets[0].spec}"
    for start, end in asked.pairs:
        found = None if plane is None else plane.length(start, end)
        if found is None:
            words = problem or f"not {name}: beyond its horizon, or too near to it"
            yield Span(start, end, None, Reading(None, None, None, None, Status.UNCALIBRATED, (words,)))
            continue
        reach_m = _95 * found.sigma_m
        extent = Extent(found.length_m, max(0.0, found.length_m - reach_m), found.length_m + reach_m)
        reading = Reading(None, None, None, None, Status.OK, (f"{name}, if both ends lie in it",))
        yield Span(start, end, extent, reading)


def plane_of(asked: Asked, image: RGBImage, *, still: bool) -> SheetPlane:
    """The sheet's plane as this picture shows it.

    Raises:
        InputError: there are several sheets, or it is not seen.
    """
    sheet, *others = asked.sheets
    if others:
        raise InputError("--sheet: without a camera lengths are in one plane; give one sheet, or the camera")
    try:
        return plane_at(image, sheet.spec, sheet.corners_px, still=still)
    except InputError as error:
        raise InputError(f"{sheet}: {error}") from error


def with_distances(found: Mapping[str, object], spans: Sequence[Span]) -> dict[str, object]:
    """A measurement's report with `distances`, as with a camera."""
    return {**found, "distances": [{"from": list(each.start), "to": list(each.end), **each.plain} for each in spans]}
