"""MiDaS v2.1 large: a ResNeXt-101 32x8d encoder and a RefineNet decoder.

Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", TPAMI 2022; isl-org/MiDaS, midas/midas_net.py
(MIT). The encoder is the one of Mahajan et al., "Exploring the Limits of Weakly Supervised Pretraining", ECCV 2018.
"""

from __future__ import annotations

import timm
from torch import nn

from tui.depth.midas.blocks import RectifiedFusionBlock
from tui.depth.midas.network import DPT_CHANNELS, Decoder, MidasNetwork, StagedEncoder, output_layers

_ENCODER_CHANNELS = (256, 512, 1024, 2048)


def resnext() -> MidasNetwork:
    """The network with random weights; nothing is downloaded."""
    backbone = timm.create_model("resnext101_32x8d", pretrained=False)
    encoder = StagedEncoder(
        nn.Sequential(backbone.conv1, backbone.bn1, backbone.act1, backbone.maxpool, backbone.layer1),
        backbone.layer2,
        backbone.layer3,
        backbone.layer4,
    )
    fusions = [RectifiedFusionBlock(DPT_CHANNELS) for _ in _ENCODER_CHANNELS]
    output = output_layers(DPT_CHANNELS, 32, align_corners=False)
    return MidasNetwork(encoder, Decoder(_ENCODER_CHANNELS, fusions, output))
