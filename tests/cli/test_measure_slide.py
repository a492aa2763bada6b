"""`depth-tui measure`: several `--moved`, a `--slide`, and a reference in place of the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.targets.slid import CAMERA, Room, RoomEstimator, depth_at, save
from tui.cli.root import run

KNOWN = ["--intrinsics", CAMERA.numbers]
PLACES_M = (0.0, 0.1, 0.2)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.fixture(scope="module")
def made(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room as the camera is slid by 20 cm to the right."""
    folder = tmp_path_factory.mktemp("slide")
    for number, x_m in enumerate(PLACES_M):
        save(room.look((x_m, 0.0, 0.0)), folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def estimator(room: Room) -> RoomEstimator:
    return RoomEstimator(room)


@pytest.fixture
def folder(made: Path, estimator: RoomEstimator, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its pictures, with a network that knows the room."""
    monkeypatch.setattr("tui.depth.loader.load_estimator", lambda *_request: estimator)
    return made


def _told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["measure", *arguments, *KNOWN, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Why, in one line."""
    assert run(["measure", *arguments, *KNOWN]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    return err


def test_each_picture_has_its_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What contradicts the pictures is refused, each way named with its picture."""
    first, between, last = (str(folder / f"{number}.png") for number in range(3))
    said = _refused(capsys, first, "--moved", between, "--moved", last, "--baseline", "16cm,20cm", "--at", "320,240")
    assert "1.png 16 cm, by the pictures 1" in said
    assert "2.png 20 cm, by the pictures 2" in said


@pytest.fixture
def clip(folder: Path, tmp_path: Path) -> str:
    """The same as a clip that rests at both ends."""
    path = str(tmp_path / "slide.mp4")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), 10, (CAMERA.width, CAMERA.height))
    for number in (0, 0, 0, 1, 2, 2, 2):
        picture = cv2.imread(str(folder / f"{number}.png"))
        assert picture is not None
        writer.write(picture)
    writer.release()
    return path


def test_a_slide_is_measured_at_its_first_picture(room: Room, clip: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = _told(capsys, "--slide", clip, "--baseline", "20cm", "--at", "320,240")
    assert found["two_views"]["moved_m"] == pytest.approx((0.2, 0, 0), abs=0.01)
    assert len(found["two_views"]["views"]) == 2
    assert found["readings"][0]["distance_m"] == pytest.approx(depth_at(room.depth(), 320, 240), rel=0.04)


def test_a_reference_tells_the_way(room: Room, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, last = (str(folder / f"{number}.png") for number in (0, 2))
    true_m = depth_at(room.depth(), 300, 200)
    given = ["--moved", last, "--reference", f"300,200={true_m:.3f}m", "--at", "320,240"]
    found = _told(capsys, first, *given)
    assert found["two_views"]["moved_m"] == pytest.approx((0.2, 0, 0), abs=0.015)
    labels = [each["label"] for each in found["calibration"]["references"]]
    assert labels.count("tape") == 1
    assert labels.count("two views") >= 24


def test_what_does_not_go_together_is_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, between, last = (str(folder / f"{number}.png") for number in range(3))
    at, two = ["--at", "320,240"], ["--moved", between, "--moved", last]
    assert "--reference X,Y=1.2m" in _refused(capsys, first, *two, *at)
    assert "one for each --moved, 2 in all" in _refused(capsys, first, *two, "--baseline", "5cm,10cm,20cm", *at)
    assert "20cm,40cm" in _refused(capsys, first, *two, "--baseline", "10,20cm", *at)
    assert "given twice" in _refused(capsys, first, "--moved", last, "--moved", last, "--baseline", "20cm", *at)
    slide = ["--slide", str(folder), "--baseline", "20cm"]
    assert "only one" in _refused(capsys, first, *slide, *at)
    assert "leave out --moved" in _refused(capsys, *slide, "--moved", last, *at)
    assert "from the first picture to the last" in _refused(capsys, *slide[:2], "--baseline", "10cm,20cm", *at)
    assert "no such file" in _refused(capsys, "--slide", str(tmp_path / "none.mp4"), "--baseline", "20cm", *at)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "0.png").write_bytes((folder / "0.png").read_bytes())
    assert "not a clip" in _refused(capsys, "--slide", first, "--baseline", "20cm", *at)
    assert "single picture" in _refused(capsys, "--slide", str(alone), "--baseline", "20cm", *at)
    text = tmp_path / "text.mp4"
    text.write_text("no clip")
    assert "text.mp4" in _refused(capsys, "--slide", str(text), "--baseline", "20cm", *at)
    small = cv2.imread(first)
    assert small is not None
    assert cv2.imwrite(str(alone / "1.png"), small[:200])
    assert "one size" in _refused(capsys, "--slide", str(alone), "--baseline", "20cm", *at)
