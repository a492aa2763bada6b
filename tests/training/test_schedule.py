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


def test_samples_grow_late_and_come_in_three_shapes() -> None:
    early = {sample_size(step, 0.1, small=192, large=224, grow_at=0.6) for step in range(5)}
    late = {sample_size(step, 0.7, small=192, large=224, grow_at=0.6) for step in range(5)}

    assert early == {(192, 256), (256, 192), (224, 224)}
    assert late == {(224, 288), (288, 224), (256, 256)}


def test_young_averages_forget_faster() -> None:
    assert average_decay(0) == pytest.approx(0.1)
    assert average_decay(10**6) == 0.998


def test_augmentation_fades_towards_the_end() -> None:
    assert augmentation_strength(0.0) == augmentation_strength(0.69) == 1.0
    assert augmentation_strength(1.0) == pytest.approx(0.4)
