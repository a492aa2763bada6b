"""What an engine offers: a loaded network that maps one prepared picture to one map."""

from __future__ import annotations

import os
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tui.errors import ModelError
from tui.geometry.arrays import FloatMap

Batch = npt.NDArray[np.float32] | npt.NDArray[np.uint8]
"""One prepared picture with its batch axis: (1, 3, h, w) or (1, h, w, 3)."""


class EngineError(ModelError):
    """The engine, its device or its precision is at fault, not the weights: another one may do."""


class Passing(EngineError):
    """What failed may work again in a while."""


class Network(Protocol):
    """A network ready to run; used from one thread at a time."""

    @property
    def engine(self) -> str:
        """Engine and precision or device, for the status line: 'openvino f32', 'torch cpu'."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What is used instead of what was asked for, and why; may grow with a frame."""
        ...

    def run(self, batch: Batch) -> FloatMap:
        """The network's raw output as float32, shape (h', w'); the interpreter's lock is released meanwhile.

        Raises:
            EngineError: if the engine fails; the message has its reason.
            ModelError: if the network was closed, or its output is no map.
        """
        ...

    def close(self) -> None:
        """Release memory; safe to call twice."""
        ...


def single_map(output: npt.NDArray[np.generic]) -> FloatMap:
    """The one map in an output of shape (h, w), (1, h, w), (h, w, 1), (1, 1, h, w) or (1, h, w, 1), float32, its own.

    Raises:
        ModelError: for any other shape.
    """
    shape = output.shape
    while output.ndim > 2 and output.shape[0] == 1:
        output = output[0]
    if output.ndim == 3 and output.shape[2] == 1:
        output = output[..., 0]
    if output.ndim != 2:
        raise ModelError(f"the network's output has shape {shape}: expected one map, such as (1, 1, height, width)")
    with np.errstate(over="ignore"):  # what is beyond float32 is infinite
        return np.array(output, dtype=np.float32, order="C")


def reason(error: BaseException) -> str:
    """The telling line of an engine's error, which comes last after lines that name source files."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]


def default_threads() -> int:
    """How many cores inference takes: one stays free for the interface where there are more than two."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores - 1 if cores > 2 else cores
