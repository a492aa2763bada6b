"""Takes an exported network up again: what `--init` does with an `.onnx` file, such as the one inside the package.

Export folds normalisation into the convolutions. To be trained again each convolution gets a normalisation back whose
statistics are measured on pictures, so that the function stays the same; weights come back at the size at which they
would have begun, for which the learning rates are made (folded ones differ by factors of thousands).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tui.training.encoder import NORM_EPSILON, FrozenNormConv
from tui.training.errors import TrainingError
from tui.training.network import Pocket

LINEAR = ("query_key_value", "attended", "mix.0", "mix.2")
"""A context block's linear layers in their order; export turns them and takes away their names."""


def take_up(network: Pocket, file: Path, images: Iterable[Tensor]) -> None:
    """Fill `network` with the weights exported to `file`; `images`, (B, 3, H, W) in -1..1, are what is measured on.

    Raises TrainingError where `file` cannot be read or holds another network.
    """
    values = read(file)
    layers = dict(_normalised(network))
    try:
        with torch.no_grad():
            for name, target in network.state_dict().items():
                if not _is_statistic(name, layers):
                    target.copy_(values[f"pocket.{name}"].reshape(target.shape))
            for name, (convolution, norm) in layers.items():
                _unfold(convolution, norm, values[f"pocket.{name}.bias"])
    except (KeyError, RuntimeError) as error:
        raise TrainingError(f"{file}: the weights of another network ({error}); see --encoder in --help") from error
    _measure([(c, n) for c, n in layers.values() if n is not None], network, images)


def read(file: Path) -> dict[str, Tensor]:
    """Return the constants of an exported network by the names of their layers. Raises TrainingError if unreadable."""
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load(str(file))
        onnx.checker.check_model(model)
    except Exception as error:  # protobuf has no common one
        raise TrainingError(f"{file}: not a readable network ({error}); give a .onnx that `export` wrote") from error
    named: dict[str, Tensor] = {}
    linear: list[NDArray[np.float32]] = []
    for constant in model.graph.initializer:
        array = numpy_helper.to_array(constant).astype(np.float32)
        if constant.name.startswith("onnx::MatMul"):
            linear.append(array.T)
        else:
            named[constant.name.removesuffix("_fp16")] = torch.from_numpy(array.copy())
    for index, array in enumerate(linear):
        block, layer = divmod(index, len(LINEAR))
        named[f"pocket.context.{block}.{LINEAR[layer]}.weight"] = torch.from_numpy(array.copy())
    return named


Layer = tuple[nn.Conv2d | FrozenNormConv, nn.BatchNorm2d | None]


def _normalised(network: Pocket) -> Iterable[tuple[str, Layer]]:
    """Yield each convolution whose normalisation was folded, by name, with the normalisation after it if any."""
    for name, module in network.named_modules():
        if isinstance(module, FrozenNormConv):
            yield name, (module, None)
        elif isinstance(module, nn.Sequential) and len(module) == 3 and isinstance(module[1], nn.BatchNorm2d):
            convolution = module[0]
            if isinstance(convolution, nn.Conv2d):
                yield f"{name}.0", (convolution, module[1])


def _is_statistic(name: str, layers: dict[str, Layer]) -> bool:
    """Return whether a value of the network's state is no constant of the exported one."""
    layer, _, value = name.rpartition(".")
    if layer in layers:
        return value in ("gain", "mean", "variance")
    before, _, place = layer.rpartition(".")
    return place == "1" and f"{before}.0" in layers and layers[f"{before}.0"][1] is not None


def _unfold(convolution: nn.Conv2d | FrozenNormConv, norm: nn.BatchNorm2d | None, bias: Tensor) -> None:
    """Give `convolution` weights of usual size and the rest of its folded ones to what normalises it."""
    weight = convolution.weight
    sizes = weight.flatten(1).square().mean(1).sqrt().clamp(min=1e-12)
    scale = sizes * weight[0].numel() ** 0.5
    weight /= scale[:, None, None, None]
    if norm is not None:
        norm.reset_running_stats()
        norm.weight.copy_(scale * (1 + norm.eps) ** 0.5)
        norm.bias.copy_(bias)
    elif isinstance(convolution, FrozenNormConv):
        convolution.mean.zero_()
        convolution.variance.fill_(1.0)
        convolution.gain.copy_(scale * (1 + NORM_EPSILON) ** 0.5)


@torch.no_grad()
def _measure(layers: list[Layer], network: Pocket, images: Iterable[Tensor]) -> None:
    """Put the mean and variance of what each convolution gives for `images` into the normalisation after it."""
    moments: dict[nn.Module, list[Tensor]] = {convolution: [] for convolution, _ in layers}

    def note(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        found = output.double()
        moments[module].append(torch.stack([found.mean((0, 2, 3)), found.square().mean((0, 2, 3))]))

    hooks = [convolution.register_forward_hook(note) for convolution, _ in layers]
    network.eval()
    device = next(network.parameters()).device
    for image in images:
        network(image.to(device))
    for hook in hooks:
        hook.remove()
    for convolution, norm in layers:
        if norm is None or norm.running_mean is None or norm.running_var is None or not moments[convolution]:
            continue
        mean, square = torch.stack(moments[convolution]).mean(0)
        scale = norm.weight / (1 + norm.eps) ** 0.5
        norm.running_mean.copy_(mean)
        norm.running_var.copy_((square - mean**2).clamp(min=0))
        norm.weight.copy_(scale * torch.sqrt(norm.running_var + norm.eps))
        norm.bias.add_(scale * norm.running_mean)
