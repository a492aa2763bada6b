"""Tiny networks with known outputs, written as model files with cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import openvino
from onnx import TensorProto, helper, numpy_helper
from openvino import opset13 as ops

CARD = """\
name = "planted"

[input]
layout = "{layout}"
color = "{color}"
dtype = "{dtype}"
scale = {scale}
mean = {mean}
std = {std}
resize = "{resize}"
size = {size}
multiple_of = {multiple_of}

[output]
kind = "{kind}"
proportional = {proportional}
scale = {output_scale}
valid_above = {valid_above}
"""

DEFAULTS: dict[str, object] = {
    "layout": "NCHW",
    "color": "RGB",
    "dtype": "float32",
    "scale": 1.0,
    "mean": [0.0, 0.0, 0.0],
    "std": [1.0, 1.0, 1.0],
    "resize": "stretch",
    "size": 32,
    "multiple_of": 1,
    "kind": "inverse_depth",
    "proportional": "false",
    "output_scale": 1.0,
    "valid_above": -1000.0,
}


ELEMENTS = {"f32": np.float32, "f16": np.float16, "f64": np.float64, "u8": np.uint8}
"""Types of inputs by their names."""


def card_text(**fields: object) -> str:
    """A correct card with some fields changed."""
    return CARD.format(**{**DEFAULTS, **fields})


def write_red_model(
    path: Path,
    shape: list[int],
    fields: dict[str, object] | None = None,
    *,
    axis: int = 1,
    element: str = "f32",
    outputs: int = 1,
) -> Path:
    """A model whose map is the first channel of its input, with its card.

    Args:
        path: ends in .xml.
        shape: of the input; -1 is a free side.
        fields: of the card, where they differ from the usual ones.
        axis: of the channels.
        element: type of the input.
        outputs: channels of the output; anything but 1 is no map.
    """
    picture = ops.parameter(openvino.PartialShape(shape), openvino.Type(ELEMENTS[element]))
    indices = ops.constant(list(range(outputs)), openvino.Type.i64)
    red = ops.gather(picture, indices, ops.constant(axis, openvino.Type.i64))
    openvino.save_model(openvino.Model([red], [picture]), path, compress_to_fp16=False)
    path.with_suffix(".toml").write_text(card_text(**(fields or {})))
    return path


def write_onnx(
    path: Path,
    nodes: list[onnx.NodeProto],
    outputs: dict[str, list[int | str]],
    weights: dict[str, np.ndarray] | None = None,
    fields: dict[str, object] | None = None,
) -> Path:
    """An .onnx file from nodes that take `x`, float32, (1, 3, h, w), with its card.

    Args:
        path: ends in .onnx.
        nodes: of the graph.
        outputs: names and shapes, float32.
        weights: by name.
        fields: of the card.
    """
    sides: list[int | str] = [1, 3, "h", "w"]
    graph = helper.make_graph(
        nodes,
        "planted",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, sides)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    path.with_suffix(".toml").write_text(card_text(**(fields or {})))
    return path


def write_external(path: Path, weights: np.ndarray, data: str = "net.data") -> Path:
    """A 1x1 convolution whose weights, float32, (1, 3, 1, 1), lie in another file; with its card."""
    write_onnx(
        path, [helper.make_node("Conv", ["x", "w"], ["y"])], {"y": [1, 1, "h", "w"]}, {"w": weights.astype(np.float32)}
    )
    model = onnx.load(path)
    (tensor,) = model.graph.initializer
    (path.parent / data).write_bytes(tensor.raw_data)
    onnx.external_data_helper.set_external_data(tensor, data, offset=0, length=len(tensor.raw_data))
    tensor.ClearField("raw_data")
    path.write_bytes(model.SerializeToString())
    return path
