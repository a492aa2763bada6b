"""`depth` in metres: every file says the same, and what is true; of pictures and of clips."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from plyfile import PlyData

from tests.cli.planted import DISTANCES_M, SCALE, SHA256, SHIFT, PlantedEstimator, plant, stripes
from tests.clips import equal_frames
from tests.targets.rendered import blank, finish, marker_sheet, paste_sheet, rotation
from tui.calibration.beliefs import MapKind
from tui.calibration.fit import typed
from tui.cli.root import run
from tui.depth.estimator import ModelIdentity
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.storage.profiles import Profile, save_profile

THREE = ["--reference", "10,20=1m", "--reference", "70,20=4m", "--reference", "30,20=2m"]
CAMERA = ["--intrinsics", "80,80,39.5,19.5"]
EVERY = ["--format", "metres,ply,pcd,png16-mm,preview,npz"]
BENCH = Profile(
    name="bench", model_name="planted", model_sha256=SHA256, width=80, height=40, camera="", window_px=5,
    created="2026-03-01T12:00:00+00:00", references=(), calibration=typed(SCALE, SHIFT),
    intrinsics=Intrinsics(80, 80, 39.5, 19.5, 80, 40),
)  # fmt: skip


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    return stripes(tmp_path / "a.png", holes=True)


def metres(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def test_every_file_says_the_same_and_what_is_true(
    picture: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["depth", str(picture), "--out", str(out), *THREE, *CAMERA, *EVERY]) == 0
    said, error = capsys.readouterr()
    found = metres(out / "a_metres.npz")
    distance_m, edge = found["distance_m"], np.zeros((40, 80), np.bool_)
    assert distance_m[20, [10, 30, 50, 70]] == pytest.approx(DISTANCES_M, rel=0.01)
    assert (found["low_m"][20, [10, 30, 50, 70]] < DISTANCES_M).all()
    assert (found["high_m"][20, [10, 30, 50, 70]] > DISTANCES_M).all()
    assert np.isnan(distance_m[:9, :9]).all()
    millimetres = cv2.imread(str(out / "a_mm.png"), cv2.IMREAD_UNCHANGED)
    assert millimetres is not None
    shown = millimetres > 0
    assert shown[:, 12:].all()
    assert np.abs(millimetres[shown] / 1000 - distance_m[shown]).max() < 0.00051
    points = PlyData.read(out / "a.ply")["vertex"].data
    columns = np.rint(points["x"] / points["z"] * 80 + 39.5).astype(int)
    rows = np.rint(points["y"] / points["z"] * 80 + 19.5).astype(int)
    assert points["z"] == pytest.approx(distance_m[rows, columns])
    edge[:] = True
    edge[rows, columns] = False
    left_out = int(np.isnan(distance_m).sum())
    assert said.strip() == (
        f"1 map in {out}; {len(points)} points, left out: {int(edge.sum()) - left_out} at edges, "
        f"{left_out} without a distance"
    )
    assert edge[20, 19:21].all(), "between two stripes"
    assert b"at edges" in (out / "a.ply").read_bytes()[:800]
    assert (out / "a.pcd").read_bytes().count(f"POINTS {len(points)}\n".encode()) == 1
    with Image.open(out / "a_preview.png") as shown_as:
        assert shown_as.size[1] > 40, "a scale stands below"
    assert (out / "a.npz").exists()
    assert "Traceback" not in error


def test_a_profile_gives_distances_and_the_camera(picture: Path, out: Path) -> None:
    save_profile(BENCH)
    assert run(["depth", str(picture), "--out", str(out), "--profile", "bench", "--format", "metres,ply"]) == 0
    assert metres(out / "a_metres.npz")["distance_m"][20, [10, 50]] == pytest.approx([1, 3], rel=1e-3)
    assert PlyData.read(out / "a.ply")["vertex"].count > 2000


def test_a_profile_for_another_shape_is_refused_unless_forced(
    picture: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_profile(replace(BENCH, width=40, intrinsics=None))
    command = ["depth", str(picture), "--out", str(out), "--profile", "bench", "--format", "metres"]
    assert run(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "a.png" in line
    assert "--force uses it all the same" in line
    assert run([*command, "--force"]) == 0
    assert metres(out / "a_metres.npz")["distance_m"][20, [10, 50]] == pytest.approx([1, 3], rel=1e-3)


def test_a_network_s_own_metres_are_given_with_what_they_are_worth(
    picture: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(PlantedEstimator, "identity", ModelIdentity("planted", SHA256, MapKind.METRIC))
    assert run(["depth", str(picture), "--out", str(out), "--format", "metres,png16-mm"]) == 0
    said, error = capsys.readouterr()
    assert error.startswith("depth-tui: warning: the model's own metres, which nothing has checked")
    found = metres(out / "a_metres.npz")
    assert found["high_m"][20, 10] > 10 * found["low_m"][20, 10]
    assert not np.asarray(Image.open(out / "a_mm.png")).any()
    assert "what is not known within a factor of 10 is 0 in the PNG of millimetres" in said


def test_without_a_format_references_give_metres(picture: Path, out: Path) -> None:
    assert run(["depth", str(picture), "--out", str(out), *THREE]) == 0
    assert [each.name for each in out.iterdir()] == ["a_metres.npz"]


def test_a_clip_gives_a_file_a_frame_and_a_table(picture: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = equal_frames(stripes(picture.with_name("b.png")), frames=3)
    command = ["depth", str(clip), "--out", str(out), *THREE, *CAMERA, "--format", "metres,ply,npz,video"]
    assert run(command) == 0
    assert "3 maps" in capsys.readouterr().out
    for number in range(3):
        found = metres(out / "clip" / f"{number:06d}_metres.npz")
        assert found["distance_m"][20, [10, 30, 70]] == pytest.approx([1, 2, 4], rel=0.05)
    with (out / "clip_frames.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["frame"] for row in rows] == ["0", "1", "2"]
    assert [float(row["time_s"]) for row in rows] == pytest.approx([0, 0.05, 0.1])
    assert all(int(row["known"]) + int(row["without_distance"]) == 80 * 40 for row in rows)
    assert run(command) == 0
    assert "3 were there already" in capsys.readouterr().out
    (out / "clip" / "000001.ply").unlink()
    assert run(command) == 0
    assert "3 maps in" in capsys.readouterr().out, "a clip in metres begins anew"
    assert run([*command, "--reference", "50,20=3m"]) == 0
    assert "3 maps in" in capsys.readouterr().out, "other references, other distances"


def dimmed(picture: Path, frames: list[float]) -> Path:
    """A clip of the same picture, each frame as bright as said; the truth is the red channel."""
    image = cv2.imread(str(picture))
    assert image is not None
    path = picture.with_name("dimmed.avi")
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 20.0, image.shape[1::-1])
    for share in frames:
        writer.write((image * share).astype(np.uint8))
    writer.release()
    return path


def test_references_are_renewed_in_every_frame(picture: Path, out: Path) -> None:
    """All values halve: a network's scale has changed, while the references say that nothing moved."""
    clip = dimmed(stripes(picture.with_name("b.png")), [1.0] * 3 + [0.8] * 60)
    assert run(["depth", str(clip), "--out", str(out), *THREE]) == 0
    last = metres(out / "dimmed" / "000062_metres.npz")
    assert last["distance_m"][20, [10, 30, 50]] == pytest.approx([1, 2, 3], rel=0.05)


def bright_is_near(_: PlantedEstimator, image: RGBImage) -> FloatMap:
    """A map that leans a little, as a whole proportional to how bright the picture's corner is."""
    across = np.linspace(0.95, 1.05, image.shape[1])
    return np.tile((image[5, 5, 0] / 100 * across).astype(np.float32), (image.shape[0], 1))


def test_markers_are_looked_for_in_every_frame_and_a_dark_one_gives_nothing(
    monkeypatch: pytest.MonkeyPatch, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One walks to the right, 0.5 m away, while the map's scale changes; before the last frame the lens is covered."""
    plant(monkeypatch)
    monkeypatch.setattr(PlantedEstimator, "estimate", bright_is_near)
    camera = Intrinsics(300, 300, 159.5, 119.5, 320, 240)
    sheet, side = marker_sheet("DICT_4X4_50", 7, 6)
    path = tmp_path / "walk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 1.0, (camera.width, camera.height))
    places_m = [-0.1, 0.0, 0.1]
    for number, x_m in enumerate(places_m):
        image = blank(camera)
        paste_sheet(image, sheet, 0.08 / side, (x_m, 0.0, 0.5), rotation(), camera)
        seen = np.maximum(finish(image, noise=1.0, seed=number), 40)
        writer.write((seen * (1.0, 0.85, 0.7)[number]).astype(np.uint8))
    writer.write(np.full((camera.height, camera.width, 3), 60, np.uint8))
    writer.release()
    marker = ["--marker", "DICT_4X4_50:7=80mm", "--intrinsics", camera.numbers]
    assert run(["depth", str(path), "--out", str(out), *marker]) == 0
    for number, x_m in enumerate(places_m):
        found = metres(out / "walk" / f"{number:06d}_metres.npz")["distance_m"]
        assert found[120, round(159.5 + 300 * x_m / 0.5)] == pytest.approx(0.5, rel=0.1)
    assert np.isnan(metres(out / "walk" / "000003_metres.npz")["distance_m"]).all()
    with (out / "walk_frames.csv").open() as file:
        why = [row["why"] for row in csv.DictReader(file)]
    assert why[:3] == ["", "", ""]
    assert "covered" in why[3]
    assert "1 of 4 frames give no distance: covered" in capsys.readouterr().err


def test_frames_of_another_shape_give_empty_files_with_their_reason(
    picture: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = cv2.imread(str(stripes(picture.with_name("b.png"))))
    assert image is not None
    path = picture.with_name("sizes.mjpeg")
    shown = (image, image[:, :40], image)
    path.write_bytes(b"".join(cv2.imencode(".jpg", np.ascontiguousarray(each))[1].tobytes() for each in shown))
    assert run(["depth", str(path), "--out", str(out), *THREE, *CAMERA, "--format", "metres,ply,png16-mm"]) == 0
    assert PlyData.read(out / "sizes" / "000001.ply")["vertex"].count == 0
    assert np.isnan(metres(out / "sizes" / "000001_metres.npz")["distance_m"]).all()
    assert metres(out / "sizes" / "000002_metres.npz")["distance_m"][20, 10] == pytest.approx(1, rel=0.1)
    said, error = capsys.readouterr()
    assert "1 of 3 frames give no distance: of another shape than the 80x40 that the references are for" in error
    assert "1600 without a distance" in said


def test_what_one_picture_does_not_allow_does_not_stop_the_others(
    picture: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = Image.fromarray(np.full((10, 10, 3), 90, np.uint8))
    small.save(picture.with_name("b.png"))
    command = ["depth", str(picture.with_name("b.png")), str(picture), "--out", str(out), *THREE]
    assert run(command) == 2
    said, error = capsys.readouterr()
    assert (out / "a_metres.npz").exists()
    assert "1 of 2 inputs failed" in said
    (line,) = [each for each in error.splitlines() if "warning" not in each]
    assert "b.png: reference" in line
    assert "outside the 10x10 picture" in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "metres"], "give --reference X,Y=DISTANCE, --marker DICT:ID=SIZE or --profile NAME"),
        (["--format", "ply", *THREE], "--format ply needs to know the camera"),
        (["--format", "npz", *THREE], "--reference goes with a --format that says distances"),
        (["--format", "npz", *CAMERA], "--intrinsics goes with a --format that says distances"),
        (["--format", "metres", "--profile", "nobody"], "nobody"),
        (["--format", "metres", "--marker", "DICT_4X4_50:0=80mm"], "--marker needs to know the camera"),
        (["--format", "metres", "--marker", "DICT_4X4_50:0=80mm", *CAMERA], "no distance"),
        (["--format", "metres", "--reference", "99,99=1m"], "outside the 80x40 picture"),
        (["--format", "metres", "--reference", "3,3=1m"], "choose pixels where there is depth"),
        (["--format", "metres", *THREE, "--window", "4"], "4"),
        (["--format", "metre", *THREE], "there is no 'metre'"),
        (["--format", "ply", *THREE, "--intrinsics", "1,2"], "1,2"),
    ],
)
def test_every_refusal_is_one_line(
    picture: Path, out: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(["depth", str(picture), "--out", str(out), *arguments]) == 2
    lines = [each for each in capsys.readouterr().err.splitlines() if "warning" not in each]
    assert len(lines) == 1
    assert says in lines[0]
