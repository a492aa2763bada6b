"""How a picture stands in a network's input, and how its map is cut out of the network's again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tui.depth.card import InputCard
from tui.depth.engines.network import Batch
from tui.depth.enlarging import with_unknown
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage, Vector

EXACT: Final = ("stretch", "pad")
"""Ways of resizing that end in exactly the sides that the card or the file says."""

_ROUNDING = 1e-6
_LONGEST_SIDES = 8
"""With keep-aspect, the longer side is at most this many times the shorter; a 12000x90 picture is squeezed."""


@dataclass(frozen=True, slots=True)
class FixedSize:
    """The sides that a model file itself prescribes; None where it takes any."""

    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Framing:
    """Where a picture stands in a network's input; all of it, but for padding."""

    width: int
    height: int
    """Of the input, pixels."""
    left: int
    top: int
    inner: tuple[int, int]
    """(width, height) that the picture has there."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the input."""
        return self.width, self.height

    def cut(self, values: FloatMap) -> FloatMap:
        """The picture's part of a map of the whole input; float32, both of any size, NaN where unknown."""
        if self.inner == self.size:
            return values
        across, down = values.shape[1] / self.width, values.shape[0] / self.height
        columns = _cells(self.left * across, self.inner[0] * across)
        rows = _cells(self.top * down, self.inner[1] * down)
        if all((each == np.round(each)).all() for each in (rows, columns)):
            return np.ascontiguousarray(values[np.ix_(rows.astype(int), columns.astype(int))])
        import cv2  # the picture has paid for it

        across_map, down_map = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
        return with_unknown(values, lambda each: cv2.remap(each, across_map, down_map, cv2.INTER_LINEAR))


def framed(card: InputCard, fixed: FixedSize, width: int, height: int) -> Framing:
    """Where a picture of the given size stands in the network's input."""
    net_width, net_height = net_size(card, fixed, width, height)
    if card.resize != "pad":
        return Framing(net_width, net_height, 0, 0, (net_width, net_height))
    scale = min(net_width / width, net_height / height)
    inner = (max(1, min(net_width, round(scale * width))), max(1, min(net_height, round(scale * height))))
    left, top = (0, 0) if card.pad_at == "end" else ((net_width - inner[0]) // 2, (net_height - inner[1]) // 2)
    return Framing(net_width, net_height, left, top, inner)


def other_layout(sides: Sequence[int | None]) -> str:
    """The remedy where a card's layout is not that of an input of four sides; empty where neither fits."""
    if 3 not in (sides[1], sides[3]):
        return ""
    return f': write layout = "{"NCHW" if sides[1] == 3 else "NHWC"}"'


def check_sides(card: InputCard, fixed: FixedSize, name: str, where: Path | str, shape: str) -> None:
    """Return if the card asks for sides that the model takes, or the model says itself which.

    Args:
        card: of the input.
        fixed: what the model prescribes.
        name: of the model, for messages.
        where: the card is, likewise.
        shape: of the input, likewise.

    Raises:
        ModelError: with the size that would be right.
    """
    both = fixed.width is not None and fixed.height is not None
    if card.size_px == 0:
        if not both:
            raise ModelError(
                f"{where}: input.size is missing, and {name} takes any: {shape}; write the sides that it was made "
                "for, as size = 384"
            )
        return
    height, width = card.sides_px or (card.size_px, card.size_px)
    if card.resize in EXACT and (fixed.width not in (None, width) or fixed.height not in (None, height)):
        asked = f"[{height}, {width}]" if card.sides_px else f"{card.size_px}"
        right = f": write size = [{fixed.height}, {fixed.width}], or leave it out" if both else ""
        raise ModelError(f"{where}: input.size is {asked}, but {name} takes an input of shape {shape}{right}")


def net_size(card: InputCard, fixed: FixedSize, width: int, height: int) -> tuple[int, int]:
    """(width, height) of the network's input for a picture of the given size."""
    if fixed.width and fixed.height:
        return fixed.width, fixed.height
    if card.resize in EXACT:
        tall, wide = card.sides_px or (card.size_px, card.size_px)
        return wide, tall
    scale = card.size_px / min(width, height)
    longest = _LONGEST_SIDES * card.size_px
    sides = [
        max(card.multiple_of, round(min(scale * side, longest) / card.multiple_of) * card.multiple_of)
        for side in (width, height)
    ]
    return fixed.width or sides[0], fixed.height or sides[1]


def prepare(image: RGBImage, card: InputCard, framing: Framing) -> Batch:
    """The network's input for `image`: RGB, uint8, shape (H, W, 3).

    Pictures are shrunk by averaging areas, so that fine texture does not turn into false structure.
    """
    import cv2  # paid for by the first picture, not by the program's start

    height, width = image.shape[:2]
    inner = framing.inner
    shrinks = inner[0] <= width and inner[1] <= height
    resized = cv2.resize(image, inner, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    if inner != framing.size:
        canvas = np.empty((framing.height, framing.width, 3), np.uint8)
        canvas[:] = np.round(card.pad_color).astype(np.uint8)
        canvas[framing.top : framing.top + inner[1], framing.left : framing.left + inner[0]] = resized
        resized = canvas
    if card.color == "BGR":
        resized = resized[..., ::-1]
    batch = resized[None] if card.layout == "NHWC" else resized.transpose(2, 0, 1)[None]
    if card.dtype == "uint8":
        return np.ascontiguousarray(batch, dtype=np.uint8)
    per_channel = (1, 1, 1, 3) if card.layout == "NHWC" else (1, 3, 1, 1)
    mean = np.asarray(card.mean, dtype=np.float32).reshape(per_channel)
    std = np.asarray(card.std, dtype=np.float32).reshape(per_channel)
    scaled = np.ascontiguousarray(batch, dtype=np.float32) * np.float32(card.scale)
    return (scaled - mean) / std


def _cells(start: float, length: float) -> Vector:
    """Where a map is read along one axis, in its cells' own numbers, for a part of it; no cell with padding."""
    count = max(1, round(length))
    places = start + (np.arange(count) + 0.5) * length / count - 0.5
    first, last = math.ceil(start - _ROUNDING), math.floor(start + length + _ROUNDING) - 1
    if last < first:  # thinner than a cell
        first = last = math.floor(start + length / 2)
    return np.clip(places, first, last)
