"""DPT with a vision transformer: plain (dpt_large), or after the first stages of a ResNet (dpt_hybrid).

Source: Ranftl et al., "Vision Transformers for Dense Prediction", ICCV 2021; isl-org/MiDaS, midas/backbones/vit.py
(MIT). Attribute names make up the official checkpoint's keys.
"""

from __future__ import annotations

import math

import timm
import torch
from timm.layers import Conv2dSame, GroupNormAct, StdConv2dSame
from torch import nn
from torch.nn import functional

from tui.depth.midas.network import Encoder, MidasNetwork, dpt_decoder
from tui.depth.midas.tokens import PATCH_PX, reassemble, resample_grid


class VitEncoder(Encoder):
    """Maps made from the tokens after four of the transformer's blocks."""

    def __init__(self, backbone: str, taps: tuple[int, ...], channels: tuple[int, ...]) -> None:
        super().__init__()
        self.model = timm.create_model(backbone, pretrained=False)
        self._taps = taps
        # The first levels come from elsewhere where there are fewer taps than channels.
        for level in range(len(channels) - len(taps) + 1, len(channels) + 1):
            self.add_module(f"act_postprocess{level}", reassemble(level, self.model.embed_dim, channels[level - 1]))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See `Encoder`."""
        rows, columns = x.shape[2] // PATCH_PX, x.shape[3] // PATCH_PX
        first, patches = self._patches(x)
        tokens = self._tokens(patches)
        tapped = []
        for index, block in enumerate(self.model.blocks[: self._taps[-1] + 1]):
            tokens = block(tokens)
            if index in self._taps:
                tapped.append(tokens)
        levels = range(len(first) + 1, len(first) + len(tapped) + 1)
        maps = [
            self.get_submodule(f"act_postprocess{level}")(tokens, rows, columns)
            for level, tokens in zip(levels, tapped, strict=True)
        ]
        return (*first, *maps)

    def _patches(self, x: torch.Tensor) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """Maps made before the transformer, and one vector a patch, shape (N, C, rows, columns)."""
        return (), self.model.patch_embed.proj(x)

    def _tokens(self, patches: torch.Tensor) -> torch.Tensor:
        """The class token and one token a patch, each with its place, shape (N, 1 + rows * columns, C)."""
        model = self.model
        places = model.pos_embed[:, 1:].transpose(1, 2)
        side = math.isqrt(places.shape[2])
        places = resample_grid(places.reshape(1, -1, side, side), patches.shape[2], patches.shape[3])
        tokens = (patches + places).flatten(2).transpose(1, 2)
        class_token = (model.cls_token + model.pos_embed[:, :1]).expand(tokens.shape[0], -1, -1)
        return torch.cat((class_token, tokens), dim=1)


class HybridEncoder(VitEncoder):
    """The two finest maps come from the ResNet in front of the transformer."""

    def _patches(self, x: torch.Tensor) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """See `VitEncoder`."""
        embedding = self.model.patch_embed
        residual = embedding.backbone
        map1 = residual.stages[0](residual.stem(x))
        map2 = residual.stages[1](map1)
        return (map1, map2), embedding.proj(residual.norm(residual.stages[2](map2)))

    def settle(self) -> None:
        """See `Encoder`: convolutions that standardise their weights at every picture become plain ones.

        The group normalisations change their form, not their values, see `_GroupNorm`.
        """
        residual = self.model.patch_embed.backbone
        for name, layer in list(residual.named_modules()):
            if isinstance(layer, StdConv2dSame):
                _replace(residual, name, _standardised(layer))
            elif isinstance(layer, GroupNormAct):
                _replace(residual, name, _GroupNorm(layer))


class _GroupNorm(nn.Module):
    """Group normalisation and activation, written so that OpenVINO has no operation of its own for it.

    That operation crashes the process (OpenVINO 2026.4, CPU) while a model is compiled for a small picture, such as
    256 x 192, in which two residual blocks follow each other.
    """

    def __init__(self, layer: GroupNormAct) -> None:
        super().__init__()
        self._groups = layer.num_groups
        self._eps = layer.eps
        self.weight = layer.weight
        self.bias = layer.bias
        self.act = layer.act

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (N, C, h, w) in and out."""
        groups = x.reshape(x.shape[0], self._groups, -1)
        normalised = functional.instance_norm(groups, eps=self._eps).reshape_as(x)
        return self.act(normalised * self.weight[:, None, None] + self.bias[:, None, None])


def _replace(root: nn.Module, name: str, layer: nn.Module) -> None:
    """Put a layer in the place of the one with this dotted name."""
    parent, _, last = name.rpartition(".")
    root.get_submodule(parent).add_module(last, layer)


def _standardised(convolution: StdConv2dSame) -> nn.Conv2d:
    """A plain convolution with each filter's mean removed and its variance made 1.

    Source: Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization", 2019.
    """
    weight = convolution.weight.detach().double().flatten(1)
    variance, mean = torch.var_mean(weight, dim=1, correction=0, keepdim=True)
    standardised = ((weight - mean) / (variance + convolution.eps).sqrt()).float().reshape_as(convolution.weight)
    plain = (Conv2dSame if convolution.same_pad else nn.Conv2d)(
        convolution.in_channels,
        convolution.out_channels,
        convolution.kernel_size,
        convolution.stride,
        convolution.padding,
        convolution.dilation,
        convolution.groups,
        bias=False,
    )
    plain.weight = nn.Parameter(standardised)
    return plain


def vit_large() -> MidasNetwork:
    """dpt_large_384 with random weights; nothing is downloaded."""
    channels = (256, 512, 1024, 1024)
    return MidasNetwork(VitEncoder("vit_large_patch16_384", (5, 11, 17, 23), channels), dpt_decoder(channels))


def vit_hybrid() -> MidasNetwork:
    """dpt_hybrid_384 with random weights; nothing is downloaded."""
    channels = (256, 512, 768, 768)
    return MidasNetwork(HybridEncoder("vit_base_r50_s16_384", (8, 11), channels), dpt_decoder(channels))
