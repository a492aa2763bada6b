"""Triton's own server with an exported repository, for an environment that has `nvidia-pytriton` and `openvino`.

    python serve_triton.py NAME REPOSITORY PORT ...

That wheel brings Triton with its Python backend alone, so the network is run by a `model.py`; all else is as exported.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytriton

MODEL = """
import os
import numpy as np
import openvino
import triton_python_backend_utils as backend

class TritonPythonModel:
    def initialize(self, args):
        path = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        self.compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        picture = backend.get_input_tensor_by_name(request, self.compiled.inputs[0].any_name).as_numpy()
        values = np.array(self.compiled(picture)[0], dtype=np.float32)
        return backend.InferenceResponse([backend.Tensor(self.compiled.outputs[0].any_name, values)])
"""


def main(name: str, exported: Path, port: int) -> None:
    server = Path(pytriton.__file__).parent / "tritonserver"
    folder = Path(tempfile.mkdtemp(dir=exported.parent))
    shutil.copytree(exported, folder / "models")
    config = folder / "models" / name / "config.pbtxt"
    config.write_text(config.read_text().replace('backend: "onnxruntime"', 'backend: "python"'))
    (folder / "models" / name / "1" / "model.py").write_text(MODEL)
    # The stub for this Python must lie beside the backend, and be one that can be run.
    shutil.copytree(server / "backends" / "python", folder / "backends" / "python")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    stub = folder / "backends" / "python" / "triton_python_backend_stub"
    shutil.copyfile(server / "python_backend_stubs" / version / stub.name, stub)
    stub.chmod(0o755)
    packages = sysconfig.get_path("purelib")
    libraries = [f"{packages}/nvidia_pytriton.libs", str(sysconfig.get_config_var("LIBDIR"))]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
        "PYTHONPATH": packages,
        "LD_LIBRARY_PATH": ":".join(libraries),
    }
    program = str(server / "bin" / "tritonserver")
    ports = [f"--http-port={port}", f"--grpc-port={port + 1}", f"--metrics-port={port + 2}"]
    folders = [f"--model-repository={folder / 'models'}", f"--backend-directory={folder / 'backends'}"]
    os.execve(program, [program, *folders, *ports], environment)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
