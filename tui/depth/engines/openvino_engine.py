"""Runs a model by OpenVINO, compiled once per input shape, on the CPU or an Intel GPU or NPU."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from tui.depth.engines.network import Batch, EngineError, default_threads, reason, single_map
from tui.depth.engines.openvino_import import import_openvino
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap
from tui.storage.quiet import quiet_libraries

_PRECISIONS = ("f32", "bf16", "f16")
"""By OpenVINO's names for them."""

_KEPT_SHAPES = 4
"""Compiled shapes that are kept; folders of pictures of many sizes would otherwise fill the memory, and the disk."""

FAILURES = (RuntimeError, UnicodeDecodeError)
"""What OpenVINO raises; the second where names in a damaged model, or in its own message of it, are no text."""


def read_model(path: Path) -> Any:  # noqa: ANN401  # an openvino.Model; openvino ships no types
    """The model in an .onnx, .tflite or .xml file.

    Raises:
        ModelError: if OpenVINO cannot read it.
    """
    openvino = import_openvino()

    try:
        with quiet_libraries():  # its readers try a file of another kind one after the other, and some write about it
            return openvino.Core().read_model(path)
    except UnicodeDecodeError as error:
        raise ModelError(f"{path} is not a model that OpenVINO can read: it is damaged; fetch it again") from error
    except RuntimeError as error:
        raise ModelError(f"{path} is not a model that OpenVINO can read: {reason(error)}") from error


def with_output(model: Any, name: str, path: Path, card: Path) -> Any:  # noqa: ANN401  # an openvino.Model
    """The model with one output of its several: what else it computes is left out.

    Raises:
        ModelError: none is named, or one that there is not; names those there are.
    """
    outputs = [(names_of(output), output) for output in model.outputs]
    others = [output for names, output in outputs if name not in names]
    if not name or len(others) != len(outputs) - 1:
        there = ", ".join(f"{min(names)} {output.get_partial_shape().to_string()}" for names, output in outputs)
        named = f'output.name is "{name[:80]}", but' if name else "output.name is missing:"
        raise ModelError(
            f'{card}: {named} {path.name} has {there}; write which one is the map under [output], as name = "..."'
        )
    for output in others:
        model.remove_result(output.node)
    return model


def names_of(output: Any) -> set[str]:  # noqa: ANN401  # an openvino.Output
    """What an output, or an input, is called: as the node behind it where it has no name."""
    node = output.node
    behind = node.input_value(0).get_node() if node.get_input_size() else node
    return set(output.get_names()) or {behind.get_friendly_name()}


def taking_f32(model: Any) -> Any:  # noqa: ANN401  # an openvino.Model
    """The model with its only input in float32 where it takes another float."""
    openvino = import_openvino()
    if model.inputs[0].get_element_type().to_string() not in ("f16", "bf16", "f64"):
        return model
    from openvino.preprocess import PrePostProcessor

    adapted = PrePostProcessor(model)
    adapted.input().tensor().set_element_type(openvino.Type.f32)
    return adapted.build()


def takes(model: Any, shape: tuple[int, ...]) -> bool:  # noqa: ANN401  # an openvino.Model
    """Whether a model's layers fit together for an input of this shape."""
    try:
        model.clone().reshape({0: list(shape)})
    except FAILURES:
        return False
    return True


def find_device(core: Any, precision: str) -> str:  # noqa: ANN401  # an openvino.Core
    """The device to compute on: a GPU before an NPU before the CPU; an NPU knows no f32 and no bf16.

    Args:
        core: an openvino.Core, which knows the devices with a driver.
        precision: as `OpenVinoNetwork` takes it.
    """
    devices: list[str] = core.available_devices
    gpus = [name for name in devices if name == "GPU" or name.startswith("GPU.")]
    if gpus and precision != "bf16":
        # Of two, the one on a card of its own comes first.
        discrete = [name for name in gpus if "DISCRETE" in str(core.get_property(name, "DEVICE_TYPE"))]
        return (discrete or gpus)[0]
    return "NPU" if "NPU" in devices and precision in ("auto", "f16") else "CPU"


def fast_precision(core: Any, device: str) -> str:  # noqa: ANN401  # an openvino.Core
    """The quickest precision that a device computes in by itself: bf16 on a CPU that has it, f16 on a GPU or NPU."""
    if device != "CPU":
        return "f16"
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


class OpenVinoNetwork:
    """An OpenVINO model in the precision asked for, whatever the device would prefer, as far as the device has it.

    In f32, the default, a reading does not depend on the CPU.

    Args:
        model: an openvino.Model.
        threads: cores to use; None leaves one to the interface where there are more than two.
        precision: f32, bf16 or f16; auto: the fastest that the device computes in by itself.
        device: as OpenVINO names it.
        compiled: a folder to keep compiled shapes in, so that the next start need not compile; None: nowhere.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401  # an openvino.Model
        threads: int | None = None,
        precision: str = "f32",
        device: str = "CPU",
        compiled: Path | None = None,
    ) -> None:
        openvino = import_openvino()

        self._core = openvino.Core()
        self._model = model
        self._device = device
        self._asked = precision
        self._precision = fast_precision(self._core, device) if precision == "auto" else precision
        # OpenVINO's own key leaves the precision out: what was compiled in one would be run for another.
        self._compiled = None if compiled is None else compiled / f"{device}-{self._precision}"
        self._settings: dict[str, object] = {
            "INFERENCE_PRECISION_HINT": self._precision,
            "PERFORMANCE_HINT": "LATENCY",
        }
        if device == "CPU":
            self._settings["INFERENCE_NUM_THREADS"] = threads or default_threads()
        self._requests: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def engine(self) -> str:
        """See `Network`; the precision is the one that the device computes in, once it has compiled the model."""
        where = "" if self._device == "CPU" else f" {self._device.lower()}"
        return f"openvino{where} {self._precision}"

    @property
    def notes(self) -> tuple[str, ...]:
        """See `Network`: a precision that the device lacks, once it has compiled the model in another."""
        if self._asked in ("auto", self._precision):
            return ()
        where = "this CPU" if self._device == "CPU" else f"this {self._device}"
        return (f"computing in {self._precision} instead of {self._asked}: {where} has no {self._asked} for it",)

    def run(self, batch: Batch) -> FloatMap:
        """See `Network`; a shape's first run compiles the model for it."""
        with self._lock:
            request = self._request(batch.shape)
            try:
                outputs = request.infer({0: batch}, share_inputs=True, share_outputs=True)
                values = single_map(outputs[0])
            except FAILURES as error:
                raise EngineError(f"OpenVINO failed on {self._device}: {reason(error)}") from error
        if self._precision == "f16" and not np.isfinite(values).all():
            raise EngineError("numbers grow too large for f16 in this network; use --precision bf16 or f32")
        return values

    def close(self) -> None:
        """See `Network`."""
        with self._lock:
            self._requests.clear()
            self._model = None

    def _request(self, shape: tuple[int, ...]) -> Any:  # noqa: ANN401  # an openvino.InferRequest
        if self._model is None:
            raise ModelError("the model was closed; load it again")
        if shape in self._requests:
            self._requests.move_to_end(shape)
            return self._requests[shape]
        try:
            model = self._model.clone()
            model.reshape({0: list(shape)})
            compiled = self._compile(model)
            request = compiled.create_infer_request()
        except FAILURES as error:
            text = "x".join(map(str, shape))
            raise EngineError(
                f"OpenVINO cannot run this model with an input of {text} on {self._device}: {reason(error)}"
            ) from error
        # Where a device lacks what was asked for, it takes another: a CPU with bf16 alone takes that for f16.
        found = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        if found in _PRECISIONS:  # not "dynamic", by which a device leaves it open
            self._precision = found
        self._requests[shape] = request
        if len(self._requests) > _KEPT_SHAPES:
            self._requests.popitem(last=False)
        return request

    def _compile(self, model: Any) -> Any:  # noqa: ANN401  # an openvino.Model, an openvino.CompiledModel
        folder = self._compiled
        if folder is not None and _is_usable(folder):
            # What is kept may be damaged, or the disk full: that costs time, nothing else.
            with contextlib.suppress(*FAILURES):
                return self._core.compile_model(model, self._device, {**self._settings, "CACHE_DIR": str(folder)})
            shutil.rmtree(folder, ignore_errors=True)
        return self._core.compile_model(model, self._device, self._settings)


def _is_usable(folder: Path) -> bool:
    """Whether compiled shapes can be kept there, made if need be; what is more than a few is thrown away first."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_atime, reverse=True)[_KEPT_SHAPES:]:
            path.unlink()
    except OSError:
        return False
    return os.access(folder, os.W_OK)
