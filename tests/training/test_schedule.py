import itertools

import pytest

from tui.training.schedule import Budget, augmentation_strength, average_decay, learning_rate_factor, sample_size


def test_progress_counts_steps_or_minutes() -> None:
    assert Budget(steps=200).progress(elapsed_s=9999, step=50) == 0.25
    assert Budget(minutes=10).progress(elapsed_s=300, step=9999) == 0.5
    assert Budget(minutes=10).progress(elapsed_s=900, step=0) == 1.0
    with pytest.raises(ValueError, match="minutes or steps"):
        Budget().progress(0, 0)


def test_the_rate_warms_up_peaks_and_falls_to_a_hundredth() -> None:
    factors = [learning_rate_factor(i / 1000) for i in range(1001)]

    assert factors[0] < 0.05
    assert max(factors) == pytest.approx(1.0, abs=0.01)
    assert factors.index(max(factors)) == pytest.approx(20, abs=2)
    assert factors[-1] == pytest.approx(0.01)
    assert all(a >= b for a, b in itertools.pairwise(factors[25:]))


def test_samples_come_in_three_shapes_and_in_all_sizes_by_turns() -> None:
    sizes = [sample_size(step, (224, 320)) for step in range(10)]

    assert sizes[:5] == [(224, 288), (224, 288), (288, 224), (224, 288), (256, 256)]
    assert set(sizes[5:]) == {(320, 416), (416, 320), (352, 352)}
    assert all(side % 32 == 0 for size in sizes for side in size)
    assert sizes == [sample_size(step, (224, 320)) for step in range(10, 20)]


def test_young_averages_forget_faster() -> None:
    assert average_decay(0) == pytest.approx(0.1)
    assert average_decay(10**6) == 0.998


def test_augmentation_fades_towards_the_end() -> None:
    assert augmentation_strength(0.0) == augmentation_strength(0.69) == 1.0
    assert augmentation_strength(1.0) == pytest.approx(0.4)
