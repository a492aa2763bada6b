"""Runs a torch module, on the CPU or on an accelerator that torch can see."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tui.depth.engines.network import Batch, EngineError, default_threads, reason, single_map
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap

if TYPE_CHECKING:
    from torch import nn

_ACCELERATOR_NODES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""Device nodes of NVIDIA, AMD and WSL drivers; without one of them torch cannot have an accelerator on Linux."""


def find_accelerator() -> str | None:
    """'cuda' or 'mps' if torch can use it, else None; torch is only imported where there is a sign of one."""
    if not accelerator_may_be():
        return None
    import torch  # paid for only where an accelerator may be

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


def accelerator_may_be() -> bool:
    """Whether there is torch and a sign of an accelerator; told without loading it."""
    if find_spec("torch") is None:
        return False
    return sys.platform == "darwin" or any(Path(node).exists() for node in _ACCELERATOR_NODES)


class TorchNetwork:
    """A torch module; in float32 it is float32 also inside convolutions on CUDA, where torch would take TF32.

    Args:
        module: takes float32, shape (1, 3, h, w).
        device: cpu, or what `find_accelerator` named.
        threads: cores to use; None leaves one to the interface where there are more than two.
        precision: f32; bf16 or f16 for the layers that torch holds fit for it; auto: bf16 on a GPU that has it.

    Raises:
        EngineError: if the device cannot take the module.
    """

    def __init__(
        self, module: nn.Module, device: str = "cpu", threads: int | None = None, precision: str = "f32"
    ) -> None:
        import torch  # this engine's own cost

        self._torch = torch
        self._device = torch.device(device)
        if device == "cpu":
            torch.set_num_threads(threads or default_threads())
        if precision == "auto":
            precision = "bf16" if device == "cuda" and torch.cuda.is_bf16_supported() else "f32"
        self._precision = precision
        self._dtype = {"bf16": torch.bfloat16, "f16": torch.float16}.get(precision)
        try:
            self._module: nn.Module | None = module.eval().to(self._device).to(memory_format=torch.channels_last)
        except RuntimeError as error:
            raise EngineError(f"torch cannot use {device}: {reason(error)}; try --engine openvino") from error

    @property
    def engine(self) -> str:
        """See `Network`."""
        return f"torch {self._device.type}" + ("" if self._dtype is None else f" {self._precision}")

    @property
    def notes(self) -> tuple[str, ...]:
        """See `Network`: torch computes as it was told, or fails."""
        return ()

    def run(self, batch: Batch) -> FloatMap:
        """See `Network`; `batch` is float32, shape (1, 3, h, w)."""
        if self._module is None:
            raise ModelError("the model was closed; load it again")
        torch = self._torch
        faster = torch.autocast(self._device.type, self._dtype, enabled=self._dtype is not None)
        try:
            with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False), faster:
                tensor = torch.from_numpy(np.ascontiguousarray(batch)).to(self._device)
                output = self._module(tensor.contiguous(memory_format=torch.channels_last))
                values = single_map(output.float().cpu().numpy())
        except RuntimeError as error:
            raise EngineError(f"torch failed on {self._device.type}: {reason(error)}; try --engine openvino") from error
        if self._dtype is torch.float16 and not np.isfinite(values).all():
            raise EngineError("numbers grow too large for f16 in this network; use --precision bf16 or f32")
        return values

    def close(self) -> None:
        """See `Network`."""
        self._module = None
