import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.render.levels import AdaptiveRange, LevelQuantiser, ValueRange, step_levels

maps = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=12),
    elements=st.floats(-1e3, 1e3, width=32) | st.just(float("nan")),
)


@given(maps, st.integers(2, 40))
def test_constant_input_never_flickers(values: np.ndarray, count: int) -> None:
    quantiser = LevelQuantiser(count)
    first = quantiser.quantise(values)
    for _ in range(3):
        assert (quantiser.quantise(values) == first).all()


@given(maps, st.integers(2, 40))
def test_larger_is_never_a_lower_level(values: np.ndarray, count: int) -> None:
    levels = LevelQuantiser(count).quantise(values)
    known = np.isfinite(values)
    assert (levels[~known] == count).all()
    assert (levels[known] < count).all()
    order = np.argsort(values[known])
    assert (np.diff(levels[known][order]) >= 0).all()


@given(st.integers(4, 40), st.integers(0, 2**32 - 1))
def test_noise_below_the_threshold_changes_nothing(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = rng.uniform(0, 1, (20, 20)).astype(np.float32)
    quantiser = LevelQuantiser(count)
    quantiser.range.pin(0, 1)
    first = quantiser.quantise(scene)
    for _ in range(5):
        noise = rng.uniform(-0.38, 0.38, scene.shape) / (count - 1)
        assert (quantiser.quantise((scene + noise).astype(np.float32)) == first).all()


def test_noise_does_not_move_the_range() -> None:
    rng = np.random.default_rng(3)
    scene = rng.uniform(1, 2, (60, 60)).astype(np.float32)
    quantiser = LevelQuantiser(24)
    first = quantiser.quantise(scene)
    span = quantiser.range.current
    for _ in range(20):
        noisy = scene + rng.normal(0, 0.003, scene.shape).astype(np.float32)
        assert (quantiser.quantise(noisy) == first).all()
    assert quantiser.range.current == span


def test_a_step_beyond_the_threshold_is_followed() -> None:
    position = np.array([3.0, 3.0, 3.0], np.float32)
    previous = step_levels(position, None, 0.9)
    moved = step_levels(np.array([3.85, 3.95, 1.2], np.float32), previous, 0.9)
    assert moved.tolist() == [3, 4, 1]


def test_the_range_glides_to_a_wider_scene_and_arrives() -> None:
    follow = AdaptiveRange()
    follow.update(np.linspace(0, 1, 1000, dtype=np.float32))
    wider = np.linspace(0, 2, 1000, dtype=np.float32)
    highs = []
    for _ in range(60):
        span = follow.update(wider)
        assert span is not None
        highs.append(span.high)
    assert highs[0] < 1.3
    assert (np.diff(highs) >= 0).all()
    assert abs(highs[-1] - 1.98) < 0.03
    assert highs[-1] == highs[-5]


def test_another_scene_is_adopted_at_once() -> None:
    follow = AdaptiveRange()
    follow.update(np.linspace(0, 1, 100, dtype=np.float32))
    span = follow.update(np.linspace(50, 60, 100, dtype=np.float32))
    assert span is not None
    assert span.low > 49


def test_a_pinned_range_holds_until_released() -> None:
    follow = AdaptiveRange()
    follow.pin(0.5, 1.5)
    far = np.linspace(100, 200, 100, dtype=np.float32)
    assert follow.update(far) == ValueRange(0.5, 1.5)
    follow.reset()
    assert follow.current == ValueRange(0.5, 1.5)
    follow.release()
    span = follow.update(far)
    assert span is not None
    assert span.low > 99


def test_nothing_known_is_all_unknown() -> None:
    quantiser = LevelQuantiser(8)
    assert (quantiser.quantise(np.full((4, 4), np.nan, np.float32)) == 8).all()
    assert quantiser.range.current is None


def test_a_cell_that_becomes_known_starts_afresh() -> None:
    quantiser = LevelQuantiser(10)
    quantiser.range.pin(0, 9)
    quantiser.quantise(np.array([[np.nan, 9.0]], np.float32))
    assert quantiser.quantise(np.array([[8.6, np.nan]], np.float32)).tolist() == [[9, 10]]
