"""Clips held, stepped and moved through: the very frames that playing them from the beginning gives."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.camera.closing import assert_close_wakes_the_read
from tests.camera.test_clip import Script
from tests.camera.test_reel import Damaged
from tests.numbered import number_of, numbered_by_ffmpeg, numbered_clip
from tui.camera.clip import ClipSource
from tui.camera.frame import Frame, Steerable
from tui.camera.mounted import mounted_frame
from tui.camera.opencv import open_capture
from tui.camera.reel import Reel
from tui.errors import SourceEnded
from tui.geometry.mounting import Mounting, Turn

FRAMES = 120
by_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "50", "-bf", "3")


def _coded(name: str, *options: str) -> Callable[[Path], Path]:
    return lambda folder: numbered_by_ffmpeg(folder / name, FRAMES, *options)


CLIPS = [
    pytest.param(lambda folder: numbered_clip(folder / "a.avi", FRAMES), id="motion jpeg"),
    pytest.param(lambda folder: numbered_clip(folder / "a.mp4", FRAMES, fourcc="mp4v"), id="mp4v"),
    pytest.param(_coded("b.mp4", *H264), id="h264 with b-frames", marks=by_ffmpeg),
    pytest.param(_coded("o.mkv", *H264, "-x264-params", "open-gop=1"), id="open groups", marks=by_ffmpeg),
    pytest.param(
        _coded("v.mkv", "-vf", "select='lt(mod(n,7),5)'", "-vsync", "vfr", *H264), id="variable rate", marks=by_ffmpeg
    ),
    pytest.param(_coded("r.h264", *H264), id="no stamps", marks=by_ffmpeg),
    pytest.param(_coded("y.y4m", "-pix_fmt", "yuv420p"), id="y4m", marks=by_ffmpeg),
    pytest.param(_coded("m.mjpeg", "-c:v", "mjpeg"), id="raw motion jpeg", marks=by_ffmpeg),
    pytest.param(_coded("g.gif"), id="gif", marks=by_ffmpeg),
]


def frames_of(path: Path) -> list[tuple[int, float]]:
    """Numbers and times of all frames, from the beginning to the end."""
    reel, found = Reel(path, open_capture), []
    while reel.step():
        image = reel.image()
        assert image is not None
        found.append((number_of(image), reel.at_s))
    reel.release()
    return found


def shown(reel: Reel) -> int:
    image = reel.image()
    assert image is not None
    return number_of(image)


@pytest.mark.parametrize("make", CLIPS)
def test_steps_and_seeks_are_exact_forth_and_back(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    frames = frames_of(path)
    assert len(frames) > FRAMES // 2
    assert [number for number, _ in frames] == sorted({number for number, _ in frames})
    reel = Reel(path, open_capture)
    assert reel.step()
    assert not reel.back()
    assert shown(reel) == 0
    for index in (70, 3, 55, len(frames) - 1, 1):
        reel.seek(frames[index][1])
        assert shown(reel) == frames[index][0]
        for before in range(index - 1, max(-1, index - 4), -1):
            assert reel.back()
            assert shown(reel) == frames[before][0]
            assert reel.at_s == pytest.approx(frames[before][1], abs=1e-3)
        assert reel.step()
        assert shown(reel) == frames[max(0, index - 3) + 1][0]
    reel.seek(1e6)
    assert shown(reel) == frames[-1][0]
    assert not reel.step()
    assert reel.back()
    assert shown(reel) == frames[-2][0]
    reel.release()


def test_stamps_in_the_wrong_order_neither_slow_a_clip_down_nor_lose_a_frame(shared: Path) -> None:
    reel = Reel(shared / "media" / "clips" / "box.mp4", open_capture)
    images, times_s = [], []
    while reel.step() and reel.at_s < 4:
        image = reel.image()
        assert image is not None
        images.append(image)
        times_s.append(reel.at_s)
    assert times_s == sorted(times_s)
    assert times_s[-1] == pytest.approx(len(times_s) / reel.rate_hz, abs=0.2)
    for index in (len(images) - 1, len(images) - 2):
        assert reel.back()
        found = reel.image()
        assert found is not None
        np.testing.assert_array_equal(found, images[index])
    reel.release()


class Reading:
    """Reads a source in a thread, as the capture does."""

    def __init__(self, source: ClipSource) -> None:
        self._source = source
        self.frames: list[Frame] = []
        self._came = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                frame = self._source.read()
            except SourceEnded:
                return
            with self._came:
                self.frames.append(frame)
                self._came.notify_all()

    def until(self, what: Callable[[Frame], bool]) -> Frame:
        """The newest frame, once it is what is waited for."""
        with self._came:
            assert self._came.wait_for(lambda: bool(self.frames) and what(self.frames[-1]), 20)
            return self.frames[-1]

    def until_number(self, number: int) -> Frame:
        return self.until(lambda frame: frame.held and number_of(frame.image) == number)


@pytest.fixture
def source(tmp_path: Path) -> ClipSource:
    return ClipSource(numbered_clip(tmp_path / "a.avi", 40, rate_hz=10), "a.avi")


def test_a_held_clip_stands_and_goes_where_it_is_told(source: ClipSource) -> None:
    assert isinstance(source, Steerable)
    assert number_of(source.read().image) == 0
    source.hold(True)
    assert source.position.length_s == pytest.approx(4.0)
    reading = Reading(source)
    source.seek(2.0)
    at = reading.until_number(20)
    assert at.at_s == pytest.approx(2.0)
    assert at.name == "0:02.0"
    source.step(1)
    reading.until_number(21)
    source.step(-1)
    source.step(-1)
    reading.until_number(19)
    source.step(5)
    reading.until_number(24)
    source.seek(1e9)
    reading.until_number(39)
    source.step(3)  # beyond the end: it stays
    source.step(-100)
    reading.until_number(0)
    assert source.position.at_s == 0
    assert [frame.index for frame in reading.frames] == list(range(1, len(reading.frames) + 1))
    source.hold(False)
    resumed = reading.until(lambda frame: not frame.held)
    assert number_of(resumed.image) == 1
    assert not source.position.held
    source.close()


def test_stepping_a_clip_that_plays_holds_it_at_the_frame_after_the_one_that_was_read(source: ClipSource) -> None:
    numbers = [number_of(source.read().image) for _ in range(3)]
    source.step(1)
    assert number_of(source.read().image) == numbers[-1] + 1
    source.step(-2)
    assert number_of(source.read().image) == numbers[-1] - 1
    assert source.position.held
    source.close()


def test_seconds_on_and_back_add_up_to_what_was_ordered_before(source: ClipSource) -> None:
    source.read()
    source.hold(True)
    reading = Reading(source)
    source.seek(1.0)
    for seconds in (1.0, 1.0, -0.5):  # whether those before are done or not
        source.seek_by(seconds)
    reading.until_number(25)
    source.seek_by(1.0)
    reading.until_number(35)
    source.step(-20)
    source.seek_by(0.5)
    reading.until_number(20)
    source.seek_by(1e9)
    reading.until_number(39)
    source.seek_by(-1e9)
    reading.until_number(0)
    source.close()


def test_a_clip_that_plays_plays_on_from_where_it_is_sent(source: ClipSource) -> None:
    source.read()
    source.seek(3.0)
    frames = [source.read() for _ in range(2)]
    first, second = (number_of(frame.image) for frame in frames)
    assert first == 30
    assert second > 30
    assert not any(frame.held for frame in frames)
    assert frames[1].captured_at_s - frames[0].captured_at_s >= 0.1 * (second - first) - 1e-3, "at its own pace"
    source.close()


def test_a_jump_is_no_frame_that_follows(source: ClipSource) -> None:
    first, second = source.read(), source.read()
    source.seek(3.0)
    jumped, after = source.read(), source.read()
    source.step(1)
    stepped = source.read()
    source.close()
    assert second.follows(first)
    assert not jumped.follows(second)
    assert after.follows(jumped)
    assert not stepped.follows(after)


def test_at_the_end_a_held_clip_stays_and_then_begins_again(source: ClipSource) -> None:
    source.read()
    source.step(1000)
    assert number_of(source.read().image) == 39
    source.hold(False)
    again = source.read()
    assert number_of(again.image) == 0
    assert again.note == "end of a.avi, starting again"
    assert source.position.length_s == pytest.approx(4.0)
    source.close()


def test_close_wakes_a_read_of_a_held_clip(source: ClipSource) -> None:
    source.read()
    source.hold(True)
    assert_close_wakes_the_read(source)


def test_damaged_frames_are_stepped_over_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "cup.mp4"
    path.write_bytes(b"x")
    made: list[Script] = []

    def opened(*_: object) -> Script:
        made.append(Damaged([k / 10 for k in range(10)], gone={3}, black={4, 9}))
        return made[-1]

    source = ClipSource(path, "cup.mp4", opened)
    assert int(source.read().image[0, 0, 0]) == 0
    found = []
    for frames in (2, 1, 1, -1, -1, 50, -1):
        source.step(frames)
        found.append(int(source.read().image[0, 0, 0]))
    assert found == [2, 5, 6, 5, 2, 8, 7]
    source.close()
    assert all(script.released for script in made)


def test_a_turned_clip_says_where_it_is(source: ClipSource) -> None:
    source.read()
    source.step(7)
    frame = mounted_frame(source.read(), Mounting(Turn(1)), live=False)
    source.close()
    assert frame.image.shape == (128, 64, 3)
    assert frame.held
    assert frame.at_s == pytest.approx(0.7)
