"""The benchmark of calibrations: what it draws, what it finds where the answer is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.calibration.beliefs import METRIC_NETWORK, NETWORK
from tui.evaluation.reference_report import CountScores, ReferenceReport
from tui.evaluation.references import draw, evaluate_references
from tui.evaluation.rgbd import find_frames
from tui.geometry.arrays import FloatMap, RGBImage

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
HEIGHT, WIDTH = 60, 80


def depth(index: int) -> FloatMap:
    """A ramp from 1 to 4 m and more, different in each picture."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    metres: FloatMap = (1 + (3 + index) * columns / WIDTH + 0.5 * rows / HEIGHT).astype(np.float32)
    return np.round(metres, 3)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    for index in range(3):
        colour = np.full((HEIGHT, WIDTH, 3), index, np.uint8)
        Image.fromarray(colour).save(tmp_path / f"{index}_color.png")
        depth_mm = np.round(1000 * depth(index)).astype(np.uint16)
        depth_mm[:5] = 0
        Image.fromarray(depth_mm).save(tmp_path / f"{index}_depth.png")
    return tmp_path


def knows_all(image: RGBImage) -> FloatMap:
    """A network that is right up to scale and shift."""
    inverse: FloatMap = (2.0 / depth(int(image[0, 0, 0])) + 0.7).astype(np.float32)
    return inverse


def mean(scores: CountScores, way: str) -> float:
    found = scores.way(way).mean
    assert found is not None
    return found


def run(recording: Path, estimate: object = knows_all) -> ReferenceReport:
    return evaluate_references(find_frames(recording), estimate, NETWORK)  # type: ignore[arg-type]  # two planted ones


def test_a_network_that_is_right_up_to_scale_and_shift_is_calibrated_exactly(recording: Path) -> None:
    report = run(recording)
    assert [each.references for each in report.counts] == [1, 2, 4, 8, 16]
    for each in report.counts[1:]:
        assert each.draws == 3
        assert mean(each, "calibrated") < 0.01
        assert mean(each, "plain") < 0.01
        assert mean(each, "scale") > 0.03
        assert mean(each, "times") > 0.3
        assert each.coverage == 1.0
        assert each.set_aside == 0


def test_every_run_draws_the_same(recording: Path) -> None:
    assert run(recording) == run(recording)
    known = knows_all(np.zeros((1, 1, 3), np.uint8))
    one, same, other = (draw(known, depth(0), 16, seed) for seed in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.pixels == same.pixels != other.pixels
    assert [float(depth(0)[v, u]) for u, v in one.pixels] == one.distance_m.tolist()


def test_few_pictures_are_drawn_in_several_times(recording: Path) -> None:
    once = evaluate_references(find_frames(recording), knows_all, NETWORK)
    often = evaluate_references(find_frames(recording), knows_all, NETWORK, draws=4)
    assert [each.draws for each in once.counts] == [3] * 5
    assert [each.draws for each in often.counts] == [12] * 5
    assert often.counts[2].ways != once.counts[2].ways


def test_a_map_without_values_is_skipped(recording: Path) -> None:
    def blind(image: RGBImage) -> FloatMap:
        found = knows_all(image)
        if image[0, 0, 0] == 1:
            found[:] = np.nan
        return found

    report = run(recording, blind)
    assert report.skipped == 1
    assert report.counts[0].draws == 2


def test_nothing_to_measure_is_said(recording: Path) -> None:
    with pytest.raises(ValueError, match="enough known depth"):
        run(recording, lambda image: np.full(image.shape[:2], np.nan, np.float32))


def test_the_report_is_json_and_a_table(recording: Path) -> None:
    report = run(recording)
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert plain["counts"][2]["references"] == 4
    assert [way["way"] for way in plain["counts"][2]["ways"]] == ["times", "scale", "plain", "calibrated"]
    lines = report.table().splitlines()
    assert lines[0].startswith("references")
    assert lines[3].split()[:2] == ["4", "3"]


@pytest.mark.skipif(not (SHARED / "media/rgbd").is_dir(), reason="no ../shared/media/rgbd")
def test_real_pictures_are_read_better_than_by_simpler_ways() -> None:
    from tui.depth.loader import ModelRequest, load_estimator
    from tui.evaluation.rgbd import DepthUnits

    weights = SHARED / "weights/fastdepth/fastdepth_nyu_fp32.onnx"
    estimator = load_estimator(ModelRequest(model=str(weights)))
    frames = find_frames(SHARED / "media/rgbd", DepthUnits(5000, {"SUN_*": 1000}))
    frames += find_frames(SHARED / "rgbd_train/nyu/blk16")[::2] if (SHARED / "rgbd_train/nyu/blk16").is_dir() else ()
    report = evaluate_references(frames, estimator.estimate, METRIC_NETWORK)
    estimator.close()
    for each in report.counts[2:]:
        assert mean(each, "calibrated") < 0.9 * mean(each, "plain")
        assert mean(each, "calibrated") < 0.93 * mean(each, "scale")
        assert mean(each, "calibrated") < 0.5 * mean(each, "times")
        assert each.coverage is not None
        assert 0.9 <= each.coverage <= 0.98
