"""--rotate, --flip and --crop on the command line: the same answer as for a picture that was turned beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import DISTANCES_M, plant, stripes
from tests.clips import equal_frames
from tui.cli.root import run
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounting, Turn
from tui.storage.intrinsics import load_intrinsics, save_intrinsics

THREE = ["--reference", "20,50=3m", "--reference", "20,10=1m", "--reference", "20,75=4m"]
"""On the stripes once they are turned by 90 degrees: the first one is on top."""


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    return stripes(tmp_path / "stripes.png")


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == 0
    out = capsys.readouterr().out
    read: dict[str, Any] = json.loads(out if arguments[0] == "measure" else out.splitlines()[-1])
    return read


@pytest.mark.parametrize("command", ["measure", "watch"])
@pytest.mark.parametrize("kind", ["picture", "clip"])
def test_pixels_count_in_the_picture_as_it_is_shown(
    picture: Path, capsys: pytest.CaptureFixture[str], command: str, kind: str
) -> None:
    source = picture if kind == "picture" else equal_frames(picture)
    arguments = [command, "--source", str(source), "--rotate", "90", "--at", "30,30", *THREE]
    read = found(capsys, *arguments, *(["--count", "1"] if command == "watch" else []))
    at = read["readings"][0] if command == "measure" else read
    assert at["distance_m"] == pytest.approx(DISTANCES_M[1], rel=0.03)
    assert at["low_m"] < DISTANCES_M[1] < at["high_m"]


def test_a_turned_and_cropped_picture_is_read_as_one_that_was_made_so(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = np.asarray(Image.open(picture))
    made = tmp_path / "made.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(image, 1)[::-1][5:75, 2:38])).save(made)
    asked = ["--at", "10,20", "--at", "35,60", "--reference", "3,3=1m", "--reference", "3,50=3m", "--fov", "40deg"]
    turned = found(capsys, "measure", str(picture), "--rotate", "270", "--flip", "v", "--crop", "2,5,36x70", *asked)
    straight = found(capsys, "measure", str(made), *asked)
    assert (turned["width"], turned["height"]) == (36, 70)
    assert turned["mounting"] == "rotate 90, flip h, crop 2,5,36x70 of 40x80"
    assert [each["distance_m"] for each in turned["readings"]] == [each["distance_m"] for each in straight["readings"]]
    assert turned["intrinsics"]["fx_px"] != straight["intrinsics"]["fx_px"], (
        "the camera's field of view, not the part's"
    )


def test_calibrated_intrinsics_follow_the_camera(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera = Intrinsics(90, 91, 38, 21, 80, 40, (0.05, 0.0, 0.002, 0.003), made_for=(80, 40))
    save_intrinsics("webcam", camera)
    save_intrinsics("hung", camera.mounted_as(Mounting(Turn(1)).of(80, 40)))
    straight = ["--reference", "50,20=3m", "--reference", "10,20=1m", "--reference", "75,20=4m"]
    at = found(capsys, "measure", str(picture), "--at", "30,9", *straight, "--intrinsics", "webcam")["readings"][0]
    for name in ("webcam", "hung"):
        turned = found(
            capsys, "measure", str(picture), "--rotate", "90", "--at", "30,30", *THREE, "--intrinsics", name
        )["readings"][0]
        assert turned["distance_m"] == pytest.approx(at["distance_m"], rel=1e-6)
        assert turned["ray_m"] == pytest.approx(at["ray_m"], rel=1e-6)
        assert (turned["x_m"], turned["y_m"]) == pytest.approx((-at["y_m"], at["x_m"]), rel=1e-6)


def test_depth_maps_are_of_the_turned_picture_and_made_anew_for_another_turn(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "maps"
    clip = equal_frames(picture)
    for turn, shape in ((["--rotate", "90"], (80, 40)), ([], (40, 80)), (["--crop", "0,0,30x20"], (20, 30))):
        assert run(["depth", str(picture), str(clip), "--out", str(out), *turn]) == 0
        for path in (out / "stripes.npz", out / "clip" / "000000.npz"):
            with np.load(path) as archive:
                assert archive["inverse_depth"].shape == shape
    assert run(["depth", str(picture), "--out", str(out), "--crop", "70,0,30x20"]) == 2
    assert "stripes.png: --crop 70,0,30x20: reaches beyond the picture, which is 80x40" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["measure", "watch"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rotate", "45"], "--rotate 45"),
        (["--flip", "x"], "--flip x"),
        (["--crop", "1,2"], "--crop 1,2"),
        (["--rotate", "90", "--crop", "0,0,41x10"], "40x80 once it is turned"),
        (["--rotate", "90", "--at", "60,10"], "60"),
    ],
)
def test_what_cannot_be_is_one_line(
    picture: Path, capsys: pytest.CaptureFixture[str], command: str, options: list[str], words: str
) -> None:
    assert run([command, "--source", str(picture), "--at", "1,1", *options]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("option", [["--size", "640x480"], ["--set", "gain=1"], ["--rate", "5"], ["--fourcc", "MJPG"]])
def test_what_only_a_camera_can_do_is_not_asked_of_a_picture(
    picture: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    for named in (["--source", str(picture)], [str(picture)]):
        assert run(["measure", *named, "--at", "1,1", *option]) == 2
        assert f"{picture.name}: no camera of this machine" in capsys.readouterr().err


def test_a_board_seen_by_a_camera_that_hangs_sideways(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = ["--board", "9x6", "--square", "25mm"]
    pictures = [str(path) for path in sorted((shared / "media" / "targets" / "chessboard").glob("left*.jpg"))]
    assert run(["calibrate", "camera", *pictures, *board, "--out", "straight"]) == 0
    assert run(["calibrate", "camera", *pictures, *board, "--out", "hung", "--rotate", "90"]) == 0
    capsys.readouterr()
    straight, hung = load_intrinsics("straight"), load_intrinsics("hung")
    assert (hung.width, hung.height) == (straight.height, straight.width)
    own = hung.as_taken()
    assert np.allclose(own.matrix, straight.matrix, atol=0.5)
    assert np.allclose(own.distortion[2:4], straight.distortion[2:4], atol=3e-4)
    seen = np.array([(120.0, 90.0), (500.0, 100.0), (130.0, 400.0), (520.0, 380.0)])
    assert np.allclose(own.rays(seen), straight.rays(seen), atol=2e-3)
