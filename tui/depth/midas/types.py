"""The MiDaS types that this program can build: what differs between them, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.depth.midas.transform import TRANSFORMS, Transform

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class MidasType:
    """One network of the family."""

    transform: Transform
    build: Callable[[], nn.Module]
    """The network with random weights, under the official checkpoint's key names; imports torch and timm."""
    trace_px: int
    """Side of the picture with which it is traced for another engine; small is fast where any size gives the same."""


def _small() -> nn.Module:
    from tui.depth.midas.small import MidasSmall  # imports torch and timm

    return MidasSmall()


MIDAS_TYPES = {
    "midas-v21-small-256": MidasType(TRANSFORMS["small_transform"], _small, trace_px=64),
}
"""By registry name."""
