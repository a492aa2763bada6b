"""Writes trained weights as one ONNX file of half precision, with the card that tells depth-tui how to run it."""

from __future__ import annotations

import copy
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tui.training import checkpoint
from tui.training.encoder import FrozenNormConv
from tui.training.errors import TrainingError
from tui.training.network import FullSize, Pocket

INPUT, OUTPUT = "image", "inverse_depth"
SMALLEST_HALVED = 64
"""Constants of fewer values stay in single precision: they weigh nothing, and biases are the more exact for it."""

CARD = """# Card of a depth network: what depth-tui must know to run the file of the same name.
name = "pocket"
licence = "{licence}"
source = "{source}"

[input]
layout = "NCHW"
color = "RGB"
dtype = "float32"
scale = {scale!r}    # 8-bit values are multiplied by this, then (value - mean) / std
mean = [0.5, 0.5, 0.5]
std = [0.5, 0.5, 0.5]
resize = "keep-aspect"         # shorter side to `size`, sides rounded to `multiple_of`
size = {size}
multiple_of = 32

[output]
kind = "inverse_depth"         # relative, larger = nearer
proportional = true            # 0 is far away: the training asks for it
scale = 1.0
valid_above = 0.0              # the network's values are positive; 0 means nothing
typical_m = 0.9                # how far away a value of 1 typically is: `python -m tui.training scale`
range_m = [0.2, 20.0]          # between which distances it was trained
"""

LICENCE = (
    "MIT; trained on NYU Depth v2 (no stated licence; cite Silberman et al., ECCV 2012), "
    "TUM RGB-D (CC BY 4.0; Sturm et al., IROS 2012), a RealSense and a HoloLens recording (MIT)"
)
SOURCE = "EfficientNet-Lite{variant} encoder (ImageNet weights, Apache-2.0), trained by the depth-tui project"


def load_network(file: Path) -> FullSize:
    """Return the averaged weights of a checkpoint, ready to run. Raises TrainingError where there is none."""
    state = checkpoint.load(file)
    if state is None or "average" not in state:
        raise TrainingError(f"{file}: no checkpoint of a training run")
    pocket = Pocket(state["variant"])
    pocket.load_state_dict(state["average"])
    return FullSize(pocket).eval()


def export_onnx(network: FullSize, file: Path, size: int) -> None:
    """Write `network` to `file`, weights as fp16 with a cast to fp32 behind each, and its card beside it.

    The graph takes any height and width that are multiples of 32. Normalisation is folded into the convolutions first.
    """
    import onnx

    model = onnx.load_from_string(_trace(fold(network), size))
    halve_constants(model)
    onnx.checker.check_model(model)
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(file))
    card = CARD.format(licence=LICENCE, source=SOURCE.format(variant=network.pocket.variant), scale=1 / 255, size=size)
    file.with_suffix(".toml").write_text(card, "utf-8")


def _trace(network: FullSize, size: int) -> bytes:
    """Return `network` as a serialised ONNX model with free height and width."""
    sides = {2: "height", 3: "width"}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        traced = Path(folder) / "traced.onnx"
        # the tracing exporter is deprecated for one that needs a further package and has nothing to offer here
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message="Constant folding", category=UserWarning)
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, size, size),),
            traced,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: sides, OUTPUT: sides},
            opset_version=17,
            dynamo=False,
        )
        return traced.read_bytes()


def fold(network: FullSize) -> FullSize:
    """Return a copy of `network` in which every normalisation is part of the convolution before it."""
    plain = copy.deepcopy(network).eval().requires_grad_(False)
    for module in plain.modules():
        if isinstance(module, FrozenNormConv):
            weight, bias = module.effective()
            module.weight.data, module.bias.data = weight, bias
            module.folded = True
        elif isinstance(module, nn.Sequential) and len(module) == 3 and isinstance(module[1], nn.BatchNorm2d):
            convolution = module[0]
            if isinstance(convolution, nn.Conv2d):
                module[0] = nn.utils.fusion.fuse_conv_bn_eval(convolution, module[1])
                module[1] = nn.Identity()
    return plain


def halve_constants(model: object) -> None:
    """Store the large fp32 constants of an ONNX model as fp16, each with a cast back to fp32, in place."""
    import onnx
    from onnx import TensorProto, numpy_helper

    if not isinstance(model, onnx.ModelProto):
        raise TypeError("expected an ONNX model")
    graph = model.graph
    casts = []
    for constant in list(graph.initializer):
        values = numpy_helper.to_array(constant)
        if constant.data_type != TensorProto.FLOAT or values.size < SMALLEST_HALVED:
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise TrainingError(f"weights of {constant.name} exceed half precision; train with more weight decay")
        name = constant.name
        half = numpy_helper.from_array(values.astype(np.float16), f"{name}_fp16")
        graph.initializer.remove(constant)
        graph.initializer.append(half)
        casts.append(onnx.helper.make_node("Cast", [half.name], [name], name=f"{name}_to_fp32", to=TensorProto.FLOAT))
    for node in reversed(casts):
        graph.node.insert(0, node)
