"""Servers: a web camera's on loopback, and GStreamer's real one for RTSP, where the system has it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.camera.rtsp_running import PYTHON, Serve, Server
from tests.camera.web_server import WebServer

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
