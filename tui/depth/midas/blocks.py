"""Decoder blocks that MiDaS networks share.

Source: isl-org/MiDaS, midas/blocks.py (MIT). Attribute names are the checkpoint's.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class ResidualConvUnit(nn.Module):
    """x + conv(relu(conv(relu(x)))), shape kept (upstream's `ResidualConvUnit_custom`)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (N, C, h, w) in and out."""
        return x + self.conv2(functional.relu(self.conv1(functional.relu(x))))


class RectifiedResidualConvUnit(ResidualConvUnit):
    """relu(x) + conv(relu(conv(relu(x)))): upstream's `ResidualConvUnit`, whose first ReLU overwrites its input."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (N, C, h, w) in and out."""
        return super().forward(functional.relu(x))


class FusionBlock(nn.Module):
    """Adds an encoder map to the decoder's path, refines, and enlarges (`FeatureFusionBlock_custom`)."""

    def __init__(self, channels: int, out_channels: int, out_px: int | None = None) -> None:
        super().__init__()
        self._out_px = out_px
        self.out_conv = nn.Conv2d(channels, out_channels, 1)
        # The deepest block has no second input and never uses this unit, but its checkpoint holds it.
        self.resConfUnit1 = ResidualConvUnit(channels)
        self.resConfUnit2 = ResidualConvUnit(channels)

    def forward(self, path: torch.Tensor, encoder: torch.Tensor | None = None) -> torch.Tensor:
        """Shape (N, C, h, w) in, (N, out_channels, 2h, 2w) out, or with both sides `out_px` where that is given.

        Upstream enlarges first and then applies the 1x1 convolution; both are linear, act on different axes, and the
        interpolation's weights sum to 1, so the order here gives the same values with a quarter of the work.
        """
        if encoder is not None:
            path = path + self.resConfUnit1(encoder)
        path = self.out_conv(self.resConfUnit2(path))
        if self._out_px is not None:
            size = (self._out_px, self._out_px)
            return functional.interpolate(path, size=size, mode="bilinear", align_corners=True)
        return functional.interpolate(path, scale_factor=2, mode="bilinear", align_corners=True)


class RectifiedFusionBlock(nn.Module):
    """The fusion block of MiDaS v2.1 large (`FeatureFusionBlock`): no 1x1 convolution, rectified skips."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.resConfUnit1 = RectifiedResidualConvUnit(channels)
        self.resConfUnit2 = RectifiedResidualConvUnit(channels)

    def forward(self, path: torch.Tensor, encoder: torch.Tensor | None = None) -> torch.Tensor:
        """Shape (N, C, h, w) in, (N, C, 2h, 2w) out."""
        if encoder is not None:
            path = path + self.resConfUnit1(encoder)
        return functional.interpolate(self.resConfUnit2(path), scale_factor=2, mode="bilinear", align_corners=True)


class Enlarge(nn.Module):
    """Doubles the size bilinearly; `align_corners` differs between heads."""

    def __init__(self, *, align_corners: bool) -> None:
        super().__init__()
        self._align_corners = align_corners

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (N, C, h, w) in, (N, C, 2h, 2w) out."""
        return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=self._align_corners)
