"""Video files: pace, skipping, looping, and what is said about broken ones."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.camera.closing import assert_close_wakes_the_read
from tui.camera import played
from tui.camera.clip import ClipSource
from tui.camera.opencv import Backend, Capture
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage


class Script:
    """Frames whose red is their number, with the time stamps that a test writes down."""

    def __init__(self, stamps_s: list[float], rate_hz: float = 10.0) -> None:
        self.stamps_s = stamps_s
        self.rate_hz = rate_hz
        self.position = -1
        self.released = 0

    @property
    def position_s(self) -> float:
        return self.stamps_s[self.position]

    def grab(self) -> bool:
        self.position += 1
        return self.position < len(self.stamps_s)

    def retrieve(self) -> RGBImage | None:
        return np.full((2, 2, 3), self.position, np.uint8)

    def release(self) -> None:
        self.released += 1


class Clock:
    """Time passes only when somebody waits for it, or says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        monkeypatch.setattr(played, "time", self)

    def monotonic(self) -> float:
        return self.now_s

    def attach(self, source: ClipSource) -> ClipSource:
        woken = source._woken
        wait = woken.wait

        def step(timeout: float | None = None) -> bool:
            self.now_s += timeout or 0.0
            return wait(0)

        woken.wait = step  # type: ignore[method-assign]  # the point of the fake
        return source


def scripted(tmp_path: Path, clock: Clock, *scripts: Script) -> ClipSource:
    path = tmp_path / "cup.mp4"
    path.write_bytes(b"x")
    turns = itertools.cycle(scripts)

    def open_with(what: str, backend: Backend, timeout_s: float) -> Capture | None:
        assert (what, backend) == (str(path), "ffmpeg")
        assert timeout_s > 0
        script = next(turns)
        script.position = -1
        return script

    return clock.attach(ClipSource(path, str(path), open_with))


def number(source: ClipSource) -> int:
    return int(source.read().image[0, 0, 0])


def test_plays_at_the_pace_of_its_time_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    stamps_s = [0.0, 0.1, 0.15, 0.6, 0.7]  # a variable frame rate
    source = scripted(tmp_path, clock, Script(stamps_s))
    frames = [source.read() for _ in stamps_s]
    assert [frame.captured_at_s - 100 for frame in frames] == pytest.approx(stamps_s)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert frames[3].name == "0:00.6"


def test_counts_where_there_are_no_time_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = scripted(tmp_path, clock, Script([0.0] * 4, rate_hz=20))
    assert [source.read().captured_at_s - 100 for _ in range(4)] == pytest.approx([0, 0.05, 0.1, 0.15])


@pytest.mark.parametrize("rate_hz", [0.0, 90000.0])
def test_a_senseless_rate_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate_hz: float) -> None:
    source = scripted(tmp_path, Clock(monkeypatch), Script([0.0] * 3, rate_hz))
    assert [source.read().captured_at_s - 100 for _ in range(3)] == pytest.approx([0, 0.04, 0.08])


def test_late_frames_are_skipped_without_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = scripted(tmp_path, clock, Script([k / 10 for k in range(50)]))
    assert number(source) == 0
    clock.now_s += 0.35
    assert number(source) == 3
    assert number(source) == 4
    assert clock.now_s == pytest.approx(100.4)


def test_after_a_long_absence_it_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = scripted(tmp_path, clock, Script([k / 10 for k in range(50)]))
    assert number(source) == 0
    clock.now_s += 60
    assert [number(source), number(source)] == [1, 2]
    assert clock.now_s == pytest.approx(160.1)


def test_loops_in_time_and_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    script = Script([0.0, 0.1, 0.2])
    source = scripted(tmp_path, clock, script)
    frames = [source.read() for _ in range(9)]
    said = "end of cup.mp4, starting again"
    assert [frame.note for frame in frames] == ["", "", "", said, "", "", said, "", ""]
    assert [frame.captured_at_s - 100 for frame in frames] == pytest.approx([k / 10 for k in range(9)])
    assert script.released == 2


def test_a_clip_that_cannot_be_opened_again_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = scripted(tmp_path, clock, Script([0.0]), Script([]))
    source.read()
    with pytest.raises(SourceError, match="without a single frame"):
        source.read()


def test_close_wakes_the_read_and_releases_the_file(tmp_path: Path) -> None:
    path = tmp_path / "slow.mp4"
    path.write_bytes(b"x")
    script = Script([0.0, 9.0], rate_hz=1.0)
    source = ClipSource(path, "slow", lambda *_: script)
    source.read()
    assert_close_wakes_the_read(source)
    assert script.released >= 1


def movie(path: Path, frames: int = 12) -> Path:
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for k in range(frames):
        writer.write(np.full((48, 64, 3), (10, 20, 20 * k), np.uint8))
    writer.release()
    return path


def test_a_real_file_plays_in_rgb_and_never_early(tmp_path: Path) -> None:
    path = movie(tmp_path / "a.avi")
    begun_s = time.monotonic()
    source = ClipSource(path, "a.avi")
    frames = [source.read() for _ in range(14)]
    source.close()
    assert frames[0].image.shape == (48, 64, 3)
    assert abs(int(frames[0].image[5, 5, 2]) - 10) < 6, "blue stays blue"
    shown = [round(int(frame.image[5, 5, 0]) / 20) for frame in frames]
    assert shown[0] == 0
    for frame, k in zip(frames, shown, strict=True):
        since_s = frame.captured_at_s - begun_s
        if since_s < 12 / 25:  # still the first time through
            assert since_s >= k / 25 - 1e-3
    assert any(frame.note.startswith("end of a.avi") for frame in frames)


def test_real_clips_open_at_their_size_and_rate(shared: Path) -> None:
    for name, width, height, rate_hz in [
        ("cup.mp4", 640, 480, 26.777),
        ("box.mp4", 640, 480, 29.966),
        ("vtest.avi", 768, 576, 10.0),
        ("one-by-one-person-detection.mp4", 768, 432, 10.0),
    ]:
        source = ClipSource(shared / "media" / "clips" / name, name)
        begun_s = time.monotonic()
        frames = [source.read() for _ in range(3)]
        source.close()
        assert frames[0].image.shape == (height, width, 3)
        assert time.monotonic() - begun_s >= 2 / rate_hz - 2e-3
        assert source.info.label == name


NOISE = """
import sys
from pathlib import Path
from tui.camera.open import open_source
from tui.errors import SourceError
for name in sys.argv[1:]:
    try:
        source = open_source(name)
        while not source.read().note and "box" not in name:
            source._started_at_s -= 0.5
        source.close()
        print("played")
    except SourceError as error:
        print(error)
"""


def test_broken_videos_leave_no_word_on_the_terminal(tmp_path: Path, shared: Path) -> None:
    clips = shared / "media" / "clips"
    (tmp_path / "zero.mp4").touch()
    (tmp_path / "cut.mp4").write_bytes((clips / "cup.mp4").read_bytes()[:200_000])
    (tmp_path / "cut.avi").write_bytes((clips / "vtest.avi").read_bytes()[:400_000])
    damaged = bytearray((clips / "cup.mp4").read_bytes()[:400_000])
    damaged[100_000:100_400] = b"\x55" * 400
    (tmp_path / "damaged.mp4").write_bytes(damaged)
    (tmp_path / "junk.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    (tmp_path / "text.mp4").write_text("no video\n" * 100)
    # FFmpeg by itself complains loudly about these two: no index, and a fault in the coded picture.
    (tmp_path / "headless.mp4").write_bytes((clips / "cup.mp4").read_bytes()[:32])
    (tmp_path / "box.mp4").symlink_to(clips / "box.mp4")
    names = ["zero.mp4", "box.mp4", "cut.mp4", "cut.avi", "damaged.mp4", "headless.mp4", "junk.mp4", "text.mp4"]
    done = subprocess.run(
        [sys.executable, "-c", NOISE, *names],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("OPENCV_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == len(names)
    assert "is empty (0 bytes)" in lines[0]
    assert lines[1:5] == ["played"] * 4
    assert all("neither a picture nor a video" in line for line in lines[5:])
