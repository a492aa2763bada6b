import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.training.losses import (
    TEACHER_WEIGHT,
    best_scale,
    fit_power,
    fit_scale_and_shift,
    gradient_matching,
    known_pixels,
    taught_loss,
    total_loss,
    trimmed_mean_error,
)
from tui.training.network import Pocket


def depths(seed: int = 0) -> torch.Tensor:
    return torch.rand(2, 1, 16, 24, generator=torch.Generator().manual_seed(seed)) * 6 + 0.5


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.2, 20), shift=st.floats(-2, 2), seed=st.integers(0, 99))
def test_a_perfect_map_fits_whatever_its_scale_and_shift(scale: float, shift: float, seed: int) -> None:
    z = depths(seed)

    fitted = fit_scale_and_shift(scale / z + shift, z, known_pixels(z))

    assert torch.allclose(fitted, torch.ones_like(z), atol=2e-3)


def test_the_fit_is_relative_least_squares_of_each_picture() -> None:
    z = depths()
    p = 1 / z + 0.1 * torch.randn(z.shape, generator=torch.Generator().manual_seed(1))

    fitted = fit_scale_and_shift(p, z, known_pixels(z))

    for picture in range(2):
        flat_p, flat_z = (t[picture].flatten().double().numpy() for t in (p, z))
        design = np.stack([flat_p * flat_z, flat_z], 1)
        solution, *_ = np.linalg.lstsq(design, np.ones(len(flat_z)), rcond=None)
        np.testing.assert_allclose(fitted[picture].flatten().numpy(), design @ solution, atol=3e-3)


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.05, 20), power=st.floats(0.3, 3), seed=st.integers(0, 99))
def test_the_fit_of_a_power_law_forgives_any_scale_and_exponent(scale: float, power: float, seed: int) -> None:
    z = depths(seed)
    p = (1 / z) * torch.exp(0.2 * torch.randn(z.shape, generator=torch.Generator().manual_seed(seed)))

    perfect = fit_power(scale * z**-power, z, known_pixels(z))
    plain, changed = (fit_power(q, z, known_pixels(z)) for q in (p, scale * p**power))

    assert torch.allclose(perfect, torch.ones_like(z), atol=2e-3)
    assert torch.allclose(plain, changed, rtol=2e-3)


def test_the_fit_of_a_power_law_is_least_squares_in_logarithms_over_known_pixels() -> None:
    z = depths()
    z[:, :, :3] = 0
    p = 1.7 * depths(1) ** -0.8 * (1 / depths()) ** 0.6

    fitted = fit_power(p, z, known_pixels(z))

    for picture in range(2):
        known = (z[picture] > 0).numpy()
        log_p, log_z = (torch.log(t[picture]).numpy()[known] for t in (p, z))
        gamma, c = np.polyfit(log_p, -log_z, 1)
        assert gamma > 0.1
        np.testing.assert_allclose(fitted[picture].numpy()[known], np.exp(c + gamma * log_p + log_z), rtol=2e-3)


def test_a_map_whose_order_is_the_wrong_way_round_is_not_turned_round() -> None:
    z = depths()

    fitted = fit_power(z, z, known_pixels(z))

    mean = torch.log(z).mean((1, 2, 3), keepdim=True)
    assert torch.allclose(fitted, z / mean.exp(), rtol=1e-3)


def test_unknown_depth_has_no_influence() -> None:
    z = depths()
    hole = z.clone()
    hole[:, :, :4] = 0
    p = (1 / z).clone()
    p[:, :, :4] = 50.0
    p.requires_grad_()

    loss = total_loss(p, hole)
    torch.autograd.backward(loss)

    assert loss.item() < 0.01
    assert p.grad is not None
    assert float(p.grad[:, :, :4].abs().max()) == 0


def test_a_flat_map_and_an_empty_truth_stay_finite() -> None:
    for z in (depths(), torch.zeros(2, 1, 16, 24)):
        p = torch.full((2, 1, 16, 24), 0.7, requires_grad=True)
        loss = total_loss(p, z)
        torch.autograd.backward(loss)
        assert p.grad is not None
        assert torch.isfinite(loss)
        assert torch.isfinite(p.grad).all()


def test_trimming_leaves_out_the_worst_share() -> None:
    fitted = torch.full((1, 1, 10, 10), 1.25)  # distances are a fifth too short
    fitted[0, 0, 0] = 10.0  # a tenth of all pixels is far off
    known = torch.ones_like(fitted)

    assert trimmed_mean_error(fitted, known, 0.1).item() == pytest.approx(0.2, rel=1e-4)
    assert trimmed_mean_error(fitted, known, 0.0).item() == pytest.approx(0.27, rel=1e-4)


def test_a_teacher_counts_only_where_it_says_something() -> None:
    torch.manual_seed(0)
    z = torch.rand(2, 1, 32, 32) + 1
    p = (1 / z + 0.1 * torch.rand_like(z)).requires_grad_()
    silent = torch.cat([z, torch.zeros_like(z)], 1)
    agreeing = torch.cat([z, z], 1)
    half = torch.cat([z, z * torch.tensor([1.0, 0.0])[:, None, None, None]], 1)

    alone = total_loss(p, z)

    assert taught_loss(p, silent).item() == pytest.approx(alone.item())
    assert taught_loss(p, agreeing).item() == pytest.approx((1 + TEACHER_WEIGHT) * alone.item())
    first = total_loss(p[:1], z[:1]).item()
    assert taught_loss(p, half).item() == pytest.approx(alone.item() + TEACHER_WEIGHT / 2 * first)
    disagreeing = torch.cat([z, z.flip(3)], 1)
    assert taught_loss(p, disagreeing).item() > taught_loss(p, agreeing).item() + 0.05


def test_gradient_matching_is_the_mean_slope_over_four_scales() -> None:
    # slope 0.5 a pixel along x: 0.5, 1, 2, 4 at steps of 1, 2, 4, 8 pixels; nothing along y
    ramp = (0.5 * torch.arange(32.0)).expand(1, 1, 32, 32)

    value = gradient_matching(ramp, torch.ones_like(ramp))

    assert value.item() == pytest.approx((0.5 + 1 + 2 + 4) / 4)


def test_the_best_scale_is_the_planted_one() -> None:
    z = depths()

    assert torch.allclose(best_scale(4 / z, z, known_pixels(z)), torch.full((2, 1, 1, 1), 0.25))


def test_a_shift_costs_though_the_fit_forgives_it() -> None:
    z = depths()

    assert total_loss(1 / z + 0.5, z) > total_loss(1 / z, z) + 0.05


def test_nothing_of_the_loss_or_the_network_is_tied_to_the_cpu() -> None:
    network = Pocket(0, drop=0.2).to("meta").train()
    image = torch.empty(2, 3, 64, 64, device="meta")

    p = network(image)
    loss = total_loss(p, torch.empty(p.shape, device="meta"))

    assert loss.device.type == "meta"


def test_descending_the_loss_finds_the_truth() -> None:
    z = depths()
    raw = torch.zeros_like(z).requires_grad_()
    optimizer = torch.optim.Adam([raw], lr=0.05)
    start = None
    for _ in range(200):
        loss = total_loss(torch.nn.functional.softplus(raw), z)
        start = start or loss.item()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()

    assert start is not None
    assert loss.item() < 0.1 * start
