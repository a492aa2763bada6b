"""Several threads that share one network's weights, each with a part of the batch.

Inside one thread no operator waits for another thread; they meet once a step. On a machine that others use too, that is
several times faster than operators that are each split over threads.
"""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from tui.training.encoder import InvertedResidual
from tui.training.losses import taught_loss
from tui.training.network import Pocket


class Team:
    """Computes gradients of `network` with `workers` threads; the network itself belongs to the first."""

    def __init__(self, network: Pocket, workers: int, seed: int) -> None:
        self._seed = seed
        self._networks = [network]
        for _ in range(workers - 1):
            twin = copy.deepcopy(network)
            for mine, theirs in zip(twin.parameters(), network.parameters(), strict=True):
                mine.data = theirs.data
            for copied, original in zip(twin.encoder.buffers(), network.encoder.buffers(), strict=True):
                copied.data = original.data  # the frozen statistics; the decoder's running ones stay its own
            self._networks.append(twin)
        self._random = [torch.Generator() for _ in self._networks]
        for member, generator in zip(self._networks, self._random, strict=True):
            for module in member.modules():
                if isinstance(module, InvertedResidual):
                    module.random = generator
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="train")

    def gradients(self, image: Tensor, depth_m: Tensor, step: int) -> float:
        """Put the gradient of the loss, averaged over the batch, into the network's parameters; return the loss.

        `image` is (B, 3, H, W) in -1..1, `depth_m` (B, 2, H / 2, W / 2), see `Batch`. The result depends on
        nothing but these, the weights, the seed and `step`.
        """
        parts = len(self._networks)
        for index, generator in enumerate(self._random):
            generator.manual_seed(hash((self._seed, step, index)) & 0x7FFFFFFF)
        jobs = [
            self._pool.submit(_part, member, part_image, part_depth, len(part_image) / len(image))
            for member, part_image, part_depth in zip(
                self._networks, image.tensor_split(parts), depth_m.tensor_split(parts), strict=True
            )
        ]
        total = sum(job.result() for job in jobs)
        for twin in self._networks[1:]:
            for mine, theirs in zip(self._networks[0].parameters(), twin.parameters(), strict=True):
                if mine.grad is not None and theirs.grad is not None:
                    mine.grad += theirs.grad
        return total

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown()


def _part(network: Pocket, image: Tensor, depth_m: Tensor, share: float) -> float:
    network.train()
    network.zero_grad(set_to_none=True)
    loss = taught_loss(network(image), depth_m) * share
    loss.backward()
    return float(loss.detach())
