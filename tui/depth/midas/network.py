"""What all MiDaS networks have in common: an encoder of several scales, and one decoder.

Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", TPAMI 2022, and "Vision Transformers for Dense
Prediction", ICCV 2021; isl-org/MiDaS, midas/dpt_depth.py and midas/midas_net.py (MIT). Attribute names make up the
official checkpoint's keys.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from tui.depth.midas.blocks import Enlarge, FusionBlock

DPT_CHANNELS = 256
"""Of all maps in the decoder of a dense prediction transformer."""


class Encoder(nn.Module):
    """Gives maps of falling resolution; subclasses wrap one family of backbones."""

    computed: frozenset[str] = frozenset()
    """Last parts of the names of tensors that a checkpoint holds but that follow from the network's geometry."""

    @staticmethod
    def official_name(name: str) -> str:
        """The checkpoint's name for the tensor that is called `name` here; both begin with 'pretrained.'."""
        return name

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Shape (N, 3, h, w) in, shapes (N, C_i, h_i, w_i) out, finest first."""
        raise NotImplementedError

    def settle(self) -> None:
        """Compute once what the weights alone decide; called when they are there, and changes no result."""


class StagedEncoder(Encoder):
    """Four stages, one after the other."""

    def __init__(self, layer1: nn.Module, layer2: nn.Module, layer3: nn.Module, layer4: nn.Module) -> None:
        super().__init__()
        self.layer1 = layer1
        self.layer2 = layer2
        self.layer3 = layer3
        self.layer4 = layer4

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See `Encoder`; strides 4, 8, 16 and 32."""
        map1 = self.layer1(x)
        map2 = self.layer2(map1)
        map3 = self.layer3(map2)
        return map1, map2, map3, self.layer4(map3)


class Decoder(nn.ModuleDict):
    """Fuses the encoder's maps from coarse to fine and turns the finest into inverse depth."""

    def __init__(
        self,
        encoder_channels: Sequence[int],
        fusions: Sequence[nn.Module],
        output: nn.Module,
        *,
        channels: Sequence[int] = (DPT_CHANNELS,) * 4,
        stem_transpose: nn.Module | None = None,
    ) -> None:
        """One fusion block for each of the encoder's maps, finest first; `channels` are what they take in."""
        super().__init__()
        self._levels = len(encoder_channels)
        for level, count in enumerate(encoder_channels, 1):
            self[f"layer{level}_rn"] = nn.Conv2d(count, channels[level - 1], 3, padding=1, bias=False)
            self[f"refinenet{level}"] = fusions[level - 1]
        if stem_transpose is not None:
            self["stem_transpose"] = stem_transpose
        self["output_conv"] = output

    def forward(self, maps: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """The encoder's maps in, shape (N, h, w) out."""
        path: torch.Tensor | None = None
        for level in range(self._levels, 0, -1):
            encoder = self[f"layer{level}_rn"](maps[level - 1])
            fusion = self[f"refinenet{level}"]
            path = fusion(encoder) if path is None else fusion(path, encoder)
        if "stem_transpose" in self:
            path = self["stem_transpose"](path)
        return self["output_conv"](path).squeeze(1)


class MidasNetwork(nn.Module):
    """Normalised RGB -> relative inverse depth."""

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.pretrained = encoder
        self.scratch = decoder

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (N, 3, h, w) in, (N, h, w) out, values >= 0; h and w are multiples of 32."""
        return self.scratch(self.pretrained(x))

    def official_names(self) -> dict[str, str]:
        """The checkpoint's name of each tensor -> its name here."""
        return {self.pretrained.official_name(name): name for name in self.state_dict()}

    def is_computed(self, official_name: str) -> bool:
        """Whether the network computes this tensor of a checkpoint itself."""
        return official_name.rpartition(".")[2] in self.pretrained.computed


def dpt_decoder(encoder_channels: Sequence[int]) -> Decoder:
    """The head of a dense prediction transformer with four maps."""
    fusions = [FusionBlock(DPT_CHANNELS, DPT_CHANNELS) for _ in encoder_channels]
    return Decoder(encoder_channels, fusions, output_layers(DPT_CHANNELS, 32, align_corners=True))


def output_layers(channels: int, last_channels: int, *, align_corners: bool) -> nn.Sequential:
    """From the finest map at half resolution to values >= 0; `align_corners` is of the enlargement."""
    return nn.Sequential(
        nn.Conv2d(channels, channels // 2, 3, padding=1),
        Enlarge(align_corners=align_corners),
        nn.Conv2d(channels // 2, last_channels, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(last_channels, 1, 1),
        nn.ReLU(),
    )
