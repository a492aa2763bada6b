import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.evaluation.metrics import Scores, align, known_pixels, score, summarise


def scene(seed: int, shape: tuple[int, int] = (24, 32)) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.5, 8.0, shape).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), a=st.floats(0.01, 100), b=st.floats(-1, 1))
def test_alignment_finds_the_planted_scale_and_shift(seed: int, a: float, b: float) -> None:
    depth_m = scene(seed).ravel()
    relative = ((1 / depth_m.astype(np.float64)) - b) / a

    found_a, found_b = align(relative, depth_m)

    assert found_a == pytest.approx(a, rel=1e-6)
    assert found_b == pytest.approx(b, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), da=st.floats(-0.2, 0.2), db=st.floats(-0.1, 0.1))
def test_alignment_minimises_the_relative_error_of_inverse_depth(seed: int, da: float, db: float) -> None:
    rng = np.random.default_rng(seed)
    depth_m = scene(seed).ravel()
    relative = 1 / depth_m + rng.normal(0, 0.1, depth_m.shape)

    def cost(a: float, b: float) -> float:
        return float((((a * relative + b) * depth_m - 1) ** 2).sum())

    a, b = align(relative, depth_m)

    assert cost(a, b) <= cost(a + da, b + db) + 1e-9


def test_a_flat_map_aligns_to_one_distance() -> None:
    depth_m = np.array([1.0, 2.0, 4.0])

    a, b = align(np.full(3, 7.0), depth_m)

    assert a == 0.0
    assert b == pytest.approx(7 / 21)  # sum z / sum z^2


def test_a_perfect_map_scores_perfectly_whatever_its_scale_and_shift() -> None:
    depth_m = scene(3)
    scores = score((3.0 / depth_m + 5.0).astype(np.float32), depth_m)

    assert scores is not None
    assert scores.abs_rel < 1e-4
    assert scores.delta1 == 1.0
    assert scores.rmse_m < 1e-3
    assert scores.median_rel < 1e-4


def test_measures_are_those_of_the_literature() -> None:
    # Three depths at true inverse 1, 1/2, 1/4 and an estimate that no scale and shift can mend: fitted by hand below.
    depth_m = np.repeat(np.array([1.0, 2.0, 4.0], np.float32), 4).reshape(3, 4)
    relative = np.repeat(np.array([1.0, 0.5, 0.5], np.float32), 4).reshape(3, 4)
    scores = score(relative, depth_m)

    # 1 is free to fit; the other two share one inverse depth v that minimises (2 v - 1)^2 + (4 v - 1)^2: v = 0.3
    errors = np.array([0.0, abs(1 / 0.3 - 2) / 2, abs(1 / 0.3 - 4) / 4])
    assert scores is not None
    assert scores.abs_rel == pytest.approx(errors.mean(), rel=1e-5)
    assert scores.median_rel == pytest.approx(np.median(errors), rel=1e-5)
    assert scores.delta1 == pytest.approx(2 / 3)
    assert scores.rmse_m == pytest.approx(np.sqrt(((1 / 0.3 - 2) ** 2 + (1 / 0.3 - 4) ** 2) / 3), rel=1e-5)


def test_unknown_and_far_pixels_do_not_count() -> None:
    depth_m = scene(4)
    relative = (1 / depth_m).astype(np.float32)
    wrong = depth_m.copy()
    wrong[0, :8] = [0.0, 0.1, 25.0, np.inf, np.nan, -1.0, 20.5, 0.19]

    scores = score(relative, wrong)

    assert int(known_pixels(wrong)[0, :8].sum()) == 0
    assert scores is not None
    assert scores.abs_rel < 1e-4


def test_estimates_are_clipped_to_the_range() -> None:
    # at the far end the fit falls below zero inverse depth: 20 m is taken, not a negative or infinite distance
    depth_m = np.full((4, 4), 2.0, np.float32)
    relative = np.full((4, 4), 1.0, np.float32)
    relative[0, 0] = -50.0
    depth_m[0, 1] = 0.5
    scores = score(relative, depth_m)

    assert scores is not None
    assert np.isfinite([scores.abs_rel, scores.rmse_m]).all()
    assert scores.rmse_m <= 20.0


def test_too_few_known_pixels_give_no_score() -> None:
    depth_m = np.zeros((4, 4), np.float32)
    depth_m[0, :3] = 1.0

    assert score(np.ones((4, 4), np.float32), depth_m) is None


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"\(2, 2\).*\(3, 3\)"):
        score(np.ones((2, 2), np.float32), np.ones((3, 3), np.float32))


def test_overall_is_the_mean_over_pictures_not_over_sequences() -> None:
    good, bad = Scores(0.1, 1.0, 0.1, 0.1), Scores(0.4, 0.0, 0.4, 0.4)

    report = summarise({"b": [good, good, good], "a": [bad]}, skipped=2)

    assert [s.sequence for s in report.sequences] == ["a", "b"]
    assert report.overall.scores.abs_rel == pytest.approx(0.175)
    assert report.overall.pictures == 4
    assert report.to_dict()["skipped"] == 2


def test_nothing_to_measure_is_said() -> None:
    with pytest.raises(ValueError, match="no picture"):
        summarise({})
