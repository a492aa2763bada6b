"""Distances judged together, once they are fitted.

All references scaled alike, such as feet typed as metres, fit a map as well as true ones do. What can tell is what
such a network's values usually stand for, and references that did not come from a tape.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.calibration.kernel import Kernel
from tui.calibration.kriging import Problem, solve
from tui.calibration.mistakes import guess
from tui.calibration.reference import ReferenceSample
from tui.calibration.units import format_distance
from tui.calibration.usual import Usual

FARTHER = 2.0
"""Times as far as usual, all references together: no picture of NYU's training blocks is, nor of the recordings that
the networks never saw; feet for metres are 3.28 times."""

NEARER = 12.0
"""The same for too near: a table top at 0.4 m is taken for a room of 2.5 m."""

_OTHER_KIND = 1.8
"""Times that typed distances differ from those of markers, floor and known lengths; their common errors are less."""

_TAPE = "tape"

_UNITS = ((1000.0, "millimetres"), (100.0, "centimetres"), (39.37, "inches"), (3.281, "feet"))


def apart(distance_m: float, others_m: float) -> str:
    """'off by 34 % from what the others say', '10 times what the others say', '1/3.3 of what the others say'."""
    ratio = distance_m / others_m
    if ratio >= 2:
        return f"{ratio:.2g} times what the others say" if ratio < 9.5 else f"{ratio:.0f} times what the others say"
    if ratio <= 0.5:
        return (
            f"1/{1 / ratio:.2g} of what the others say"
            if ratio > 1 / 9.5
            else f"1/{1 / ratio:.0f} of what the others say"
        )
    return f"off by {100 * abs(ratio - 1):.0f} % from what the others say"


def which_is_wrong(suspects: Sequence[ReferenceSample]) -> tuple[str, ...]:
    """One of these is a mistake; a single one may be one."""
    if not suspects:
        return ()
    if len(suspects) == 1:
        return (f"{suspects[0].reference} may be wrong; measure it again, or a further one",)
    names = " or ".join(str(each.reference) for each in suspects)
    return (f"{names} must be wrong; a further reference tells which",)


def unusual(kept: Sequence[ReferenceSample], usual: Usual | None) -> tuple[str, ...]:
    """Why the references together should be doubted: everything is far from how far away things usually are."""
    value = np.array([each.sample.value for each in kept])
    distance_m = np.array([each.reference.distance_m for each in kept])
    if usual is None or not (value > 0).all():
        return ()
    times, middle_m = float(np.median(distance_m * value)) / usual.typical_m, float(np.median(distance_m))
    nearest_m, farthest_m = usual.range_m or (0.0, math.inf)
    beyond = middle_m > farthest_m or middle_m < nearest_m / 2
    if 1 / NEARER < times < FARTHER and not beyond:
        return ()
    unit = _unit_of(times)
    guess = f"are these {unit}?" if unit else "is this the right unit?"
    if beyond:
        why = f"this model is for {nearest_m:g} - {farthest_m:g} m"
    else:
        why = (
            f"{times:.2g} times what the model expects" if times > 1 else f"1/{1 / times:.2g} of what the model expects"
        )
    return (f"everything here would be about {format_distance(middle_m)} away, {why}: {guess}",)


def doubts_of(samples: Sequence[ReferenceSample], problem: Problem, kernel: Kernel) -> tuple[str, ...]:
    """Why typed distances should be doubted: those that come from markers, floor and known lengths say otherwise."""
    typed = np.array([each.reference.label == _TAPE for each in samples])
    if typed.all() or not typed.any():
        return ()
    others = problem.of(~typed)
    curve = solve(others, kernel, guess(others)).curve
    off = curve.log_inverse(problem.value[typed]) - problem.target[typed]
    times = math.exp(float(np.median(off)))
    if 1 / _OTHER_KIND < times < _OTHER_KIND:
        return ()
    unit = _unit_of(times)
    asked = f": are they {unit}?" if unit else ""
    words = f"{times:.2g} times" if times > 1 else f"1/{1 / times:.2g} of"
    names = sorted({each.reference.label for each, own in zip(samples, typed.tolist(), strict=True) if not own})
    return (f"typed distances are {words} what {', '.join(names)} say{asked}",)


def _unit_of(times: float) -> str:
    """The unit that was meant, if distances were typed as metres and are so many times too large; empty if none is."""
    nearest, unit = min(_UNITS, key=lambda each: abs(math.log(times / each[0])))
    return unit if abs(math.log(times / nearest)) < math.log(1.7) else ""
