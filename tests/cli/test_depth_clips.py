"""`depth-tui depth` on clips: their own times, what is missing of them, and files with several pictures."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.camera.test_moving import GREYS, animation, jpeg
from tests.cli.planted import plant, stripes
from tui.cli.film_times import grid_of
from tui.cli.root import run


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    return tmp_path / "out"


def video_of(path: Path) -> tuple[float, list[np.ndarray]]:
    """Rate and frames."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    rate_hz = float(capture.get(cv2.CAP_PROP_FPS))
    frames = []
    while (found := capture.read())[0]:
        frames.append(np.asarray(found[1]))
    return rate_hz, frames


def test_a_damaged_clip_is_done_and_said_to_be_incomplete(
    shared: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["depth", str(shared / "cases" / "corrupt_gop.mp4"), "--out", str(out)]
    for words in ("76 maps in", "0 maps in"):  # the second time it is all there, and incomplete as before
        assert run(command) == 4
        captured = capsys.readouterr()
        assert captured.out.startswith(words)
        assert "1 of 1 inputs incomplete" in captured.out
        assert "corrupt_gop.mp4: 5 damaged frames are left out" in captured.err
        assert captured.err.count("\n") == 1
    assert len(list((out / "corrupt_gop").iterdir())) == 76


def test_a_depth_video_of_a_variable_rate_keeps_its_time(shared: Path, out: Path) -> None:
    assert run(["depth", str(shared / "cases" / "vfr2.mkv"), "--out", str(out), "--format", "video"]) == 0
    rate_hz, frames = video_of(out / "vfr2_depth.mp4")
    assert len(frames) / rate_hz == pytest.approx(6.386 + 1 / 26.777, abs=1 / 26.777)
    with (out / "vfr2_alignment.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 81
    assert float(rows[-1]["time_s"]) == pytest.approx(6.386)


def test_an_animation_is_a_clip(tmp_path: Path, out: Path) -> None:
    path = animation(tmp_path / "a.gif", "GIF", [100, 400, 100, 200])
    assert run(["depth", str(path), "--out", str(out), "--format", "npz,video"]) == 0
    assert len(list((out / "a").iterdir())) == len(GREYS)
    rate_hz, frames = video_of(out / "a_depth.mp4")
    assert len(frames) / rate_hz == pytest.approx(0.7, abs=0.11), "and the last one's usual time"


def test_frames_of_another_size_are_said_and_fitted_into_the_video(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.mjpeg"
    path.write_bytes(jpeg(90) + jpeg(90) + jpeg(90, 15, 30))
    assert run(["depth", str(path), "--out", str(out), "--format", "npz,video"]) == 0
    assert "a.mjpeg: its frames change from 40x30 to 15x30" in capsys.readouterr().err
    with np.load(out / "a" / "000002.npz") as archive:
        assert archive["inverse_depth"].shape == (30, 15)
    _, frames = video_of(out / "a_depth.mp4")
    assert [frame.shape[:2] for frame in frames] == [(30, 40)] * 3


def test_notes_on_pictures_are_warnings(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.full((30, 40), 100 << 4, np.uint16)).save(tmp_path / "deep.png")
    Image.new("RGB", (40, 30), (3, 3, 3)).save(tmp_path / "dark.png")
    inputs = [str(tmp_path / "deep.png"), str(tmp_path / "dark.png"), str(stripes(tmp_path / "fine.png"))]
    assert run(["depth", *inputs, "--out", str(out)]) == 0
    deep, dark = capsys.readouterr().err.splitlines()
    assert deep.endswith("deep.png: 12 of its 16 bits are in use, and shown")
    assert "dark.png: nearly black" in dark


def test_a_heic_picture_is_refused_and_not_taken_for_a_clip(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "IMG_1").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500))
    assert run(["depth", str(tmp_path / "IMG_1"), "--out", str(out)]) == 2
    assert "convert it first: heif-convert" in capsys.readouterr().err


def test_a_constant_rate_is_kept_as_it_is() -> None:
    for rate_hz in (30.0, 30000 / 1001):
        grid = grid_of([round(k / rate_hz, 3) for k in range(50)], 1 / rate_hz)  # stamps of whole milliseconds
        assert grid.rate_hz == pytest.approx(rate_hz, abs=1e-9)
        assert grid.repeats == (1,) * 50


@given(
    gaps_ms=st.lists(st.integers(10, 5000), min_size=1, max_size=60),
    rate_hz=st.sampled_from([5.0, 10.0, 25.0, 29.97, 60.0]),
)
def test_every_frame_is_within_one_picture_of_its_time(gaps_ms: list[int], rate_hz: float) -> None:
    times_s = np.concatenate([[0.0], np.cumsum(gaps_ms) / 1000])
    grid = grid_of([float(each) for each in times_s], 1 / rate_hz)
    starts_s = np.concatenate([[0], np.cumsum(grid.repeats)]) / grid.rate_hz
    assert np.abs(starts_s[:-1] - times_s).max() <= 1.01 / grid.rate_hz
    assert times_s[-1] <= starts_s[-1] <= times_s[-1] + max(1 / rate_hz, max(gaps_ms) / 1000) + 1.01 / grid.rate_hz
