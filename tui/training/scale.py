"""What a network's values usually stand for: `typical_m` of its card, and what feet for metres would look like."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.calibration.judged import FARTHER
from tui.evaluation.metrics import Estimate, known_pixels
from tui.evaluation.rgbd import RgbdFrame

_FEET = 3.28084


def typical_scale(frames: Sequence[RgbdFrame], estimate: Estimate) -> dict[str, float]:
    """Distance times value, its median over each picture, over the pictures.

    Args:
        frames: pictures with true depth.
        estimate: the network.

    Returns:
        `typical_m`, the median; `sigma`, one standard deviation of its logarithm; and the shares of pictures in which
        distances as they are, and feet taken for metres, would be called farther than usual.
    """
    medians = []
    for frame in frames:
        image, depth_m = frame.load()
        inverse_depth = estimate(image)
        known = known_pixels(depth_m) & np.isfinite(inverse_depth) & (inverse_depth > 0)
        if known.any():
            medians.append(float(np.median(np.log(depth_m[known] * inverse_depth[known]))))
    ratio = np.array(medians)
    middle = float(np.median(ratio))
    return {
        "pictures": float(ratio.size),
        "typical_m": round(math.exp(middle), 3),
        "sigma": round(float(ratio.std()), 3),
        "honest_doubted": round(float(np.mean(ratio - middle >= math.log(FARTHER))), 4),
        "feet_noticed": round(float(np.mean(ratio - middle + math.log(_FEET) >= math.log(FARTHER))), 4),
    }
