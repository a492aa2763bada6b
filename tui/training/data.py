"""Reads the training pictures once and keeps them in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tui.evaluation.rgbd import RgbdFrame, find_frames
from tui.training.errors import TrainingError

VALIDATION = ("nyu/blk04", "nyu/blk10", "nyu/blk16", "nyu/blk22", "nyu/blk27")
"""Sequences that are never trained on; the best weights are chosen by them."""

COARSE_STEP_M = 0.02
"""Depth whose values lie farther apart than this is smoothed within its steps."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One training picture in memory."""

    image: NDArray[np.uint8]
    """RGB, (H, W, 3)."""
    depth_m: NDArray[np.float32]
    """Along the optical axis, (H, W); 0 where unknown."""
    teacher_m: NDArray[np.float32] | None = None
    """What teacher networks say in place of `depth_m`; None without any."""
    recorded: bool = False
    """Taken by a camera, so that networks which know such pictures have something to teach about it."""


def split(folder: Path, validation: Sequence[str] = VALIDATION) -> tuple[tuple[RgbdFrame, ...], tuple[RgbdFrame, ...]]:
    """Return the (training, validation) frames below `folder`. Raises TrainingError where one of the two is empty."""
    frames = find_frames(folder)
    held_back = tuple(f for f in frames if f.sequence in validation)
    training = tuple(f for f in frames if f.sequence not in validation)
    if not held_back or not training:
        names = ", ".join(validation)
        raise TrainingError(f"{folder}: {len(training)} training and {len(held_back)} validation frames ({names})")
    return training, held_back


def load_picture(frame: RgbdFrame) -> Picture:
    """Read one frame; coarsely quantised depth comes back smoothed."""
    image, depth_m = frame.load()
    return Picture(image, smooth_steps(depth_m), recorded=True)


def smooth_steps(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth depth, (H, W), that comes in steps, without crossing edges; finely measured depth comes back as it is.

    The bilateral filter averages over a few steps only (Tomasi and Manduchi, 1998), so a slanted wall becomes smooth,
    and the loss on gradients does not learn the sensor's stairs.
    """
    import cv2

    values = np.unique(depth_m[depth_m > 0])
    step_m = float(np.median(np.diff(values))) if len(values) > 1 else 0.0
    if step_m < COARSE_STEP_M:
        return depth_m
    smooth = np.asarray(cv2.bilateralFilter(depth_m, d=9, sigmaColor=1.5 * step_m, sigmaSpace=3.0), np.float32)
    smooth[depth_m <= 0] = 0
    return smooth
