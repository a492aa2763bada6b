"""The 95 % intervals hold the truth about as often as they say, in simulated worlds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tests.calibration.planted import sample
from tui.calibration.beliefs import METRIC_NETWORK, NETWORK, PROPORTIONAL_NETWORK, Beliefs
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.kernel import Kernel
from tui.calibration.reading import Status, log_covariance, read_all
from tui.calibration.reference import Reference, ReferenceSample
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.space import Located, distance_between, position

FITS, QUERIES = 400, 10
WIDTH, HEIGHT = 640, 480

Errors = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]


def smooth(generator: np.random.Generator, place: np.ndarray, log_inverse: np.ndarray) -> np.ndarray:
    """As it is believed: a Gaussian process over image and ln(1/z), and an independent part; how large, varies."""
    apart = np.linalg.norm(place[:, None] - place[None], axis=2)
    difference = log_inverse[:, None] - log_inverse[None]
    kernel = Kernel(NETWORK.across, NETWORK.noise, NETWORK.length, NETWORK.warp)
    covariance = kernel.between(apart, difference)
    covariance += NETWORK.noise**2 * np.eye(len(place))
    size = math.sqrt(NETWORK.freedom / generator.chisquare(NETWORK.freedom))
    drawn: np.ndarray = size * np.linalg.cholesky(covariance) @ generator.standard_normal(len(place))
    return drawn


def independent(generator: np.random.Generator, place: np.ndarray, log_inverse: np.ndarray) -> np.ndarray:
    """As it is not believed: nothing hangs together."""
    drawn: np.ndarray = 0.15 * generator.standard_normal(len(place)) + 0 * log_inverse
    return drawn


def covered(count: int, beliefs: Beliefs, errors: Errors, seed: int) -> tuple[float, float]:
    """Share of 4,000 readings whose interval holds the truth; of all, and of those extrapolated."""
    generator = np.random.default_rng(seed)
    inside, outside = [], []
    for _ in range(FITS):
        total = count + QUERIES
        value = generator.uniform(0, 1, total)
        low = 0.0 if beliefs.exponent is None else 1 / math.expm1(1.4)  # the map's values then have a ratio of e^1.4
        if beliefs.exponent is None:
            far_share = math.exp(-1.4 * math.exp(generator.normal(0.0, 0.4)))
            log_inverse = np.log(1.2 * (far_share + (1 - far_share) * value))
        else:
            log_inverse = (1.0 + beliefs.exponent * generator.standard_normal()) * np.log(value + low)
        pixels = np.column_stack([generator.uniform(0, WIDTH, total), generator.uniform(0, HEIGHT, total)])
        truth = np.exp(-log_inverse - errors(generator, pixels / WIDTH, log_inverse))
        measured = truth * (1 + 0.01 * generator.standard_normal(total))
        given = zip(pixels[:count].tolist(), measured[:count].tolist(), value[:count].tolist(), strict=True)
        known = [
            ReferenceSample(Reference(u_px, v_px, z_m, 0.01 * z_m), sample(p + low)) for (u_px, v_px), z_m, p in given
        ]
        calibration = fit(known, beliefs, MapContext(low, low + 1, WIDTH, HEIGHT))
        asked = [(float(u_px), float(v_px)) for u_px, v_px in pixels[count:]]
        readings = read_all(calibration, [sample(p + low) for p in value[count:].tolist()], asked)
        for reading, true_m in zip(readings, truth[count:].tolist(), strict=True):
            assert reading.low_m is not None
            held = reading.low_m <= true_m <= (reading.high_m or math.inf)
            inside.append(held)
            if reading.status is Status.EXTRAPOLATED:
                outside.append(held)
    return float(np.mean(inside)), float(np.mean(outside))


@pytest.mark.parametrize("errors", [smooth, independent])
@pytest.mark.parametrize(
    ("count", "beliefs"),
    [(4, METRIC_NETWORK), (4, NETWORK), (4, PROPORTIONAL_NETWORK), (8, METRIC_NETWORK), (16, NETWORK)],
)
def test_intervals_cover_the_truth(count: int, beliefs: Beliefs, errors: Errors) -> None:
    everywhere, outside = covered(count, beliefs, errors, seed=count)
    # Among four references of a map of any scale an honest one is taken for a mistake now and then.
    few = count == 4 and beliefs is NETWORK
    assert (0.9 if errors is independent else 0.91 if few else 0.92) <= everywhere <= 0.98
    assert outside > (0.88 if few else 0.9)


def test_intervals_of_straight_lines_know_that_the_errors_of_their_ends_hang_together() -> None:
    camera = Intrinsics(520.0, 520.0, 319.5, 239.5, WIDTH, HEIGHT)
    generator = np.random.default_rng(12)
    held, widths = [], []
    for _ in range(150):
        value = generator.uniform(0, 1, 8 + 4)
        pixels = np.column_stack([generator.uniform(0, WIDTH, 12), generator.uniform(0, HEIGHT, 12)])
        log_inverse = np.log(1.2 * (0.25 + 0.75 * value))
        truth_m = np.exp(-log_inverse - smooth(generator, pixels / WIDTH, log_inverse))
        known = [
            ReferenceSample(Reference(u_px, v_px, z_m, 0.01 * z_m), sample(p))
            for (u_px, v_px), z_m, p in zip(pixels[:8].tolist(), truth_m[:8].tolist(), value[:8].tolist(), strict=True)
        ]
        calibration = fit(known, NETWORK, MapContext(0.0, 1.0, WIDTH, HEIGHT))
        for first in (8, 10):
            ends = [(float(u_px), float(v_px)) for u_px, v_px in pixels[first : first + 2]]
            readings = read_all(calibration, [sample(float(p)) for p in value[first : first + 2]], ends)
            located = [
                Located.of_interval(*at, each.distance_m or 0.0, each.low_m or 0.0, each.high_m)
                for at, each in zip(ends, readings, strict=True)
            ]
            extent = distance_between(
                camera, located[0], located[1], log_covariance(calibration, readings, ends), pixel_sigma_px=0.0
            )
            blind = distance_between(camera, located[0], located[1], pixel_sigma_px=0.0)
            start, end = (
                position(camera, *at, float(z_m)) for at, z_m in zip(ends, truth_m[first : first + 2], strict=True)
            )
            true_m = math.dist((start.x_m, start.y_m, start.z_m), (end.x_m, end.y_m, end.z_m))
            held.append(extent.low <= true_m <= (extent.high or math.inf))
            widths.append(math.log((extent.high or 1e3) / extent.low) / math.log((blind.high or 1e3) / blind.low))
    assert 0.9 <= np.mean(held) <= 0.99
    assert np.median(widths) < 1.0
