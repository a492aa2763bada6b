"""How much arithmetic the machine can do at best, for networks to be held against."""

from __future__ import annotations

import time

import numpy as np

_PRECISIONS = ("f32", "bf16", "f16")
_SIDE = 2048
"""Of the matrices whose product is the machine's limit: 17 GFLOP."""

_LIMIT_S = 1.0
"""How long that product is repeated; the best counts."""


def matmul_limits(threads: int | None = None) -> dict[str, float]:
    """Billions of operations a second of one large matrix product by OpenVINO, per precision that the CPU has."""
    from tui.depth.engines.network import default_threads
    from tui.depth.engines.openvino_import import import_openvino

    openvino = import_openvino()
    from openvino import opset13 as ops

    core = openvino.Core()
    capabilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    rng = np.random.default_rng(0)
    left, right = (rng.standard_normal((_SIDE, _SIDE), dtype=np.float32) for _ in range(2))
    picture = ops.parameter([_SIDE, _SIDE], openvino.Type.f32)
    model = openvino.Model([ops.matmul(picture, ops.constant(right), False, False)], [picture])
    limits = {}
    for precision in _PRECISIONS:
        if precision != "f32" and {"bf16": "BF16", "f16": "FP16"}[precision] not in capabilities:
            continue
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads or default_threads(),
        }
        request = core.compile_model(model, "CPU", settings).create_infer_request()
        best_s, end_s = float("inf"), time.perf_counter() + _LIMIT_S
        while time.perf_counter() < end_s:
            started_s = time.perf_counter()
            request.infer({0: left}, share_inputs=True, share_outputs=True)
            best_s = min(best_s, time.perf_counter() - started_s)
        limits[precision] = 2e-9 * _SIDE**3 / best_s
    return limits
