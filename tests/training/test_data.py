from pathlib import Path

import cv2
import numpy as np
import pytest

from tui.training.data import VALIDATION, smooth_steps, split
from tui.training.errors import TrainingError


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path.with_suffix(".jpg")), np.zeros((8, 8, 3), np.uint8))
        cv2.imwrite(str(path.with_suffix(".png")), np.full((8, 8), 1000, np.uint16))


def test_validation_sequences_are_never_trained_on(tmp_path: Path) -> None:
    write(tmp_path, "nyu/blk03/1", "nyu/blk04/2", "nyu/blk04/3", "tum/x/4")

    training, held_back = split(tmp_path)

    assert {f.sequence for f in training} == {"nyu/blk03", "tum/x"}
    assert {f.sequence for f in held_back} == {"nyu/blk04"}
    assert "nyu/blk04" in VALIDATION


def test_a_folder_without_validation_frames_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "nyu/blk03/1")
    with pytest.raises(TrainingError, match="1 training and 0 validation"):
        split(tmp_path)


def test_a_quantised_slope_becomes_smooth_and_an_edge_stays() -> None:
    step_m = 0.039
    slope = np.tile(np.linspace(1.0, 2.5, 160, dtype=np.float32), (40, 1))
    truth = slope.copy()
    truth[:, 80:] += 3.0
    coarse = (np.round(truth / step_m) * step_m).astype(np.float32)

    smooth = smooth_steps(coarse)

    inner = np.abs(np.diff(smooth, axis=1))
    inner[:, 79] = 0
    assert np.abs(smooth - truth).mean() < 0.6 * np.abs(coarse - truth).mean()
    assert inner.max() < 0.8 * step_m
    assert np.abs(smooth - truth).max() < step_m


def test_unknown_depth_stays_unknown() -> None:
    coarse = (np.round(np.random.default_rng(0).uniform(1, 3, (20, 20)) / 0.039) * 0.039).astype(np.float32)
    coarse[5:8, 5:8] = 0

    assert (smooth_steps(coarse)[5:8, 5:8] == 0).all()


def test_finely_measured_depth_is_left_alone() -> None:
    fine = np.random.default_rng(0).uniform(1, 3, (20, 20)).astype(np.float32)

    assert smooth_steps(fine) is fine
