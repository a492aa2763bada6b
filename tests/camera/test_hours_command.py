"""A command as a source for a long time, at all the pictures that it can write: nothing grows, nothing is left.

The long one prints what it held: pytest -m large -n 0 -s tests/camera/test_hours_command.py
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.camera.held import Held
from tests.fakes import wait_until
from tui.camera.frame import Frame
from tui.camera.open import open_source
from tui.pipeline import capture
from tui.pipeline.capture import Capture, CaptureStage

SIZE = (480, 640, 3)
CLIP = "ffmpeg -loglevel error -f lavfi -i testsrc2=size=640x480:rate=30 -t {} -f {} -"
MOST_GROWTH_MB = 20.0
"""Over any time: one picture and its bytes are 2 MB."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, of this program and of the commands."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.mark.parametrize(
    ("minutes", "film_s", "kind"),
    [
        pytest.param(0.05, 4, "mjpeg", id="seconds"),
        pytest.param(20, 300, "mjpeg", id="20 minutes", marks=pytest.mark.large),
        pytest.param(20, 300, "yuv4mpegpipe", id="20 minutes uncompressed", marks=pytest.mark.large),
    ],
)
def test_a_command_at_full_rate_again_and_again(
    minutes: float, film_s: int, kind: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    monkeypatch.setattr(capture, "_RETRY_S", (0.1,))
    before = Held.now()
    count, starts = [0], [0]
    settled = threading.Event()

    def deliver(frame: Frame) -> None:
        assert frame.image.shape == SIZE
        count[0] += 1

    def changed() -> None:
        if held.status.stage is CaptureStage.RUNNING:
            starts[0] += 1
            if starts[0] == 2:
                settled.set()

    held = Capture(lambda: (open_source(f"exec:{CLIP.format(film_s, kind)}"), ""), deliver, changed)
    held.start()
    try:
        begun_s = time.monotonic()
        assert settled.wait(600), "it has ended once, and was started again"
        wait_until(lambda: count[0] > 30, "frames come")
        looks = [Held.now()]
        while time.monotonic() < begun_s + 60 * minutes:
            time.sleep(min(5.0, 60 * minutes / 10))
            looks.append(Held.now())
        delivered = count[0]
    finally:
        held.stop()
        held.join(10)
    wait_until(lambda: Held.now().children == before.children, "no child is left")
    wait_until(lambda: Held.now().files <= before.files, "no file is open")
    wait_until(lambda: Held.now().threads <= before.threads, "no thread is left")
    growth_mb = max(each.resident_mb for each in looks[len(looks) // 2 :]) - looks[0].resident_mb
    print(
        f"\n{kind}, {time.monotonic() - begun_s:.0f} s, {starts[0]} starts, {delivered} frames: "
        f"memory {looks[0].resident_mb:.1f} MB at first, {looks[-1].resident_mb:.1f} MB at last, "
        f"{max(each.resident_mb for each in looks):.1f} MB at most; files at most {max(each.files for each in looks)} "
        f"({before.files} before), threads {max(each.threads for each in looks)}, children at most "
        f"{max(each.children for each in looks)}, looks with a zombie {sum(bool(each.zombies) for each in looks)}"
    )
    assert starts[0] >= 2
    assert delivered > 100 * minutes
    assert growth_mb < MOST_GROWTH_MB
    assert not list(temporary.iterdir())
    # A command that has just ended, and its guard, are about to be waited for: never more, and none is seen twice.
    assert max(len(each.zombies) for each in looks) <= 2
    assert not any(before.zombies & after.zombies for before, after in pairwise(looks))
    assert max(each.children for each in looks) <= before.children + 2, "the command and its guard"
