"""Networks that say beside the map where the sky is: there is no distance there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tui.depth.engines.openvino_engine import FAILURES, names_of, with_output
from tui.errors import ModelError


def without_sky(model: Any, name: str, sky: str, above: float, path: Path, card: Path) -> Any:  # noqa: ANN401 - an openvino.Model
    """The model whose one output is its map, NaN where the sky's output is larger than a threshold.

    Args:
        model: an openvino.Model.
        name: of the output with the map; may be empty where there are only these two.
        sky: of the output that is larger in the sky, of the map's shape but for sides of 1.
        above: that is sky.
        path: of the model, for messages.
        card: likewise.

    Raises:
        ModelError: there is no such output, or it is of another shape.
    """
    from openvino import Type
    from openvino import opset13 as ops

    found = [output for output in model.outputs if sky in names_of(output)]
    if len(found) != 1 or len(model.outputs) < 2:
        there = ", ".join(min(names_of(output)) for output in model.outputs)
        raise ModelError(f'{card}: output.sky_name is "{sky[:80]}", but {path.name} has {there}')
    others = [output for output in model.outputs if sky not in names_of(output)]
    value = found[0].node.input_value(0)
    shape = found[0].get_partial_shape().to_string()
    model.remove_result(found[0].node)
    if len(others) > 1 or name:
        model = with_output(model, name, path, card)
    kept = model.outputs[0].node
    depth = kept.input_value(0)
    if not _alike(value, depth):
        raise ModelError(
            f'{card}: output.sky_name is "{sky[:80]}", which is {shape}: it must have the sides of the map, '
            f"{depth.get_partial_shape().to_string()}"
        )
    try:
        compared = ops.convert(value, Type.f32)
        in_sky = ops.greater(compared, ops.constant(np.array(above, np.float32)))
        if value.get_partial_shape().rank.get_length() != depth.get_partial_shape().rank.get_length():
            in_sky = ops.reshape(in_sky, ops.shape_of(depth), False)
        nothing = ops.convert(ops.constant(np.array(np.nan, np.float32)), depth.get_element_type())
        kept.input(0).replace_source_output(ops.select(in_sky, nothing, depth).output(0))
        model.validate_nodes_and_infer_types()
    except FAILURES as error:
        raise ModelError(f"{path}: its sky {shape} cannot be taken out of the map") from error
    return model


def _alike(first: Any, second: Any) -> bool:  # noqa: ANN401  # two openvino.Output
    """Whether two outputs can have the same sides, but for those of 1."""
    sides = []
    for each in (first, second):
        shape = each.get_partial_shape()
        if shape.rank.is_dynamic:
            return False
        sides.append([side.get_length() if side.is_static else None for side in shape])
    if len(sides[0]) != len(sides[1]):  # one has axes of 1 that the other has not
        if any(side is None for side in (*sides[0], *sides[1])):
            return True
        sides = [[side for side in each if side != 1] for each in sides]
    return len(sides[0]) == len(sides[1]) and all(
        mine is None or its is None or mine == its for mine, its in zip(*sides, strict=True)
    )
