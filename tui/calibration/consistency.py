"""Which references of a frame still deviate from the common fit as they have always done."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.calibration.context import MapContext
from tui.calibration.kriging import all_pairs
from tui.calibration.outliers import FEWEST
from tui.calibration.reference import ReferenceSample
from tui.calibration.result import Calibration
from tui.geometry.arrays import Vector

_GATE = 0.18
"""Of ln(1/z): how far a reference's deviation may be from its usual one; a network's flicker is a few percent."""

_JUMP = 0.35
"""With fewer than four references: of ln(1/z), from which one that jumps while another stays is set aside."""

_STILL = 0.12


def consistent(
    samples: Sequence[ReferenceSample],
    biases: Sequence[float | None],
    last: Calibration | None,
    context: MapContext | None,
) -> list[bool]:
    """For each reference whether it agrees; one that was never seen before does.

    From four known references on each is judged by the others of the same frame, whatever the network did to scale
    and shift in between. With fewer, one that jumps away from the last fit while another stays is the one.

    Args:
        samples: of this frame.
        biases: usual deviation of ln(1/z) of each, None for a new one.
        last: the fit of the frame before.
        context: of this frame's map.
    """
    agree = [True] * len(samples)
    known = [place for place, bias in enumerate(biases) if bias is not None]
    if len(known) < 2:
        return agree
    bias = np.array([biases[place] or 0.0 for place in known])
    if len(known) >= FEWEST:
        for place, good in zip(known, _consensus([samples[place] for place in known], bias), strict=True):
            agree[place] = good
        return agree
    jumps = _jumps_from(last, [samples[place] for place in known], bias, context)
    if min(jumps) < _STILL:
        for place, jump in zip(known, jumps, strict=True):
            agree[place] = jump < _JUMP
    return agree


def _consensus(samples: Sequence[ReferenceSample], bias: Vector) -> list[bool]:
    """Who agrees with the scale and shift that most agree with; all, if that is not the majority.

    Exhaustive pairs with a bounded squared error (MSAC; Torr and Zisserman, CVIU 2000), refined once by least squares.
    """
    value = np.array([each.sample.value for each in samples])
    inverse = np.exp(-np.log([each.reference.distance_m for each in samples]) - bias)
    one, other = all_pairs(value.size)
    apart = value[one] - value[other]
    rise = inverse[one] - inverse[other]
    rising = rise * apart > 0
    if not rising.any():
        return [True] * value.size
    scale = rise[rising] / apart[rising]
    shift = inverse[one][rising] - scale * value[one][rising]
    cost = np.minimum(_deviation(scale[:, None], shift[:, None], value, inverse), _GATE) ** 2
    best = int(np.argmin(cost.sum(axis=1)))
    of_best = _deviation(scale[best], shift[best], value, inverse)
    good = of_best < _GATE
    design = np.column_stack([value / inverse, 1.0 / inverse])[good]
    (fine_scale, fine_shift), *_ = np.linalg.lstsq(design, np.ones(len(design)), rcond=None)
    refined = _deviation(fine_scale, fine_shift, value, inverse)
    if fine_scale > 0 and np.sum(np.minimum(refined, _GATE) ** 2) < np.sum(np.minimum(of_best, _GATE) ** 2):
        good = refined < _GATE
    if 2 * int(good.sum()) <= value.size:
        return [True] * value.size
    agreeing: list[bool] = good.tolist()
    return agreeing


def _deviation(scale: Vector | float, shift: Vector | float, value: Vector, inverse: Vector) -> Vector:
    """|ln| of fitted over measured 1/z; large where there is none."""
    deviation: Vector = np.abs(np.log(np.maximum((scale * value + shift) / inverse, 1e-6)))
    return deviation


def _jumps_from(
    last: Calibration | None, samples: Sequence[ReferenceSample], bias: Vector, context: MapContext | None
) -> list[float]:
    """How far each lies from where the last fit, carried over to this map's range, has it."""
    if last is None or last.posterior is None or last.context is None or context is None:
        return [0.0] * len(samples)
    width = context.high - context.low
    if width <= 0:
        return [0.0] * len(samples)
    stretch = (last.context.high - last.context.low) / width
    value = np.array([last.context.low + stretch * (each.sample.value - context.low) for each in samples])
    target = -np.log([each.reference.distance_m for each in samples])
    jumps: list[float] = np.abs(target - bias - last.posterior.model.curve.log_inverse(value)).tolist()
    return jumps
