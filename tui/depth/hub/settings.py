"""A checkpoint's preprocessor_config.json, read and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NoReturn

from tui.depth.hub.transform import BICUBIC, BILINEAR, HubTransform
from tui.errors import ModelError

_HALF = (0.5, 0.5, 0.5)
_FAMILY_OF = {
    "dpt": "DPT",
    "depth_anything": "DPT",
    "zoedepth": "ZoeDepth",
    "depth_pro": "DepthPro",
    "glpn": "GLPN",
}
_ENDINGS = ("Fast", "Pil", "ImageProcessor", "FeatureExtractor")
"""`DPTImageProcessor`, `DPTImageProcessorFast` and the older `DPTFeatureExtractor` mean one thing."""

_DEFAULTS: dict[str, dict[str, object]] = {
    "DPT": {"size": 384, "resample": BICUBIC, "do_normalize": True},
    "GLPN": {"resample": BILINEAR, "do_normalize": False, "size_divisor": 32},
    "ZoeDepth": {
        "size": {"height": 384, "width": 512},
        "resample": BILINEAR,
        "do_normalize": True,
        "do_pad": True,
        "keep_aspect_ratio": True,
        "ensure_multiple_of": 1 / 32,
    },
    "DepthPro": {"size": 1536, "resample": BILINEAR, "do_normalize": True},
}
"""What transformers takes where a family's settings say nothing."""

_LARGEST_SIDE = 4096


def transform_of(settings: Mapping[str, object], model_type: str, label: str) -> HubTransform:
    """The transform that the settings ask for.

    Args:
        settings: the parsed file.
        model_type: of the network, for settings that do not name their processor.
        label: how to call the model in messages.

    Raises:
        ModelError: names the field that cannot be followed.
    """
    reader = _Settings(settings, label, _FAMILY_OF[model_type])
    family = reader.family
    if reader.flag("do_center_crop", default=False):
        reader.fail("do_center_crop", "would cut off what is to be measured")
    resample = reader.number("resample")
    if resample not in (BILINEAR, BICUBIC) or (family in ("ZoeDepth", "DepthPro") and resample != BILINEAR):
        reader.fail("resample", "is a filter that is not known here")
    multiple_of = reader.number("size_divisor" if family == "GLPN" else "ensure_multiple_of", 1)
    if not 0 < multiple_of <= _LARGEST_SIDE:
        reader.fail("ensure_multiple_of", "is no multiple that a side can have")
    resizes = reader.flag("do_resize", default=True)
    normalises = reader.flag("do_normalize")
    pads = reader.flag("do_pad", default=False)
    if not resizes and family != "DPT":
        reader.fail("do_resize", "is not known here without resizing")
    return HubTransform(
        family=family,
        size=None if family == "GLPN" or not resizes else reader.size(),
        keep_aspect=family in ("DPT", "ZoeDepth") and reader.flag("keep_aspect_ratio", default=False),
        multiple_of=multiple_of if resizes else 1,
        resample=int(resample),
        scale=reader.number("rescale_factor", 1 / 255) if reader.flag("do_rescale", default=True) else 1.0,
        mean=reader.three("image_mean") if normalises else (0.0, 0.0, 0.0),
        std=reader.three("image_std") if normalises else (1.0, 1.0, 1.0),
        pad=pads and family == "ZoeDepth",
        pad_to=int(reader.number("size_divisor", 0)) if pads and family == "DPT" else 0,
    )


class _Settings:
    """Reads fields by name, with the family's defaults."""

    def __init__(self, settings: Mapping[str, object], label: str, usual: str) -> None:
        self._label = label
        self._settings = settings
        name = str(settings.get("image_processor_type") or settings.get("feature_extractor_type") or usual)
        for ending in _ENDINGS:
            name = name.removesuffix(ending)
        if name not in _DEFAULTS:
            self.fail("image_processor_type", "is not known here")
        self.family = name

    def fail(self, field: str, why: str) -> NoReturn:
        value = repr(self._settings.get(field, self._settings.get("feature_extractor_type")))[:60]
        raise ModelError(f"{self._label}: its preprocessor_config.json has {field} {value}, which {why}")

    def flag(self, field: str, *, default: bool | None = None) -> bool:
        return self._value(field, default) is True

    def number(self, field: str, default: float | None = None) -> float:
        value = self._value(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fail(field, "is no number")
        return value

    def three(self, field: str) -> tuple[float, float, float]:
        value = self._value(field, list(_HALF))
        numbers = [float(each) for each in value if isinstance(each, int | float)] if isinstance(value, list) else []
        if len(numbers) != 3 or not all(map(math.isfinite, numbers)) or (field == "image_std" and 0 in numbers):
            self.fail(field, "are no three numbers to normalise by")
        return numbers[0], numbers[1], numbers[2]

    def size(self) -> tuple[int, int]:
        """(height, width)."""
        value = self._value("size", None)
        sides = [value.get("height"), value.get("width")] if isinstance(value, dict) else [value, value]
        whole = [side for side in sides if isinstance(side, int) and 0 < side <= _LARGEST_SIDE]
        if len(whole) != 2:
            self.fail("size", "is no height and width")
        return whole[0], whole[1]

    def _value(self, field: str, default: object) -> object:
        value = self._settings.get(field)
        if value is None:
            value = _DEFAULTS[self.family].get(field, default)
        return value
