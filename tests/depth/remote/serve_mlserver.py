"""MLServer with one model file, for an environment that has `mlserver` and `openvino`.

    python serve_mlserver.py NAME FILE PORT CARD

The card, a file, is among the model's parameters.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np
import openvino
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.settings import ModelParameters
from mlserver.types import (
    InferenceRequest,
    InferenceResponse,
    MetadataModelResponse,
    MetadataTensor,
    Parameters,
)


class Network(MLModel):  # type: ignore[misc,unused-ignore]  # mlserver is in an environment of its own
    async def load(self) -> bool:
        path = self.settings.parameters.uri
        self._compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        return True

    async def metadata(self) -> MetadataModelResponse:
        found = await super().metadata()
        found.parameters = Parameters(card=self.settings.parameters.extra["card"])
        return found

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        picture = NumpyCodec.decode_input(payload.inputs[0])
        values = np.asarray(self._compiled(picture)[0], dtype=np.float32)
        output = NumpyCodec.encode_output(self._compiled.outputs[0].any_name, values)
        return InferenceResponse(model_name=self.name, outputs=[output])


async def serve(name: str, path: str, port: int, card: str) -> None:
    model = openvino.Core().read_model(path)
    tensors = [
        MetadataTensor(name=each.any_name, datatype="FP32", shape=shape)
        for each, shape in ((model.inputs[0], [1, 3, -1, -1]), (model.outputs[0], [1, 1, -1, -1]))
    ]
    parameters = ModelParameters(uri=path, extra={"card": card})
    settings = ModelSettings(
        name=name, implementation=Network, parameters=parameters, inputs=tensors[:1], outputs=tensors[1:]
    )
    server = MLServer(
        Settings(
            host="127.0.0.1",
            http_port=port,
            grpc_port=port + 1,
            metrics_port=port + 2,
            parallel_workers=0,
            use_structured_logging=False,
        )
    )
    await server.start([settings])


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]).read_text(encoding="utf-8")))
