"""A depth network of transformers as a torch module with one picture in and one map out; loads torch."""

from __future__ import annotations

import math

import torch
from torch import nn

from tui.depth.hub.kinds import Kind


class OneMap(nn.Module):
    """The network's `predicted_depth`; Depth Pro's with its own focal length in it."""

    def __init__(self, model: nn.Module, kind: Kind) -> None:
        super().__init__()
        self.model = model
        self._takes_focal_length = kind.guesses_focal

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """From (1, 3, h, w) to (1, h', w'), and one row more of a network that guesses the focal length.

        That row is one over what it guessed, in picture widths.

        Depth Pro gives canonical inverse depth C; 1/z = C w / f = 2 C tan(fov / 2) (Bochkovskii et al. 2024, section
        3.1; `DepthProImageProcessor.post_process_depth_estimation`).
        """
        found = self.model(pixel_values=pixel_values)
        values: torch.Tensor = found.predicted_depth
        if self._takes_focal_length:
            fov_rad = found.field_of_view.reshape(-1, 1, 1) * (math.pi / 180)  # OpenVINO has no rule for deg2rad
            over_focal = 2 * torch.tan(0.5 * fov_rad)
            values = torch.cat([values * over_focal, over_focal.expand(-1, 1, values.shape[2])], dim=1)
        return values
