"""DPT with a BEiT transformer, whose attention knows the patches' relative places.

Source: isl-org/MiDaS, midas/backbones/beit.py (MIT), after Bao et al., "BEiT: BERT Pre-Training of Image
Transformers", ICLR 2022. Attribute names make up the official checkpoint's keys.
"""

from __future__ import annotations

from typing import Protocol

import timm
import torch
from torch import nn
from torch.nn import functional

from tui.depth.midas.network import Encoder, MidasNetwork, dpt_decoder
from tui.depth.midas.tokens import PATCH_PX, reassemble, resample_grid

_BEYOND_PICTURES = 1e30
"""No normalised value of a picture is greater."""

_CLASS_PLACES = 3
"""Rows at the table's end: from the class token, to it, and from it to itself."""


class _Attention(Protocol):
    """What is used of timm's attention."""

    num_heads: int
    window_size: tuple[int, int]
    """Rows and columns of patches that the table was trained with."""
    relative_position_bias_table: torch.Tensor
    """One row for each relative place, one column a head."""
    q_bias: torch.Tensor
    v_bias: torch.Tensor
    qkv: nn.Linear
    proj: nn.Linear


class BeitEncoder(Encoder):
    """Maps made from the tokens after four of the transformer's blocks."""

    computed = frozenset({"relative_position_index"})

    def __init__(self, backbone: str, taps: tuple[int, ...], channels: tuple[int, ...]) -> None:
        super().__init__()
        self.model = timm.create_model(backbone, pretrained=False)
        self._taps = taps
        for level, count in enumerate(channels, 1):
            self.add_module(f"act_postprocess{level}", reassemble(level, self.model.embed_dim, count))
        for block in self.model.blocks:
            # For one size of picture only (and 200 MB in the largest type); the forward below serves all sizes.
            block.attn.relative_position_index = None
            block.attn.k_bias = None

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See `Encoder`."""
        rows, columns = x.shape[2] // PATCH_PX, x.shape[3] // PATCH_PX
        # The zero is the picture's in name only: it keeps OpenVINO from working out all blocks' biases ahead and
        # holding them, T x T values a head and block, 2 GB for a picture of 1280 x 384 in the base type.
        zero = (x[0, 0, 0, 0] > _BEYOND_PICTURES).long()
        places = relative_places(rows, columns, x.device) + zero
        model = self.model
        tokens = model.patch_embed.proj(x).flatten(2).transpose(1, 2)
        tokens = torch.cat((model.cls_token.expand(tokens.shape[0], -1, -1), tokens), dim=1)
        maps: list[torch.Tensor] = []
        for index, block in enumerate(model.blocks[: self._taps[-1] + 1]):
            bias = _place_bias(block.attn, places, rows, columns)
            tokens = tokens + block.gamma_1 * _attention(block.attn, block.norm1(tokens), bias)
            tokens = tokens + block.gamma_2 * block.mlp(block.norm2(tokens))
            if index in self._taps:
                level = self.get_submodule(f"act_postprocess{len(maps) + 1}")
                maps.append(level(tokens, rows, columns))
        return tuple(maps)


def relative_places(rows: int, columns: int, device: torch.device) -> torch.Tensor:
    """Which row of a table for this size stands for each pair of tokens, shape (T, T), T = 1 + rows * columns.

    The table has a row for each step between two patches, then the three for the class token.
    """
    down = torch.arange(rows, device=device)
    right = torch.arange(columns, device=device)
    step_down = (down[:, None] - down[None, :] + (rows - 1)) * (2 * columns - 1)
    step_right = right[:, None] - right[None, :] + (columns - 1)
    patches = step_down[:, None, :, None] + step_right[None, :, None, :]
    patches = patches.reshape(rows * columns, rows * columns)
    steps = (2 * rows - 1) * (2 * columns - 1)
    from_class = torch.zeros_like(patches[:1]) + steps
    to_class = torch.zeros_like(patches[:, :1]) + (steps + 1)
    of_class = torch.zeros_like(patches[:1, :1]) + (steps + 2)
    return torch.cat((torch.cat((of_class, from_class), 1), torch.cat((to_class, patches), 1)), 0)


def _place_bias(attention: _Attention, places: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """What a pair's relative place adds to its attention, shape (1, heads, T, T)."""
    table = attention.relative_position_bias_table.t()
    old_rows, old_columns = (2 * side - 1 for side in attention.window_size)
    grid = table[:, :-_CLASS_PLACES].reshape(1, -1, old_rows, old_columns)
    resized = resample_grid(grid, 2 * rows - 1, 2 * columns - 1).flatten(2)[0]
    table = torch.cat((resized, table[:, -_CLASS_PLACES:]), dim=1)
    return table.index_select(1, places.flatten()).reshape(1, -1, places.shape[0], places.shape[1])


def _attention(attention: _Attention, tokens: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Self-attention; shape (N, T, C) in and out. Keys have no bias of their own."""
    count, length, _ = tokens.shape
    qkv_bias = torch.cat((attention.q_bias, torch.zeros_like(attention.q_bias), attention.v_bias))
    qkv = functional.linear(tokens, attention.qkv.weight, qkv_bias)
    query, key, value = qkv.reshape(count, length, 3, attention.num_heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    return attention.proj(mixed.transpose(1, 2).flatten(2))


def beit_base() -> MidasNetwork:
    """dpt_beit_base_384 with random weights; nothing is downloaded."""
    channels = (96, 192, 384, 768)
    return MidasNetwork(BeitEncoder("beit_base_patch16_384", (2, 5, 8, 11), channels), dpt_decoder(channels))


def beit_large_384() -> MidasNetwork:
    """dpt_beit_large_384 with random weights; nothing is downloaded."""
    return _beit_large("beit_large_patch16_384")


def beit_large_512() -> MidasNetwork:
    """dpt_beit_large_512 with random weights; nothing is downloaded."""
    return _beit_large("beit_large_patch16_512")


def _beit_large(backbone: str) -> MidasNetwork:
    channels = (256, 512, 1024, 1024)
    return MidasNetwork(BeitEncoder(backbone, (5, 11, 17, 23), channels), dpt_decoder(channels))
