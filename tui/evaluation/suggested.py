"""References where the program itself would have them measured, on a picture with true depth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.calibration.beliefs import Beliefs
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.suggest import suggest
from tui.errors import InputError
from tui.evaluation.metrics import known_pixels
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_median


def measured_where_suggested(
    inverse_depth: FloatMap,
    depth_m: NDArray[np.float32],
    context: MapContext,
    beliefs: Beliefs,
    most: int,
    *,
    sigma: float,
    window_px: int,
) -> tuple[ReferenceSample, ...]:
    """The places proposed, each given with its true distance, in their order.

    They are asked for as somebody would: one, then one more, then as many again as are measured. A place whose depth
    is not known cannot be measured, and another one is asked for.

    Args:
        inverse_depth: the network's map, float32, (H, W).
        depth_m: true depth, (H, W), 0 where unknown.
        context: of the map.
        beliefs: in such maps.
        most: how many.
        sigma: relative standard deviation that each is given with.
        window_px: in which each is sampled.

    Returns:
        Fewer where the picture has no more places.
    """
    known = known_pixels(depth_m)
    measured: list[ReferenceSample] = []
    passed: list[tuple[int, int]] = []
    while len(measured) < most:
        wanted = min(max(1, len(measured)), most - len(measured))
        avoid = [*passed, *(each.reference.pixel for each in measured)]
        calibration = _calibration(measured, beliefs, context)
        found = suggest(inverse_depth, calibration, beliefs, wanted, window_px=window_px, avoid=avoid)
        if not found:
            break
        for u_px, v_px in (each.pixel for each in found):
            if not known[v_px, u_px]:
                passed.append((u_px, v_px))
                continue
            true_m = float(depth_m[v_px, u_px])
            sample = sample_median(inverse_depth, u_px, v_px, window_px)
            measured.append(ReferenceSample(Reference(u_px, v_px, true_m, sigma * true_m), sample))
    return tuple(measured)


def _calibration(measured: list[ReferenceSample], beliefs: Beliefs, context: MapContext) -> Calibration | None:
    try:
        return fit(measured, beliefs, context) if measured else None
    except InputError:  # they contradict each other: the places are proposed as if there were none
        return None
