"""Streams are opened side by side: one that does not answer keeps no other waiting."""

from __future__ import annotations

import os
import threading

import pytest

from tests.fakes import wait_until
from tui.camera.opencv import load_cv2, open_capture

OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


class Deaf:
    """A stream that does not answer until it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked: list[tuple[str, str]] = []

    def __call__(self, what: str, _backend: int, _limits: list[int]) -> Deaf:
        self.asked.append((what, os.environ[OPTIONS].partition("|")[0]))
        self.let.wait()
        return self

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return False

    def release(self) -> None: ...


def test_a_stream_is_opened_while_another_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OPTIONS, raising=False)
    deaf = Deaf()
    monkeypatch.setattr(load_cv2(), "VideoCapture", deaf)

    def opening(what: str, transport: str) -> threading.Thread:
        thread = threading.Thread(target=open_capture, args=(what, transport, 1.0), daemon=True)
        thread.start()
        return thread

    threads = [opening("a", "tcp")]
    wait_until(lambda: deaf.asked == [("a", "rtsp_transport;tcp")], "the first is asked")
    threads.append(opening("b", "tcp"))
    wait_until(lambda: len(deaf.asked) == 2, "the second is asked meanwhile")
    threads.append(opening("c", "udp"))
    deaf.let.set()
    for thread in threads:
        thread.join()
    assert sorted(deaf.asked) == [
        ("a", "rtsp_transport;tcp"),
        ("b", "rtsp_transport;tcp"),
        ("c", "rtsp_transport;udp"),
    ]
    assert OPTIONS not in os.environ
