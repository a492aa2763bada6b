"""Small depth networks with random weights, saved by transformers into a cache in the Hub's layout."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from tui.geometry.arrays import RGBImage

COMMIT = "0123456789abcdef0123456789abcdef01234567"

_DINOV2 = {
    "model_type": "dinov2",
    "image_size": 28,
    "patch_size": 14,
    "hidden_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "out_indices": [1, 2, 3, 4],
    "reshape_hidden_states": False,
    "apply_layernorm": True,
}
_NECK = {"neck_hidden_sizes": [8, 8, 16, 16], "fusion_hidden_size": 16}
_BEIT = {
    "model_type": "beit",
    "image_size": 32,
    "patch_size": 16,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "use_relative_position_bias": True,
    "reshape_hidden_states": False,
    "out_indices": [1, 2, 3, 4],
}
_ZOE = {
    "backbone_config": _BEIT,
    **_NECK,
    "num_relative_features": 4,
    "bottleneck_features": 16,
    "num_attractors": [4, 2, 2, 1],
    "bin_embedding_dim": 8,
}
_DEPTH_PRO = {
    "patch_size": 32,
    "fusion_hidden_size": 16,
    "intermediate_hook_ids": [1, 0],
    "intermediate_feature_dims": [8, 8],
    "scaled_images_ratios": [0.5, 1],
    "scaled_images_overlap_ratios": [0.0, 0.5],
    "scaled_images_feature_dims": [8, 8],
    "use_fov_model": True,
    "num_fov_head_layers": 2,
    **{
        f"{part}_model_config": {
            "model_type": "dinov2",
            "image_size": 32,
            "patch_size": 16,
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
        }
        for part in ("image", "patch", "fov")
    },
}

CONFIGS: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "dpt": (
        "DPT",
        {
            "hidden_size": 16,
            "num_hidden_layers": 4,
            "num_attention_heads": 2,
            "intermediate_size": 32,
            "image_size": 64,
            "patch_size": 16,
            "backbone_out_indices": [0, 1, 2, 3],
            **_NECK,
        },
        "DPT",
        {"size": {"height": 64, "width": 64}},
    ),
    "dpt-dinov2": (
        "DPT",
        {"backbone_config": _DINOV2, **_NECK, "fusion_hidden_size": 256, "add_projection": True},
        "DPT",
        {
            "do_resize": False,
            "do_rescale": False,
            "do_pad": True,
            "size_divisor": 14,
            "image_mean": [123.675, 116.28, 103.53],
            "image_std": [58.395, 57.12, 57.375],
        },
    ),
    "depth-anything": (
        "DepthAnything",
        {"backbone_config": _DINOV2, "reassemble_hidden_size": 16, **_NECK, "head_hidden_size": 8},
        "DPT",
        {
            "size": {"height": 56, "width": 56},
            "keep_aspect_ratio": True,
            "ensure_multiple_of": 14,
            "image_mean": [0.485, 0.456, 0.406],
            "image_std": [0.229, 0.224, 0.225],
        },
    ),
    "depth-anything-metric": (
        "DepthAnything",
        {
            "backbone_config": _DINOV2,
            "reassemble_hidden_size": 16,
            **_NECK,
            "head_hidden_size": 8,
            "depth_estimation_type": "metric",
            "max_depth": 20,
        },
        "DPT",
        {"size": {"height": 56, "width": 56}, "keep_aspect_ratio": True, "ensure_multiple_of": 14},
    ),
    "zoedepth": ("ZoeDepth", _ZOE, "ZoeDepth", {"size": {"height": 64, "width": 96}, "ensure_multiple_of": 32}),
    "zoedepth-two": (
        "ZoeDepth",
        {
            **_ZOE,
            "bin_configurations": [
                {"name": "nyu", "n_bins": 8, "min_depth": 0.001, "max_depth": 10.0},
                {"name": "kitti", "n_bins": 8, "min_depth": 0.001, "max_depth": 80.0},
            ],
            "num_patch_transformer_layers": 4,
            "patch_transformer_hidden_size": 128,
            "patch_transformer_intermediate_size": 16,
            "patch_transformer_num_attention_heads": 2,
        },
        "ZoeDepth",
        {"size": {"height": 64, "width": 96}, "ensure_multiple_of": 32},
    ),
    "glpn": (
        "GLPN",
        {
            "hidden_sizes": [8, 8, 16, 16],
            "depths": [1, 1, 1, 1],
            "num_attention_heads": [1, 1, 2, 2],
            "decoder_hidden_size": 8,
        },
        "GLPN",
        {},
    ),
    "depth-pro": ("DepthPro", _DEPTH_PRO, "DepthPro", {"size": {"height": 64, "width": 64}}),
}
"""By name: transformers' prefix of model and configuration, configuration, prefix of image processor, settings."""

_GAINS = {
    "dpt": 4,
    "dpt-dinov2": 2,
    "depth-anything": 4,
    "depth-anything-metric": 6,
    "zoedepth": 8,
    "zoedepth-two": 9,
    "glpn": 4,
    "depth-pro": 0.7,
}
"""Random weights are multiplied by this, as the maps are nearly flat, or beyond all bounds, without it."""


def picture(width: int = 88, height: int = 66, seed: int = 0) -> RGBImage:
    """Smooth colours with some noise, so that resizing has something to do."""
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[0:height, 0:width]
    base = np.stack([u * 255 / width, v * 255 / height, 127 + 120 * np.sin(u / 7) * np.cos(v / 5)], axis=-1)
    return np.clip(base + rng.normal(0, 12, base.shape), 0, 255).astype(np.uint8)


def save(name: str, folder: Path) -> Path:
    """Save one of `CONFIGS` with random weights."""
    import torch
    import transformers

    transformers.utils.logging.set_verbosity_error()
    prefix, config, processor, settings = CONFIGS[name]
    torch.manual_seed(7)
    made = getattr(transformers, f"{prefix}Config")(**config)
    model = getattr(transformers, f"{prefix}ForDepthEstimation")(made).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(_GAINS[name]) if parameter.ndim > 1 else parameter.add_(0.02)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor_class(processor)(**settings).save_pretrained(folder)
    return folder


def processor_class(prefix: str) -> Any:  # noqa: ANN401  # a class of transformers'
    """Transformers' own image processor: the one on Pillow and numpy, where there is one."""
    import transformers

    return getattr(transformers, f"{prefix}ImageProcessorPil", None) or getattr(transformers, f"{prefix}ImageProcessor")


def put_into_cache(folder: Path, cache: Path, repository: str, commit: str = COMMIT, ref: str = "main") -> Path:
    """Lay a saved checkpoint out as the Hub's client does: blobs named by hash, links to them, a ref."""
    home = cache / f"models--{repository.replace('/', '--')}"
    snapshot = home / "snapshots" / commit
    snapshot.mkdir(parents=True, exist_ok=True)
    (home / "blobs").mkdir(exist_ok=True)
    (home / "refs" / ref).parent.mkdir(parents=True, exist_ok=True)
    (home / "refs" / ref).write_text(commit)
    for path in folder.iterdir():
        content = path.read_bytes()
        large = path.suffix == ".safetensors"
        digest = hashlib.sha256(content).hexdigest() if large else hashlib.sha1(content).hexdigest()
        shutil.copy(path, home / "blobs" / digest)
        (snapshot / path.name).unlink(missing_ok=True)
        (snapshot / path.name).symlink_to(Path("../../blobs") / digest)
    return snapshot
