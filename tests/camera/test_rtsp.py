"""RTSP: what is said when a stream does not come; frames through a planted capture."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from tui.camera.live import NotYet
from tui.camera.opencv import Backend, Capture
from tui.camera.rtsp import open_rtsp
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage


@pytest.fixture
def port() -> Iterator[int]:
    """A port that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Two:
    """Two frames, then silence."""

    rate_hz = 25.0
    position_s = 0.0

    def __init__(self) -> None:
        self.left = 2
        self.released = threading.Event()

    def grab(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def retrieve(self) -> RGBImage | None:
        return np.zeros((2, 2, 3), np.uint8)

    def release(self) -> None:
        self.released.set()


def test_frames_come_and_the_end_is_told(port: int) -> None:
    capture = Two()
    asked: list[tuple[str, Backend, float]] = []

    def open_with(what: str, backend: Backend, timeout_s: float) -> Capture | None:
        asked.append((what, backend, timeout_s))
        return capture

    spec = f"rtsp://me:s3%23cret@127.0.0.1:{port}/live"
    source = open_rtsp(spec, open_with, timeout_s=1.0)
    source.wait_open()
    assert asked == [(spec, "tcp", 1.0)]
    assert source.info.label == f"127.0.0.1:{port}"
    assert capture.released.wait(5)
    assert source.read().index == 1
    with pytest.raises(SourceError, match="stream closed by the other side") as caught:
        source.read()
    assert "s3cret" not in str(caught.value)
    source.close()


def test_a_server_that_says_nothing(port: int) -> None:
    source = open_rtsp(f"rtsp://127.0.0.1:{port}/", lambda *_: None, timeout_s=0.2)
    with pytest.raises(NotYet, match=r"no answer within 0\.2 s"):
        source.read()
    source.close()


def test_nobody_listens() -> None:
    with socket.socket() as taken:  # by somebody who does not listen, so that nobody else can
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        source = open_rtsp(f"rtsp://127.0.0.1:{port}/")
        source.wait_open()
        assert source.info.live, "so that it is tried again"
        with pytest.raises(NotYet, match=f"nothing listens on port {port}"):
            source.read()
        source.close()


HANG = """
import sys, time
from tui.camera.live import NotYet
from tui.camera.rtsp import open_rtsp
from tui.errors import SourceError
begun_s = time.monotonic()
try:
    open_rtsp(sys.argv[1], timeout_s=0.5).read()
except SourceError as error:
    print(error)
print(time.monotonic() - begun_s < 5)
"""


def test_ffmpeg_gives_up_on_a_silent_server_and_keeps_quiet(port: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANG, f"rtsp://127.0.0.1:{port}/live"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    message, in_time = done.stdout.splitlines()
    assert "no answer within 0.5 s" in message or "no picture for 2.5 s" in message
    assert in_time == "True"
