"""DPT with LeViT: three stages, and a decoder that ends in two transposed convolutions; 224 x 224 only.

Source: isl-org/MiDaS, midas/backbones/levit.py (MIT), after Graham et al., "LeViT", ICCV 2021.
"""

from __future__ import annotations

import re
from collections import OrderedDict

import timm
import torch
from torch import nn

from tui.depth.midas.blocks import FusionBlock
from tui.depth.midas.network import DPT_CHANNELS, Decoder, Encoder, MidasNetwork, output_layers

_CHANNELS = (384, 512, 768)
_GRIDS = (14, 7, 4)
"""Sides of the three stages' maps."""

_USED_BLOCKS = (2, 1, 1)
"""How many blocks of each stage stand before its tap, not counting the reduction before the stage."""

_FIRST_PLACES = (0, 10, 20)
"""Where the stages' blocks begin in the checkpoint, which counts attentions and perceptrons one by one; the two places
before are the reduction's."""


class LevitEncoder(Encoder):
    """Maps from within the three stages, strides 16, 32 and 64 (rounded up)."""

    computed = frozenset({"attention_bias_idxs"})

    def __init__(self) -> None:
        super().__init__()
        self.model = timm.create_model("levit_384", pretrained=False)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See `Encoder`; h and w are 224."""
        maps = []
        x = self.model.stem(x).flatten(2).transpose(1, 2)
        for stage, used, side in zip(self.model.stages, _USED_BLOCKS, _GRIDS, strict=True):
            x = stage.downsample(x)
            for index, block in enumerate(stage.blocks):
                x = block(x)
                if index == used - 1:
                    maps.append(x.transpose(1, 2).unflatten(2, (side, side)))
                    if len(maps) == len(_GRIDS):
                        break  # nothing looks at what the last stage's other blocks would make
        return tuple(maps)

    @staticmethod
    def official_name(name: str) -> str:
        """See `Encoder`: timm had one flat list of blocks, shorter names, and numbers for the parts of a sequence."""
        place = _FIRST_PLACES
        name = re.sub(r"\.stem\.conv(\d)\.", lambda m: f".patch_embed.{2 * (int(m[1]) - 1)}.", name)
        name = re.sub(
            r"\.stages\.(\d)\.downsample\.(attn_downsample|mlp)\.",
            lambda m: f".blocks.{place[int(m[1])] - (2 if m[2] != 'mlp' else 1)}." + ("" if m[2] != "mlp" else "m."),
            name,
        )
        name = re.sub(
            r"\.stages\.(\d)\.blocks\.(\d)\.(attn|mlp)\.",
            lambda m: f".blocks.{place[int(m[1])] + 2 * int(m[2]) + (m[3] == 'mlp')}.m.",
            name,
        )
        name = name.replace(".proj.ln.", ".proj.1.").replace(".q.ln.", ".q.1.")
        name = name.replace(".m.ln1.", ".m.0.").replace(".m.ln2.", ".m.2.")
        return re.sub(r"\.(head|head_dist)\.linear\.", r".\1.l.", name).replace(".linear.", ".c.")


def levit() -> MidasNetwork:
    """dpt_levit_224 with random weights; nothing is downloaded."""
    fusions = [
        # The coarsest map is 4 x 4 because of rounding: its double would not fit the next one's 7 x 7.
        FusionBlock(DPT_CHANNELS, DPT_CHANNELS, out_px=_GRIDS[1] if level == len(_GRIDS) else None)
        for level in range(1, len(_GRIDS) + 1)
    ]
    half, quarter = DPT_CHANNELS // 2, DPT_CHANNELS // 4
    stem_transpose = nn.Sequential(
        _doubling(DPT_CHANNELS, half), nn.Hardswish(), _doubling(half, quarter), nn.Hardswish()
    )
    output = output_layers(quarter, 8, align_corners=True)
    return MidasNetwork(LevitEncoder(), Decoder(_CHANNELS, fusions, output, stem_transpose=stem_transpose))


def _doubling(channels: int, out_channels: int) -> nn.Sequential:
    """A transposed convolution that doubles the size exactly, normalised."""
    convolution = nn.ConvTranspose2d(channels, out_channels, 3, stride=2, padding=1, output_padding=1, bias=False)
    return nn.Sequential(OrderedDict([("c", convolution), ("bn", nn.BatchNorm2d(out_channels))]))
