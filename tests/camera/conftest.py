"""Servers: a web camera's on loopback, and GStreamer's real one for RTSP, where the system has it; commands watched."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.camera.rtsp_running import PYTHON, Serve, Server
from tests.camera.stand_in import is_there, starts
from tests.camera.web_server import WebServer
from tests.fakes import wait_until
from tui.camera import command, process

ELEMENTS = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert all(map(Gst.ElementFactory.find, ["x264enc", "rtph264pay", "capssetter"]))
"""


@pytest.fixture(scope="module")
def gstreamer() -> None:
    try:
        subprocess.run([PYTHON, "-c", ELEMENTS], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("no RTSP server: python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-{good,bad,ugly}")


@pytest.fixture
def serve(gstreamer: None) -> Iterator[Serve]:  # noqa: ARG001  # its skip counts
    started: list[Server] = []

    def start(pipeline: str, *login: str, port: int = 0) -> Server:
        started.append(Server(pipeline, *login, port=port))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = WebServer()
    yield server
    server.stop()


@pytest.fixture
def nothing_is_left(tmp_path: Path) -> Iterator[None]:
    """After each test, none of its programs runs or waits to be buried, and no file is open that was not before."""
    before = _open_files()
    yield
    wait_until(lambda: not any(map(is_there, starts(tmp_path))), "all programs have ended and are buried")
    wait_until(lambda: _open_files() <= before, "all pipes are closed")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience that a test can wait for."""
    monkeypatch.setattr(process, "PATIENCE_S", 0.2)
    monkeypatch.setattr(command, "_STALL_S", 0.5)


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
