"""A camera's web server on loopback, which answers as a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
from PIL import Image

from tui.camera.frame import FrameSource

Script = Callable[[BaseHTTPRequestHandler], None]


def jpeg(grey: int) -> bytes:
    buffer = BytesIO()
    Image.fromarray(np.full((16, 24, 3), grey, np.uint8)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


class WebServer:
    """Answers every request with the script that a test sets."""

    def __init__(self) -> None:
        self.script: Script = lambda _: None
        self.hang = threading.Event()
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.paths.append(self.path)
                with suppress(ConnectionError, TimeoutError):
                    outer.script(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    def stop(self) -> None:
        self.hang.set()
        self._http.shutdown()
        self._http.server_close()


def begin(handler: BaseHTTPRequestHandler, content_type: str = "multipart/x-mixed-replace; boundary=frame") -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", content_type)
    handler.end_headers()


def part(data: bytes, *, length: bool = True, boundary: bytes = b"frame") -> bytes:
    head = b"--" + boundary + b"\r\nContent-Type: image/jpeg\r\n"
    if length:
        head += b"Content-Length: %d\r\n" % len(data)
    return head + b"\r\n" + data + b"\r\n"


def greys(source: FrameSource, count: int) -> list[int]:
    return [int(source.read().image[8, 8, 0]) for _ in range(count)]
