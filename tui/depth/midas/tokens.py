"""From the tokens of a transformer with 16-pixel patches back to maps.

Source: Ranftl et al., "Vision Transformers for Dense Prediction", ICCV 2021; isl-org/MiDaS, midas/backbones/utils.py
(MIT). Attribute names make up the official checkpoint's keys.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import nn
from torch.nn import functional

PATCH_PX = 16
"""Side of the patch behind one token."""


class ReadoutProjection(nn.Module):
    """Mixes the class token into every other token (upstream's `ProjectReadout`)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width
        self.project = nn.Sequential(nn.Linear(2 * width, width), nn.GELU())

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Shape (N, 1 + T, C) in, (N, T, C) out.

        Upstream appends the class token to each token before one linear layer; the class token's half of that layer
        gives the same for all of them, so it is computed once.
        """
        layer, activation = cast("nn.Linear", self.project[0]), self.project[1]
        of_token, of_class = layer.weight[:, : self._width], layer.weight[:, self._width :]
        shared = functional.linear(tokens[:, :1], of_class, layer.bias)
        return activation(functional.linear(tokens[:, 1:], of_token) + shared)


class Reassemble(nn.ModuleDict):
    """Tokens -> a map of one of the decoder's scales (upstream's `act_postprocess<i>`)."""

    def __init__(self, width: int, channels: int, resize: nn.Module | None) -> None:
        # Places 1 and 2 are upstream's transposition and unflattening, which hold no weights.
        super().__init__({"0": ReadoutProjection(width), "3": nn.Conv2d(width, channels, 1)})
        if resize is not None:
            self["4"] = resize

    def forward(self, tokens: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
        """Shape (N, 1 + rows * columns, C) in, (N, channels, h, w) out."""
        grid = self["0"](tokens).transpose(1, 2).unflatten(2, (rows, columns))
        grid = self["3"](grid)
        return self["4"](grid) if "4" in self else grid


def reassemble(level: int, width: int, channels: int) -> Reassemble:
    """The layers for the map of a level: 1 is the finest, stride 4; 4 the coarsest, stride 32."""
    resize: dict[int, nn.Module] = {
        1: nn.ConvTranspose2d(channels, channels, 4, stride=4),
        2: nn.ConvTranspose2d(channels, channels, 2, stride=2),
        4: nn.Conv2d(channels, channels, 3, stride=2, padding=1),
    }
    return Reassemble(width, channels, resize.get(level))


def resample_grid(grid: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """Shape (1, C, h, w) -> (1, C, rows, columns), bilinear without antialiasing, as upstream does at every picture."""
    return functional.interpolate(grid, size=(rows, columns), mode="bilinear", align_corners=False)
