"""MiDaS v2.1 small: an EfficientNet-Lite3 encoder and a light RefineNet decoder.

Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", TPAMI 2022; isl-org/MiDaS,
midas/midas_net_custom.py (MIT). Attribute names make up the official checkpoint's keys.
"""

from __future__ import annotations

import timm
import torch
from torch import nn

from tui.depth.midas.blocks import Enlarge, FusionBlock

_ENCODER_CHANNELS = (32, 48, 136, 384)
_DECODER_CHANNELS = (64, 128, 256, 512)


class MidasSmall(nn.Module):
    """Normalised RGB -> relative inverse depth."""

    def __init__(self) -> None:
        super().__init__()
        self.pretrained = _encoder()
        self.scratch = _decoder()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (N, 3, h, w) in, (N, h, w) out, values >= 0; h and w are multiples of 32."""
        encoder, decoder = self.pretrained, self.scratch
        layer1 = encoder["layer1"](x)
        layer2 = encoder["layer2"](layer1)
        layer3 = encoder["layer3"](layer2)
        layer4 = encoder["layer4"](layer3)
        path = decoder["refinenet4"](decoder["layer4_rn"](layer4))
        path = decoder["refinenet3"](path, decoder["layer3_rn"](layer3))
        path = decoder["refinenet2"](path, decoder["layer2_rn"](layer2))
        path = decoder["refinenet1"](path, decoder["layer1_rn"](layer1))
        return decoder["output_conv"](path).squeeze(1)


def _encoder() -> nn.ModuleDict:
    """The stages of timm's network, regrouped as the checkpoint names them; nothing is downloaded."""
    backbone = timm.create_model("tf_efficientnet_lite3", pretrained=False)
    stages = backbone.blocks
    return nn.ModuleDict(
        {
            # Upstream has the activation at place 2; timm has it inside bn1.
            "layer1": nn.Sequential(backbone.conv_stem, backbone.bn1, nn.Identity(), stages[0], stages[1]),
            "layer2": nn.Sequential(stages[2]),
            "layer3": nn.Sequential(stages[3], stages[4]),
            "layer4": nn.Sequential(stages[5], stages[6]),
        }
    )


def _decoder() -> nn.ModuleDict:
    decoder = nn.ModuleDict()
    for level, (encoder_channels, channels) in enumerate(zip(_ENCODER_CHANNELS, _DECODER_CHANNELS, strict=True), 1):
        decoder[f"layer{level}_rn"] = nn.Conv2d(encoder_channels, channels, 3, padding=1, bias=False)
        decoder[f"refinenet{level}"] = FusionBlock(channels, channels if level == 1 else channels // 2)
    channels = _DECODER_CHANNELS[0]
    decoder["output_conv"] = nn.Sequential(
        nn.Conv2d(channels, channels // 2, 3, padding=1),
        Enlarge(align_corners=False),
        nn.Conv2d(channels // 2, 32, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 1, 1),
        nn.ReLU(),
    )
    return decoder
