"""An exported network taken up again is the same function, in a form that can be trained."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")
pytest.importorskip("onnx", reason="the extra 'train' is not installed")

import torch

from tui.training.encoder import FrozenNormConv
from tui.training.errors import TrainingError
from tui.training.export import export_onnx
from tui.training.imported import take_up
from tui.training.network import FullSize, Pocket


@pytest.fixture(scope="module")
def trained() -> Pocket:
    """Weights, norms and context blocks as after some training: nothing is at its beginning."""
    torch.manual_seed(3)
    torch.set_num_threads(1)
    network = Pocket(0)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, FrozenNormConv):
                module.mean.normal_(0, 0.1)
                module.variance.uniform_(0.5, 2)
            elif isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 2)
                module.bias.normal_(0, 0.1)
        for parameter in network.context.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
        network.train()
        for _ in range(20):
            network(images(1)[0])
    return network.eval()


@pytest.fixture(scope="module")
def exported(trained: Pocket, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("onnx") / "pocket.onnx"
    export_onnx(FullSize(trained), file, size=64)
    return file


def images(count: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(count)
    return [torch.rand(4, 3, 64, 96, generator=generator) * 2 - 1 for _ in range(count)]


def test_it_says_what_it_said_and_can_be_trained_at_once(trained: Pocket, exported: Path) -> None:
    again = Pocket(0)
    seen = images(3)
    take_up(again, exported, seen)

    with torch.no_grad():
        for x in (*seen, *images(2)):
            torch.testing.assert_close(again.eval()(x), trained(x), rtol=0.02, atol=1e-3)  # it was stored in fp16
        # statistics of a batch instead of all: not the same, but no other function either
        change = torch.log(again.train()(seen[0]) / trained(seen[0])).abs().mean()
    assert float(change) < 0.1


def test_its_normalisation_has_the_statistics_of_the_pictures(exported: Path) -> None:
    again, x = Pocket(0), images(1)
    take_up(again, exported, x)
    seen: list[torch.Tensor] = []
    layer = again.smooth[2]
    assert isinstance(layer, torch.nn.Sequential)
    convolution, norm = layer[0], layer[1]
    assert isinstance(convolution, torch.nn.Conv2d)
    assert isinstance(norm, torch.nn.BatchNorm2d)
    convolution.register_forward_hook(lambda _module, _inputs, output: seen.append(output.detach()))

    again.eval()(x[0])

    torch.testing.assert_close(norm.running_mean, seen[0].mean((0, 2, 3)), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(norm.running_var, seen[0].var((0, 2, 3), unbiased=False), rtol=1e-3, atol=1e-5)
    sizes = convolution.weight.flatten(1).square().sum(1).sqrt()
    torch.testing.assert_close(sizes, torch.ones_like(sizes), rtol=0.01, atol=0)


def test_what_is_no_such_network_is_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"the weights of another network.*--encoder"):
        take_up(Pocket(1), exported, images(1))
    other = tmp_path / "other.onnx"
    for damage in (b"", b"no network", exported.read_bytes()[:5000]):
        other.write_bytes(damage)
        with pytest.raises(TrainingError, match=r"other\.onnx: not a readable network"):
            take_up(Pocket(0), other, images(1))
    with pytest.raises(TrainingError, match="not a readable network"):
        take_up(Pocket(0), tmp_path / "missing.onnx", images(1))
