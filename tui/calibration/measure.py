"""From one map to readings: what the command line and the app both do with a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.context import map_context
from tui.calibration.fit import fit
from tui.calibration.reading import Reading, read
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.unverified import unverified
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import Sample, check_pixel, sample_median, sample_medians


@dataclass(frozen=True, slots=True)
class PointReading:
    """A reading and the pixel it was taken at."""

    u_px: int
    v_px: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one map says at the pixels that were asked for."""

    calibration: Calibration | None
    readings: tuple[PointReading, ...]
    """One a query, in the order in which they were asked."""


def measure_map(
    inverse_depth: FloatMap,
    references: Sequence[Reference],
    queries: Sequence[tuple[int, int]],
    window_px: int = 5,
    calibration: Calibration | None = None,
    beliefs: Beliefs = NETWORK,
) -> Measurement:
    """Fit the references seen on this map and read the queries with the result.

    Args:
        inverse_depth: float32, shape (H, W).
        references: if there are none, `calibration` is used, or without one a metric network's own metres.
        queries: pixels, (column, row).
        window_px: odd side of the window that each pixel is sampled in.
        calibration: from a profile or typed in.
        beliefs: what is known of this sort of map beforehand.

    Raises:
        InputError: a pixel outside the map, a reference where the map has no value, a bad window; and
            `DegenerateReferences`.
    """
    context = map_context(inverse_depth)
    if references:
        calibration = fit(sample_references(inverse_depth, references, window_px), beliefs, context)
    elif calibration is None:
        calibration = unverified(beliefs)
    readings = []
    for u_px, v_px in queries:
        sample = sample_or_none(inverse_depth, u_px, v_px, window_px)
        readings.append(PointReading(u_px, v_px, read(calibration, sample, (u_px, v_px), context)))
    return Measurement(calibration, tuple(readings))


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


def sample_or_none(inverse_depth: FloatMap, u_px: int, v_px: int, window_px: int = 5) -> Sample | None:
    """`sample_median`, but None where the map has no finite value in the window.

    Raises:
        InputError: a pixel outside the map, or a window that is not odd and positive.
    """
    height, width = inverse_depth.shape
    check_pixel(u_px, v_px, width, height)
    half = max(0, window_px // 2)
    patch = inverse_depth[max(0, v_px - half) : v_px + half + 1, max(0, u_px - half) : u_px + half + 1]
    if window_px > 0 and window_px % 2 == 1 and not np.isfinite(patch).any():
        return None
    return sample_median(inverse_depth, u_px, v_px, window_px)
