"""The MiDaS types that this program can build: what differs between them, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from tui.depth.midas.transform import TRANSFORMS, Transform

if TYPE_CHECKING:
    from tui.depth.midas.network import MidasNetwork


@dataclass(frozen=True, slots=True)
class MidasType:
    """One network of the family."""

    transform: Transform
    family: str
    """The module of this package that builds it; it imports torch and timm."""
    function: str
    """The function there."""
    trace_px: int
    """Side of the picture with which it is traced for another engine; small is fast where any size gives the same."""

    def build(self) -> MidasNetwork:
        """The network with random weights."""
        build = getattr(import_module(f"tui.depth.midas.{self.family}"), self.function)
        return cast("MidasNetwork", build())


_SMALL = TRANSFORMS["small_transform"]
_V21 = TRANSFORMS["default_transform"]
_DPT = TRANSFORMS["dpt_transform"]
_BEIT_512 = TRANSFORMS["beit512_transform"]
_SQUARE_384 = TRANSFORMS["swin384_transform"]
_SQUARE_256 = TRANSFORMS["swin256_transform"]
_SQUARE_224 = TRANSFORMS["levit_transform"]

MIDAS_TYPES = {
    "midas-v21-small-256": MidasType(_SMALL, "small", "small", trace_px=64),
    "midas-v21-384": MidasType(_V21, "resnext", "resnext", trace_px=64),
    "dpt-hybrid-384": MidasType(_DPT, "vit", "vit_hybrid", trace_px=64),
    "dpt-large-384": MidasType(_DPT, "vit", "vit_large", trace_px=64),
    "dpt-beit-base-384": MidasType(_DPT, "beit", "beit_base", trace_px=64),
    "dpt-beit-large-384": MidasType(_DPT, "beit", "beit_large_384", trace_px=64),
    "dpt-beit-large-512": MidasType(_BEIT_512, "beit", "beit_large_512", trace_px=64),
    "dpt-next-vit-large-384": MidasType(_DPT, "nextvit", "next_vit_large", trace_px=64),
    # Windows and attention tables fix the size of these: they are traced with it.
    "dpt-swin-large-384": MidasType(_SQUARE_384, "swin", "swin_large", trace_px=384),
    "dpt-swin2-tiny-256": MidasType(_SQUARE_256, "swin", "swin2_tiny", trace_px=256),
    "dpt-swin2-base-384": MidasType(_SQUARE_384, "swin", "swin2_base", trace_px=384),
    "dpt-swin2-large-384": MidasType(_SQUARE_384, "swin", "swin2_large", trace_px=384),
    "dpt-levit-224": MidasType(_SQUARE_224, "levit", "levit", trace_px=224),
}
"""By registry name: upstream's names with hyphens.

All of them convert to OpenVINO with the sides left open (the fixed ones take their own size only), and the converted
model is within 2.5e-4 standard deviations of upstream's map, so that on a CPU `auto` takes OpenVINO for each.
"""
