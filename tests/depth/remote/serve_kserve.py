"""KServe's own Python server with one model file, for an environment that has `kserve` and `openvino`.

python serve_kserve.py NAME FILE PORT ...
"""

from __future__ import annotations

import sys
from typing import Any

import kserve
import numpy as np
import openvino
from kserve.protocol.infer_type import InferOutput, InferRequest, InferResponse


class Network(kserve.Model):  # type: ignore[misc,unused-ignore]  # kserve is in an environment of its own
    def __init__(self, name: str, path: str) -> None:
        super().__init__(name)
        self._compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        self.ready = True

    async def get_input_types(self) -> list[dict[str, Any]]:
        port = self._compiled.inputs[0]
        return [{"name": port.any_name, "datatype": "FP32", "shape": [1, 3, -1, -1]}]

    async def get_output_types(self) -> list[dict[str, Any]]:
        port = self._compiled.outputs[0]
        return [{"name": port.any_name, "datatype": "FP32", "shape": [1, 1, -1, -1]}]

    def predict(self, payload: InferRequest, *_args: object, **_kwargs: object) -> InferResponse:
        values = self._compiled(payload.inputs[0].as_numpy())[0]
        output = InferOutput(self._compiled.outputs[0].any_name, list(values.shape), "FP32")
        output.set_data_from_numpy(np.asarray(values, dtype=np.float32), binary_data=False)
        return InferResponse(payload.id, self.name, [output])


if __name__ == "__main__":
    name, path, port = sys.argv[1:4]
    kserve.ModelServer(http_port=int(port), enable_grpc=False, workers=1).start([Network(name, path)])
