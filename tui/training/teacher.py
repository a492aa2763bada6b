"""Knowledge distillation: other networks' distances as a second target (Hinton, Vinyals and Dean, 2015).

The teachers see each sample as the network does, but in its own colours: the same crop, tilt and mirroring, every time
anew (Beyer et al., "Knowledge distillation: a good teacher is patient and consistent", CVPR 2022). Each one's relative
inverse depth is brought to metres by the scale and shift that fit the truth best, so teachers of any kind will do.

What is learnt lies halfway between the truth and the teachers' mean: a network that fits that on the pictures of the
training errs on others as the average of two networks would, which is less than either. Teachers' edges are soft, so
only the smooth part of their deviation counts, and the truth's edges stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tui.depth.estimator import DepthEstimator
from tui.evaluation.metrics import FARTHEST_M, NEAREST_M, align, known_pixels
from tui.training.data import Picture

SHARE = 0.5
"""How far the second target lies from the truth towards the teachers, in log inverse depth."""
SMOOTHING = 0.05
"""Standard deviation of the low-pass filter on the teachers' deviation, in shorter sides of the map."""

FEWEST_PIXELS = 1000
"""A sample with less known depth cannot bring a teacher's map to metres, and is not taught."""


def teach(sample: Picture, teachers: Sequence[DepthEstimator]) -> Picture:
    """Return `sample`, image (H, W, 3) and depth (H / 2, W / 2), with what `teachers` say about it on average."""
    import cv2

    if not teachers:
        return sample
    truth_known = known_pixels(sample.depth_m)
    known = truth_known.copy()
    total = np.zeros(sample.depth_m.shape, np.float64)
    for teacher in teachers:
        whole = teacher.estimate(sample.image)
        relative = np.asarray(cv2.resize(whole, sample.depth_m.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
        usable = truth_known & np.isfinite(relative)
        if np.count_nonzero(usable) < FEWEST_PIXELS:
            return sample
        scale, shift = align(relative[usable], sample.depth_m[usable])
        total += np.clip(scale * relative + shift, 1 / FARTHEST_M, 1 / NEAREST_M)
        known &= usable
    deviation = np.zeros(sample.depth_m.shape, np.float32)
    deviation[known] = np.log(total[known] / len(teachers) * sample.depth_m[known])
    return replace(sample, teacher_m=_towards(sample.depth_m, low_pass(deviation, known), known))


def low_pass(values: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return `values`, (H, W), averaged over their neighbourhood's `known` pixels, weighted by a Gaussian."""
    import cv2

    sigma = SMOOTHING * min(values.shape)
    weights = np.asarray(cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma), np.float32)
    sums = np.asarray(cv2.GaussianBlur(np.where(known, values, np.float32(0)), (0, 0), sigma), np.float32)
    return np.asarray(sums / np.maximum(weights, np.float32(1e-6)), np.float32)


def _towards(
    depth_m: NDArray[np.float32], log_ratio: NDArray[np.float32], known: NDArray[np.bool_]
) -> NDArray[np.float32]:
    return np.where(known, depth_m * np.exp(-np.float32(SHARE) * log_ratio), np.float32(0))
