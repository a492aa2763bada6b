"""Pictures in a web camera's answer, however it wraps them, and what is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.camera.web_server import WebServer, begin, greys, jpeg, part
from tui.camera.live import LiveSource
from tui.camera.web import open_web
from tui.errors import SourceError


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("declared", ["frame", '"frame"', "--frame"])
def test_frames_arrive_whatever_the_camera_makes_of_the_boundary(
    server: WebServer, length: bool, declared: str
) -> None:
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


def test_a_boundary_right_behind_the_picture(server: WebServer) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(b"--frame\r\n\r\n" + jpeg(80) + b"--frame\r\n\r\n")
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert abs(int(source.read().image[0, 0, 0]) - 80) <= 1
    source.close()


def test_single_damaged_pictures_are_passed_over_but_not_without_end(server: WebServer) -> None:
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
def test_a_stream_without_pictures_is_given_up(server: WebServer, garbage: bytes) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        handler.wfile.write(garbage)
        server.hang.wait(10)

    server.script = script
    with pytest.raises(SourceError, match="is multipart/x-mixed-replace, neither a picture nor a motion-JPEG stream"):
        open_web(server.url).read()  # the former may find it out already


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
    server: WebServer, wrapping: str, picture: Callable[[int], bytes], chunked: bool
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


def encoded(grey: int, kind: str) -> bytes:
    buffer = BytesIO()
    Image.fromarray(np.full((4, 4, 3), grey, np.uint8)).save(buffer, kind)
    return buffer.getvalue()


TEXT_PART = b"--frame\r\nContent-Type: text/plain\r\n\r\nall is well\r\n"


@pytest.mark.parametrize(
    ("announced", "before", "header"),
    [
        (MULTIPART, b"", b"Content-Type: image/png\r\nContent-Length: %d"),
        (MULTIPART, b"", b"Content-Type: image/png\r\nContent-Length: 9%d"),
        (MULTIPART, b"", b"Content-Type: image/png\r\nContent-Length: 999999%d"),
        (MULTIPART, b"", b"Content-Type: image/jpeg\r\nContent-Length: %d"),
        (MULTIPART, b"", b"Content-Length: %d"),
        (MULTIPART, TEXT_PART, b"Content-Type: image/png\r\nContent-Length: %d"),
        ("multipart/x-mixed-replace", b"", b"Content-Type: image/png\r\nContent-Length: %d"),
        ("multipart/x-mixed-replace; boundary=other", b"", b"Content-Type: image/png\r\nContent-Length: %d"),
    ],
    ids=["as it should", "longer", "far longer", "of another kind", "no kind", "after words", "unannounced", "other"],
)
def test_parts_that_are_other_pictures(server: WebServer, announced: str, before: bytes, header: bytes) -> None:
    go_on = threading.Semaphore(1)

    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, announced)
        for grey in [50, 100]:
            assert go_on.acquire(timeout=5)
            data = encoded(grey, "PNG")
            part = b"--frame\r\n" + header % len(data) + b"\r\n\r\n" + data + b"\r\n"
            # The next boundary, for parts whose length is wrong.
            handler.wfile.write(before + part + b"--frame\r\n\r\n" * (b"9%d" in header))
        server.hang.wait(10)

    server.script = script
    source = open_web(server.url)
    assert int(source.read().image[0, 0, 0]) == 50
    go_on.release()
    assert int(source.read().image[0, 0, 0]) == 100
    source.close()


def test_an_address_that_gives_an_avif(server: WebServer) -> None:
    if "AVIF" not in Image.registered_extensions().values():
        pytest.skip("this Pillow has no AVIF")

    def script(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, "image/avif")
        handler.wfile.write(encoded(100, "AVIF"))

    server.script = script
    source = open_web(server.url)
    assert abs(int(source.read().image[0, 0, 0]) - 100) <= 2
    source.close()
