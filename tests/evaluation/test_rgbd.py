import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tui.evaluation.metrics import evaluate
from tui.evaluation.rgbd import DepthUnits, RecordingError, find_frames

SHAPE = (12, 16)


def write_frame(colour: Path, depth: Path, depth_units: float = 1000, depth_m: float = 1.5) -> None:
    colour.parent.mkdir(parents=True, exist_ok=True)
    picture = np.zeros((*SHAPE, 3), np.uint8)
    picture[..., 2] = 200  # OpenCV writes blue, green, red
    assert cv2.imwrite(str(colour), picture)
    assert cv2.imwrite(str(depth), np.full(SHAPE, depth_m * depth_units, np.uint16))


def test_pairs_by_name_come_in_natural_order_by_sequence(tmp_path: Path) -> None:
    for name in ("b/10", "b/9", "a/deep/1"):
        write_frame(tmp_path / f"{name}.jpg", tmp_path / f"{name}.png")

    frames = find_frames(tmp_path)

    assert [(f.sequence, f.name) for f in frames] == [("a/deep", "1"), ("b", "9"), ("b", "10")]


def test_colour_and_depth_marks_pair_up(tmp_path: Path) -> None:
    write_frame(tmp_path / "desk_color.png", tmp_path / "desk_depth.png")
    write_frame(tmp_path / "hall_color.jpg", tmp_path / "hall_depth_mm_raw.png")

    frames = find_frames(tmp_path)

    assert [f.depth_path.name for f in frames] == ["desk_depth.png", "hall_depth_mm_raw.png"]
    assert {f.sequence for f in frames} == {tmp_path.name}


def test_pictures_come_as_rgb_and_depth_as_metres(tmp_path: Path) -> None:
    write_frame(tmp_path / "1.jpg", tmp_path / "1.png", depth_m=2.25)

    image, depth_m = find_frames(tmp_path)[0].load()

    assert image.dtype == np.uint8
    assert image[0, 0, 0] > 150 > image[0, 0, 2]
    assert depth_m.dtype == np.float32
    np.testing.assert_allclose(depth_m, 2.25)


def test_units_come_from_the_caller_then_the_toml_then_millimetres(tmp_path: Path) -> None:
    for folder in ("told", "plain"):
        for name in ("TUM", "SUN"):
            write_frame(tmp_path / folder / f"{name}_color.png", tmp_path / folder / f"{name}_depth.png")
    (tmp_path / "told" / "rgbd.toml").write_text('depth_units_per_metre = 5000\n[depth_units_of]\n"SUN_*" = 2000\n')

    def units(given: DepthUnits | None) -> dict[str, float]:
        return {f"{f.sequence}/{f.name}": f.depth_units_per_metre for f in find_frames(tmp_path, given)}

    assert units(None) == {
        "plain/SUN_color": 1000, "plain/TUM_color": 1000, "told/SUN_color": 2000, "told/TUM_color": 5000,
    }  # fmt: skip
    assert set(units(DepthUnits(default=4000)).values()) == {4000}
    assert units(DepthUnits(by_pattern={"TUM*": 6000}))["told/SUN_color"] == 2000
    assert units(DepthUnits(by_pattern={"TUM*": 6000}))["plain/TUM_color"] == 6000


@pytest.mark.parametrize(
    "text", ["depth_units_per_metre = -1", "depth_units_per_metre = 'x'", "[", "depth_units_of = 3"]
)
def test_a_wrong_toml_is_named(tmp_path: Path, text: str) -> None:
    write_frame(tmp_path / "1.jpg", tmp_path / "1.png")
    (tmp_path / "rgbd.toml").write_text(text)

    with pytest.raises(RecordingError, match=r"rgbd\.toml"):
        find_frames(tmp_path)


def test_a_folder_without_frames_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no frames"):
        find_frames(tmp_path)
    with pytest.raises(RecordingError, match="no such folder"):
        find_frames(tmp_path / "missing")


def test_damaged_files_are_named(tmp_path: Path) -> None:
    write_frame(tmp_path / "1.jpg", tmp_path / "1.png")
    (frame,) = find_frames(tmp_path)
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((5, 5), np.uint16))
    with pytest.raises(RecordingError, match="differ in size: 16x12 and 5x5"):
        frame.load()
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros(SHAPE, np.uint8))
    with pytest.raises(RecordingError, match="16-bit"):
        frame.load()
    (tmp_path / "1.jpg").write_bytes(b"not a picture")
    with pytest.raises(RecordingError, match=r"1\.jpg: not a readable picture"):
        frame.load()


def test_evaluate_reports_each_sequence_and_skips_empty_depth(tmp_path: Path) -> None:
    write_frame(tmp_path / "good/1.jpg", tmp_path / "good/1.png")
    write_frame(tmp_path / "bad/1.jpg", tmp_path / "bad/1.png", depth_m=0)
    calls = []

    def flat(image: np.ndarray) -> np.ndarray:
        calls.append(image.shape)
        return np.ones(image.shape[:2], np.float32)

    report = evaluate(find_frames(tmp_path), flat)

    assert calls == [(*SHAPE, 3), (*SHAPE, 3)]
    assert report.skipped == 1
    assert [s.sequence for s in report.sequences] == ["good"]
    assert report.overall.scores.abs_rel == pytest.approx(0, abs=1e-6)
    assert json.loads(json.dumps(report.to_dict()))["overall"]["pictures"] == 1
