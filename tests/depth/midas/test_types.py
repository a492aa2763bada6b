"""Every type of the family against upstream's own keys, inputs and outputs."""

from __future__ import annotations

import functools
import gc
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'midas' is not installed")

import torch
from timm.layers import weight_init
from torch import nn

from tests.depth.conftest import read_rgb
from tests.depth.reference import deviation, formula_state_dict, official_keys
from tui.depth.engines import converted
from tui.depth.engines.network import Batch
from tui.depth.engines.openvino_engine import OpenVinoNetwork
from tui.depth.engines.torch_engine import TorchNetwork
from tui.depth.estimator import ModelIdentity
from tui.depth.loader import ModelRequest, load_estimator
from tui.depth.midas.checkpoint import fit_module
from tui.depth.midas.estimator import MidasEstimator
from tui.depth.midas.network import MidasNetwork
from tui.depth.midas.transform import Fit
from tui.depth.midas.types import MIDAS_TYPES
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap

TIMES_NOISE = 4.0
"""How many times upstream's own float32 noise is allowed; one encoder map scaled by 1 % gives 2.7e-4 and more."""

INPUT_NOISE = (2e-5, 5e-6)
"""What another build of OpenCV changes in the input and so in the output: greatest and rms, in units of std."""

OTHER_SIZE = (96, 160)
"""Rows and columns of a picture that is neither square nor of the size with which a network is traced."""

CONVERTED_TIMES_NOISE = 10.0
OFTEN = ("dpt-levit-224", "dpt-swin2-tiny-256", "midas-v21-384", "dpt-hybrid-384")
CONVERTED_OFTEN = ("dpt-levit-224",)
SMALL = "midas-v21-small-256"  # has tests of its own


def chosen(often: tuple[str, ...]) -> list[object]:
    """All types but the small one; those that are not run often carry a mark."""
    return [
        pytest.param(name, marks=[] if name in often else [pytest.mark.large], id=name)
        for name in MIDAS_TYPES
        if name != SMALL
    ]


@dataclass
class Recording:
    """A network that remembers its last output."""

    network: TorchNetwork
    raw: FloatMap | None = None
    notes: tuple[str, ...] = ()

    @property
    def engine(self) -> str:
        return self.network.engine

    def run(self, batch: Batch) -> FloatMap:
        self.raw = self.network.run(batch)
        return self.raw

    def close(self) -> None:
        self.network.close()


def official(name: str) -> str:
    return name.replace("-", "_")


def summary_of(reference: Path, name: str) -> dict[str, object]:
    content: dict[str, object] = json.loads((reference / official(name) / "summary.json").read_text())
    return content


def noise_of(reference: Path, name: str, case: str) -> tuple[float, float]:
    cases = summary_of(reference, name)["cases"]
    assert isinstance(cases, dict)
    noise = cases[case]["float32_vs_float64"]
    return noise["max_abs_over_std"], noise["rms_over_std"]


LEVIT = "dpt-levit-224"


@functools.lru_cache(maxsize=1)
def _levit(reference: Path) -> dict[str, torch.Tensor]:
    return formula_state_dict(reference, official(LEVIT))


def state_of(reference: Path, name: str) -> dict[str, torch.Tensor]:
    """By the formula; of the type that most tests look at, made once."""
    return dict(_levit(reference)) if name == LEVIT else formula_state_dict(reference, official(name))


@pytest.fixture(scope="module", autouse=True)
def levit_back() -> Iterator[None]:
    yield
    _levit.cache_clear()


def load(reference: Path, name: str) -> nn.Module:
    return fit_module(name, state_of(reference, name))


@pytest.fixture(autouse=True)
def memory_back() -> Iterator[None]:
    """Give a network's memory back before the next one is made."""
    yield
    gc.collect()


@functools.cache
def shapes_of(name: str) -> MidasNetwork:
    """A network without its weights, which would be drawn by lot at length, although they have no memory."""
    with torch.device("meta"), patch.object(weight_init, "_trunc_normal_", lambda tensor, *_how: tensor, create=True):
        return MIDAS_TYPES[name].build()


@pytest.mark.parametrize("name", MIDAS_TYPES)
def test_names_and_shapes_are_the_official_checkpoints(name: str, reference: Path) -> None:
    module = shapes_of(name)
    own = module.state_dict()
    names = module.official_names()
    assert len(names) == len(own), "two tensors have one official name"
    got = {public: list(own[mine].shape) for public, mine in names.items()}
    expected = {key: shape for key, shape, _ in official_keys(reference, official(name)) if not module.is_computed(key)}
    assert got == expected


def test_only_tables_of_geometry_are_not_taken_over(reference: Path) -> None:
    for name in MIDAS_TYPES:
        module = shapes_of(name)
        left = {
            key.rpartition(".")[2] for key, _, _ in official_keys(reference, official(name)) if module.is_computed(key)
        }
        assert left <= {"attn_mask", "relative_position_index", "attention_bias_idxs"}, name


@pytest.mark.parametrize("name", ["dpt-levit-224", "dpt-swin2-tiny-256"])
def test_the_formula_gives_the_weights_that_made_the_reference(name: str, reference: Path) -> None:
    expected = json.loads((reference / f"{official(name)}.weights_crc32.json").read_text())
    module = MIDAS_TYPES[name].build()
    state = state_of(reference, name)
    for key, value in state.items():
        if not module.is_computed(key):
            assert zlib.crc32(value.numpy().tobytes()) == int(expected[key], 16), key


@pytest.mark.parametrize("name", chosen(OFTEN))
def test_a_picture_gives_upstreams_map(name: str, reference: Path) -> None:
    cases = summary_of(reference, name)["cases"]
    assert isinstance(cases, dict)
    network = Recording(TorchNetwork(load(reference, name), threads=1))
    estimator = MidasEstimator(ModelIdentity(name, ""), MIDAS_TYPES[name].transform, network)
    for case in cases:
        expected = np.load(reference / official(name) / f"{case}.npz")
        prediction = estimator.estimate(read_rgb(reference / "images" / f"{case}.png"))
        assert network.raw is not None
        greatest_noise, rms_noise = noise_of(reference, name, case)
        for got, wanted in ((network.raw[None], expected["net_output"]), (prediction, expected["prediction"])):
            greatest, rms = deviation(got, wanted)
            print(f"{name} {case}: max {greatest:.1e} rms {rms:.1e}, noise {greatest_noise:.1e} {rms_noise:.1e}")
            assert greatest <= TIMES_NOISE * greatest_noise + INPUT_NOISE[0]
            assert rms <= TIMES_NOISE * rms_noise + INPUT_NOISE[1]


@pytest.mark.parametrize("name", chosen(CONVERTED_OFTEN))
def test_openvino_computes_the_same(name: str, reference: Path) -> None:
    """For the reference picture and, where the size is free, for another one than it was traced with."""
    midas_type = MIDAS_TYPES[name]
    module = load(reference, name)
    network = OpenVinoNetwork(converted.convert(module, midas_type.trace_px), threads=1)
    cases = summary_of(reference, name)["cases"]
    assert isinstance(cases, dict)
    case = next(iter(cases))
    batch = midas_type.transform.prepare(read_rgb(reference / "images" / f"{case}.png"))
    greatest, rms = deviation(
        network.run(batch)[None], np.load(reference / official(name) / f"{case}.npz")["net_output"]
    )
    greatest_noise, rms_noise = noise_of(reference, name, case)
    print(f"{name} {case}: max {greatest:.1e} rms {rms:.1e}, noise {greatest_noise:.1e} {rms_noise:.1e}")
    assert greatest <= CONVERTED_TIMES_NOISE * greatest_noise
    assert rms <= CONVERTED_TIMES_NOISE * rms_noise
    if midas_type.transform.fit is not Fit.STRETCH:
        batch = np.random.default_rng(0).standard_normal((1, 3, *OTHER_SIZE)).astype(np.float32)
        expected = TorchNetwork(module, threads=1).run(batch)
        assert expected.std() > 0
        greatest, rms = deviation(network.run(batch), expected)
        print(f"{name} {OTHER_SIZE}: max {greatest:.1e} rms {rms:.1e}")
        assert greatest <= 1e-3
        assert rms <= 2e-4


def test_auto_takes_an_official_file_by_itself(reference: Path, tmp_path: Path) -> None:
    """From the file on disk to the map of the picture's size, as a user asks for it."""
    name, case = "dpt-levit-224", "tum1_half_320x240"
    path = tmp_path / "dpt_levit_224.pt"
    torch.save(state_of(reference, name), path)
    estimator = load_estimator(ModelRequest(name, path, threads=1))
    assert estimator.engine.startswith(("openvino", "torch cuda", "torch mps"))
    assert estimator.identity.name == name
    got = estimator.estimate(read_rgb(reference / "images" / f"{case}.png"))
    greatest, rms = deviation(got, np.load(reference / official(name) / f"{case}.npz")["prediction"])
    assert greatest <= 2e-4
    assert rms <= 4e-5
    path.unlink()


def test_tables_of_geometry_may_be_absent_from_a_file_but_weights_may_not(reference: Path) -> None:
    name = "dpt-levit-224"
    state = state_of(reference, name)
    without = {key: value for key, value in state.items() if not key.endswith("attention_bias_idxs")}
    assert len(without) < len(state)
    picture = torch.linspace(-1, 1, 3 * 224 * 224).reshape(1, 3, 224, 224)
    with torch.inference_mode():
        assert torch.equal(fit_module(name, without)(picture), fit_module(name, state)(picture))
    key = "pretrained.model.blocks.8.q.1.c.weight"
    with pytest.raises(ModelError, match=f"1 of 4.. tensors are missing, such as {key}"):
        fit_module(name, {other: value for other, value in without.items() if other != key})
    with pytest.raises(ModelError, match="tensors are unknown, such as scratch"):
        fit_module(name, {**state, "scratch.layer4_rn.weight": torch.zeros(1)})
    with pytest.raises(ModelError, match=rf"{key} has shape \(384, 383\) instead of \(384, 384\)"):
        fit_module(name, {**state, key: torch.zeros(384, 383)})
    half = {other: value.half() if value.is_floating_point() else value for other, value in state.items()}
    widened = fit_module(name, half).state_dict()
    assert {value.dtype for value in widened.values()} == {torch.float32, torch.int64}
