"""HTTP pictures and motion JPEG against a loopback server that behaves, stops, hangs and lies."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.camera.closing import assert_close_wakes_the_read
from tests.camera.proxy import Proxy
from tui.camera.frame import FrameSource
from tui.camera.live import LiveSource, NotYet
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
    source = open_web(server.url, timeout_s=0.2)
    with pytest.raises(SourceError, match=r"no answer within 0\.2 s"):
        source.read()
    source.close()


def test_single_damaged_pictures_are_passed_over_but_not_without_end(server: Server) -> None:
    whole = jpeg(90)
    damaged = whole[:2] + whole[whole.index(b"\xff\xda") :]  # without its tables and size
    seen = threading.Event()

    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(part(b"noise") + part(damaged) + part(jpeg(90)))
        seen.wait(10)
        while not server.hang.wait(0.01):  # the newest wins: one that is not looked at counts for nothing
            handler.wfile.write(part(damaged))

    server.script = script
    source = open_web(server.url, timeout_s=1.0)
    assert abs(greys(source, 1)[0] - 90) <= 1
    seen.set()
    with pytest.raises(SourceError, match="10 pictures in a row were like that"):
        source.read()
    source.close()


@pytest.mark.parametrize(
    "garbage", [b"no marks \n" * 200_000, b"--frame\r\n" + b"x: y\r\n" * 200_000], ids=["no marks", "headers for ever"]
)
def test_a_stream_without_pictures_is_given_up(server: Server, garbage: bytes) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(garbage)
        server.hang.wait(10)

    server.script = script
    with pytest.raises(SourceError, match="is multipart/x-mixed-replace, neither a picture nor a motion-JPEG stream"):
        open_web(server.url).read()  # the former may find it out already


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
    with pytest.raises(SourceError, match="is application/octet-stream, neither a picture"):
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
    source.close()
    with pytest.raises(SourceError, match=r"refused \(HTTP 401\), user or password is wrong") as caught:
        open_web(server.url.replace("//", "//me:wr0ng@"))
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(SourceError, match=r"refused \(HTTP 401\); give user and password"):
        open_web(server.url)


def test_nobody_listens(server: Server) -> None:
    server.stop()
    source = open_web(server.url)
    assert source.info.live, "so that it is tried again"
    with pytest.raises(NotYet, match=f"connection refused; nothing listens on port {server.port}"):
        source.read()
    source.close()


@pytest.mark.parametrize(("spec", "words"), [("http:///x", "without a host"), ("http://h:port/", "not an address")])
def test_broken_addresses(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_web(spec)


TEXT = b"Content-Type: image/jpeg\r\n"


def with_thumbnail(picture: bytes) -> bytes:
    exif = b"Exif\0\0" + jpeg(255)
    return picture[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + picture[2:]


def large(grey: int) -> bytes:
    pixels = np.random.default_rng(grey).integers(0, 256, (400, 500, 3), dtype=np.uint8)
    pixels[:16, :16] = grey
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=100)
    assert len(buffer.getvalue()) > 256 * 1024
    return buffer.getvalue()


MULTIPART = "multipart/x-mixed-replace; boundary=frame"
WRAPPINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "no boundary before the first part": (MULTIPART, lambda p: TEXT + b"\r\n" + p + b"\r\n--frame\r\n"),
    "no dashes": (MULTIPART, lambda p: b"frame\r\n" + TEXT + b"\r\n" + p + b"\r\n"),
    "another boundary": (MULTIPART, lambda p: b"--other\r\n" + TEXT + b"\r\n" + p + b"\r\n"),
    "no boundary announced": ("multipart/x-mixed-replace", lambda p: b"--x\r\n" + TEXT + b"\r\n" + p + b"\r\n"),
    "an extra blank line": (MULTIPART, lambda p: b"--frame\r\n" + TEXT + b"\r\n\r\n" + p + b"\r\n"),
    "length 0": (MULTIPART, lambda p: b"--frame\r\n" + TEXT + b"Content-Length: 0\r\n\r\n" + p + b"\r\n"),
    "length too small": (MULTIPART, lambda p: b"--frame\r\n" + TEXT + b"Content-Length: 9\r\n\r\n" + p + b"\r\n"),
    "length too large": (MULTIPART, lambda p: b"--frame\r\n" + TEXT + b"Content-Length: 99999\r\n\r\n" + p + b"\r\n"),
    "no end marker": (MULTIPART, lambda p: b"--frame\r\n" + TEXT + b"\r\n" + p[:-2] + b"\r\n"),
    "other headers": (MULTIPART, lambda p: b"--frame\r\nX-Time: 1\r\nfoo\r\nContent-type:image/jpg\r\n\r\n" + p),
    "line feeds": (MULTIPART, lambda p: b"--frame\nContent-Type: image/jpeg\n\n" + p + b"\n"),
    "endless image/jpeg": ("image/jpeg", lambda p: p),
    "no content type": ("", lambda p: b"--frame\r\n" + TEXT + b"\r\n" + p + b"\r\n"),
    "text/html": ("text/html", lambda p: b"--frame\r\n" + TEXT + b"\r\n" + p + b"\r\n"),
    "thumbnails": (MULTIPART, lambda p: b"--x\r\n\r\n" + with_thumbnail(p) + b"\r\n"),
}


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("picture", [jpeg, large])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_motion_jpeg_that_others_read(
    server: Server, wrapping: str, picture: Callable[[int], bytes], chunked: bool
) -> None:
    content_type, wrap = WRAPPINGS[wrapping]
    # Without an end marker a picture is whole when the next one begins.
    go_on = threading.Semaphore(2 if wrapping == "no end marker" else 1)

    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        if content_type:
            handler.send_header("Content-Type", content_type)
        if chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for grey in [50, 100, 150, 200]:
            assert go_on.acquire(timeout=5)
            data = wrap(picture(grey))
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    for grey in [50, 100, 150]:
        assert abs(int(source.read().image[4, 4, 0]) - grey) <= 2
        go_on.release()
    source.close()


def test_parts_that_are_other_pictures(server: Server) -> None:
    def png(grey: int) -> bytes:
        buffer = BytesIO()
        Image.fromarray(np.full((4, 4, 3), grey, np.uint8)).save(buffer, "PNG")
        return buffer.getvalue()

    go_on = threading.Semaphore(1)

    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        for grey in [50, 100]:
            assert go_on.acquire(timeout=5)
            data = png(grey)
            handler.wfile.write(b"--frame\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert int(source.read().image[0, 0, 0]) == 50
    go_on.release()
    assert int(source.read().image[0, 0, 0]) == 100
    source.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("length", ["right", "none", "too large"])
def test_a_snapshot_is_asked_for_again_and_again(server: Server, kind: str, length: str) -> None:
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


def test_a_server_that_comes_up_later(server: Server) -> None:
    server.script = lambda handler: handler.send_error(503)
    source = open_web(server.url)
    with pytest.raises(NotYet, match="the camera does not serve it now"):
        source.read()
    source.close()


def test_a_password_goes_along_to_the_same_host_and_to_no_other(server: Server) -> None:
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


def test_what_was_held_up_on_its_way_is_not_given_as_new(server: Server) -> None:
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
