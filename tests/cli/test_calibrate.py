"""`depth-tui calibrate camera`: the reference sets, the saved file, what is left out, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.targets.rendered import blank, finish, paste_sheet, rotation
from tui.camera.lens import Lens
from tui.camera.listing import CameraInfo
from tui.cli.root import run
from tui.geometry.intrinsics import Intrinsics
from tui.storage.intrinsics import list_intrinsics, load_intrinsics

BOARD = ["--board", "9x6", "--square", "25mm"]


def _refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["calibrate", "camera", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("depth-tui: ")
    assert err.count("\n") == 1
    return err


def test_a_chessboard_set_is_kept_under_a_name(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = sorted(str(path) for path in (shared / "media/targets/chessboard").glob("left??.jpg"))
    assert run(["calibrate", "camera", *pictures, *BOARD, "--out", "webcam", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["rms_px"] == pytest.approx(0.195, abs=0.002)
    assert found["intrinsics"]["fx_px"] == pytest.approx(532.8, rel=0.005)
    assert (found["board"], len(found["used"]), found["rejected"]) == ("chessboard 9x6", 13, [])
    assert load_intrinsics("webcam").fx_px == found["intrinsics"]["fx_px"]
    assert found["saved"].endswith("webcam.json")
    assert found["missing"]
    assert [line.partition("for a better calibration: ")[2] for line in err.splitlines()] == found["missing"]


def test_the_table_names_what_was_left_out(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / "media/targets/chessboard"
    pictures = [str(folder / f"right0{number}.jpg") for number in (1, 2, 3, 4)]
    Image.new("RGB", (640, 480), "grey").save(tmp_path / "grey.png")
    out_file = tmp_path / "cameras" / "right.json"
    arguments = [*pictures, str(tmp_path / "grey.png"), str(tmp_path / "gone.png"), *BOARD, "--out", str(out_file)]
    assert run(["calibrate", "camera", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("chessboard 9x6   640x480   4 of 6 pictures   rms 0.")
    assert "right03.jpg" in out
    assert "grey.png        -          -   the chessboard 9x6 is not seen" in out
    assert "gone.png        -          -   no such file" in out
    assert "gone.png: no such file" in err
    assert load_intrinsics(out_file).width == 640


@pytest.fixture(scope="module")
def square_on(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Rendered pictures of a chessboard that is never tilted."""
    sheet = np.pad(np.kron(np.indices((7, 10)).sum(axis=0) % 2 * 255, np.ones((30, 30))), 30, constant_values=255)
    camera = Intrinsics(800, 800, 319.5, 239.5, 640, 480)
    folder = tmp_path_factory.mktemp("square_on")
    paths = []
    for number, (x_m, y_m, z_m) in enumerate([(0, 0, 0.6), (-0.05, 0.03, 0.7), (0.06, -0.04, 0.65), (0.02, 0.05, 0.8)]):
        picture = blank(camera)
        paste_sheet(picture, sheet.astype(np.uint8), 0.025 / 30, (x_m, y_m, z_m), rotation(), camera)
        paths.append(str(folder / f"{number}.png"))
        Image.fromarray(finish(picture, seed=number)).save(paths[-1])
    return paths


def test_what_the_pictures_cannot_tell_is_refused_with_the_remedy(
    square_on: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    err = _refusal(capsys, *square_on, *BOARD, "--out", "flat")
    assert "cannot tell the focal length" in err
    assert "tilt the board by some 30 degrees" in err
    assert "--force" in err
    assert list_intrinsics() == []


def test_what_is_kept_nevertheless_is_doubted_wherever_it_is_used(
    square_on: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calibrate", "camera", *square_on, *BOARD, "--out", "flat", "--force", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert not found["accepted"]
    assert "cannot tell the focal length" in found["doubts"][0]
    assert found["intrinsics"]["doubt"] == found["doubts"][0]
    assert set(found["sigmas"]) >= {"fx_px", "cy_px", "k1"}
    assert "not to be believed: these views cannot tell the focal length" in err
    assert load_intrinsics("flat").doubt == found["doubts"][0]
    assert run(["measure", square_on[0], "--at", "320,240", "--intrinsics", "flat", "--model", "no-such"]) != 0
    assert "--intrinsics flat: not to be believed: these views cannot tell" in capsys.readouterr().err


def test_most_pictures_without_the_board_ask_for_its_size(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey = [str(tmp_path / f"{number}.png") for number in range(5)]
    for path in grey:
        Image.new("RGB", (640, 480), "grey").save(path)
    pictures = [str(shared / f"media/targets/chessboard/left0{number}.jpg") for number in (1, 2, 3, 4)]
    assert run(["calibrate", "camera", *pictures, *grey, *BOARD]) == 0
    assert "seen in 4 of 9 pictures: check its columns" in capsys.readouterr().err


def test_a_board_of_markers(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = ["--board", "4x5", "--marker", "37.5mm", "--gap", "5mm", "--dict", "DICT_6X6_1000"]
    assert run(["calibrate", "camera", str(shared / "media/targets/aruco_board"), *board, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["board"] == "aruco-board 4x5"
    assert found["rms_px"] == pytest.approx(0.46, abs=0.01)
    assert found["intrinsics"]["fx_px"] == pytest.approx(811, rel=0.005)
    assert (found["accepted"], found["missing"], found["saved"]) == (True, [], None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--board", "9x6"], "a chessboard needs --square"),
        (["--board", "9x6", "--square", "25m"], "'25m' is 25 m, and nothing larger than 3 m is printed"),
        (["--board", "9", "--square", "25mm"], "write columns x rows"),
        (["--board", "9x6", "--square", "25 stone"], "is not a distance"),
        (["--board", "9x6", "--square", "25mm", "--marker", "18mm"], "a charuco needs the dictionary"),
        (["--board", "9x6", "--dict", "DICT_6X6_250"], "a charuco needs --marker"),
        (["--board", "4x5", "--marker", "3cm", "--dict", "DICT_6X6_250"], "an aruco-board needs --gap"),
        (["--board", "9x6", "--square", "1cm", "--marker", "2cm", "--dict", "DICT_6X6_250"], "must be smaller"),
        (["--board", "9x6", "--square", "3cm", "--marker", "2cm", "--dict", "DICT_6"], "is not a dictionary"),
        ([*BOARD, "--out", "exif"], "cannot be the name"),
        (BOARD, "0 pictures with the chessboard 9x6 (inner corners), at least 3 are needed"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    Image.new("RGB", (64, 48), "grey").save(tmp_path / "grey.png")
    assert words in _refusal(capsys, str(tmp_path / "grey.png"), *arguments)


def test_whose_the_pictures_are_goes_along_and_a_moving_focus_is_named(
    shared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras = [CameraInfo(4, "/dev/video4", "HD Webcam", lens=Lens(automatic=True))]
    monkeypatch.setattr("tui.camera.listing.list_cameras", lambda *_: cameras)
    pictures = sorted(str(path) for path in (shared / "media/targets/chessboard").glob("left??.jpg"))
    monkeypatch.setattr("tui.camera.device.find_camera", lambda *_: cameras[0])
    assert run(["calibrate", "camera", *pictures, *BOARD, "--out", "webcam", "--camera", "HD"]) == 0
    assert "v4l2-ctl -d /dev/video4 -c focus_automatic_continuous=0" in capsys.readouterr().err
    found = load_intrinsics("webcam")
    assert (found.camera, found.lens, found.made_for) == ("HD Webcam", "autofocus", (640, 480))
