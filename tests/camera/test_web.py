"""HTTP pictures and motion JPEG against a loopback server that behaves, stops, hangs and lies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.camera.closing import assert_close_wakes_the_read
from tui.camera.frame import FrameSource
from tui.camera.live import LiveSource
from tui.camera.stills import StillSource
from tui.camera.web import open_web
from tui.errors import SourceEnded, SourceError

Script = Callable[[BaseHTTPRequestHandler], None]


def jpeg(grey: int) -> bytes:
    buffer = BytesIO()
    Image.fromarray(np.full((16, 24, 3), grey, np.uint8)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


class Server:
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


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Server()
    yield server
    server.stop()


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


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("declared", ["frame", '"frame"', "--frame"])
def test_frames_arrive_whatever_the_camera_makes_of_the_boundary(server: Server, length: bool, declared: str) -> None:
    go_on = threading.Semaphore(1)

    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, f"multipart/x-mixed-replace; boundary={declared}")
        for grey in [50, 100, 150, 200]:
            assert go_on.acquire(timeout=5)
            # Without a length a part ends where the next one begins.
            handler.wfile.write(part(jpeg(grey), length=length) + (b"" if length else b"--frame\r\n\r\nx\r\n"))
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert isinstance(source, LiveSource)
    assert source.info.live
    assert source.info.label == f"127.0.0.1:{server.port}"
    seen = []
    for _ in range(4):
        seen += greys(source, 1)
        go_on.release()
    source.close()
    assert seen == [50, 100, 150, 200]


def test_a_boundary_right_behind_the_picture(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(b"--frame\r\n\r\n" + jpeg(80) + b"--frame\r\n\r\n")
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert abs(int(source.read().image[0, 0, 0]) - 80) <= 1
    source.close()


def test_a_stream_that_stops_says_so(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(part(jpeg(10)) + part(jpeg(20))[:200])

    server.script = script
    source = open_web(server.url)
    assert source.read().image.shape == (16, 24, 3)
    with pytest.raises(SourceError, match="stream closed by the other side") as caught:
        source.read()
    assert not isinstance(caught.value, SourceEnded)
    source.close()


def test_a_stream_that_hangs_is_given_up(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(part(jpeg(10)))
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url, timeout_s=0.5)
    source.read()
    with pytest.raises(SourceError, match=r"the stream stands still, no data for 0\.5 s"):
        source.read()
    source.close()


def test_close_wakes_a_read_from_a_stream_that_hangs(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert_close_wakes_the_read(source)


def test_a_server_that_never_answers(server: Server) -> None:
    def script(_: BaseHTTPRequestHandler) -> None:
        server.hang.wait(10)

    server.script = script
    with pytest.raises(SourceError, match=r"no answer within 0\.5 s"):
        open_web(server.url, timeout_s=0.5)


def test_single_bad_parts_are_passed_over_but_not_garbage_without_end(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(part(b"noise") + part(jpeg(90)[:100]) + part(jpeg(90)))
        handler.wfile.write(part(b"noise") * 20)
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert abs(greys(source, 1)[0] - 90) <= 1
    with pytest.raises(SourceError, match=r"not a picture.*10 parts of the stream in a row"):
        source.read()
    source.close()


@pytest.mark.parametrize(
    ("garbage", "words"),
    [
        (b"\xff\xd8 no marks \n" * 40_000, "its parts are never marked"),
        (b"--frame\r\n" + b"x: y\r\n" * 60_000, "header never ends"),
        (b"--frame\r\nContent-Length: 99999999999\r\n\r\n", "a part of 99999999999 bytes"),
    ],
)
def test_garbage_is_told_apart(server: Server, garbage: bytes, words: str) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(garbage)
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    with pytest.raises(SourceError, match=words):
        source.read()
    source.close()


def test_a_single_picture_is_a_still(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, "image/jpeg")
        handler.wfile.write(jpeg(120))

    server.script = script
    source = open_web(server.url)
    assert isinstance(source, StillSource)
    assert source.info.still
    assert source.info.label == "video"
    assert abs(greys(source, 1)[0] - 120) <= 1


def test_what_is_neither_picture_nor_stream_is_named(server: Server) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, "text/html; charset=utf-8")
        handler.wfile.write(b"<html>")

    server.script = page
    with pytest.raises(SourceError, match="is text/html, neither a picture nor a motion-JPEG stream"):
        open_web(server.url)

    def junk(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, "application/octet-stream")
        handler.wfile.write(b"junk" * 100)

    server.script = junk
    with pytest.raises(SourceError, match="not a picture"):
        open_web(server.url)


def test_http_errors_are_named(server: Server) -> None:
    server.script = lambda handler: handler.send_error(404)
    with pytest.raises(SourceError, match="HTTP 404 Not Found; check the address"):
        open_web(server.url)


def test_a_password_is_sent_and_never_shown(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("Authorization") == "Basic bWU6czNjcmV0":  # me:s3cret
            begin(handler, "image/jpeg")
            handler.wfile.write(jpeg(1))
            return
        handler.send_response(401)
        handler.send_header("WWW-Authenticate", 'Basic realm="camera"')
        handler.end_headers()

    server.script = script
    source = open_web(server.url.replace("//", "//me:s3cret@"))
    assert "s3cret" not in source.info.label
    with pytest.raises(SourceError, match=r"refused \(HTTP 401\); give user and password") as caught:
        open_web(server.url.replace("//", "//me:wr0ng@"))
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(SourceError, match="HTTP 401"):
        open_web(server.url)


def test_digest_logins_are_answered(server: Server) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("Authorization", "").startswith('Digest username="me", realm="camera"'):
            begin(handler, "image/jpeg")
            handler.wfile.write(jpeg(1))
            return
        handler.send_response(401)
        handler.send_header("WWW-Authenticate", 'Digest realm="camera", nonce="n0nce", qop="auth"')
        handler.end_headers()

    server.script = script
    assert open_web(server.url.replace("//", "//me:s3cret@")).info.still


def test_nobody_listens(server: Server) -> None:
    server.stop()
    with pytest.raises(SourceError, match=f"connection refused; nothing listens on port {server.port}"):
        open_web(server.url)


@pytest.mark.parametrize(("spec", "words"), [("http:///x", "without a host"), ("http://h:port/", "not an address")])
def test_broken_addresses(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_web(spec)
