"""An openvino.Core of a machine that is made up: its devices, and the precisions that they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import openvino
import pytest

from tui.geometry.arrays import FloatMap


class Machine:
    """An openvino.Core with other devices; a model's output is rounded to the precision that it is computed in.

    Args:
        devices: as OpenVINO names them.
        capabilities: of the CPU, as OpenVINO names them.
        discrete: the GPU that is a card of its own.
        instead: which precision is computed in where another one is asked for.
        broken: devices that cannot compile anything.
    """

    def __init__(
        self,
        *devices: str,
        capabilities: tuple[str, ...] = ("FP32",),
        discrete: str = "",
        instead: Mapping[str, str] | None = None,
        broken: tuple[str, ...] = (),
    ) -> None:
        self.available_devices = list(devices)
        self.capabilities = list(capabilities)
        self.discrete = discrete
        self.instead = dict(instead or {})
        self.broken = broken

    def get_property(self, device: str, name: str) -> object:
        if name == "DEVICE_TYPE":
            return "Type.DISCRETE" if device == self.discrete else "Type.INTEGRATED"
        assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
        return self.capabilities

    def read_model(self, path: object) -> object:
        return openvino.Core().read_model(path)

    def compile_model(self, model: object, device: str, settings: Mapping[str, object]) -> Compiled:
        if device in self.broken:
            raise RuntimeError(f"Exception from plugin.cpp:1:\n{device} has no driver")
        asked = str(settings["INFERENCE_PRECISION_HINT"])
        exact = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
        return Compiled(openvino.Core().compile_model(model, "CPU", exact), self.instead.get(asked, asked))


@dataclass(frozen=True)
class Compiled:
    """An openvino.CompiledModel and its request, in this precision."""

    real: Any
    precision: str

    def get_property(self, name: str) -> SimpleNamespace:
        assert name == "INFERENCE_PRECISION_HINT"
        return SimpleNamespace(to_string=lambda: self.precision)

    def create_infer_request(self) -> Compiled:
        return self

    def infer(self, inputs: object, **_sharing: bool) -> list[object]:
        exact = np.array(self.real(inputs)[0], dtype=np.float32)
        return [rounded(exact, self.precision)]


def rounded(exact: FloatMap, precision: str) -> FloatMap:
    """The nearest numbers that the precision has."""
    if precision == "f16":
        with np.errstate(over="ignore"):
            return exact.astype(np.float16).astype(np.float32)
    if precision == "bf16":  # the upper half of float32's bits
        return ((exact.view(np.uint32) + np.uint32(0x8000)) & np.uint32(0xFFFF0000)).view(np.float32)
    return exact


def run_on(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it the machine that networks are run on."""
    for module in ("choice", "openvino_engine"):
        monkeypatch.setattr(
            f"tui.depth.engines.{module}.import_openvino", lambda: SimpleNamespace(Core=lambda: machine)
        )
