"""The architectures that are known here: what their output means, and how they are run.

The meaning of an output stands in no file of a checkpoint, so it is known only for architectures that are listed. From
the documentation of transformers and each `modeling_*.py` and `post_process_depth_estimation` there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from tui.errors import ModelError


class Output(Enum):
    """What a network's raw values are."""

    RELATIVE = "relative inverse depth"
    METRES = "metres along the optical axis"
    INVERSE_METRES = "one over metres"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of one checkpoint's architecture."""

    model_type: str
    output: Output
    smooth: bool = True
    """Whether the map is enlarged with bicubic interpolation, as most are, or with bilinear."""
    not_converted: str = ""
    """Why the network must run on torch; empty if it need not."""

    @property
    def guesses_focal(self) -> bool:
        """Whether its metres are for a focal length that it guesses for each picture."""
        return self.output is Output.INVERSE_METRES

    @property
    def metric(self) -> bool:
        """Whether it gives metres."""
        return self.output is not Output.RELATIVE


KNOWN = ("dpt", "depth_anything", "zoedepth", "depth_pro", "glpn")
"""Architectures by transformers' names."""

_REFUSED = {
    "prompt_depth_anything": "it needs a depth sensor's map beside the picture",
    "chmv2": "it gives the height of trees seen from above, no depth",
}


def kind_of(config: Mapping[str, object], label: str) -> Kind:
    """What a checkpoint gives, from its config.json.

    Args:
        config: the parsed file.
        label: how to call the model in messages.

    Raises:
        ModelError: it is no depth network, or one whose output is not known here.
    """
    model_type = config.get("model_type")
    architectures = config.get("architectures")
    names = [str(name) for name in architectures] if isinstance(architectures, list) else []
    if names and not any(name.endswith("ForDepthEstimation") for name in names):
        raise ModelError(f"{label} is a {names[0][:80]}, no depth-estimation model; see: depth-tui models")
    if model_type in _REFUSED:
        raise ModelError(f"{label} cannot be used: {_REFUSED[str(model_type)]}")
    if model_type not in KNOWN:
        code = " and needs program code of its own, which is never run" if config.get("auto_map") else ""
        raise ModelError(
            f"{label} is of the kind {str(model_type)[:80]!r}, whose output is not known here{code}; "
            f"known are: {', '.join(KNOWN)}"
        )
    match model_type:
        case "dpt":
            # DINOv2's own depth networks (facebook/dpt-dinov2-*-nyu, -kitti) were trained on metres, and only they have
            # this projection; Intel's are MiDaS's.
            metres = config.get("add_projection") is True
            return Kind("dpt", Output.METRES if metres else Output.RELATIVE)
        case "depth_anything":
            metres = config.get("depth_estimation_type") == "metric"
            return Kind("depth_anything", Output.METRES if metres else Output.RELATIVE)
        case "zoedepth":
            heads = config.get("bin_configurations")
            several = isinstance(heads, list) and len(heads) > 1
            why = "it chooses between an indoor and an outdoor head for each picture" if several else ""
            return Kind("zoedepth", Output.METRES, not_converted=why)
        case "depth_pro":
            # Without its own estimate of the focal length the map is inverse depth in units of it.
            measured = config.get("use_fov_model") is True
            return Kind("depth_pro", Output.INVERSE_METRES if measured else Output.RELATIVE, smooth=False)
        case _:
            return Kind("glpn", Output.METRES)
