"""Made-up exports of depth networks: names, shapes and metadata as people bring them, small random weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

IMAGENET = (np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32))
Shape = Sequence[int | str]


@dataclass(frozen=True)
class Export:
    """What a file looks like from outside; inside is brightness over rows, and one small random convolution."""

    name: str = "net.onnx"
    input: str = "image"
    shape: Shape = (1, 3, "h", "w")
    output: str = "depth"
    axes: tuple[int, ...] = ()
    """Of the map (1, 1, h, w), those that are left out."""
    channels_last: bool = False
    """Of the map: (1, h, w, 1)."""
    nhwc: bool = False
    half: bool = False
    """The map has half the sides of the picture."""
    normalises: bool = False
    tile: int = 0
    """The picture is cut into tiles of so many pixels first, as by a transformer."""
    others: Mapping[str, Shape] = field(default_factory=dict)
    """Further outputs, all 1."""
    focal_output: str = ""
    """A further output, of the shape (1,), which is the mean of the input's first channel plus 100."""
    focal_input: str = ""
    """A further input, of the shape (1,), by which the map is multiplied."""
    sky_output: str = ""
    """A further output, which is the map once more before `gain`."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    gain: float = 1.0
    """Of the map, after everything."""

    def write(self, folder: Path) -> Path:
        """The file in a folder."""
        nodes: list[onnx.NodeProto] = []
        weights: dict[str, np.ndarray] = {}

        def add(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:  # noqa: ANN401  # as ONNX has it
            nodes.append(helper.make_node(kind, inputs, [output], **attributes))
            return output

        value = self.input
        if self.nhwc:
            value = add("Transpose", [value], "nchw", perm=[0, 3, 1, 2])
        if self.normalises:
            weights["mean"], weights["std"] = (each.reshape(1, 3, 1, 1) for each in IMAGENET)
            value = add("Div", [add("Sub", [value, "mean"], "less"), "std"], "normal")
        if self.focal_output:
            first = add("ReduceMean", [value], "mean of all", axes=[1, 2, 3], keepdims=0)
            weights["hundred"] = np.array(100.0, np.float32)
            nodes.append(helper.make_node("Add", [first, "hundred"], [self.focal_output]))
        if self.tile:
            weights["w"] = _random(3, self.tile)
            value = add("Conv", [value, "w"], "tiles", strides=[self.tile] * 2)
            weights["up"] = np.array([1, 1, self.tile, self.tile], np.float32)
            value = add("Resize", [value, "", "up"], "enlarged", mode="linear")
            value = add("Conv", [value, "w1"], "one")
            weights["w1"] = np.ones((1, 1, 1, 1), np.float32)
        else:
            weights["w"] = _random(3, 3)
            value = add("Conv", [value, "w"], "one", pads=[1, 1, 1, 1], strides=[2, 2] if self.half else [1, 1])
        if self.sky_output:
            nodes.append(helper.make_node("Identity", [value], [self.sky_output]))
        weights["gain"] = np.array(self.gain, np.float32)
        value = add("Mul", [value, "gain"], "gained")
        if self.focal_input:
            weights["flat"] = np.array([1, 1, 1, 1], np.int64)
            value = add("Mul", [value, add("Reshape", [self.focal_input, "flat"], "f")], "told")
        if self.channels_last:
            value = add("Transpose", [value], "last", perm=[0, 2, 3, 1])
        if self.axes:
            weights["axes"] = np.array(self.axes, np.int64)
            nodes.append(helper.make_node("Squeeze", [value, "axes"], [self.output]))
        else:
            nodes.append(helper.make_node("Identity", [value], [self.output]))
        for name, shape in self.others.items():
            weights[f"{name} value"] = np.ones([each if isinstance(each, int) else 1 for each in shape], np.float32)
            nodes.append(helper.make_node("Identity", [f"{name} value"], [name]))
        rank = 4 - len(self.axes)
        outputs: list[tuple[str, list[int | str]]] = [
            (self.output, [f"o{i}" for i in range(rank)]),
            *((name, list(s)) for name, s in self.others.items()),
        ]
        if self.sky_output:
            outputs.append((self.sky_output, [f"o{i}" for i in range(4)]))
        if self.focal_output:
            outputs.append((self.focal_output, [1]))
        inputs: list[tuple[str, list[int | str]]] = [(self.input, list(self.shape))]
        if self.focal_input:
            inputs.append((self.focal_input, [1]))
        graph = helper.make_graph(
            nodes,
            "made up",
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs],
            [numpy_helper.from_array(each, name) for name, each in weights.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        helper.set_model_props(model, dict(self.metadata))
        path = folder / self.name
        path.write_bytes(model.SerializeToString())
        return path


def _random(channels: int, side: int) -> npt.NDArray[np.float32]:
    """Small positive weights, (1, channels, side, side): the map follows the picture's brightness."""
    found = np.random.default_rng(1).random((1, channels, side, side), np.float32)
    return np.asarray(found / found.sum(), np.float32)
