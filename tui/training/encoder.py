"""EfficientNet-Lite as a feature pyramid, with its batch normalisation frozen into the convolutions.

Architecture: Tan and Le, "EfficientNet", ICML 2019, in the Lite variant (no squeeze-and-excitation, ReLU6, stem and
head not scaled). Normalisation keeps ImageNet's statistics, so it is an affine map per channel that is multiplied into
the weights on the fly: the same function, but no pass over the activations, which doubles the speed on a CPU.
"""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tui.training import depthwise
from tui.training.errors import TrainingError

WIDTH_AND_DEPTH = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}
"""Scaling of channels and repeats of EfficientNet-Lite0, 1 and 2."""

STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""Expansion, kernel size, stride, channels and repeats of each stage of EfficientNet-B0."""

PYRAMID_STAGES = (0, 1, 2, 4, 6)
"""The last stages of strides 2, 4, 8, 16 and 32."""

NORM_EPSILON = 1e-3


class FrozenNormConv(nn.Module):
    """A convolution, frozen batch normalisation and, if asked for, ReLU6.

    Padding is TensorFlow's "same" for sides that the stride divides: nothing before and the rest behind where the
    stride is 2.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int, *, stride: int = 1, groups: int = 1, relu: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels // groups, kernel, kernel))
        nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")
        self.gain = nn.Parameter(torch.ones(out_channels))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.register_buffer("mean", torch.zeros(out_channels))
        self.register_buffer("variance", torch.ones(out_channels))
        self.mean: Tensor
        self.variance: Tensor
        self.stride, self.groups, self.relu = stride, groups, relu
        self.folded = False
        """Whether weight and bias already contain the normalisation (for export)."""
        total = kernel - stride
        self.before, self.after = total // 2, total - total // 2

    def effective(self) -> tuple[Tensor, Tensor]:
        """Return the weight and bias that do convolution and normalisation in one."""
        scale = self.gain * torch.rsqrt(self.variance + NORM_EPSILON)
        return self.weight * scale[:, None, None, None], self.bias - self.mean * scale

    def forward(self, x: Tensor, *, relu: bool = True, relu_first: bool = False) -> Tensor:
        """Map (B, in, H, W) to (B, out, H / stride, W / stride).

        Without `relu` the caller owes the ReLU6 to the result; with `relu_first` it was owed to x, which only a layer
        that `suits_kernel` can settle.
        """
        weight, bias = (self.weight, self.bias) if self.folded else self.effective()
        if self.suits_kernel(x):
            return depthwise.depthwise_relu6(
                x, weight, bias, stride=self.stride, before=self.before, relu_first=relu_first
            )
        padding = self.before
        if self.before != self.after:
            x, padding = functional.pad(x, (self.before, self.after, self.before, self.after)), 0
        x = functional.conv2d(x, weight, bias, self.stride, padding, 1, self.groups)
        return functional.relu6(x, inplace=True) if self.relu and relu else x

    def suits_kernel(self, x: Tensor) -> bool:
        """Return whether our own depthwise kernel computes this layer; x needs the right type only."""
        return self.groups > 1 and self.relu and depthwise.suits(x, self.weight)


class InvertedResidual(nn.Module):
    """Expand by 1x1, filter each channel, project by 1x1; added to the input where the shapes allow.

    `drop` is the probability with which, in training, a sample skips the block (stochastic depth, Huang et al. 2016).
    """

    def __init__(
        self, in_channels: int, out_channels: int, *, expand: int, kernel: int, stride: int, drop: float
    ) -> None:
        super().__init__()
        middle = in_channels * expand
        layers = [] if expand == 1 else [FrozenNormConv(in_channels, middle, 1)]
        layers += [
            FrozenNormConv(middle, middle, kernel, stride=stride, groups=middle),
            FrozenNormConv(middle, out_channels, 1, relu=False),
        ]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and in_channels == out_channels
        self.drop = drop
        self.random: torch.Generator | None = None
        """Where chance comes from; None: PyTorch's global one."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H / stride, W / stride)."""
        middle = self.layers[1]
        if len(self.layers) == 3 and isinstance(middle, FrozenNormConv) and middle.suits_kernel(x):
            wide = self.layers[0](x, relu=False)  # the kernel applies it, saving two passes over the widest map
            y: Tensor = self.layers[2](middle(wide, relu_first=True))
        else:
            y = self.layers(x)
        if not self.residual:
            return y
        if self.training and self.drop > 0:
            keep = (torch.rand(len(y), 1, 1, 1, generator=self.random) >= self.drop).to(y.device, y.dtype)
            y = y * (keep / (1 - self.drop))
        return x + y


class EfficientNetLite(nn.Module):
    """The feature pyramid of EfficientNet-Lite `variant` (0, 1 or 2), without its classifier."""

    def __init__(self, variant: int, *, drop: float = 0.0) -> None:
        super().__init__()
        width, depth = WIDTH_AND_DEPTH[variant]
        self.stem = FrozenNormConv(3, 32, 3, stride=2)
        repeats = [r if i in (0, len(STAGES) - 1) else math.ceil(r * depth) for i, (*_, r) in enumerate(STAGES)]
        self.stages = nn.ModuleList()
        channels, done = 32, 0
        for (expand, kernel, stride, base, _), count in zip(STAGES, repeats, strict=True):
            wide = scaled_channels(base, width)
            blocks: list[nn.Module] = []
            for index in range(count):
                block_drop = drop * done / sum(repeats)
                first = index == 0
                blocks.append(
                    InvertedResidual(
                        channels, wide, expand=expand, kernel=kernel, stride=stride if first else 1, drop=block_drop
                    )
                )
                channels, done = wide, done + 1
            self.stages.append(nn.Sequential(*blocks))
        self.channels = tuple(scaled_channels(STAGES[i][3], width) for i in PYRAMID_STAGES)
        """Channels of the maps that `forward` returns."""

    def freeze(self, stages: int) -> None:
        """Keep the stem and the first `stages` stages as they are: few weights, at the costliest resolutions."""
        for part in (self.stem, *self.stages[:stages]):
            part.requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the maps at strides 2, 4, 8, 16, 32 of x, (B, 3, H, W) in -1..1; H and W are multiples of 32."""
        maps = []
        x = self.stem(x)
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in PYRAMID_STAGES:
                maps.append(x)
        return maps


def scaled_channels(base: int, width: float) -> int:
    """Return `base` times `width` as a multiple of 8, never more than 10 % below (EfficientNet's rule)."""
    scaled = base * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


def load_imagenet(encoder: EfficientNetLite, file: Path) -> None:
    """Fill `encoder` with the ImageNet weights in `file` (a PyTorch state of the whole classifier), in their order.

    Raises TrainingError where the file cannot be read or belongs to another variant.
    """
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{file}: not a PyTorch weight file ({error}); see --encoder-weights in --help") from error
    tensors = [value for key, value in state.items() if not key.endswith("num_batches_tracked")]
    convs = [module for module in encoder.modules() if isinstance(module, FrozenNormConv)]
    targets = [t for c in convs for t in (c.weight, c.gain, c.bias, c.mean, c.variance)]
    shapes_agree = len(tensors) >= len(targets) and all(
        a.shape == b.shape for a, b in zip(targets, tensors, strict=False)
    )
    if not shapes_agree:
        raise TrainingError(f"{file}: not the weights of this encoder; give the file that belongs to --encoder")
    with torch.no_grad():
        for target, tensor in zip(targets, tensors, strict=False):
            target.copy_(tensor)
