"""Whether a model's weights are numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tui.errors import ModelError

_FLOATS = ("f16", "f32", "f64")
_WEIGHTED = ("Convolution", "GroupConvolution", "ConvolutionBackpropData", "GroupConvolutionBackpropData", "MatMul")


def check_weights(model: Any, path: Path) -> None:  # noqa: ANN401  # an openvino.Model
    """Refuse weights that are not finite.

    Infinity is refused only where something is multiplied by it: masks are made of it. A single NaN may stand for
    what a network does not know.

    Raises:
        ModelError: names the first table of such weights.
    """
    for node in model.get_ops():
        if node.get_type_name() != "Constant" or node.get_element_type().to_string() not in _FLOATS:
            continue
        values = node.data
        if values.size < 2:
            continue
        with np.errstate(invalid="ignore"):
            low, high = float(values.min()), float(values.max())
        if np.isnan(low) or (np.isinf([low, high]).any() and _multiplies(node)):
            raise ModelError(
                f"{path}: its weights {node.get_friendly_name()[:80]!r} are not all finite numbers; {AGAIN}"
            )


AGAIN = "the file is damaged, or its training failed: fetch it again or take another one"


def _multiplies(node: Any) -> bool:  # noqa: ANN401  # an openvino.Node
    """Whether something is multiplied by a constant, which may be unpacked first."""
    users = [each.get_node() for each in node.output(0).get_target_inputs()]
    unpacked = [
        each.get_node()
        for user in users
        if user.get_type_name() == "Convert"
        for each in user.output(0).get_target_inputs()
    ]
    return any(user.get_type_name() in _WEIGHTED for user in [*users, *unpacked])
