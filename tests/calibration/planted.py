"""References and samples with a truth known beforehand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from tui.calibration.reference import Reference, ReferenceSample
from tui.geometry.sampling import Sample


def sample(value: float, spread: float = 0.0) -> Sample:
    return Sample(value, spread, 25)


def seen(
    value: float, distance_m: float, spread: float = 0.0, relative_sigma: float = 0.01, u_px: int = 0
) -> ReferenceSample:
    """A reference as a map with `value` at its pixel shows it."""
    reference = Reference(u_px, 7, distance_m, relative_sigma * distance_m)
    return ReferenceSample(reference, sample(value, spread))


def exact(scale: float, shift: float, distances_m: Iterable[float]) -> list[ReferenceSample]:
    """References on a map that obeys 1/z = scale p + shift exactly."""
    return [
        seen((1.0 / distance_m - shift) / scale, distance_m, u_px=10 * number)
        for number, distance_m in enumerate(distances_m)
    ]


def spread_out_distances(fewest: int) -> st.SearchStrategy[list[float]]:
    """Distances between 0.3 and 30 m, each at least 5 % from the next."""
    steps = st.lists(st.floats(0.05, 0.6), min_size=fewest - 1, max_size=6)

    def climb(first_m: float, rises: list[float]) -> list[float]:
        distances_m = [first_m]
        for rise in rises:
            distances_m.append(distances_m[-1] * (1 + rise))
        return distances_m

    return st.builds(climb, st.floats(0.3, 3.0), steps)


def wild(seed: int, count: int) -> list[ReferenceSample]:
    """References whose errors are large and hang together over ln(1/z), so that a correction over it bends sharply."""
    generator = np.random.default_rng(seed)
    value = generator.uniform(0.1, 1.0, count)
    z_m = np.exp(generator.normal(0, 0.4, count) + generator.choice([-1, 1]) * 0.6 * np.sin(9 * value)) / value
    pixels = generator.integers(0, 480, (count, 2)).tolist()
    return [
        ReferenceSample(Reference(u_px, v_px, true_m, 0.01 * true_m), sample(p))
        for (u_px, v_px), true_m, p in zip(pixels, z_m.tolist(), value.tolist(), strict=True)
    ]
