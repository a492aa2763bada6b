"""A profile and a map with values known beforehand."""

from __future__ import annotations

import numpy as np

from tui.calibration.fit import fit
from tui.calibration.reference import Reference, ReferenceSample
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import Sample
from tui.storage.profiles import Profile


def kitchen(name: str = "kitchen-bench") -> Profile:
    references = (
        ReferenceSample(Reference(88, 301, 0.8, 0.008), Sample(0.573, 0.004, 25)),
        ReferenceSample(Reference(310.5, 210.25, 1.52, 0.02, "marker 7"), Sample(0.281, 0.002, 9)),
    )
    return Profile(
        name=name,
        model_name="pocket",
        model_sha256="ab" * 32,
        width=640,
        height=480,
        camera="camera 0",
        created="2026-03-01T12:00:00+01:00",
        window_px=5,
        references=references,
        calibration=fit(references),
    )


def slope(height: int = 12, width: int = 20) -> FloatMap:
    """Grows to the right and a little downwards, with a hole and an infinity."""
    rows, columns = np.mgrid[:height, :width]
    values: FloatMap = (0.25 + 0.03 * columns + 0.001 * rows).astype(np.float32)
    values[2, 3] = np.nan
    values[4, 5] = np.inf
    return values
