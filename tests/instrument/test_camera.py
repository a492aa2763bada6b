"""Intrinsics belong to a camera, a size and a focus; what is otherwise is said, unless prints in sight confirm them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui.camera.frame import SourceInfo
from tui.geometry.intrinsics import Intrinsics, parse_intrinsics
from tui.instrument.camera import camera_doubts, focus_advice
from tui.targets.focal import FocalFinding

MADE = Intrinsics(600, 600, 319.5, 239.5, 640, 480, camera="HD Webcam", made_for=(640, 480), lens="focus 30")
HERE = SourceInfo("0", "camera 0", live=True, camera="HD Webcam", lens="focus 30")


def test_the_camera_itself_raises_nothing() -> None:
    assert camera_doubts(MADE, HERE) == ()
    assert camera_doubts(None, HERE) == ()


@pytest.mark.parametrize(
    ("made", "here", "words"),
    [
        (MADE, replace(HERE, camera="Microscope"), "the intrinsics are of HD Webcam, this is Microscope"),
        (MADE, replace(HERE, lens="focus 120"), "the intrinsics were made with focus 30, the camera is at focus 120"),
        (MADE.scaled_to(1280, 960), HERE, "the intrinsics were made for 640x480 pictures, these are 1280x960"),
        (replace(MADE, doubt="never tilted"), HERE, "the camera's intrinsics are not to be believed: never tilted"),
    ],
)
def test_what_is_otherwise_is_one_line(made: Intrinsics, here: SourceInfo, words: str) -> None:
    (found,) = camera_doubts(made, here)
    assert found.startswith(words)
    assert "\n" not in found


def test_what_does_not_tell_its_camera_is_not_compared() -> None:
    assert camera_doubts(MADE, SourceInfo("a.jpg", "a.jpg", live=False, still=True)) == ()
    assert camera_doubts(replace(MADE, camera="", lens=""), HERE) == ()
    assert camera_doubts(MADE, replace(HERE, lens="")) == ()


def test_typed_numbers_are_of_their_size_and_a_field_of_view_is_of_any() -> None:
    typed = parse_intrinsics("600,600,319.5,239.5", 640, 480)
    assert "640x480" in camera_doubts(typed.scaled_to(320, 240), HERE)[0]
    assert camera_doubts(typed.scaled_to(320, 240).scaled_to(640, 480), HERE) == ()
    assert camera_doubts(Intrinsics.from_horizontal_fov(1.15, 640, 480).scaled_to(320, 240), HERE) == ()


def test_prints_in_sight_confirm_or_contradict() -> None:
    elsewhere = replace(HERE, camera="Microscope")
    confirmed = FocalFinding(600, 604, 0.015, wrong=False)
    assert confirmed.agrees
    assert camera_doubts(MADE, elsewhere, confirmed) == ()
    vague = FocalFinding(600, 604, 0.08, wrong=False)
    assert len(camera_doubts(MADE, elsewhere, vague)) == 1
    wrong = FocalFinding(600, 900, 0.02, wrong=True)
    (words,) = camera_doubts(MADE, HERE, wrong)
    assert words.startswith("the focal length looks 33 % too short: given as 600 px")


def test_a_calibrated_camera_that_focuses_by_itself_is_told_how_to_hold_it() -> None:
    moving = replace(HERE, lens="autofocus", focus_advice="autofocus is on: v4l2-ctl ... holds it")
    assert focus_advice(MADE, moving) == "HD Webcam is calibrated, but autofocus is on: v4l2-ctl ... holds it"
    assert focus_advice(Intrinsics.from_horizontal_fov(1.15, 640, 480), moving) == ""
    assert focus_advice(MADE, HERE) == ""
    assert focus_advice(None, moving) == ""
