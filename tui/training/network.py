"""`pocket`: an EfficientNet-Lite encoder and a slim decoder of plain 3x3 convolutions up to half the input's size."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tui.training.encoder import EfficientNetLite

DECODER_CHANNELS = (32, 48, 64, 96, 128)
"""Channels of the decoder at strides 2, 4, 8, 16, 32."""

CONTEXT_BLOCKS = 2
CONTEXT_HEADS = 4


class Context(nn.Module):
    """One transformer block over the coarsest map: every place sees the whole picture (Vaswani et al., 2017).

    Places are told apart by a depthwise convolution (Chu et al., "Conditional positional encodings", ICLR 2023), so any
    size of picture will do. A new block changes nothing: its branches begin at zero.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.place = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.before_attention, self.before_mix = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.query_key_value = nn.Linear(channels, 3 * channels)
        self.attended = nn.Linear(channels, channels)
        self.mix = nn.Sequential(nn.Linear(channels, 2 * channels), nn.GELU(), nn.Linear(2 * channels, channels))
        for last in (self.place, self.attended, self.mix[-1]):
            for parameter in last.parameters():
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C, H, W)."""
        x = x + self.place(x)
        batch, channels, height, width = x.shape
        tokens = x.flatten(2).transpose(1, 2)
        q, k, v = (
            part.reshape(batch, -1, CONTEXT_HEADS, channels // CONTEXT_HEADS).transpose(1, 2)
            for part in self.query_key_value(self.before_attention(tokens)).chunk(3, -1)
        )
        seen = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, -1, channels)
        tokens = tokens + self.attended(seen)
        tokens = tokens + self.mix(self.before_mix(tokens))
        return tokens.transpose(1, 2).reshape(batch, channels, height, width)


class Pocket(nn.Module):
    """Relative inverse depth from one picture.

    The output is positive and about proportional to 1/z, so that one reference already gives a usable scale.
    """

    def __init__(self, variant: int = 2, *, drop: float = 0.0) -> None:
        super().__init__()
        self.variant = variant
        self.encoder = EfficientNetLite(variant, drop=drop)
        widths = DECODER_CHANNELS
        self.laterals = nn.ModuleList(nn.Conv2d(c, w, 1) for c, w in zip(self.encoder.channels, widths, strict=True))
        self.scene = nn.Sequential(nn.Linear(self.encoder.channels[-1], 128), nn.ReLU(), nn.Linear(128, widths[-1]))
        self.context = nn.Sequential(*(Context(widths[-1]) for _ in range(CONTEXT_BLOCKS)))
        self.smooth = nn.ModuleList(_conv_norm_relu(w, w) for w in widths)
        self.narrow = nn.ModuleList(_conv_norm_relu(w, n) for w, n in zip(widths[1:], widths[:-1], strict=True))
        self.head = nn.Sequential(_conv_norm_relu(widths[0], widths[0]), nn.Conv2d(widths[0], 1, 3, padding=1))
        self.half_precision = False
        """Whether convolutions run in bfloat16 (training on a processor that has it)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return relative inverse depth, (B, 1, H / 2, W / 2), of x, (B, 3, H, W) in -1..1; sides multiples of 32."""
        if not self.half_precision:
            return functional.softplus(self.head[-1](self._features(x)))
        with torch.autocast(x.device.type, dtype=torch.bfloat16):
            y = self._features(x)
        return functional.softplus(self.head[-1](y.float()))

    def _features(self, x: Tensor) -> Tensor:
        maps = self.encoder(x)
        y = self.laterals[-1](maps[-1]) + self.scene(maps[-1].mean((2, 3)))[:, :, None, None]
        y = self.context(self.smooth[-1](y))
        for level in range(len(maps) - 2, -1, -1):
            y = functional.interpolate(self.narrow[level](y), scale_factor=2.0, mode="nearest")
            y = self.smooth[level](y + self.laterals[level](maps[level]))
        return self.head[:-1](y)


class FullSize(nn.Module):
    """`Pocket` with its output brought to the size of its input: what is exported."""

    def __init__(self, pocket: Pocket) -> None:
        super().__init__()
        self.pocket = pocket

    def forward(self, image: Tensor) -> Tensor:
        """Return relative inverse depth, (B, 1, H, W), of `image`, (B, 3, H, W) in -1..1."""
        return functional.interpolate(self.pocket(image), scale_factor=2.0, mode="bilinear", align_corners=False)


def _conv_norm_relu(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )
