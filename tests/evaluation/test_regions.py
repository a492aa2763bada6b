"""Regions against true depth: what is found where the answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.calibration.beliefs import NETWORK
from tui.evaluation.regions import RegionReport, evaluate_regions
from tui.evaluation.rgbd import find_frames
from tui.geometry.arrays import FloatMap, RGBImage

HEIGHT, WIDTH = 60, 80
ROWS, COLUMNS = np.mgrid[:HEIGHT, :WIDTH]
DEPTH_M: FloatMap = (1 + 3 * COLUMNS / WIDTH + 0.5 * ROWS / HEIGHT).astype(np.float32)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8)).save(tmp_path / "0_color.png")
    Image.fromarray(np.round(1000 * DEPTH_M).astype(np.uint16)).save(tmp_path / "0_depth.png")
    return tmp_path


def right(image: RGBImage) -> FloatMap:
    """Up to scale and shift."""
    del image
    found: FloatMap = (2.0 / DEPTH_M + 0.7).astype(np.float32)
    return found


def wrong(image: RGBImage) -> FloatMap:
    """A network that has nothing to do with what is there."""
    noise = np.random.default_rng(1).uniform(0.3, 3.0, (HEIGHT // 6 + 1, WIDTH // 6 + 1))
    del image
    found: FloatMap = np.kron(noise, np.ones((6, 6)))[:HEIGHT, :WIDTH].astype(np.float32)
    return found


def judged(recording: Path, estimate: object) -> RegionReport:
    return evaluate_regions(find_frames(recording), estimate, NETWORK, draws=3)  # type: ignore[arg-type]  # planted


def test_a_network_that_is_right_is_found_right_and_every_run_finds_the_same(recording: Path) -> None:
    report = judged(recording, right)
    assert len(report.scores) == 6
    for each in report.scores:
        assert each.coverage == 1.0
        assert each.error is not None
        assert each.error < 0.02
        assert each.unread == 0
    assert judged(recording, right) == report
    rows = [line.split()[:2] for line in report.table().splitlines()[1:]]
    assert rows == [[each.statistic, str(each.references)] for each in report.scores]


def test_one_that_is_wrong_is_found_wrong(recording: Path) -> None:
    for each, good in zip(judged(recording, wrong).scores, judged(recording, right).scores, strict=True):
        if each.read:
            assert each.error is not None
            assert good.error is not None
            assert each.error > good.error
            assert each.width is not None
            assert good.width is not None
            assert each.width > good.width


def test_a_recording_without_depth_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8)).save(tmp_path / "0_color.png")
    Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint16)).save(tmp_path / "0_depth.png")
    with pytest.raises(ValueError, match="enough known depth"):
        judged(tmp_path, right)
