"""Knowledge distillation: other networks' distances as a second target (Hinton, Vinyals and Dean, 2015).

The teachers see each sample as the network does, but in its own colours: the same crop, tilt and mirroring, every time
anew (Beyer et al., "Knowledge distillation: a good teacher is patient and consistent", CVPR 2022). Each one's relative
inverse depth is brought to metres by the scale and shift that fit the truth best, so teachers of any kind will do;
their mean errs less than any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tui.depth.estimator import DepthEstimator
from tui.evaluation.metrics import FARTHEST_M, NEAREST_M, align, known_pixels
from tui.training.data import Picture

FEWEST_PIXELS = 1000
"""A sample with less known depth cannot bring a teacher's map to metres, and is not taught."""


def teach(sample: Picture, teachers: Sequence[DepthEstimator]) -> Picture:
    """Return `sample`, image (H, W, 3) and depth (H / 2, W / 2), with what `teachers` say about it on average."""
    import cv2

    if not teachers:
        return sample
    truth_known = known_pixels(sample.depth_m)
    said = np.ones_like(truth_known)
    total = np.zeros(sample.depth_m.shape, np.float64)
    for teacher in teachers:
        whole = teacher.estimate(sample.image)
        relative = np.asarray(cv2.resize(whole, sample.depth_m.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
        said &= np.isfinite(relative)
        known = truth_known & np.isfinite(relative)
        if np.count_nonzero(known) < FEWEST_PIXELS:
            return sample
        scale, shift = align(relative[known], sample.depth_m[known])
        total += np.clip(scale * relative + shift, 1 / FARTHEST_M, 1 / NEAREST_M)
    return replace(sample, teacher_m=np.where(said, len(teachers) / total, 0).astype(np.float32))
