"""Weights by the reference data's formula, saved as a checkpoint and loaded as a user's file is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.depth.reference import formula_state_dict
from tui.depth.estimator import DepthEstimator
from tui.depth.loader import ModelRequest, load_estimator
from tui.geometry.arrays import RGBImage


@pytest.fixture(scope="session")
def reference(shared: Path) -> Path:
    """Upstream MiDaS's own inputs and outputs."""
    return shared / "midas_reference"


@pytest.fixture(scope="session")
def small_checkpoint(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of midas-small as the release has it: the bare state dict."""
    path = tmp_path_factory.mktemp("weights") / "small.pt"
    torch.save(formula_state_dict(reference, "midas_v21_small_256"), path)
    return path


@pytest.fixture(scope="session")
def warm_cache(small_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A value of XDG_CACHE_HOME under which midas-small is converted already."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        load_estimator(ModelRequest("midas-small", small_checkpoint, engine="openvino")).close()
    return folder


@pytest.fixture(scope="session", params=["openvino", "torch"])
def small(request: pytest.FixtureRequest, small_checkpoint: Path, warm_cache: Path) -> Iterator[DepthEstimator]:
    """midas-small on each engine, through the real loading code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(warm_cache))
        estimator = load_estimator(ModelRequest("midas-small", small_checkpoint, engine=request.param, threads=1))
    yield estimator
    estimator.close()


@pytest.fixture(scope="session")
def fastdepth(shared: Path) -> Path:
    """The folder of a real network in two kinds of file, each with its card."""
    return shared / "weights" / "fastdepth"


def read_rgb(path: Path) -> RGBImage:
    """A picture file as RGB."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert image is not None, path
    return np.ascontiguousarray(image[..., ::-1], dtype=np.uint8)


def noise_picture(width: int, height: int, seed: int = 0) -> RGBImage:
    """A picture of uniform noise."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
