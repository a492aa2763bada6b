"""Going through a clip's time: what holds over a jump, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.camera.bags import numbered_bag
from tests.fakes import RampEstimator, wait_until
from tests.numbered import number_of, numbered_clip
from tui.camera.frame import Frame, Position
from tui.camera.open import open_source
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.instrument.freshness import Freshness
from tui.instrument.instrument import Instrument
from tui.instrument.playing import time_from
from tui.instrument.wanted import Wanted
from tui.pipeline.pipeline import Pipeline
from tui.sight.seen import VerdictKind


@contextmanager
def playing(path: Path, *, keep: bool = False) -> Iterator[Instrument]:
    pipeline = Pipeline(lambda: None)
    instrument = Instrument(pipeline, Wanted(), keep=keep)
    pipeline.start()
    pipeline.load("ramp", lambda _progress: RampEstimator())
    pipeline.open(lambda: (open_source(str(path)), ""))
    try:
        until(instrument, lambda: instrument.shown is not None, "the first map is read")
        yield instrument
    finally:
        pipeline.stop()


def until(instrument: Instrument, what: Callable[[], bool], words: str) -> None:
    def so() -> bool:
        instrument.advance()
        return what()

    wait_until(so, words)


def shown_number(instrument: Instrument) -> int:
    assert instrument.shown is not None
    return number_of(instrument.shown.frame.image)


def until_number(instrument: Instrument, number: int) -> None:
    until(instrument, lambda: shown_number(instrument) == number, f"frame {number} is read")


def shown_s(instrument: Instrument) -> float:
    assert instrument.shown is not None
    return instrument.shown.frame.at_s or 0.0


def is_silent(instrument: Instrument) -> bool:
    return instrument.reading.silent


def textured(seed: int) -> RGBImage:
    """A scene with enough in it to be known again."""
    coarse = np.random.default_rng(seed).integers(20, 236, (15, 20, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture
def two_scenes(tmp_path: Path) -> Iterator[Instrument]:
    """A clip of 20 s of one scene and then 20 s of another, before cameras that stand still."""
    path = tmp_path / "cut.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (320, 240))
    for number in range(200):
        writer.write(textured(number // 100))
    writer.release()
    with playing(path) as instrument:
        yield instrument


def kinds(instrument: Instrument) -> set[VerdictKind]:
    assert instrument.shown is not None
    return {verdict.kind for verdict in instrument.shown.seen.verdicts}


def test_another_scene_that_was_gone_to_is_told_at_its_first_frame_and_only_there(two_scenes: Instrument) -> None:
    instrument = two_scenes
    instrument.freeze(True)
    instrument.answer("reference", "2m")
    assert instrument.reading.readings()[0].reading.distance_m is not None
    instrument.seek("30")
    until(instrument, lambda: shown_s(instrument) == pytest.approx(30.0), "the other scene is shown")
    assert kinds(instrument) == {VerdictKind.ANOTHER}
    assert is_silent(instrument)
    instrument.seek("10")
    until(instrument, lambda: shown_s(instrument) == pytest.approx(10.0), "the first scene is back")
    assert kinds(instrument) == set(), "the camera has not moved: the clip was wound"
    assert not is_silent(instrument)
    assert instrument.reading.readings()[0].reading.distance_m is not None
    instrument.freeze(False)
    instrument.seek("75%")
    until(instrument, lambda: shown_s(instrument) >= 30.0, "the other scene plays")
    assert kinds(instrument) == {VerdictKind.ANOTHER}, "at once, not after a while"


def test_a_jump_within_one_scene_is_no_moved_camera(two_scenes: Instrument) -> None:
    instrument = two_scenes
    instrument.answer("reference", "2m")
    instrument.seek("15")
    until(instrument, lambda: shown_s(instrument) >= 15.0, "it plays from there")
    assert kinds(instrument) == set()
    assert instrument.reading.readings()[0].reading.distance_m is not None


def test_each_step_is_read_and_stays_frozen(tmp_path: Path) -> None:
    with playing(numbered_clip(tmp_path / "a.avi", 100, rate_hz=10)) as instrument:
        instrument.freeze(True)
        begun = shown_number(instrument)
        for frames, number in ((1, begun + 1), (1, begun + 2), (-2, begun), (5, begun + 5)):
            instrument.step(frames)
            until_number(instrument, number)
            assert instrument.session.frozen
            assert instrument.shown is not None
            assert instrument.reading.frame is instrument.shown.frame
            assert not instrument.reading.stale
        instrument.freeze(False)
        until(instrument, lambda: shown_number(instrument) > begun + 5, "it goes on")


def test_what_a_bag_says_of_its_camera_is_offered_and_taken(tmp_path: Path) -> None:
    with playing(numbered_bag(tmp_path / "drive", 50), keep=True) as instrument:
        assert "/camera/camera_info of the bag tells this camera (fx 100): enter takes it" in instrument.offer_words
        assert instrument.take_offer()
        camera = instrument.session.intrinsics
        assert camera is not None
        assert camera.fx_px == 100
        assert camera.distortion[0] == 0.1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:23", 83.0),
        ("83", 83.0),
        ("83s", 83.0),
        ("0:07.5", 7.5),
        ("7,5", 7.5),
        ("1:02:03", 3723.0),
        ("50%", 60.0),
        ("100 %", 120.0),
        ("250%", 120.0),
    ],
)
def test_times_as_they_are_typed(text: str, seconds: float) -> None:
    assert time_from(text, Position(0.0, 120.0, held=True)) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "1:2:3:4", "%", "1e9", "nan"])
def test_what_is_no_time_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError, match=r"is not a time: write 1:23, 83 \(seconds\) or 50%"):
        time_from(text, Position(0.0, 120.0, held=True))


def test_a_share_of_an_unknown_length_is_refused() -> None:
    with pytest.raises(InputError, match="how long this source is is not known"):
        time_from("50%", Position(0.0, None, held=False))


def test_frames_that_were_stepped_to_teach_no_period() -> None:
    freshness = Freshness()
    image = np.zeros((4, 4, 3), np.uint8)
    for index in range(4):
        freshness.tick(Frame(image, index, 0.1 * index, at_s=0.1 * index), 0.02)
    for index in range(4, 12):
        freshness.tick(Frame(image, index, 60.0 * index, at_s=0.1 * index, held=True), 0.02)
    freshness.tick(Frame(image, 12, 9000.0, at_s=1.2), 0.02)
    assert freshness.limit_s == 2.0
