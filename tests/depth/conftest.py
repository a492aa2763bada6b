"""Weights by the reference data's formula, saved as a checkpoint and loaded as a user's file is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

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
    """A checkpoint of midas-small as the release has it: the bare state dict; tests that need it need MiDaS to run."""
    torch = pytest.importorskip("torch", reason="the extra 'midas' is not installed")
    path = tmp_path_factory.mktemp("weights") / "small.pt"
    torch.save(formula_state_dict(reference, "midas_v21_small_256"), path)
    return path


def run_python(code: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """What a program of its own prints."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env, timeout=120).stdout


@dataclass(frozen=True)
class Started:
    """What a program of its own found that loaded midas-small on OpenVINO."""

    shape: tuple[int, int]
    imported: frozenset[str]
    """Of torch and timm."""


def start_small(checkpoint: Path, cache: Path) -> Started:
    """Load midas-small and estimate a picture of 64 x 48 in a program of its own, with this XDG_CACHE_HOME."""
    code = (
        "import sys, json, pathlib, numpy\n"
        "from tui.depth.loader import ModelRequest, load_estimator\n"
        "estimator = load_estimator(ModelRequest('midas-small', pathlib.Path(sys.argv[1]), engine='openvino'))\n"
        "values = estimator.estimate(numpy.zeros((48, 64, 3), numpy.uint8))\n"
        "print(json.dumps([values.shape, [name for name in ('torch', 'timm') if sys.modules.get(name)]]))"
    )
    out = run_python(code, str(checkpoint), env={**os.environ, "XDG_CACHE_HOME": str(cache)})
    shape, imported = json.loads(out)
    return Started(tuple(shape), frozenset(imported))


@pytest.fixture(scope="session")
def first_start(small_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Started]:
    """An XDG_CACHE_HOME that was empty, and the start that has converted midas-small into it."""
    folder = tmp_path_factory.mktemp("cache")
    return folder, start_small(small_checkpoint, folder)


@pytest.fixture(scope="session")
def warm_cache(first_start: tuple[Path, Started]) -> Path:
    """A value of XDG_CACHE_HOME under which midas-small is converted already."""
    return first_start[0]


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


def runs(pid: int) -> bool:
    """A process that nobody waits for is dead all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
