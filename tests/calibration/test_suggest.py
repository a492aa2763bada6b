"""Where to measure next: places that can be measured, chosen without the truth, and what they promise comes true."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tui.calibration.beliefs import METRIC_NETWORK, NETWORK, PROPORTIONAL_NETWORK, Beliefs
from tui.calibration.context import map_context
from tui.calibration.fit import fit, typed
from tui.calibration.reading import read_all
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.suggest import Suggestion, suggest
from tui.calibration.unverified import unverified
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_median

WIDTH, HEIGHT = 200, 150
BELIEFS = pytest.mark.parametrize("beliefs", [NETWORK, PROPORTIONAL_NETWORK, METRIC_NETWORK], ids=["any", "zero", "m"])


def room() -> FloatMap:
    """1/z of a wall that recedes to the right, from 2 to 5 m, with a box at 1.2 m before it."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    metres = 2.0 + 3.0 * columns / WIDTH + 0.2 * rows / HEIGHT
    metres[80:130, 30:90] = 1.2
    inverse: FloatMap = (1 / metres).astype(np.float32)
    return inverse


def edges(inverse_depth: FloatMap) -> list[tuple[int, int]]:
    """(column, row) of each pixel whose neighbour is farther or nearer by a fifth."""
    log = np.log(inverse_depth)
    steep = np.zeros(log.shape, np.bool_)
    steep[:, 1:] |= np.abs(np.diff(log, axis=1)) > 0.2
    steep[1:] |= np.abs(np.diff(log, axis=0)) > 0.2
    rows, columns = np.nonzero(steep)
    return list(zip(columns.tolist(), rows.tolist(), strict=True))


def given(inverse_depth: FloatMap, true_m: NDArray[np.floating], *pixels: tuple[int, int]) -> list[ReferenceSample]:
    found = []
    for u_px, v_px in pixels:
        distance_m = float(true_m[v_px, u_px])
        reference = Reference(u_px, v_px, distance_m, 0.01 * distance_m)
        found.append(ReferenceSample(reference, sample_median(inverse_depth, u_px, v_px)))
    return found


def erring(rng: np.random.Generator) -> tuple[FloatMap, FloatMap]:
    """A map and the true distances that it errs from as networks do: by a smooth factor and by one a pixel."""
    inverse = room()
    coarse = rng.standard_normal((4, 5))
    rows, columns = np.linspace(0, 3, HEIGHT), np.linspace(0, 4, WIDTH)
    down = np.array([np.interp(rows, range(4), coarse[:, each]) for each in range(5)]).T
    smooth = np.array([np.interp(columns, range(5), each) for each in down])
    true_m = np.exp(0.2 * smooth + 0.02 * rng.standard_normal(smooth.shape)) / inverse
    return inverse, true_m.astype(np.float32)


def mean_half_width(calibration: Calibration, inverse_depth: FloatMap) -> float:
    """Of the intervals in ln z, over the picture."""
    pixels = [(u_px, v_px) for u_px in range(7, WIDTH, 12) for v_px in range(7, HEIGHT, 12)]
    samples = [sample_median(inverse_depth, *pixel) for pixel in pixels]
    readings = read_all(calibration, samples, pixels, map_context(inverse_depth))
    found = [np.log(each.distance_m / each.low_m) for each in readings if each.distance_m and each.low_m]
    return float(np.mean(found))


THREE = ((20, 20), (60, 100), (180, 120))


@BELIEFS
@pytest.mark.parametrize("many", [0, 1, 3])
def test_a_suggestion_is_smooth_inside_and_next_to_nothing_measured(beliefs: Beliefs, many: int) -> None:
    inverse = room()
    pixels = THREE[:many]
    calibration = fit(given(inverse, 1 / inverse, *pixels), beliefs, map_context(inverse)) if many else None
    found = suggest(inverse, calibration, beliefs, 12)
    assert len(found) == 12
    taken = [*pixels, *edges(inverse)]
    for each in found:
        assert 0.02 * WIDTH <= each.u_px < WIDTH - 0.02 * WIDTH
        assert 0.02 * WIDTH <= each.v_px < HEIGHT - 0.02 * WIDTH
        assert 0 <= each.gain <= 1
        assert all(max(abs(each.u_px - u_px), abs(each.v_px - v_px)) > 3 for u_px, v_px in taken), each
        taken.append(each.pixel)


def test_pixels_to_avoid_are_avoided_and_the_next_best_place_is_another_one() -> None:
    inverse = room()
    calibration = fit(given(inverse, 1 / inverse, *THREE), NETWORK, map_context(inverse))
    (best,) = suggest(inverse, calibration, NETWORK)
    (next_best,) = suggest(inverse, calibration, NETWORK, avoid=[best.pixel])
    assert max(abs(best.u_px - next_best.u_px), abs(best.v_px - next_best.v_px)) > 3
    assert next_best.gain <= best.gain


@BELIEFS
def test_neither_the_scale_of_the_map_nor_that_of_the_distances_changes_a_suggestion(beliefs: Beliefs) -> None:
    inverse, true_m = erring(np.random.default_rng(3))

    def proposed(scale: float, shift: float, times: float) -> tuple[Suggestion, ...]:
        changed = (scale * inverse + shift).astype(np.float32)
        calibration = fit(given(changed, times * true_m, *THREE), beliefs, map_context(changed))
        return suggest(changed, calibration, beliefs, 4)

    plain = proposed(1, 0, 1)
    shifts = (0.0,) if beliefs.exponent is not None else (0.0, 500.0)
    for scale, shift, times in [(1, 0, 3.0), *((1024.0, each, 1.0) for each in shifts)]:
        changed = proposed(scale, shift, times)
        assert [each.pixel for each in changed] == [each.pixel for each in plain]
        assert [each.gain for each in changed] == pytest.approx([each.gain for each in plain], rel=0.01)


def test_before_any_reference_no_distance_is_needed_and_the_first_one_brings_all() -> None:
    inverse = room()
    found = suggest(inverse, None, NETWORK, 3)
    assert found[0].gain == 1
    assert all(0.05 < each.gain < 1 for each in found[1:])
    assert found[1].gain > found[2].gain


def test_what_a_suggestion_promises_comes_true() -> None:
    """On maps that err as is believed: of all widths after measuring there, most lie within 20 % of what was said."""
    apart, promised, kept = [], [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        inverse, true_m = erring(rng)
        pixels = [(int(rng.integers(10, WIDTH - 10)), int(rng.integers(10, HEIGHT - 10))) for _ in range(2 + seed % 5)]
        context = map_context(inverse)
        before = fit(given(inverse, true_m, *pixels), PROPORTIONAL_NETWORK, context)
        (found,) = suggest(inverse, before, PROPORTIONAL_NETWORK)
        after = fit(given(inverse, true_m, *pixels, found.pixel), PROPORTIONAL_NETWORK, context)
        left = mean_half_width(after, inverse) / mean_half_width(before, inverse)
        apart.append(left / (1 - found.gain))
        promised.append(found.gain)
        kept.append(1 - left)
    assert np.median(apart) == pytest.approx(1, abs=0.1)
    assert np.mean(np.abs(np.array(apart) - 1) < 0.2) >= 0.8
    assert np.median(kept) == pytest.approx(np.median(promised), rel=0.2)


def test_a_suggestion_narrows_the_intervals_more_than_most_places_do() -> None:
    inverse = room()
    true_m = 1 / inverse  # no surprises: what differs is the place alone
    context = map_context(inverse)
    before = fit(given(inverse, true_m, *THREE), PROPORTIONAL_NETWORK, context)

    def width_after(pixel: tuple[int, int]) -> float:
        after = fit(given(inverse, true_m, *THREE, pixel), PROPORTIONAL_NETWORK, context)
        return mean_half_width(after, inverse)

    (found,) = suggest(inverse, before, PROPORTIONAL_NETWORK)
    others = [width_after((u_px, v_px)) for u_px in range(15, WIDTH, 35) for v_px in range(15, HEIGHT, 30)]
    assert np.mean(np.array(others) > width_after(found.pixel)) > 0.8


@pytest.mark.parametrize(
    "calibration", [typed(1.0, 0.0), unverified(METRIC_NETWORK)], ids=["typed", "the network's own metres"]
)
def test_a_scale_that_no_reference_is_behind_counts_as_none_measured(calibration: Calibration) -> None:
    found = suggest(room(), calibration, METRIC_NETWORK, 2)
    assert [each.pixel for each in found] == [each.pixel for each in suggest(room(), None, METRIC_NETWORK, 2)]
    assert 0 <= found[0].gain < 1


@pytest.mark.parametrize(
    "inverse_depth",
    [
        np.full((HEIGHT, WIDTH), np.nan, np.float32),
        np.random.default_rng(0).random((HEIGHT, WIDTH), np.float32),
        np.ones((4, 4), np.float32),
        np.ones((1, 300), np.float32),
        np.full((HEIGHT, WIDTH), np.inf, np.float32),
        np.where(np.arange(WIDTH) % 4 == 0, np.float32(np.nan), room()),
    ],
    ids=["no value", "noise", "tiny", "one row", "infinite", "gaps everywhere"],
)
def test_where_nothing_is_smooth_nothing_is_suggested(inverse_depth: FloatMap) -> None:
    for beliefs in (NETWORK, PROPORTIONAL_NETWORK):
        assert suggest(inverse_depth, None, beliefs, 3) == ()


def test_a_flat_map_and_one_with_a_clipped_end_are_no_trouble() -> None:
    assert len(suggest(np.ones((HEIGHT, WIDTH), np.float32), None, PROPORTIONAL_NETWORK, 2)) <= 2
    clipped = room()
    clipped[:, 150:] = 0
    for each in suggest(clipped, None, PROPORTIONAL_NETWORK, 6):
        assert each.u_px < 150


def test_as_many_as_there_are_and_none_if_none_are_wanted() -> None:
    inverse = room()
    calibration = fit(given(inverse, 1 / inverse, *THREE), NETWORK, map_context(inverse))
    everything = suggest(inverse, calibration, NETWORK, 10_000)
    assert 20 < len(everything) < 1000
    assert len(set(everything)) == len(everything)
    assert suggest(inverse, calibration, NETWORK, 0) == ()


def test_a_map_that_goes_below_its_zero_is_no_trouble() -> None:
    below = (room() - 1).astype(np.float32)
    for beliefs in (NETWORK, PROPORTIONAL_NETWORK, METRIC_NETWORK):
        for each in suggest(below, None, beliefs, 3):
            assert 0 <= each.gain <= 1
    (found,) = suggest(below, None, NETWORK)
    (reference,) = given(below, 1 / room(), found.pixel)
    calibration = fit([reference], NETWORK, map_context(below))
    assert calibration.references == (reference.reference,), "one reference alone is enough there as well"
