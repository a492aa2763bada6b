"""Networks that give or take the focal length beside the map, brought to one picture in and one map out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tui.depth.engines.openvino_engine import FAILURES, names_of, with_output
from tui.errors import ModelError


def over_focal(model: Any, name: str, focal: str, path: Path, card: Path) -> Any:  # noqa: ANN401  # an openvino.Model
    """The model whose one output is its map divided by the focal length that it gives for the same picture.

    Args:
        model: an openvino.Model.
        name: of the output with the map; may be empty where there are only these two.
        focal: of the output with the focal length, one number.
        path: of the model, for messages.
        card: likewise.

    Raises:
        ModelError: there is no such output, or it is not one number.
    """
    from openvino import opset13 as ops

    found = [output for output in model.outputs if focal in names_of(output)]
    if len(found) != 1:
        there = ", ".join(min(names_of(output)) for output in model.outputs)
        raise ModelError(f'{card}: output.focal_name is "{focal[:80]}", but {path.name} has {there}')
    shape = found[0].get_partial_shape()
    if shape.rank.is_static and any(side.is_static and side.get_length() != 1 for side in shape):
        raise ModelError(
            f'{card}: output.focal_name is "{focal[:80]}", which is {shape.to_string()}: a focal length is one number'
        )
    others = [output for output in model.outputs if output is not found[0] and focal not in names_of(output)]
    number = found[0].node.input_value(0)
    model.remove_result(found[0].node)
    if len(others) > 1 or name:
        model = with_output(model, name, path, card)
    kept = model.outputs[0].node
    value, element = kept.input_value(0), kept.input_value(0).get_element_type()
    divisor = ops.convert(ops.reshape(number, ops.constant(np.array([1], np.int64)), False), element)
    kept.input(0).replace_source_output(ops.divide(value, divisor).output(0))
    model.validate_nodes_and_infer_types()
    return model


def told_focal(model: Any, name: str, focal_px: float, path: Path, card: Path) -> Any:  # noqa: ANN401  # as above
    """The model that is told a focal length of its input's pixels by itself.

    Args:
        model: an openvino.Model.
        name: of the input that takes it, one number.
        focal_px: what it is told.
        path: of the model, for messages.
        card: likewise.

    Raises:
        ModelError: there is no such input, or it does not take one number.
    """
    from openvino import opset13 as ops

    found = [each for each in model.inputs if name in names_of(each)]
    if len(found) != 1 or len(model.inputs) != 2:
        there = ", ".join(min(names_of(each)) for each in model.inputs)
        raise ModelError(
            f'{card}: input.focal_name is "{name[:80]}", but {path.name} takes {there}: it must be one of two inputs, '
            "the other one being the picture"
        )
    parameter = found[0].node
    shape = parameter.get_partial_shape()
    if shape.rank.is_dynamic or any(side.is_static and side.get_length() != 1 for side in shape):
        raise ModelError(
            f'{card}: input.focal_name is "{name[:80]}", which takes {shape.to_string()}: a focal length is one number'
        )
    value = np.full([1] * shape.rank.get_length(), focal_px, np.float32)
    try:
        told = ops.convert(ops.constant(value), parameter.get_element_type())
        for target in parameter.output(0).get_target_inputs():
            target.replace_source_output(told.output(0))
        model.remove_parameter(parameter)
        model.validate_nodes_and_infer_types()
    except FAILURES as error:
        raise ModelError(f"{path} cannot be told a focal length of {focal_px:g} px") from error
    return model
