"""Training batches, each a function of (seed, step, kind) alone, made ahead of need on a thread of their own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tui.depth.estimator import DepthEstimator
from tui.training.augment import paste, sample
from tui.training.data import Picture

PASTED = 0.2
"""Share of samples with a part of another picture held before them."""

Batch = tuple[Tensor, Tensor]
"""Images (B, 3, H, W) in -1..1 and depths (B, 2, H / 2, W / 2) in metres: the truth and what the teachers say."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the samples of a batch are like."""

    height: int
    width: int
    strength: float = 1.0
    """Of the augmentations, 0..1."""


class Batches:
    """Makes batches from `pictures`; the next one is made while the caller works with the last."""

    def __init__(
        self, pictures: Sequence[Picture], batch_size: int, seed: int, teachers: Sequence[DepthEstimator] = ()
    ) -> None:
        self._pictures = pictures
        self._teachers = teachers
        self._batch_size = batch_size
        self._seed = seed
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="batches")
        self._ahead: dict[tuple[int, Kind], Future[Batch]] = {}

    def take(self, step: int, kind: Kind, following: Kind) -> Batch:
        """Return the batch of `step`, and begin that of the next step, which is expected to be `following`."""
        waiting = self._ahead.pop((step, kind), None)
        self._ahead = {(step + 1, following): self._worker.submit(self.make, step + 1, following)}
        return waiting.result() if waiting else self.make(step, kind)

    def make(self, step: int, kind: Kind) -> Batch:
        """Return the batch of `step`. Each picture comes once in an epoch, in an order that changes."""
        samples = []
        for index in range(self._batch_size):
            rng = np.random.default_rng([self._seed, step, index])
            picture = self._pictures[self._picture_index(step, index)]
            view = sample(picture, kind.height, kind.width, rng, kind.strength, self._teachers)
            if rng.random() < PASTED * kind.strength:
                other = self._pictures[int(rng.integers(len(self._pictures)))]
                view = paste(view, sample(other, kind.height, kind.width, rng, kind.strength), rng)
            samples.append(view)
        images = torch.from_numpy(np.stack([s.image for s in samples]))
        depths = torch.from_numpy(np.stack([[s.depth_m, _teacher(s)] for s in samples]))
        normal = images.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last) / 127.5 - 1
        return normal, depths

    def close(self) -> None:
        """Stop the thread."""
        self._worker.shutdown(cancel_futures=True)

    def _picture_index(self, step: int, index: int) -> int:
        position = step * self._batch_size + index
        epoch, place = divmod(position, len(self._pictures))
        order = np.random.default_rng([self._seed, epoch, 10**6]).permutation(len(self._pictures))
        return int(order[place])


def _teacher(sample_: Picture) -> NDArray[np.float32]:
    return np.zeros_like(sample_.depth_m) if sample_.teacher_m is None else sample_.teacher_m
