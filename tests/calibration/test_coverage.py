"""The 95 % intervals hold the truth about as often as they say, in simulated worlds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tests.calibration.planted import sample
from tui.calibration.beliefs import METRIC_NETWORK, NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.reading import Status, read
from tui.calibration.reference import Reference, ReferenceSample

FITS, QUERIES = 1000, 10
WIDTH, HEIGHT = 640, 480

Errors = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]


def smooth(generator: np.random.Generator, place: np.ndarray, log_inverse: np.ndarray) -> np.ndarray:
    """As it is believed: a Gaussian process over image and ln(1/z), and an independent part."""
    apart = np.hypot(
        np.linalg.norm(place[:, None] - place[None], axis=2) / NETWORK.length_image,
        (log_inverse[:, None] - log_inverse[None]) / NETWORK.length_log,
    )
    covariance = NETWORK.correction**2 * np.exp(-apart) + NETWORK.noise**2 * np.eye(len(place))
    drawn: np.ndarray = np.linalg.cholesky(covariance) @ generator.standard_normal(len(place))
    return drawn


def independent(generator: np.random.Generator, place: np.ndarray, log_inverse: np.ndarray) -> np.ndarray:
    """As it is not believed: nothing hangs together."""
    drawn: np.ndarray = 0.15 * generator.standard_normal(len(place)) + 0 * log_inverse
    return drawn


def covered(count: int, beliefs: Beliefs, errors: Errors, seed: int) -> tuple[float, float]:
    """Share of 10,000 readings whose interval holds the truth; of all, and of those extrapolated."""
    generator = np.random.default_rng(seed)
    inside, outside = [], []
    for _ in range(FITS):
        spread = math.exp(generator.normal(0.0, 0.12 if beliefs.trusts_zero else 0.4))
        far_share = math.exp(-1.4 * spread)
        total = count + QUERIES
        value = generator.uniform(0, 1, total)
        log_inverse = np.log(1.2 * (far_share + (1 - far_share) * value))
        pixels = np.column_stack([generator.uniform(0, WIDTH, total), generator.uniform(0, HEIGHT, total)])
        truth = np.exp(-log_inverse - errors(generator, pixels / WIDTH, log_inverse))
        measured = truth * (1 + 0.01 * generator.standard_normal(total))
        low = 1 / math.expm1(1.4) if beliefs.trusts_zero else 0.0  # so that the map's zero implies a ratio of e^1.4
        given = zip(pixels[:count].tolist(), measured[:count].tolist(), value[:count].tolist(), strict=True)
        known = [
            ReferenceSample(Reference(u_px, v_px, z_m, 0.01 * z_m), sample(p + low)) for (u_px, v_px), z_m, p in given
        ]
        calibration = fit(known, beliefs, MapContext(low, low + 1, WIDTH, HEIGHT))
        for pixel, true_m, p in zip(pixels[count:], truth[count:].tolist(), value[count:].tolist(), strict=True):
            reading = read(calibration, sample(p + low), (pixel[0], pixel[1]))
            assert reading.low_m is not None
            held = reading.low_m <= true_m <= (reading.high_m or math.inf)
            inside.append(held)
            if reading.status is Status.EXTRAPOLATED:
                outside.append(held)
    return float(np.mean(inside)), float(np.mean(outside))


@pytest.mark.parametrize("errors", [smooth, independent])
@pytest.mark.parametrize(("count", "beliefs"), [(4, METRIC_NETWORK), (4, NETWORK), (8, METRIC_NETWORK), (16, NETWORK)])
def test_intervals_cover_the_truth(count: int, beliefs: Beliefs, errors: Errors) -> None:
    everywhere, outside = covered(count, beliefs, errors, seed=count)
    assert 0.92 <= everywhere <= 0.98
    assert outside > 0.9
