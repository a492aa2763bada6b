"""A newcomer judged before it is taken: is it about as far as is expected where it was measured?"""

from __future__ import annotations

from dataclasses import dataclass

from tui.calibration.context import MapContext
from tui.calibration.judged import NEARER
from tui.calibration.reading import read
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.units import format_distance
from tui.calibration.usual import Usual
from tui.geometry.sampling import Sample

FACTOR = 4.0
"""From which a distance that is so many times too large or too small is asked back."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a distance is likely to be, before it is taken."""

    distance_m: float
    says: str
    """Who says so: 'the others say', 'the model says'."""
    nearer: float = FACTOR
    """From so many times nearer on it is asked back; `FACTOR` is for farther."""


def expected_at(
    calibration: Calibration | None, sample: Sample, pixel: tuple[int, int], context: MapContext | None
) -> Expected | None:
    """What others give there, else what the model's own values stand for; None where neither says anything.

    Args:
        calibration: made without the newcomer; None if there is nothing to make one from.
        sample: of the map at the newcomer's pixel.
        pixel: (column, row).
        context: of the map.
    """
    if calibration is not None and calibration.kind is not CalibrationKind.METRIC:
        distance_m = read(calibration, sample, pixel, context).distance_m
        says = "scale and shift say" if calibration.kind is CalibrationKind.TYPED else "the others say"
        return None if distance_m is None else Expected(distance_m, says)
    usual = None if context is None else context.usual
    distance_m = None if usual is None else usual.distance_m(sample.value)
    return None if distance_m is None else Expected(distance_m, "the model says", NEARER)


def question(distance_m: float, expected: Expected | None, usual: Usual | None) -> str:
    """Why a distance should be looked at again; empty if it is as expected.

    Args:
        distance_m: of the newcomer.
        expected: there.
        usual: for this network.
    """
    if expected is not None and not 1 / expected.nearer < distance_m / expected.distance_m < FACTOR:
        return f"{expected.says} about {format_distance(expected.distance_m)} here; {in_full(distance_m)}?"
    if usual is not None and usual.range_m is not None:
        nearest_m, farthest_m = usual.range_m
        if not nearest_m / 2 <= distance_m <= farthest_m * 2:
            return f"this model is for {nearest_m:g} - {farthest_m:g} m; {in_full(distance_m)}?"
    return ""


def in_full(distance_m: float) -> str:
    """A distance as it was understood, with all the digits that matter: '246 m', '0.123 m'."""
    return f"{distance_m:.4g} m"
