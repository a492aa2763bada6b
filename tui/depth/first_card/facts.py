"""What a model file says of itself: its inputs and outputs, its metadata, its first layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.depth.engines.first_read import check_readable
from tui.depth.engines.network import reason
from tui.depth.engines.openvino_engine import FAILURES, names_of, read_model, takes
from tui.errors import ModelError

_LONGEST_TEXT = 300
_TILE_PX = 7
"""A first convolution that steps by at least so much cuts the picture into the tokens of a transformer."""
_TO_UNIT = 0.1
"""A first layer that multiplies by less than this expects values up to 255."""

Channels = npt.NDArray[np.float64]
"""A number for each channel, shape (3,)."""


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a network."""

    name: str
    shape: tuple[int | None, ...] | None
    """None for a side that may be any; None altogether where even their number may be any."""
    element: str
    """As OpenVINO calls it: f32, u8."""

    @property
    def text(self) -> str:
        """'depth [1,1,?,?]'."""
        sides = ["..."] if self.shape is None else ["?" if side is None else str(side) for side in self.shape]
        return f"{self.name} [{','.join(sides)}]"

    @property
    def is_number(self) -> bool:
        """Whether it is one number, as a focal length is."""
        return self.shape is not None and len(self.shape) <= 2 and all(side in (None, 1) for side in self.shape)

    @property
    def is_map(self) -> bool:
        """Whether it can be one map: two sides that may be long, all others 1."""
        if self.shape is None:
            return True
        return 2 <= len(self.shape) <= 4 and sum(side != 1 for side in _but_batch(self.shape)) == 2


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that is used to tell what a file is."""

    path: Path
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    metadata: Mapping[str, str]
    """As its exporter wrote it."""
    normalises: float | None
    """If the network itself subtracts a mean and divides: by what 8-bit values are to be multiplied before; else None.
    """
    tile_px: int | None
    """Side of the tiles that a transformer cuts the picture into; None where it is none."""
    multiple_of: int | None
    """Of what its sides must be, as far as its layers tell; None where it prescribes its sides."""

    @property
    def stem(self) -> str:
        """The file's name without its ending, lower case, words joined by '-'."""
        return self.path.stem.lower().replace("_", "-").replace(" ", "-")

    @property
    def picture(self) -> Port:
        """The input that takes the picture.

        Raises:
            ModelError: there is none with four axes, or several.
        """
        found = [port for port in self.inputs if port.shape is not None and len(port.shape) == 4]
        if len(found) != 1:
            there = ", ".join(port.text for port in self.inputs)
            raise ModelError(f"{self.path} takes {there}: expected one picture, with four axes, such as [1,3,?,?]")
        return found[0]

    @property
    def layout(self) -> str | None:
        """'NCHW' or 'NHWC'; None where the file leaves it open.

        Raises:
            ModelError: its pictures do not have three channels.
        """
        shape = self.picture.shape or ()
        if shape[1] == 3:
            return "NCHW"
        if shape[3] == 3:
            return "NHWC"
        if shape[1] is None or shape[3] is None:
            return None
        raise ModelError(f"{self.path} takes {self.picture.text}: pictures need three channels")

    @property
    def sides_px(self) -> tuple[int | None, int | None]:
        """(height, width) of the picture, as far as the file prescribes them."""
        shape = self.picture.shape or (None,) * 4
        return (shape[1], shape[2]) if self.layout == "NHWC" else (shape[2], shape[3])


def read_facts(path: Path, sha256: str) -> FileFacts:
    """Look at a model file.

    Args:
        path: of the file.
        sha256: of all that it consists of.

    Raises:
        ModelError: it is none that OpenVINO can read.
    """
    check_readable(path, sha256)
    try:
        model = read_model(path)
        facts = FileFacts(
            path=path,
            inputs=tuple(_port(each) for each in model.inputs),
            outputs=tuple(_port(each) for each in model.outputs),
            metadata=_metadata(model),
            normalises=normalising_scale(model),
            tile_px=_tile_px(model),
            multiple_of=None,
        )
        if len(facts.inputs) == 1 and None in facts.sides_px:
            facts = _with_multiple(facts, model)
    except FAILURES as error:
        raise ModelError(f"{path} is not a model that OpenVINO can use: {reason(error)}") from error
    return facts


def _with_multiple(facts: FileFacts, model: Any) -> FileFacts:  # noqa: ANN401  # an openvino.Model
    steps = (facts.tile_px,) if facts.tile_px is not None else (32, 14, 64, 16, 28, 8, 128, 1)
    for step in steps:
        height, width = (given or 7 * factor * step for given, factor in zip(facts.sides_px, (1, 2), strict=True))
        if takes(model, (1, height, width, 3) if facts.layout == "NHWC" else (1, 3, height, width)):
            return replace(facts, multiple_of=step)
    return replace(facts, multiple_of=facts.tile_px)


def _port(value: Any) -> Port:  # noqa: ANN401  # an openvino.Output
    shape = value.get_partial_shape()
    sides = None
    if shape.rank.is_static:
        sides = tuple(side.get_length() if side.is_static else None for side in shape)
    return Port(min(names_of(value)), sides, value.get_element_type().to_string())


def _but_batch(shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """A shape without the axis of the pictures, where there is one for it."""
    return shape[1:] if len(shape) > 2 and shape[0] in (None, 1) else shape


def _metadata(model: Any) -> dict[str, str]:  # noqa: ANN401  # an openvino.Model
    """What the exporter wrote beside the network; OpenVINO keeps it, for an .onnx file, under its framework."""
    found = {}
    for path in (["framework"], ["model_info"]):
        if not model.has_rt_info(path):
            continue
        table = model.get_rt_info(path).value
        if not isinstance(table, dict):
            continue
        for key, value in table.items():
            text = str(getattr(value, "value", value))
            found[str(key)] = " ".join(text.split())[:_LONGEST_TEXT]
    return found


def _tile_px(model: Any) -> int | None:  # noqa: ANN401  # an openvino.Model
    for node in model.get_ordered_ops():
        if node.get_type_name() in ("Convolution", "GroupConvolution"):
            stride = max(node.get_attributes().get("strides", [1]))
            return int(stride) if stride >= _TILE_PX else None
    return None


def normalising_scale(model: Any) -> float | None:  # noqa: ANN401  # an openvino.Model
    """By what 8-bit values are to be multiplied for a network that shifts and scales its picture first."""
    pictures = [each for each in model.inputs if each.get_partial_shape().rank.to_string() == "4"]
    if len(pictures) != 1:
        return None
    slope = np.ones(3)
    shifted = False
    for kind, number, first in _arithmetic(pictures[0].node):
        if kind == "Multiply":
            slope = slope * number
        elif kind == "Divide" and first:
            slope = slope / number
        elif kind in ("Subtract", "Add"):
            shifted = True
        else:
            return None
    if not shifted and np.allclose(slope, 1.0):
        return None
    return 1.0 if float(np.abs(slope).max()) < _TO_UNIT else 1 / 255


def _arithmetic(node: Any) -> Iterator[tuple[str, Channels, bool]]:  # noqa: ANN401  # an openvino.Node
    """The steps with a constant for each channel, or for all, that follow upon an input; and whether it comes first."""
    while True:
        targets = list(node.output(0).get_target_inputs())
        if len(targets) != 1:
            return
        node, place = targets[0].get_node(), targets[0].get_index()
        kind = node.get_type_name()
        if kind in ("Convert", "Transpose"):
            continue
        if kind not in ("Subtract", "Divide", "Multiply", "Add"):
            return
        number = _constant(node.input_value(1 - place).get_node())
        if number is None:
            return
        yield kind, number, place == 0


def _constant(node: Any) -> Channels | None:  # noqa: ANN401  # an openvino.Node
    if node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        return None
    values = np.asarray(node.get_data(), np.float64).reshape(-1)
    return np.broadcast_to(values, (3,)) if values.size in (1, 3) else None
