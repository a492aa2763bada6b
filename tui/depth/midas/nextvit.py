"""DPT with Next-ViT large: convolutions and attention alternate.

Source: isl-org/MiDaS, midas/backbones/next_vit.py (MIT), after Li et al., "Next-ViT", 2022.
"""

from __future__ import annotations

import re

import timm
import torch

from tui.depth.midas.network import Encoder, MidasNetwork, dpt_decoder

_CHANNELS = (96, 256, 512, 1024)
_FIRST_PLACES = (0, 3, 7, 37)
"""Where the stages begin in the checkpoint's flat list of blocks."""


class NextVitEncoder(Encoder):
    """The four stages' outputs, strides 4 to 32."""

    def __init__(self) -> None:
        super().__init__()
        self.model = timm.create_model("nextvit_large", pretrained=False)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See `Encoder`."""
        maps = []
        x = self.model.stem(x)
        for stage in self.model.stages:
            x = stage(x)
            maps.append(x)
        return tuple(maps)

    @staticmethod
    def official_name(name: str) -> str:
        """See `Encoder`: the makers have one flat list of blocks and other names for two layers."""
        name = re.sub(
            r"\.stages\.(\d)\.blocks\.(\d+)\.", lambda m: f".features.{_FIRST_PLACES[int(m[1])] + int(m[2])}.", name
        )
        return name.replace(".mlp.fc", ".mlp.conv").replace(".head.fc.", ".proj_head.0.")


def next_vit_large() -> MidasNetwork:
    """dpt_next_vit_large_384 with random weights; nothing is downloaded."""
    return MidasNetwork(NextVitEncoder(), dpt_decoder(_CHANNELS))
