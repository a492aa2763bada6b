"""Runs a model by OpenVINO on the CPU, compiled once per input shape."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.depth.engines.network import Batch, default_threads, reason, single_map
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap

_KEPT_SHAPES = 4
"""Compiled shapes that are kept; folders of pictures of many sizes would otherwise fill the memory."""


def read_model(path: Path) -> Any:  # noqa: ANN401  # an openvino.Model; openvino ships no types
    """The model in an .onnx, .tflite or .xml file.

    Raises:
        ModelError: if OpenVINO cannot read it.
    """
    import openvino  # this engine's own cost

    try:
        with _quiet_descriptor_2():
            return openvino.Core().read_model(path)
    except RuntimeError as error:
        raise ModelError(f"{path} is not a model that OpenVINO can read: {reason(error)}") from error


@contextlib.contextmanager
def _quiet_descriptor_2() -> Iterator[None]:
    """OpenVINO's readers try a file of another kind one after the other, and some write about it to the terminal."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class OpenVinoNetwork:
    """An OpenVINO model in the precision asked for, whatever the CPU would prefer.

    In f32, the default, a reading does not depend on the CPU.

    Args:
        model: an openvino.Model.
        threads: cores to use; None leaves one to the interface where there are more than two.
        precision: f32, bf16 or f16; the CPU computes in f32 what it cannot do in another one.
    """

    def __init__(self, model: Any, threads: int | None = None, precision: str = "f32") -> None:  # noqa: ANN401  # an openvino.Model
        import openvino  # this engine's own cost

        self._core = openvino.Core()
        self._model = model
        self._precision = precision
        self._settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads or default_threads(),
        }
        self._requests: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def engine(self) -> str:
        """See `Network`."""
        return f"openvino {self._precision}"

    def run(self, batch: Batch) -> FloatMap:
        """See `Network`; a shape's first run compiles the model for it."""
        with self._lock:
            request = self._request(batch.shape)
            try:
                outputs = request.infer({0: batch}, share_inputs=True, share_outputs=True)
                return single_map(outputs[0])
            except RuntimeError as error:
                raise ModelError(f"OpenVINO failed: {reason(error)}") from error

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
            request = self._core.compile_model(model, "CPU", self._settings).create_infer_request()
        except RuntimeError as error:
            text = "x".join(map(str, shape))
            raise ModelError(f"OpenVINO cannot run this model with an input of {text}: {reason(error)}") from error
        self._requests[shape] = request
        if len(self._requests) > _KEPT_SHAPES:
            self._requests.popitem(last=False)
        return request
