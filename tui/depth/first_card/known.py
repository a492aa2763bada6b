"""Networks that are known by their names, metadata and shapes, and how their makers prepare pictures for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.depth.first_card.facts import FileFacts, Port

_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_NONE = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sort of network beside what its file says."""

    title: str
    """What it is, in words; empty where it is known for nothing."""
    source: str = ""
    licence: str = ""
    mean: tuple[float, float, float] = _IMAGENET[0]
    std: tuple[float, float, float] = _IMAGENET[1]
    stretch: bool = False
    pad_color: tuple[float, float, float] | None = None
    """Of the bars between which its makers put a picture where the sides are fixed; None where they do not."""
    size_px: int = 384
    """Where the file takes any sides."""
    multiple_of: int = 32
    kind: str = ""
    """As in a card; empty where only the test picture tells."""
    canonical_focal_px: float = 0.0
    output: str = ""
    """Name of the output that is the map; empty where any will do."""
    focal_output: str = ""
    sky_output: str = ""
    sky_above: float = 0.5
    note: str = ""
    """What its user has to know."""


UNKNOWN = Known("")


def recognised(facts: FileFacts) -> Known:
    """What a file is, or `UNKNOWN`."""
    for asked in _ALL:
        if (found := asked(facts)) is not None:
            if facts.tile_px is not None and found.multiple_of % facts.tile_px:
                return replace(found, multiple_of=facts.tile_px)
            return found
    return UNKNOWN


def _says(facts: FileFacts, pattern: str) -> bool:
    return re.search(pattern, facts.stem) is not None


def _output(facts: FileFacts, *names: str) -> Port | None:
    return next((port for name in names for port in facts.outputs if port.name == name), None)


def _yolo(facts: FileFacts) -> Known | None:
    task, description = facts.metadata.get("task"), facts.metadata.get("description", "")
    if task is not None and task != "depth":
        return None
    if task is None and not _says(facts, r"yolo.*depth"):
        return None
    sides = [int(each) for each in re.findall(r"\d+", facts.metadata.get("imgsz", ""))]
    return Known(
        title=description or "a YOLO depth network",
        source="https://docs.ultralytics.com/tasks/depth",
        licence=facts.metadata.get("license", "AGPL-3.0"),
        mean=_NONE[0],
        std=_NONE[1],
        stretch=True,
        size_px=sides[0] if sides else 768,
        kind="depth_m",
    )


def _metric3d(facts: FileFacts) -> Known | None:
    if not (_says(facts, r"metric-?3d") or _output(facts, "predicted_normal", "prediction_normal")):
        return None
    map_ = _output(facts, "predicted_depth", "pred_depth", "depth")
    return Known(
        title="Metric3D",
        source="https://github.com/YvanYin/Metric3D",
        licence="BSD-2-Clause",
        size_px=616,
        multiple_of=28,
        pad_color=(123.675, 116.28, 103.53),
        kind="depth_m",
        canonical_focal_px=1000.0,
        output="" if map_ is None else map_.name,
        note="its metres hold for a focal length of 1000 px",
    )


def _depth_pro(facts: FileFacts) -> Known | None:
    focal = _output(facts, "focallength_px", "focal_length_px", "f_px")
    if focal is None and not _says(facts, r"depth-?pro"):
        return None
    map_ = _output(facts, "predicted_depth", "depth", "canonical_inverse_depth")
    return Known(
        title="Depth Pro",
        source="https://github.com/apple/ml-depth-pro",
        licence="Apple, see its repository",
        mean=_HALF[0],
        std=_HALF[1],
        stretch=True,
        size_px=1536,
        kind="inverse_depth" if map_ is not None and "inverse" in map_.name else "depth_m",
        output="" if map_ is None else map_.name,
        focal_output="" if focal is None else focal.name,
        note="its metres hold for the focal length that it guesses: without focal_name yours is not taken",
    )


def _depth_anything_3(facts: FileFacts) -> Known | None:
    if not _says(facts, r"da-?3|depth-?anything-?v?-?3"):
        return None
    metric = _says(facts, r"metric")
    return Known(
        title=f"Depth Anything 3, {'metric' if metric else 'not the metric one by its name'}",
        source="https://github.com/ByteDance-Seed/Depth-Anything-3",
        size_px=504,
        multiple_of=14,
        kind="depth_m" if metric else "",
        canonical_focal_px=300.0 if metric else 0.0,
        output="depth" if _output(facts, "depth") else "",
        sky_output="sky" if metric and _output(facts, "sky") else "",
        sky_above=0.3,
        note="its metres are focal length x output / 300; the sky's mean nothing",
    )


def _depth_anything_2(facts: FileFacts) -> Known | None:
    named = _says(facts, r"depth-?anything|(^|-)da-?v?2(-|$)")
    ports = facts.picture.name in _DA_INPUTS and _output(facts, *_DA_OUTPUTS) is not None
    fixed = [side for side in facts.sides_px if side is not None]
    tiles = facts.tile_px == 14 or (len(fixed) == 2 and all(side % 14 == 0 and side % 32 for side in fixed))
    if not named and not (ports and tiles):
        return None
    metric = _says(facts, r"metric|hypersim|vkitti|indoor|outdoor")
    map_ = _output(facts, *_DA_OUTPUTS)
    return Known(
        title=f"Depth Anything V2{', a metric one' if metric else ''}",
        source="https://github.com/DepthAnything/Depth-Anything-V2",
        licence="Apache-2.0" if _says(facts, r"small|vits") else "Apache-2.0 (Small) or CC-BY-NC-4.0 (larger ones)",
        size_px=518,
        multiple_of=14,
        kind="depth_m" if metric else "",
        output="" if map_ is None else map_.name,
        note="the relative ones give inverse depth, those for indoors or outdoors metres",
    )


_DA_INPUTS = ("image", "input", "pixel_values", "x")
_DA_OUTPUTS = ("depth", "output", "predicted_depth")


def _midas(facts: FileFacts) -> Known | None:
    released = facts.picture.name == "0" and len(facts.outputs) == 1 and facts.outputs[0].name.isdigit()
    square = facts.sides_px in ((384, 384), (256, 256))
    if not (released and square) and not _says(facts, r"midas|f6b98070|^model-small|^dpt-|-dpt-"):
        return None
    mean, std = _HALF if _says(facts, r"dpt") else _IMAGENET
    return Known(
        title="MiDaS",
        source="https://github.com/isl-org/MiDaS",
        licence="MIT",
        mean=mean,
        std=std,
        size_px=256 if _says(facts, r"small") else 384,
        kind="inverse_depth",
    )


_ALL: tuple[Callable[[FileFacts], Known | None], ...] = (
    _yolo, _metric3d, _depth_pro, _depth_anything_3, _depth_anything_2, _midas,
)  # fmt: skip
"""The more particular ones first."""
