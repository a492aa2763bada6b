"""MiDaS v2.1 small: an EfficientNet-Lite3 encoder and a light RefineNet decoder.

Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", TPAMI 2022; isl-org/MiDaS,
midas/midas_net_custom.py (MIT).
"""

from __future__ import annotations

import timm
from torch import nn

from tui.depth.midas.blocks import FusionBlock
from tui.depth.midas.network import Decoder, MidasNetwork, StagedEncoder, output_layers

_ENCODER_CHANNELS = (32, 48, 136, 384)
_DECODER_CHANNELS = (64, 128, 256, 512)


def small() -> MidasNetwork:
    """The network with random weights."""
    fusions = [
        FusionBlock(channels, channels if level == 0 else channels // 2)
        for level, channels in enumerate(_DECODER_CHANNELS)
    ]
    output = output_layers(_DECODER_CHANNELS[0], 32, align_corners=False)
    return MidasNetwork(_encoder(), Decoder(_ENCODER_CHANNELS, fusions, output, channels=_DECODER_CHANNELS))


def _encoder() -> StagedEncoder:
    """The stages of timm's network, regrouped as the checkpoint names them; nothing is downloaded."""
    backbone = timm.create_model("tf_efficientnet_lite3", pretrained=False)
    stages = backbone.blocks
    return StagedEncoder(
        # Upstream has the activation at place 2; timm has it inside bn1.
        nn.Sequential(backbone.conv_stem, backbone.bn1, nn.Identity(), stages[0], stages[1]),
        nn.Sequential(stages[2]),
        nn.Sequential(stages[3], stages[4]),
        nn.Sequential(stages[5], stages[6]),
    )
