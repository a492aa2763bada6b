"""From one map to readings: what the command line and the app both do with a frame."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.checks import Check, checks_of, read_at
from tui.calibration.context import MapContext, map_context
from tui.calibration.doubt import judged
from tui.calibration.fit import fit
from tui.calibration.reading import Reading
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.unverified import unverified
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_median, sample_medians, sample_or_none


@dataclass(frozen=True, slots=True)
class PointReading:
    """A reading and the pixel it was taken at."""

    u_px: int
    v_px: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Unseen:
    """A reference that a map says nothing of."""

    reference: Reference
    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one map says at the pixels that were asked for."""

    calibration: Calibration | None
    readings: tuple[PointReading, ...]
    """One a query, in the order in which they were asked."""
    checks: tuple[Check, ...]
    """One a reference behind the calibration: what is read there, and what the others say."""
    set_aside: tuple[Unseen, ...] = ()
    """References that could not be used."""


def measure_map(
    inverse_depth: FloatMap,
    references: Sequence[Reference],
    queries: Sequence[tuple[int, int]],
    window_px: int = 5,
    calibration: Calibration | None = None,
    beliefs: Beliefs = NETWORK,
    *,
    others: bool = True,
) -> Measurement:
    """Fit the references seen on this map and read the queries with the result.

    A reference where the map has no value is set aside, as long as the others determine a calibration.

    Args:
        inverse_depth: float32, shape (H, W).
        references: if there are none, `calibration` is used, or without one a metric network's own metres.
        queries: pixels, (column, row).
        window_px: odd side of the window that each pixel is sampled in.
        calibration: from a profile or typed in.
        beliefs: what is known of this sort of map beforehand.
        others: ask of each reference what the others say, about 0.5 ms for each.

    Raises:
        InputError: a pixel outside the map, no reference with a value, a bad window; and `DegenerateReferences`.
    """
    context = map_context(inverse_depth)
    seen, unseen = seen_references(inverse_depth, references, window_px)
    if references:
        calibration = _fit(seen, unseen, beliefs, context)
    elif calibration is None:
        calibration = unverified(beliefs)
    behind = () if calibration is None else calibration.references
    read = read_at(queries, behind, calibration, inverse_depth, window_px, context)
    at_queries, at_references = read[: len(queries)], read[len(queries) :]
    points = tuple(
        PointReading(*pixel, judged(reading, calibration))
        for pixel, (_, reading) in zip(queries, at_queries, strict=True)
        if reading is not None  # a query lies on the map
    )
    checks = checks_of(calibration, behind, at_references, context, others=others)
    return Measurement(calibration, points, checks, unseen)


def seen_references(
    inverse_depth: FloatMap, references: Sequence[Reference], window_px: int = 5
) -> tuple[list[ReferenceSample], tuple[Unseen, ...]]:
    """The references as this map shows them, and those where it has no value.

    Raises:
        InputError: names the reference that lies outside the map; a bad window.
    """
    try:
        return sample_references(inverse_depth, references, window_px), ()
    except InputError:
        seen, unseen = [], []
    for each in references:
        try:
            sample = sample_or_none(inverse_depth, *each.pixel, window_px)
        except InputError as error:
            raise InputError(f"reference {each}: {error}") from error
        if sample is None:
            unseen.append(Unseen(each, f"the map has no depth there, in a window of {window_px} px"))
        else:
            seen.append(ReferenceSample(each, replace(sample, around=None)))  # as those that are sampled at once
    return seen, tuple(unseen)


def _fit(
    seen: Sequence[ReferenceSample], unseen: Sequence[Unseen], beliefs: Beliefs, context: MapContext | None
) -> Calibration:
    """To those that are seen.

    Raises:
        InputError: they determine nothing; says of the others why they are not among them.
    """
    if not unseen:
        return fit(seen, beliefs, context)
    names = "; ".join(f"reference {each.reference}: {each.reason}" for each in unseen)
    if not seen:
        raise InputError(f"{names}; choose pixels where there is depth")
    try:
        return fit(seen, beliefs, context)
    except InputError as error:
        raise InputError(f"{error} (set aside: {names})") from error


def sample_reference(inverse_depth: FloatMap, reference: Reference, window_px: int = 5) -> ReferenceSample:
    """The reference as this map shows it.

    Raises:
        InputError: names the reference if it lies outside the map or where the map has no value.
    """
    u_px, v_px = reference.pixel
    try:
        return ReferenceSample(reference, sample_median(inverse_depth, u_px, v_px, window_px))
    except InputError as error:
        raise InputError(f"reference {reference}: {error}") from error


def samples_on(inverse_depth: FloatMap, references: Sequence[Reference], window_px: int) -> tuple[ReferenceSample, ...]:
    """Those references that lie on the map, where it has a value."""
    found = []
    for reference in references:
        with contextlib.suppress(InputError):
            found.append(sample_reference(inverse_depth, reference, window_px))
    return tuple(found)


def sample_references(
    inverse_depth: FloatMap, references: Sequence[Reference], window_px: int = 5
) -> list[ReferenceSample]:
    """The references as this map shows them.

    Raises:
        InputError: as `sample_reference`.
    """
    try:
        samples = sample_medians(inverse_depth, [each.pixel for each in references], window_px)
    except InputError:
        return [sample_reference(inverse_depth, each, window_px) for each in references]  # names the one that is wrong
    return [ReferenceSample(each, sample) for each, sample in zip(references, samples, strict=True)]
