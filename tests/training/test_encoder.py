from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")

import torch
from torch import nn
from torch.nn import functional

from tui.training import depthwise
from tui.training.encoder import (
    NORM_EPSILON,
    EfficientNetLite,
    FrozenNormConv,
    InvertedResidual,
    load_imagenet,
    scaled_channels,
)
from tui.training.errors import TrainingError


def randomise(conv: FrozenNormConv, seed: int = 0) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in (conv.weight, conv.gain, conv.bias, conv.mean):
            tensor.normal_(generator=generator)
        conv.variance.uniform_(0.2, 3.0, generator=generator)


def test_frozen_norm_equals_convolution_then_batch_norm() -> None:
    conv = FrozenNormConv(6, 8, 3, relu=False)
    randomise(conv)
    norm = nn.BatchNorm2d(8, eps=NORM_EPSILON).eval()
    with torch.no_grad():
        norm.weight.copy_(conv.gain)
        norm.bias.copy_(conv.bias)
        norm.running_mean = conv.mean
        norm.running_var = conv.variance
    x = torch.randn(2, 6, 8, 8)

    assert torch.allclose(conv(x), norm(functional.conv2d(x, conv.weight, padding=1)), atol=1e-4)


@pytest.mark.parametrize("kernel", [3, 5])
def test_stride_two_pads_behind_as_tensorflow_does(kernel: int) -> None:
    conv = FrozenNormConv(1, 1, kernel, stride=2, relu=False)
    before = (kernel - 2) // 2
    with torch.no_grad():
        conv.weight.zero_()
        conv.weight[0, 0, before, before] = (1 + NORM_EPSILON) ** 0.5  # picks pixel (2 i, 2 j)
    x = torch.arange(64.0).reshape(1, 1, 8, 8)

    assert torch.allclose(conv(x), x[:, :, ::2, ::2], atol=1e-4)


@pytest.mark.skipif(not depthwise.available(), reason="no C++ compiler or no AVX-512: PyTorch's operator is used")
@pytest.mark.parametrize("relu_first", [False, True])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2)])
def test_the_kernel_equals_pytorchs_operators(kernel: int, stride: int, relu_first: bool) -> None:
    generator = torch.Generator().manual_seed(kernel + stride)
    x = (3 * torch.randn(2, 32, 12, 16, generator=generator)).to(memory_format=torch.channels_last).requires_grad_()
    weight = torch.randn(32, 1, kernel, kernel, generator=generator, requires_grad=True)
    bias = torch.randn(32, generator=generator, requires_grad=True)
    upstream = torch.randn(2, 32, 12 // stride, 16 // stride, generator=generator)
    before, after = (kernel - stride) // 2, kernel - stride - (kernel - stride) // 2

    padded = functional.pad(functional.relu6(x) if relu_first else x, (before, after, before, after))
    expected = functional.relu6(functional.conv2d(padded, weight, bias, stride, groups=32))
    found = depthwise.depthwise_relu6(x, weight, bias, stride=stride, before=before, relu_first=relu_first)

    assert torch.allclose(found, expected, atol=1e-4)
    for mine, theirs in zip(
        torch.autograd.grad(found, (x, weight, bias), upstream),
        torch.autograd.grad(expected, (x, weight, bias), upstream),
        strict=True,
    ):
        assert torch.allclose(mine, theirs, atol=1e-3, rtol=1e-3)


@pytest.mark.skipif(not depthwise.available(), reason="no C++ compiler or no AVX-512: PyTorch's operator is used")
def test_the_kernel_rounds_bfloat16_as_pytorch_does() -> None:
    x = (torch.rand(1, 16, 8, 8) * 4).to(torch.bfloat16).to(memory_format=torch.channels_last)
    weight = torch.zeros(16, 1, 3, 3)
    weight[:, :, 1, 1] = 1.1  # one tap: the sum is exact before it is rounded

    found = depthwise.depthwise_relu6(x, weight, torch.zeros(16), stride=1, before=1)

    assert torch.equal(found, (x.float() * 1.1).clamp(0, 6).to(torch.bfloat16))


@pytest.mark.skipif(not depthwise.available(), reason="no C++ compiler or no AVX-512: PyTorch's operator is used")
def test_the_encoder_computes_the_same_with_and_without_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    encoder = EfficientNetLite(0)
    x = torch.randn(2, 3, 64, 64)

    def gradients() -> tuple[torch.Tensor, ...]:
        total = torch.stack([m.square().mean() for m in encoder(x)]).sum()
        return (total.detach(), *torch.autograd.grad(total, list(encoder.parameters())))

    with_kernel = gradients()
    monkeypatch.setattr(depthwise, "available", lambda: False)
    without = gradients()

    for mine, theirs in zip(with_kernel, without, strict=True):
        assert torch.allclose(mine, theirs, rtol=1e-3, atol=1e-4 * theirs.detach().abs().max().item())


def test_maps_halve_from_stride_two_to_thirty_two() -> None:
    encoder = EfficientNetLite(2)

    maps = encoder(torch.zeros(1, 3, 64, 96))

    assert [tuple(m.shape[1:]) for m in maps] == [
        (16, 32, 48), (24, 16, 24), (48, 8, 12), (120, 4, 6), (352, 2, 3),
    ]  # fmt: skip


def test_channels_round_to_eights_but_not_far_down() -> None:
    assert [scaled_channels(c, 1.1) for c in (16, 24, 40, 80, 112, 192, 320)] == [16, 24, 48, 88, 120, 208, 352]
    assert scaled_channels(10, 1.0) == 16  # 8 would be more than a tenth less


def test_dropping_a_block_keeps_the_mean_and_follows_its_generator() -> None:
    block = InvertedResidual(8, 8, expand=2, kernel=3, stride=1, drop=0.5).train()
    block.random = torch.Generator().manual_seed(1)
    x = torch.ones(400, 8, 4, 4)
    with torch.no_grad():
        y = block(x)
        block.random.manual_seed(1)
        again = block(x)
        whole = block.eval()(x)

    assert torch.equal(y, again)
    kept = (y - x).abs().amax((1, 2, 3)) > 0
    assert kept.float().mean().item() == pytest.approx(0.5, abs=0.1)
    assert torch.allclose((y - x)[kept], 2 * (whole - x)[kept], atol=1e-5)


def write_classifier(path: Path, encoder: EfficientNetLite) -> list[torch.Tensor]:
    """A state as the ImageNet files have it: five tensors a convolution, counters, a head behind."""
    state: dict[str, torch.Tensor] = {}
    written = []
    convs = [m for m in encoder.modules() if isinstance(m, FrozenNormConv)]
    for index, conv in enumerate(convs):
        for name in ("weight", "gain", "bias", "mean", "variance"):
            tensor = torch.rand_like(getattr(conv, name))
            state[f"{index}.{name}"] = tensor
            written.append(tensor)
        state[f"{index}.num_batches_tracked"] = torch.tensor(7)
    state["fc.weight"] = torch.zeros(3, 3)
    torch.save(state, path)
    return written


def test_imagenet_weights_go_in_by_order(tmp_path: Path) -> None:
    encoder = EfficientNetLite(0)
    written = write_classifier(tmp_path / "lite0.pth", encoder)

    load_imagenet(encoder, tmp_path / "lite0.pth")

    convs = [m for m in encoder.modules() if isinstance(m, FrozenNormConv)]
    found = [t for c in convs for t in (c.weight, c.gain, c.bias, c.mean, c.variance)]
    assert all(torch.equal(a, b) for a, b in zip(found, written, strict=True))


def test_weights_of_another_variant_are_refused(tmp_path: Path) -> None:
    write_classifier(tmp_path / "lite0.pth", EfficientNetLite(0))
    with pytest.raises(TrainingError, match="not the weights of this encoder"):
        load_imagenet(EfficientNetLite(2), tmp_path / "lite0.pth")
    (tmp_path / "no.pth").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match="not a PyTorch weight file"):
        load_imagenet(EfficientNetLite(0), tmp_path / "no.pth")


def test_frozen_stages_get_no_gradient_and_the_rest_does() -> None:
    encoder = EfficientNetLite(0)
    encoder.freeze(1)

    sum(m.mean() for m in encoder(torch.rand(1, 3, 32, 32))).backward()

    parts = {"stem": encoder.stem, **{f"stage {n}": stage for n, stage in enumerate(encoder.stages)}}
    trained = {name for name, part in parts.items() if any(p.grad is not None for p in part.parameters())}
    assert trained == set(parts) - {"stem", "stage 0"}
