"""Tiny networks with known outputs, written as model files with cards."""

from __future__ import annotations

from pathlib import Path

import openvino
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
    kind = openvino.Type.f32 if element == "f32" else openvino.Type.u8
    picture = ops.parameter(openvino.PartialShape(shape), kind)
    indices = ops.constant(list(range(outputs)), openvino.Type.i64)
    red = ops.gather(picture, indices, ops.constant(axis, openvino.Type.i64))
    openvino.save_model(openvino.Model([red], [picture]), path, compress_to_fp16=False)
    path.with_suffix(".toml").write_text(card_text(**(fields or {})))
    return path
