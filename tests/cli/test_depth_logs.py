"""`depth-tui depth` on recordings and ROS 2 bags, which it reads as it does clips."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.camera.stand_in import encoded
from tests.cli.planted import SCALE, SHIFT, plant
from tests.fakes import wait_until
from tests.records.made import record
from tui.camera.clip import ClipSource
from tui.camera.played import PlayedSource
from tui.cli.root import run


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    return tmp_path / "out"


def maps_in(folder: Path) -> list[np.ndarray]:
    return [np.load(path)["inverse_depth"] for path in sorted(folder.glob("*.npz"))]


def test_every_picture_of_a_recording_gives_a_map_once(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "a.mcap"
    record(recording, 5)
    for words in ("5 maps in", "0 maps in"):  # the second time it is all there
        assert run(["depth", str(recording), "--out", str(out)]) == 0
        captured = capsys.readouterr()
        assert captured.out.startswith(words)
        assert captured.err == ""
    assert len(maps_in(out / "a")) == 5


def test_a_recording_that_was_cut_off_gives_what_it_has_and_says_so(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "a.mcap"
    monkeypatch.setattr("tui.records.recording._FLUSH_S", 0.0)  # a chunk a frame
    record(recording, 5)
    recording.write_bytes(recording.read_bytes()[: -recording.stat().st_size // 5])
    assert run(["depth", str(recording), "--out", str(out)]) == 0
    assert "a.mcap: it was not closed" in capsys.readouterr().err
    recording.write_bytes(recording.read_bytes()[:20])
    assert run(["depth", str(recording), "--out", str(out)]) == 4
    captured = capsys.readouterr()
    assert "1 of 1 inputs failed" in captured.out
    assert "a.mcap: holds no picture" in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("storage", ["sqlite3", "mcap"])
def test_a_bag_gives_its_topics_in_metres_with_the_camera_that_it_knows(
    tmp_path: Path, out: Path, storage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bags = pytest.importorskip("tests.camera.bags", reason="rosbags is not installed")
    near, far = (np.full((64, 128, 3), (red, 0, 0), np.uint8) for red in (50, 150))
    near[:, 64:], far[:, 64:] = (100, 0, 0), (200, 0, 0)
    bag = bags.write_bag(
        tmp_path / "walk.of.today",
        {
            "/left/camera_info": [(0.0, bags.camera_info(128, 64, 100.0))],
            "/left/image": [(0.0, bags.rgb8(near)), (0.5, bags.rgb8(far))],
            "/right/image": [(0.0, bags.compressed(far))],
        },
        storage,
    )
    given = ["--reference", "20,30=1m", "--reference", "100,30=2m", "--no-flip", "--intrinsics", "exif"]
    kinds = ["--format", "npz,metres,ply"]
    assert run(["depth", str(bag), "--out", str(out), *given, *kinds]) == 0
    assert "/left/image is shown; it also has /right/image" in capsys.readouterr().err
    with np.load(out / "walk.of.today" / "000000_metres.npz") as archive:
        assert archive["distance_m"][30, 20] == pytest.approx(1.0, rel=0.02)
        assert archive["distance_m"][30, 100] == pytest.approx(2.0, rel=0.02)
    assert len(list((out / "walk.of.today").glob("*.ply"))) == 2
    with (out / "walk.of.today_frames.csv").open() as file:
        assert [float(row["time_s"]) for row in csv.DictReader(file)] == [0.0, 0.5]

    both = [f"{bag}#/left/image", f"{bag}#/right/image"]
    assert run(["depth", *both, "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith("3 maps in")
    assert len(maps_in(out / "walk.of.today_left_image")) == 2
    assert len(maps_in(out / "walk.of.today_right_image")) == 1


def test_measure_reads_the_first_frame_of_a_file_however_long_the_model_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    estimator, _ = plant(monkeypatch)
    films: list[PlayedSource] = []

    def opened(path: Path, spec: str) -> PlayedSource:
        films.append(ClipSource(path, spec))
        return films[0]

    def late(request: object, progress: object = None) -> object:
        del request, progress
        wait_until(lambda: films[0].position.held, "it stands")
        return estimator

    monkeypatch.setattr("tui.camera.open.ClipSource", opened)
    monkeypatch.setattr("tui.depth.loader.load_estimator", late)
    clip = tmp_path / "a.mjpeg"
    pictures = [np.full((40, 80, 3), (red, 0, 0), np.uint8) for red in (50, 100, 150, 200)]
    clip.write_bytes(b"".join(encoded(each, quality=95) for each in pictures))
    assert run(["measure", "--source", str(clip), "--at", "50,20", "--reference", "10,20=1m", "--json"]) == 0
    captured = capsys.readouterr()
    assert "starting again" not in captured.err
    (reading,) = json.loads(captured.out)["readings"]
    assert reading["inverse_depth"] == pytest.approx((1.0 - SHIFT) / SCALE, rel=0.05)
    assert films[0].position.at_s == 0.0


def test_the_files_of_a_bag_without_its_metadata_are_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "bag_0.db3").write_bytes(b"SQLite format 3\0")
    assert run(["depth", str(tmp_path / "bag"), "--out", str(out)]) == 4
    assert "a bag without its metadata.yaml; name one of its files" in capsys.readouterr().err
