"""`depth-tui measure A --moved B --baseline 20cm`: metres from two pictures and a ruler."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.targets.slid import CAMERA, Room, RoomEstimator, depth_at, save
from tui.cli.root import run

KNOWN = ["--intrinsics", CAMERA.numbers]
SLID_M = (0.2, 0.0, 0.0)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.fixture
def pictures(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The room, and the same from 20 cm further to the right."""
    estimator = RoomEstimator(room)
    monkeypatch.setattr("tui.depth.loader.load_estimator", lambda *_request: estimator)
    return save(room.look(), tmp_path / "a.png"), save(room.look(SLID_M), tmp_path / "b.png")


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Why it was refused, in one line."""
    assert run(["measure", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    return err


def test_two_pictures_and_a_ruler_give_metres(
    room: Room, pictures: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = pictures
    places = [(100, 400), (320, 240), (560, 300)]
    asked = [each for u, v in places for each in ("--at", f"{u},{v}")]
    assert run(["measure", first, "--moved", second, "--baseline", "20cm±1mm", *KNOWN, *asked, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["two_views"]["moved_m"] == pytest.approx(SLID_M, abs=0.01)
    references = found["calibration"]["references"]
    assert len(references) == found["two_views"]["references"] >= 24
    assert {each["label"] for each in references} == {"two views"}
    depth = room.depth()
    off = [each["distance_m"] / depth_at(depth, each["x"], each["y"]) - 1 for each in references]
    assert np.median(np.abs(off)) < 0.02
    for (u_px, v_px), reading in zip(places, found["readings"], strict=True):
        true_m = depth_at(depth, u_px, v_px)
        assert reading["distance_m"] == pytest.approx(true_m, rel=0.04)
        assert reading["low_m"] < true_m < reading["high_m"]


def test_what_is_missing_is_said(pictures: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = pictures
    here = [first, "--at", "320,240"]
    moved = ["--moved", second]
    assert "--baseline 20cm" in _said(capsys, *here, *moved, *KNOWN)
    assert "--moved B.jpg" in _said(capsys, *here, "--baseline", "20cm", *KNOWN)
    assert "--moved B.jpg" in _said(capsys, *here, "--moved-camera", CAMERA.numbers, *KNOWN)
    assert "--intrinsics" in _said(capsys, *here, *moved, "--baseline", "20cm")
    for way in ("20", "-20cm", "0cm", "much", "20cm±30cm", ""):
        assert "20cm" in _said(capsys, *here, *moved, "--baseline", way, *KNOWN)
    assert "absent.png" in _said(capsys, *here, "--moved", str(tmp_path / "absent.png"), "--baseline", "20cm", *KNOWN)
    text = tmp_path / "text.png"
    text.write_text("no picture")
    assert "text.png" in _said(capsys, *here, "--moved", str(text), "--baseline", "20cm", *KNOWN)
    small = tmp_path / "small.png"
    assert cv2.imwrite(str(small), np.zeros((240, 320, 3), np.uint8))
    assert "one size" in _said(capsys, *here, "--moved", str(small), "--baseline", "20cm", *KNOWN)
    assert "almost the same" in _said(capsys, *here, "--moved", first, "--baseline", "20cm", *KNOWN)


def test_pictures_are_turned_alike(pictures: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """As a camera that hangs upside down takes them: the estimator sees them upright again, and so do the two views."""
    turned = []
    for path in pictures:
        image = cv2.imread(path)
        assert image is not None
        assert cv2.imwrite(path, cv2.rotate(image, cv2.ROTATE_180))
        turned.append(path)
    arguments = [turned[0], "--moved", turned[1], "--baseline", "20cm", "--rotate", "180", "--at", "320,240", *KNOWN]
    assert run(["measure", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["two_views"]["moved_m"] == pytest.approx(SLID_M, abs=0.01)
