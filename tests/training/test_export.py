import tomllib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")

import torch

from tui.training import checkpoint
from tui.training.__main__ import main
from tui.training.encoder import FrozenNormConv
from tui.training.export import export_onnx, fold, load_network
from tui.training.network import FullSize, Pocket
from tui.training.validation import input_size, relative_inverse_depth, validate


@pytest.fixture(scope="module")
def network() -> FullSize:
    """Random weights with norms that are not the identity, so that folding has something to do."""
    torch.manual_seed(3)
    torch.set_num_threads(1)
    pocket = Pocket(0)
    with torch.no_grad():
        for module in pocket.modules():
            if isinstance(module, FrozenNormConv):
                module.mean.normal_(0, 0.1)
                module.variance.uniform_(0.5, 2)
            elif isinstance(module, torch.nn.BatchNorm2d):
                channels = module.num_features
                module.running_mean = torch.randn(channels) * 0.1
                module.running_var = torch.rand(channels) + 0.5
    return FullSize(pocket).eval()


def test_folding_changes_nothing_but_the_number_of_operators(network: FullSize) -> None:
    x = torch.rand(1, 3, 64, 96) * 2 - 1
    folded = fold(network)

    with torch.no_grad():
        assert torch.allclose(folded(x), network(x), rtol=1e-4, atol=1e-5)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in folded.modules())
    assert any(isinstance(m, torch.nn.BatchNorm2d) for m in network.modules())


@pytest.fixture(scope="module")
def exported(network: FullSize, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("onnx", reason="onnx comes with the extra 'train'")
    file = tmp_path_factory.mktemp("onnx") / "pocket.onnx"
    export_onnx(network, file, size=64)
    return file


@pytest.mark.parametrize("shape", [(64, 96), (96, 64)])
def test_openvino_computes_what_torch_does_at_any_size(
    network: FullSize, exported: Path, shape: tuple[int, int]
) -> None:
    openvino = pytest.importorskip("openvino")
    x = np.random.default_rng(0).uniform(-1, 1, (1, 3, *shape)).astype(np.float32)
    compiled = openvino.Core().compile_model(str(exported), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    found = compiled(x)[0]

    with torch.no_grad():
        expected = network(torch.from_numpy(x)).numpy()
    assert found.shape == (1, 1, *shape)
    np.testing.assert_allclose(found, expected, rtol=0.01)


def test_the_file_takes_two_bytes_a_weight_and_has_a_card(network: FullSize, exported: Path) -> None:
    weights = sum(p.numel() for p in network.parameters())
    card = tomllib.loads(exported.with_suffix(".toml").read_text("utf-8"))

    assert exported.stat().st_size < 2.1 * weights
    assert card["output"]["kind"] == "inverse_depth"
    assert card["input"]["scale"] == pytest.approx(1 / 255)
    assert card["input"]["size"] == 64
    assert "Silberman" in card["licence"]


def test_sides_are_multiples_of_32_and_keep_their_shape() -> None:
    assert input_size(480, 640, 224) == (224, 288)
    assert input_size(640, 480, 224) == (288, 224)
    assert input_size(240, 323, 192) == (192, 256)
    assert input_size(10, 10, 20) == (32, 32)


class Brightness(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x.mean(1, keepdim=True) + 1) / 2


def test_maps_come_back_at_the_pictures_size_and_in_its_place() -> None:
    image = np.zeros((50, 70, 3), np.uint8)
    image[:, 35:] = 255

    found = relative_inverse_depth(Brightness(), image, 64)

    assert found.shape == (50, 70)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[:, :30], 0, atol=1e-5)
    np.testing.assert_allclose(found[:, 40:], 1, atol=1e-5)


def test_validating_measures_what_the_network_sees(tmp_path: Path) -> None:
    import cv2

    from tui.evaluation.rgbd import find_frames

    depth_m = np.tile(np.linspace(1, 4, 96, dtype=np.float32), (64, 1))
    grey = np.round(255 / depth_m).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "1.jpg"), np.repeat(grey[:, :, None], 3, axis=2), [cv2.IMWRITE_JPEG_QUALITY, 100])
    cv2.imwrite(str(tmp_path / "1.png"), np.round(depth_m * 1000).astype(np.uint16))

    report = validate(Brightness(), find_frames(tmp_path), 64)

    assert report.overall.scores.abs_rel < 0.02


def test_a_checkpoint_becomes_a_network_again(network: FullSize, tmp_path: Path) -> None:
    checkpoint.save({"average": network.pocket.state_dict(), "variant": 0}, tmp_path / "best.pt")

    again = load_network(tmp_path / "best.pt")

    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(again(x), network(x))


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["export", "--checkpoint", str(tmp_path / "no.pt"), "--out", str(tmp_path / "x.onnx")])

    assert code == 2
    assert "no.pt: no checkpoint of a training run" in capsys.readouterr().err
