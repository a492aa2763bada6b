"""Training batches, each a function of (seed, step, kind) alone, made ahead of need."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
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

Drawn = tuple[NDArray[np.uint8], NDArray[np.float32]]
"""Images (B, H, W, 3), RGB, and depths (B, 2, H / 2, W / 2) as in `Batch`."""

Batch = tuple[Tensor, Tensor]
"""Images (B, 3, H, W) in -1..1 and depths (B, 2, H / 2, W / 2) in metres: the truth and what the teachers say."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the samples of a batch are like."""

    height: int
    width: int
    strength: float = 1.0
    """Of the augmentations, 0..1."""


class Maker:
    """Makes batches from `pictures`, each a function of (seed, step, kind).

    `teachers` loads the teachers, where batches are made and when the first one is: a loaded network cannot be handed
    to another process.
    """

    def __init__(
        self, pictures: Sequence[Picture], batch_size: int, seed: int, teachers: Callable[[], Sequence[DepthEstimator]]
    ) -> None:
        self._pictures = pictures
        self._batch_size = batch_size
        self._seed = seed
        self._load_teachers = teachers
        self._teachers: Sequence[DepthEstimator] | None = None

    def make(self, step: int, kind: Kind) -> Drawn:
        """Return the batch of `step`. Each picture comes once in an epoch, in an order that changes."""
        if self._teachers is None:
            self._teachers = self._load_teachers()
        samples = []
        for index in range(self._batch_size):
            rng = np.random.default_rng([self._seed, step, index])
            picture = self._pictures[self.picture_index(step, index)]
            view = sample(picture, kind.height, kind.width, rng, kind.strength, self._teachers)
            if rng.random() < PASTED * kind.strength:
                other = self._pictures[int(rng.integers(len(self._pictures)))]
                view = paste(view, sample(other, kind.height, kind.width, rng, kind.strength), rng)
            samples.append(view)
        return np.stack([s.image for s in samples]), np.stack([[s.depth_m, _teacher(s)] for s in samples])

    def picture_index(self, step: int, index: int) -> int:
        """Return which picture sample `index` of `step` shows."""
        position = step * self._batch_size + index
        epoch, place = divmod(position, len(self._pictures))
        order = np.random.default_rng([self._seed, epoch, 10**6]).permutation(len(self._pictures))
        return int(order[place])


class Batches:
    """Batches of `pictures`; those that come next are made while the caller works with the last.

    One is made ahead on a thread or, with several `makers`, as many on that many processes, which share the pictures'
    memory; they are forked at once, before a GPU is in use.
    """

    def __init__(
        self,
        pictures: Sequence[Picture],
        batch_size: int,
        seed: int,
        teachers: Callable[[], Sequence[DepthEstimator]] = tuple,
        makers: int = 1,
    ) -> None:
        self._maker = Maker(pictures, batch_size, seed, teachers)
        self._makers = makers
        self._workers: Executor
        if makers == 1:
            self._workers = ThreadPoolExecutor(1, "batches", _adopt, (self._maker,))
        else:
            fork = multiprocessing.get_context("fork")
            self._workers = ProcessPoolExecutor(makers, fork, _adopt, (self._maker,))
            self._workers.submit(int).result()  # the pool forks all its processes with the first task
        self._ahead: dict[tuple[int, Kind], Future[Drawn]] = {}

    def take(self, step: int, kind_of: Callable[[int], Kind]) -> Batch:
        """Return the batch of `step`, and begin those that follow; `kind_of` says what a step's is expected to be."""
        wanted = [(later, kind_of(later)) for later in range(step, step + 1 + self._makers)]
        self._ahead = {w: self._ahead.get(w) or self._workers.submit(_make, *w) for w in wanted}
        return _tensors(self._ahead.pop(wanted[0]).result())

    def make(self, step: int, kind: Kind) -> Batch:
        """Return the batch of `step`, made here and now."""
        return _tensors(self._maker.make(step, kind))

    def close(self) -> None:
        """Stop the thread or the processes."""
        self._workers.shutdown(cancel_futures=True)


_place = threading.local()
"""Of a worker: what it makes batches with."""


def _adopt(maker: Maker) -> None:
    _place.maker = maker


def _make(step: int, kind: Kind) -> Drawn:
    maker: Maker = _place.maker
    return maker.make(step, kind)


def _tensors(drawn: Drawn) -> Batch:
    images, depths_m = (torch.from_numpy(array) for array in drawn)
    normal = images.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last) / 127.5 - 1
    return normal, depths_m


def _teacher(sample_: Picture) -> NDArray[np.float32]:
    return np.zeros_like(sample_.depth_m) if sample_.teacher_m is None else sample_.teacher_m
