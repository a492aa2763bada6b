from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'midas' is not installed")

import torch
from torch import nn

from tui.depth.engines import converted
from tui.depth.engines.openvino_engine import OpenVinoNetwork
from tui.depth.engines.torch_engine import TorchNetwork
from tui.errors import ModelError
from tui.storage.paths import converted_dir

SHA256 = "0123456789abcdef" * 4


class Halves(nn.Module):
    """(N, 3, h, w) -> (N, h / 2, w / 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 3, stride=2, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.conv(x).squeeze(1)
        return result


class Untraceable(nn.Module):
    """Takes only pictures of ones, which tracing does not use."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not bool((x == 1).all()):
            raise ValueError("this module does not want to be traced")
        return x


def test_a_converted_model_computes_the_same_for_any_size_even_after_the_module_is_gone() -> None:
    torch.manual_seed(0)
    module = Halves().eval()
    rng = np.random.default_rng(0)
    batches = [rng.random((1, 3, *size), dtype=np.float32) for size in [(64, 64), (32, 96)]]
    expected = [TorchNetwork(module, threads=1).run(batch) for batch in batches]
    model = converted.convert(module, 64)
    for parameter in module.parameters():
        parameter.data.zero_()
    del module
    network = OpenVinoNetwork(model, threads=1)
    for batch, values in zip(batches, expected, strict=True):
        assert network.run(batch) == pytest.approx(values, abs=1e-5)


def test_what_cannot_be_converted_gives_one_line() -> None:
    with pytest.raises(ModelError, match="OpenVINO cannot convert this model") as caught:
        converted.convert(Untraceable().eval(), 64)
    assert "\n" not in str(caught.value)


def test_the_cache_gives_back_what_it_was_given_for_these_weights_only() -> None:
    torch.manual_seed(0)
    model = converted.convert(Halves().eval(), 64)
    assert converted.find("halves", SHA256) is None
    assert converted.keep(model, "halves", SHA256)
    assert converted.keep(model, "halves", SHA256), "a second one replaces the first"
    found = converted.find("halves", SHA256)
    assert found is not None
    assert converted.find("halves", "f" + SHA256[1:]) is None
    assert converted.find("wholes", SHA256) is None
    batch = np.random.default_rng(0).random((1, 3, 64, 32), dtype=np.float32)
    assert np.array_equal(OpenVinoNetwork(found, 1).run(batch), OpenVinoNetwork(model, 1).run(batch))
    assert len(list(converted_dir().iterdir())) == 1, "nothing temporary is left"


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "sizes.json"])
@pytest.mark.parametrize("damage", ["cut", "gone", "nonsense"])
def test_a_damaged_cache_counts_as_none(name: str, damage: str) -> None:
    assert converted.keep(converted.convert(Halves().eval(), 64), "halves", SHA256)
    (folder,) = converted_dir().iterdir()
    path = folder / name
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif name == "model.bin":
        path.write_bytes(b"")
    else:
        path.write_bytes(b"[]" + bytes(path.stat().st_size - 2))
    assert converted.find("halves", SHA256) is None


def test_a_cache_that_cannot_be_written_costs_nothing_else(own_home: Path) -> None:
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "cache").write_text("a file where a folder should be")
    assert not converted.keep(converted.convert(Halves().eval(), 64), "halves", SHA256)


def test_torch_names_its_device_and_frees_the_module() -> None:
    network = TorchNetwork(Halves(), threads=1)
    assert network.engine == "torch cpu"
    network.close()
    network.close()
    with pytest.raises(ModelError, match="closed"):
        network.run(np.zeros((1, 3, 8, 8), dtype=np.float32))


def test_torch_errors_are_one_line() -> None:
    with pytest.raises(ModelError, match="torch failed on cpu") as caught:
        TorchNetwork(Halves(), threads=1).run(np.zeros((1, 4, 8, 8), dtype=np.float32))
    assert "\n" not in str(caught.value)
