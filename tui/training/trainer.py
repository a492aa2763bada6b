"""The training loop: continues from its last checkpoint, keeps an average of the weights and the best of those."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tui.depth.estimator import DepthEstimator
from tui.evaluation.rgbd import RgbdFrame
from tui.training import checkpoint
from tui.training.batches import Batches, Kind
from tui.training.data import Picture
from tui.training.encoder import load_imagenet
from tui.training.errors import TrainingError
from tui.training.imported import take_up
from tui.training.network import FullSize, Pocket
from tui.training.schedule import Budget, augmentation_strength, average_decay, learning_rate_factor, sample_size
from tui.training.team import Team
from tui.training.validation import validate

GRADIENT_LIMIT = 1.0
"""Longer gradients are shortened to this; usual ones are about 0.3."""

TAKEN_UP_ON = 8
"""So many batches tell what an exported network's normalisation must be."""

log = logging.getLogger("tui.training")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out, besides the pictures."""

    budget: Budget
    seed: int = 0
    variant: int = 2
    """Of EfficientNet-Lite: 0, 1 or 2."""
    batch_size: int = 12
    sizes: tuple[int, ...] = (224, 224, 256, 224, 320)
    """Shorter sides of the samples in pixels, in turn; the first is also the size of use."""
    encoder_rate: float = 3e-4
    decoder_rate: float = 1.5e-3
    weight_decay: float = 0.1
    drop: float = 0.2
    frozen_stages: int | None = None
    """So many of the encoder's first stages, and its stem, keep the weights they begin with; None trains all."""
    half_precision: bool = True
    workers: int = 2
    """Threads; each takes a part of the batch through its own copy of the network, whose weights are shared."""
    device: str = "cpu"
    """As PyTorch calls it; with "cuda" one worker is enough."""
    makers: int = 1
    """Of batches: 1 is a thread, more are processes."""


class Trainer:
    """One training run in the folder `out`."""

    def __init__(
        self,
        recipe: Recipe,
        pictures: Sequence[Picture],
        held_back: Sequence[RgbdFrame],
        out: Path,
        encoder_weights: Path | None,
        teachers: Callable[[], Sequence[DepthEstimator]] = tuple,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self._batches = Batches(pictures, recipe.batch_size, recipe.seed, teachers, recipe.makers)
        self._held_back = held_back
        self.out = out
        self.network = Pocket(recipe.variant, drop=recipe.drop)
        self.step = 0
        self.elapsed_s = 0.0
        self.best = float("inf")
        state = checkpoint.load(out / checkpoint.CHECKPOINT_NAME)
        if state is None and encoder_weights is not None:
            load_imagenet(self.network.encoder, encoder_weights)
        if recipe.frozen_stages is not None:
            self.network.encoder.freeze(recipe.frozen_stages)
        self.network.half_precision = recipe.half_precision
        self.network = self.network.to(recipe.device).to(memory_format=torch.channels_last)
        self.average = Pocket(recipe.variant).to(recipe.device).to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.AdamW(_groups(self.network, recipe))
        self._team = Team(self.network, recipe.workers, recipe.seed)
        if state is not None:
            self._restore(state)

    def run(self, *, save_every_s: float = 180, validate_every_s: float = 600, stop_after: int | None = None) -> None:
        """Train until the budget is used up, or until step `stop_after`; then save, validate and return."""
        saved = validated = self.elapsed_s
        losses: list[float] = []
        while (progress := self.recipe.budget.progress(self.elapsed_s, self.step)) < 1:
            if stop_after is not None and self.step >= stop_after:
                self.save()
                self._close()
                return
            begun = time.monotonic()
            losses.append(self._train_step(progress))
            self.elapsed_s += time.monotonic() - begun
            if self.step % 50 == 0:
                speed = self.step * self.recipe.batch_size / max(self.elapsed_s, 1e-9)
                log.info(
                    "step %d  %.1f min  progress %.3f  loss %.4f  %.1f samples/s",
                    self.step,
                    self.elapsed_s / 60,
                    progress,
                    float(np.mean(losses[-50:])),
                    speed,
                )
            if self.elapsed_s - saved > save_every_s:
                self.save()
                saved = self.elapsed_s
            if self.elapsed_s - validated > validate_every_s:
                self.validate()
                validated = self.elapsed_s
        self._close()
        self.validate()
        self.save()

    def start_from(self, file: Path) -> None:
        """Begin with an exported network, or the averaged weights of a checkpoint, which may lack the context blocks.

        Raises TrainingError where `file` is neither, or that of another network.
        """
        if file.suffix == ".onnx":
            kind = Kind(*sample_size(0, self.recipe.sizes))
            take_up(self.network, file, (self._batches.make(step, kind)[0] for step in range(TAKEN_UP_ON)))
            self.average.load_state_dict(self.network.state_dict())
            return
        state = checkpoint.load(file)
        if state is None or "average" not in state:
            raise TrainingError(f"{file}: no checkpoint of a training run")
        for network in (self.network, self.average):
            missing, unknown = network.load_state_dict(state["average"], strict=False)
            if unknown or not all(name.startswith("context.") for name in missing):
                raise TrainingError(f"{file}: the weights of another network; see --encoder in --help")
        self.average.load_state_dict(self.network.state_dict())

    def save(self) -> None:
        """Write everything that a later run needs to go on as if never interrupted."""
        state: checkpoint.State = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "variant": self.recipe.variant,
            "step": self.step,
            "elapsed_s": self.elapsed_s,
        }
        checkpoint.save(state, self.out / checkpoint.CHECKPOINT_NAME)

    def validate(self) -> float:
        """Measure the averaged weights on the validation frames, keep them if they are the best; return AbsRel."""
        scores = validate(FullSize(self.average), self._held_back, self.recipe.sizes[0]).overall.scores
        log.info(
            "validation at step %d: AbsRel %.4f  delta1 %.4f  RMSE %.3f m  median %.4f",
            self.step,
            scores.abs_rel,
            scores.delta1,
            scores.rmse_m,
            scores.median_rel,
        )
        if scores.abs_rel < self.best:
            self.best = scores.abs_rel
            best: checkpoint.State = {
                "average": self.average.state_dict(),
                "variant": self.recipe.variant,
                "step": self.step,
                "abs_rel": self.best,
            }
            checkpoint.save(best, self.out / checkpoint.BEST_NAME)
        return scores.abs_rel

    def _train_step(self, progress: float) -> float:
        recipe = self.recipe
        image, depth_m = self._batches.take(
            self.step, lambda step: self._kind(step, recipe.budget.progress(self.elapsed_s, step))
        )
        factor = learning_rate_factor(progress)
        for group in self.optimizer.param_groups:
            group["lr"] = group["full_lr"] * factor
        image, depth_m = image.to(recipe.device, non_blocking=True), depth_m.to(recipe.device, non_blocking=True)
        loss = self._team.gradients(image, depth_m, self.step)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_LIMIT)
        if torch.isfinite(norm):
            self.optimizer.step()
        else:
            log.warning("step %d: gradient not finite, step left out", self.step)
        self._update_average()
        self.step += 1
        return loss

    def _close(self) -> None:
        self._batches.close()
        self._team.close()

    def _kind(self, step: int, progress: float) -> Kind:
        size = sample_size(step, self.recipe.sizes)
        # in tenths, so that a batch made ahead by the clock is nearly always the one that is wanted
        return Kind(*size, round(augmentation_strength(progress), 1))

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = average_decay(self.step)
        mine, theirs = self.average.state_dict(), self.network.state_dict()
        floating = [k for k in mine if mine[k].is_floating_point()]
        torch._foreach_lerp_([mine[k] for k in floating], [theirs[k] for k in floating], 1 - decay)

    def _restore(self, state: checkpoint.State) -> None:
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        rates = [group["full_lr"] for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state["optimizer"])
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["full_lr"] = rate
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        kept = checkpoint.load(self.out / checkpoint.BEST_NAME)  # may be newer than this state
        self.best = kept["abs_rel"] if kept else float("inf")
        log.info("continuing at step %d after %.1f min", self.step, self.elapsed_s / 60)


def _groups(network: Pocket, recipe: Recipe) -> list[dict[str, object]]:
    """Return optimizer groups: encoder and decoder at their own rates, decay only on weights of more than one axis."""
    groups: list[dict[str, object]] = []
    encoder = {id(p) for p in network.encoder.parameters()}
    for inside, rate in ((True, recipe.encoder_rate), (False, recipe.decoder_rate)):
        for matrix, decay in ((True, recipe.weight_decay), (False, 0.0)):
            chosen = [p for p in network.parameters() if (id(p) in encoder) is inside and (p.ndim > 1) is matrix]
            groups.append({"params": chosen, "full_lr": rate, "lr": rate, "weight_decay": decay})
    return groups
