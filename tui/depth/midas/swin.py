"""DPT with a Swin or Swin V2 transformer; the picture's size is fixed.

Source: isl-org/MiDaS, midas/backbones/swin.py, swin2.py and swin_common.py (MIT), after Liu et al., "Swin
Transformer", ICCV 2021, and "Swin Transformer V2", CVPR 2022.
"""

from __future__ import annotations

import re

import timm
import torch

from tui.depth.midas.network import Encoder, MidasNetwork, dpt_decoder


class SwinEncoder(Encoder):
    """The four stages' outputs, strides 4 to 32."""

    computed = frozenset({"attn_mask", "relative_position_index", "relative_coords_table"})

    def __init__(self, backbone: str) -> None:
        super().__init__()
        self.model = timm.create_model(backbone, pretrained=False)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See `Encoder`; h and w are the type's own."""
        maps = []
        x = self.model.patch_embed(x)
        for stage in self.model.layers:
            x = stage(x)
            maps.append(x.permute(0, 3, 1, 2))
        return tuple(maps)

    @staticmethod
    def official_name(name: str) -> str:
        """See `Encoder`: timm counted the reduction between two stages to the first of them."""
        name = re.sub(r"\.layers\.(\d+)\.downsample\.", lambda m: f".layers.{int(m[1]) - 1}.downsample.", name)
        return name.replace("pretrained.model.head.fc.", "pretrained.model.head.")


def swin_large() -> MidasNetwork:
    """dpt_swin_large_384 with random weights; nothing is downloaded."""
    return _swin("swin_large_patch4_window12_384", 192)


def swin2_tiny() -> MidasNetwork:
    """dpt_swin2_tiny_256 with random weights; nothing is downloaded."""
    return _swin("swinv2_tiny_window16_256", 96)


def swin2_base() -> MidasNetwork:
    """dpt_swin2_base_384 with random weights; nothing is downloaded."""
    return _swin("swinv2_base_window12to24_192to384", 128)


def swin2_large() -> MidasNetwork:
    """dpt_swin2_large_384 with random weights; nothing is downloaded."""
    return _swin("swinv2_large_window12to24_192to384", 192)


def _swin(backbone: str, channels: int) -> MidasNetwork:
    return MidasNetwork(SwinEncoder(backbone), dpt_decoder([channels << stage for stage in range(4)]))
