"""Pictures that are turned while they are looked at, and profiles of another mounting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes import RampEstimator
from tests.instrument.driven import Driven, driven, true_m
from tui.calibration.reading import Status
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Crop, Mounting, Turn
from tui.instrument.mismatch import MismatchKind
from tui.instrument.profiles import Setting, fitted_to, measured_of
from tui.storage.intrinsics import save_intrinsics
from tui.storage.profiles import load_profile

CAMERA = Intrinsics(60.0, 61.0, 30.0, 25.0, 64, 48, (0.1, 0.0, 0.01, 0.02), made_for=(64, 48))


def turn(start: Driven, turn: Turn, size: tuple[int, int]) -> None:
    start.instrument.turn(turn)
    words = str(start.instrument.wanted.mounting.of(64, 48))
    start.until(lambda: str(start.instrument.mounted) == words, f"the picture is shown as {words or 'it comes'}")
    assert (start.instrument.session.width, start.instrument.session.height) == size


def crosshair(start: Driven) -> tuple[int, int]:
    return start.instrument.session.u_px, start.instrument.session.v_px


def test_a_turned_picture_keeps_the_crosshair_and_the_camera_and_what_was_measured_waits() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50, 7)
        start.instrument.use_camera(CAMERA)
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)
        start.said()
        turn(start, Turn(1), (48, 64))
        assert crosshair(start) == (47 - 7, 50)
        assert start.distances == []
        assert start.instrument.reading.at((30, 20)).distance_m is None
        assert "rotate 90; waiting for the picture as it was: 2 references" in start.said()
        held = start.instrument.session.intrinsics
        assert held is not None
        assert np.allclose(held.rays(np.array([[40.0, 50.0]]))[0, :2], Turn(1).direction(*CAMERA.ray(50, 7)[:2]))
        assert start.instrument.reading.camera_doubts == ()
        turn(start, Turn(mirrored=True), (48, 64))
        assert crosshair(start) == (7, 50)
        turn(start, Turn(mirrored=True), (48, 64))
        turn(start, Turn(3), (64, 48))
        assert "back again: 2 references" in start.said()
        assert crosshair(start) == (50, 7)
        assert start.distances == [round(true_m(10), 3), round(true_m(50), 3)]
        assert start.instrument.session.intrinsics == CAMERA
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)


def test_a_frozen_picture_goes_on_when_it_is_turned() -> None:
    with driven() as start:
        start.instrument.freeze(True)
        turn(start, Turn(2), (64, 48))
        assert not start.instrument.session.frozen
        start.show()
        assert str(start.instrument.mounted) == "rotate 180"


def test_what_is_measured_in_a_turned_picture_is_offered_in_that_one_alone() -> None:
    with driven() as start:
        turn(start, Turn(2), (64, 48))
        start.refer(10)
        start.refer(40)
    with driven() as start:
        assert start.instrument.offer_words == ""
        turn(start, Turn(2), (64, 48))
        assert "2 references" in start.instrument.offer_words
        assert start.instrument.take_offer()
        assert start.distances == [round(true_m(10), 3), round(true_m(40), 3)]


def test_a_profile_belongs_to_its_mounting() -> None:
    with driven() as start:
        turn(start, Turn(2), (64, 48))
        start.refer(10)
        start.refer(50)
        start.instrument.save_profile("bench")
    assert load_profile("bench").mounting == "rotate 180"
    with driven(profile="bench") as start:
        assert [each.kind for each in start.instrument.mismatches] == [MismatchKind.MOUNTING]
        words = "made with rotate 180, this is the camera's own picture: its pixels show other things, not used"
        assert any(words in each for each in start.instrument.reading.warnings)
        assert start.instrument.reading.at((30, 20)).status is Status.UNCALIBRATED
        start.show(32, 24)
        start.show(64, 48)
        assert start.distances == [], "it does not wait for pictures of its size"
        turn(start, Turn(2), (64, 48))
        start.instrument.load_profile("bench")
        assert start.instrument.mismatches == ()
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)
    with driven(profile="bench", force=True) as start:
        assert start.instrument.mismatches == ()
        assert start.distances == [round(true_m(10), 3), round(true_m(50), 3)]
        assert "used all the same" in start.said()


def test_a_picture_of_elsewhere_is_taken_to_have_been_turned_already_and_its_own_is_not() -> None:
    with driven() as start:
        turn(start, Turn(2), (64, 48))
        start.refer(10)
        start.instrument.save_profile("bench")
    bench = load_profile("bench")
    here = Setting("captured.png", RampEstimator().identity, 64, 48, mounting=None)

    def fitted(setting: Setting) -> tuple[bool, list[MismatchKind], str]:
        found, differs, note = fitted_to(bench, measured_of(bench), setting, what="profile bench", any_camera=True)
        return found is not None, [each.kind for each in differs], note

    used, differs, note = fitted(here)
    assert (used, differs) == (True, [])
    assert "made with rotate 180: this picture is taken to have been turned so already" in note
    for setting in (replace(here, camera="camera 0"), replace(here, mounting=""), replace(here, mounting="flip h")):
        assert fitted(setting)[:2] == (False, [MismatchKind.MOUNTING])
    assert fitted(replace(here, mounting="rotate 180")) == (True, [], "")


def test_a_camera_that_was_calibrated_hanging_otherwise_is_offered_as_it_hangs_now() -> None:
    saved = CAMERA.mounted_as(Mounting(Turn(3)).of(64, 48))
    save_intrinsics("camera-0", replace(saved, camera="camera 0"))
    with driven() as start:
        assert start.instrument.memory.offer is not None
        assert start.instrument.take_offer()
        held = start.instrument.session.intrinsics
        assert held is not None
        assert np.allclose(held.matrix, CAMERA.matrix)
        assert np.allclose(held.distortion, CAMERA.distortion)
        assert start.instrument.reading.camera_doubts == ()


def test_a_crop_that_pictures_are_too_small_for_ends_the_source_with_one_line() -> None:
    with driven() as start:
        start.instrument.pipeline.mount(Mounting(crop=Crop(10, 4, 50, 40)))
        start.until(lambda: start.instrument.session.width == 50, "the part is shown")
        with pytest.raises(InputError, match="reaches beyond"):
            start.instrument.pipeline.mount(Mounting(crop=Crop(60, 4, 50, 40)))
        start.source.give(np.zeros((20, 20, 3), np.uint8))
        start.until(lambda: start.instrument.snapshot.capture.error is not None, "it is said")
        assert "--crop 10,4,50x40: reaches beyond the picture, which is 20x20" in start.said()
