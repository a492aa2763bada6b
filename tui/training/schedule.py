"""How the training runs its course: what a budget is, and what follows from the share of it that is used up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FADE_AT = 0.7
"""Share of the budget after which augmentations become weaker."""
LAST_STRENGTH = 0.4
"""How strong augmentations are at the end."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to train: by the clock, or by steps where a run must be repeatable to the bit. One of the two is set."""

    minutes: float | None = None
    steps: int | None = None

    def progress(self, elapsed_s: float, step: int) -> float:
        """Return the share of the budget used, 0..1; `elapsed_s` counts training time over all starts."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        if self.minutes is None:
            raise ValueError("a budget needs minutes or steps")
        return min(1.0, elapsed_s / (60 * self.minutes))


def learning_rate_factor(progress: float, warm_up: float = 0.02) -> float:
    """Return the factor on the learning rates: a linear start, then half a cosine down to 1 %."""
    if progress < warm_up:
        return max(0.02, progress / warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


def sample_size(step: int, sizes: Sequence[int]) -> tuple[int, int]:
    """Return (height, width) of the samples of a step, multiples of 32 about 4:3, whose shorter side is one of `sizes`.

    Of five steps three are landscape, one portrait, one square; `sizes` take turns from one such five to the next.
    """
    short = sizes[step // 5 % len(sizes)]
    long = max(short, round(short * 4 / 3 / 32) * 32)
    square = round(math.sqrt(short * long) / 32) * 32
    return ((short, long), (short, long), (long, short), (short, long), (square, square))[step % 5]


def augmentation_strength(progress: float) -> float:
    """Return how strong the augmentations are, 0..1: full for most of the time, weaker towards the end.

    The last part is trained on what pictures in use look like: whole frames in their own colours.
    """
    return 1.0 if progress < FADE_AT else 1.0 - (1 - LAST_STRENGTH) * (progress - FADE_AT) / (1 - FADE_AT)


def average_decay(step: int, decay: float = 0.998) -> float:
    """Return how much of the averaged weights stays at `step`; young averages forget faster."""
    return min(decay, (1 + step) / (10 + step))
