"""Weights made by the reference data's formula, and its cases."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

LAST_BIAS = {
    "midas_v21_small_256": -158.0,
    "midas_v21_384": -62.0,
    "dpt_levit_224": -0.565,
    "dpt_swin2_tiny_256": -209.0,
    "dpt_hybrid_384": -751.0,
    "dpt_beit_base_384": -469.0,
    "dpt_large_384": -1350.0,
    "dpt_swin2_base_384": -314.0,
    "dpt_swin2_large_384": -241.0,
    "dpt_swin_large_384": -488.0,
    "dpt_next_vit_large_384": -21.5,
    "dpt_beit_large_384": -697.0,
    "dpt_beit_large_512": -728.0,
}
"""The bias of the last convolution, per type."""

RV_SCALE = {"midas_v21_384": 2.0, "dpt_levit_224": 2.0, "dpt_next_vit_large_384": 16.0}
"""What running variances are multiplied by, where it is not 1."""

_KEPT = {
    "num_batches_tracked",
    "relative_position_index",
    "relative_coords_table",
    "attn_mask",
    "attention_bias_idxs",
}


def formula_tensor(
    name: str, shape: tuple[int, ...], last_bias: float, rv_scale: float = 1.0
) -> npt.NDArray[np.float32] | None:
    """The weight that the reference data's rule gives a state-dict key; None where the model's own value stays."""
    last = name.rsplit(".", 1)[-1]
    if last in _KEPT:
        return None
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if last == "running_var":
        a = rv_scale * (1 + 0.2 * rng.random(shape))
    elif last == "running_mean":
        a = 0.1 * rng.standard_normal(shape)
    elif len(shape) < 2:
        n = rng.standard_normal(shape)
        a = 1 + 0.1 * n if last == "weight" else 0.05 * n if last.endswith("bias") else 0.5 + 0.1 * n
    elif last == "weight":
        a = rng.standard_normal(shape) * math.sqrt(2 / math.prod(shape[1:]))
    else:
        a = 0.02 * rng.standard_normal(shape)
    if name == "scratch.output_conv.4.weight":
        a = np.abs(a)
    if name == "scratch.output_conv.4.bias":
        a = np.full(shape, last_bias)
    return np.asarray(a, dtype=np.float64).astype(np.float32)


def formula_state_dict(reference: Path, type_name: str) -> dict[str, torch.Tensor]:
    """A state dict with the official checkpoint's keys, order, shapes and types, and the formula's values.

    What the formula leaves to the model is filled with ones: a network that took it over would be far off.
    """
    import torch  # some of this module's readers do without

    state = {}
    for name, shape, dtype in official_keys(reference, type_name):
        values = formula_tensor(name, tuple(shape), LAST_BIAS[type_name], RV_SCALE.get(type_name, 1.0))
        if values is None:
            counter = name.endswith("num_batches_tracked")
            state[name] = torch.full(shape, 0 if counter else 1, dtype=getattr(torch, dtype))
        else:
            state[name] = torch.from_numpy(values)
    return state


def official_keys(reference: Path, type_name: str) -> list[tuple[str, list[int], str]]:
    """Name, shape and type of each tensor in the official checkpoint, in its order."""
    return [
        (name, shape, dtype) for name, shape, dtype in json.loads((reference / f"{type_name}.keys.json").read_text())
    ]


def deviation(got: npt.NDArray[np.float32], expected: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Greatest and root-mean-square difference in units of the expected map's standard deviation."""
    assert got.shape == expected.shape
    difference = (got.astype(np.float64) - expected) / expected.std(dtype=np.float64)
    return float(np.abs(difference).max()), float(np.sqrt(np.mean(difference**2)))
