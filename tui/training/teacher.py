"""Knowledge distillation: another network's distances as a second target (Hinton, Vinyals and Dean, 2015).

The teacher sees each training picture whole, upright and mirrored; its relative inverse depth is brought to metres by
the scale and shift that fit the truth best, so a teacher of any kind will do.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tui.depth.estimator import DepthEstimator
from tui.evaluation.metrics import FARTHEST_M, NEAREST_M, align, known_pixels
from tui.training.data import Picture

FEWEST_PIXELS = 1000
"""A picture with less known depth cannot bring the teacher's map to metres, and is not taught."""


def teach(picture: Picture, teacher: DepthEstimator) -> Picture:
    """Return `picture` with what `teacher` says about it."""
    upright = teacher.estimate(picture.image)
    mirrored = teacher.estimate(np.ascontiguousarray(picture.image[:, ::-1]))[:, ::-1]
    relative = (upright + mirrored) / 2
    said = np.isfinite(relative)
    known = said & known_pixels(picture.depth_m)
    if np.count_nonzero(known) < FEWEST_PIXELS:
        return picture
    scale, shift = align(relative[known], picture.depth_m[known])
    inverse = np.clip(scale * relative + shift, 1 / FARTHEST_M, 1 / NEAREST_M)
    return replace(picture, teacher_m=np.where(said, 1 / inverse, 0).astype(np.float32))
