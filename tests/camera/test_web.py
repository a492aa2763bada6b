"""Web cameras on loopback that behave, stop, hang and lie: streams, snapshots, passwords, addresses."""

from __future__ import annotations

import itertools
import threading
import time
from http.server import BaseHTTPRequestHandler
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.camera.closing import assert_close_wakes_the_read
from tests.camera.proxy import Proxy
from tests.camera.web_server import WebServer, begin, greys, jpeg, part
from tui.camera.frame import FrameSource
from tui.camera.live import NotYet
from tui.camera.web import open_web
from tui.errors import SourceEnded, SourceError


def test_a_stream_that_stops_says_so(server: WebServer) -> None:
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


def test_a_stream_that_hangs_is_given_up(server: WebServer) -> None:
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


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r\n\r\n"
        + jpeg(9)
        + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + jpeg(9)[:300],
    ],
    ids=["header", "stream", "picture"],
)
def test_a_server_that_sends_a_byte_now_and_then_holds_nothing_after_close(server: WebServer, beginning: bytes) -> None:
    asked, left = threading.Event(), threading.Event()

    def script(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(beginning)
            while not server.hang.wait(0.01):
                handler.wfile.write(b" ")
                asked.set()
        except ConnectionError:
            left.set()

    server.script = script
    before = set(threading.enumerate())
    opened: list[FrameSource] = []
    opening = threading.Thread(target=lambda: opened.append(open_web(server.url, timeout_s=0.5)))
    opening.start()
    assert asked.wait(5)
    opening.join(5)
    reading = [each for each in set(threading.enumerate()) - before if each.name == "tui-camera"]
    assert len(reading) == 1
    opened[0].close()
    assert left.wait(5), "the connection is still there"
    reading[0].join(5)
    assert not reading[0].is_alive()


def test_close_wakes_a_read_from_a_stream_that_hangs(server: WebServer) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert_close_wakes_the_read(source)


def test_a_server_that_never_answers(server: WebServer) -> None:
    def script(_: BaseHTTPRequestHandler) -> None:
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url, timeout_s=0.2)
    with pytest.raises(SourceError, match=r"no answer within 0\.2 s"):
        source.read()
    source.close()


def test_what_is_neither_picture_nor_stream_is_named(server: WebServer) -> None:
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
    with pytest.raises(SourceError, match="is application/octet-stream, neither a picture"):
        open_web(server.url)


def test_http_errors_are_named(server: WebServer) -> None:
    server.script = lambda handler: handler.send_error(404)
    with pytest.raises(SourceError, match="HTTP 404 Not Found; check the address"):
        open_web(server.url)


def test_a_password_is_sent_and_never_shown(server: WebServer) -> None:
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
    source.close()
    with pytest.raises(SourceError, match=r"refused \(HTTP 401\), user or password is wrong") as caught:
        open_web(server.url.replace("//", "//me:wr0ng@"))
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(SourceError, match=r"refused \(HTTP 401\); give user and password"):
        open_web(server.url)


def test_nobody_listens(server: WebServer) -> None:
    server.stop()
    source = open_web(server.url)
    assert source.info.live, "so that it is tried again"
    with pytest.raises(NotYet, match=f"connection refused; nothing listens on port {server.port}"):
        source.read()
    source.close()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("http:///x", "without a host"),
        ("http://h:port/", "not an address"),
        ("http://a..b/", "no machine can be called a..b"),
        (f"http://{'x' * 70}/", "no machine can be called"),
        ("http://h\udcff/", "no machine can be called"),
        ("http://a b/", "no machine can be called"),
    ],
)
def test_broken_addresses(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_web(spec)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("length", ["right", "none", "too large"])
def test_a_snapshot_is_asked_for_again_and_again(server: WebServer, kind: str, length: str) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        buffer = BytesIO()
        Image.fromarray(np.full((16, 16, 3), 10 * len(server.paths), np.uint8)).save(buffer, kind)
        data = buffer.getvalue()
        handler.send_response(200)
        handler.send_header("Content-Type", f"image/{kind.lower()}")
        if length != "none":
            handler.send_header("Content-Length", str(len(data) + 100 * (length == "too large")))
        handler.end_headers()
        handler.wfile.write(data)

    server.script = script
    source = open_web(server.url)
    assert source.info.live
    assert not source.info.still
    seen = greys(source, 3)
    source.close()
    assert all(later - earlier >= 9 for earlier, later in itertools.pairwise(seen))


def test_a_server_that_comes_up_later(server: WebServer) -> None:
    server.script = lambda handler: handler.send_error(503)
    source = open_web(server.url)
    with pytest.raises(NotYet, match="the camera does not serve it now"):
        source.read()
    source.close()


def test_a_password_goes_along_to_the_same_host_and_to_no_other(server: WebServer) -> None:
    sent: dict[str, str | None] = {}

    def script(handler: BaseHTTPRequestHandler) -> None:
        sent[handler.path] = handler.headers.get("Authorization")
        if handler.path in {"/video", "/away"}:
            host = "localhost" if handler.path == "/away" else "127.0.0.1"
            handler.send_response(302)
            handler.send_header("Location", f"http://{host}:{server.port}/moved{handler.path}")
            handler.end_headers()
        elif handler.headers.get("Authorization"):
            begin(handler, "image/jpeg")
            handler.wfile.write(jpeg(1))
        else:
            handler.send_response(401)
            handler.send_header("WWW-Authenticate", 'Basic realm="camera"')
            handler.end_headers()

    server.script = script
    address = server.url.replace("//", "//me:s3cret@")
    source = open_web(address)
    assert source.read().image.shape == (16, 24, 3)
    source.close()
    assert sent["/moved/video"] == "Basic bWU6czNjcmV0"
    with pytest.raises(SourceError, match="the password is not given to others"):
        open_web(address.replace("/video", "/away"))
    assert sent["/moved/away"] is None


def test_what_was_held_up_on_its_way_is_not_given_as_new(server: WebServer) -> None:
    """Ten pictures a second whose brightness is their time; the line stands still for two seconds."""
    begun_s = time.monotonic()

    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        while not server.hang.wait(0.1):
            handler.wfile.write(part(jpeg(round(10 * (time.monotonic() - begun_s)))))

    server.script = script
    proxy = Proxy(server.port)
    source = open_web(f"http://127.0.0.1:{proxy.port}/video")
    try:

        def age_s() -> float:
            frame = source.read()
            return frame.captured_at_s - begun_s - int(frame.image[8, 8, 0]) / 10

        for _ in range(10):
            assert age_s() < 0.5
        proxy.stand_still()
        threading.Timer(2.0, proxy.go_on).start()
        ages_s = [age_s() for _ in range(15)]
        assert max(ages_s) < 0.5
    finally:
        source.close()
        proxy.close()
