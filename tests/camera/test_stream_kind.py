"""Streams of pictures told by their first bytes, in whatever pieces they come."""

from __future__ import annotations

import numpy as np
import pytest

from tests.camera.stand_in import colour_image, encoded
from tui.camera.stream_kind import PictureStream
from tui.camera.y4m import parse_header
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

RED, GREEN, BLUE = colour_image(200, 40, 40), colour_image(40, 180, 40), colour_image(30, 30, 200)
THREE = (RED, GREEN, BLUE)


def with_thumbnail(image: RGBImage) -> bytes:
    """A JPEG with another JPEG, ends and all, in its EXIF block."""
    thumbnail = encoded(colour_image(0, 0, 0, 8, 8))
    body = b"Exif\0\0" + thumbnail
    picture = encoded(image)
    return picture[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + picture[2:]


def without_tables(image: RGBImage) -> bytes:
    """A JPEG without its Huffman tables, as UVC cameras send it: they are the usual ones."""
    data = encoded(image, optimize=False)
    kept, at = bytearray(data[:2]), 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] != 0xC4:
            kept += data[at:end]
        at = end
    assert len(kept) + len(data) - at < len(data) - 400
    return bytes(kept) + data[at:]


def multipart(images: tuple[RGBImage, ...], kind: str, *, length: bool, said: str = "") -> bytes:
    parts = []
    for image in images:
        data = encoded(image, kind)
        size = f"Content-Length: {len(data)}\r\n" if length else ""
        said = said or f"image/{kind.lower()}"
        parts.append(f"--frame\r\nContent-Type: {said}\r\n{size}\r\n".encode() + data + b"\r\n")
    return b"".join(parts) + b"--frame--\r\n"


STREAMS = {
    "jpeg": b"".join(map(encoded, THREE)),
    "jpeg with thumbnails": b"".join(map(with_thumbnail, THREE)),
    "jpeg without tables": b"".join(map(without_tables, THREE)),
    "jpeg after words": b"GST_ARGUS: Creating output stream\nCONSUMER: Producer has connected\n"
    + b"".join(map(encoded, THREE)),
    "multipart": multipart(THREE, "JPEG", length=True),
    "multipart without lengths": b"\r\n" + multipart(THREE, "JPEG", length=False),
    "multipart of png": multipart(THREE, "PNG", length=True),
    "multipart of png without lengths": multipart(THREE, "PNG", length=False),
    "multipart of png that says jpeg, as ffmpeg -c:v png -f mpjpeg writes it": multipart(
        THREE, "PNG", length=True, said="image/jpeg"
    ),
    "multipart after a header": b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=frame\r\n\r\n"
    + multipart(THREE, "JPEG", length=True),
    "png": b"".join(encoded(each, "PNG") for each in THREE),
    "ppm": b"".join(encoded(each, "PPM") for each in THREE),
    "ppm with comments": b"".join(
        b"P6\n# made by hand\n64 48\n255\n" + each.tobytes() for each in THREE
    ),
}  # fmt: skip


def pictures_of(data: bytes, piece: int) -> list[RGBImage]:
    stream = PictureStream()
    found = [each for at in range(0, len(data), piece) for each in stream.feed(data[at : at + piece])]
    return [each.decode(each.data, "it") for each in (*found, *stream.finish())]


@pytest.mark.parametrize("piece", [1, 13, 1_000_000])
@pytest.mark.parametrize("name", STREAMS)
def test_all_pictures_come_out_however_the_bytes_are_cut(name: str, piece: int) -> None:
    found = pictures_of(STREAMS[name], piece)
    assert len(found) == 3
    for image, expected in zip(found, THREE, strict=True):
        assert image.shape == expected.shape
        np.testing.assert_allclose(image.reshape(-1, 3).mean(axis=0), expected[0, 0], atol=4)


def planes(luma: int, u: int, v: int, sizes: tuple[tuple[int, int], ...], kind: str = "u1", shift: int = 0) -> bytes:
    values = (luma, u, v, 77)
    return b"".join(np.full(size, values[k] << shift, kind).tobytes() for k, size in enumerate(sizes))


FULL, HALF, QUARTER, ACROSS = (7, 9), (4, 5), (7, 3), (7, 5)
"""Rows and columns of planes; odd on purpose."""


@pytest.mark.parametrize(
    ("colour", "sizes"),
    [
        ("", (FULL, HALF, HALF)),
        ("C420", (FULL, HALF, HALF)),
        ("C420jpeg", (FULL, HALF, HALF)),
        ("C420mpeg2", (FULL, HALF, HALF)),
        ("C420paldv", (FULL, HALF, HALF)),
        ("C422", (FULL, ACROSS, ACROSS)),
        ("C411", (FULL, QUARTER, QUARTER)),
        ("C444", (FULL, FULL, FULL)),
        ("C444alpha", (FULL, FULL, FULL, FULL)),
    ],
)
@pytest.mark.parametrize("piece", [1, 100_000])
def test_yuv_in_its_kinds(colour: str, sizes: tuple[tuple[int, int], ...], piece: int) -> None:
    # BT.601, limited range: red is Y 81, U 90, V 240; green is 145, 54, 34 (Poynton).
    header = f"YUV4MPEG2 W9 H7 F30:1 Ip A1:1 {colour}\n".encode()
    data = header + b"FRAME\n" + planes(81, 90, 240, sizes) + b"FRAME Ippp XFOO=1\n" + planes(145, 54, 34, sizes)
    red, green = pictures_of(data, piece)
    assert red.shape == (7, 9, 3)
    np.testing.assert_allclose(red.reshape(-1, 3), np.tile((255, 0, 0), (63, 1)), atol=3)
    np.testing.assert_allclose(green.reshape(-1, 3), np.tile((0, 255, 0), (63, 1)), atol=3)


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 16])
def test_deep_yuv_keeps_its_upper_bits(bits: int) -> None:
    header = f"YUV4MPEG2 W9 H7 C420p{bits} XYSCSS=420P{bits}\nFRAME\n".encode()
    (red,) = pictures_of(header + planes(81, 90, 240, (FULL, HALF, HALF), "<u2", bits - 8), 50)
    np.testing.assert_allclose(red.reshape(-1, 3), np.tile((255, 0, 0), (63, 1)), atol=3)


@pytest.mark.parametrize("size", [(8, 6), (9, 7)])
def test_even_and_odd_sizes_and_the_range_agree_with_the_definition(size: tuple[int, int]) -> None:
    width, height = size
    rng = np.random.default_rng(4)
    luma = rng.integers(16, 236, (height, width), np.uint8)
    grey = np.full((-(-height // 2), -(-width // 2)), 128, np.uint8)
    frame = b"FRAME\n" + luma.tobytes() + grey.tobytes() + grey.tobytes()
    (limited,) = pictures_of(f"YUV4MPEG2 W{width} H{height} C420jpeg\n".encode() + frame, 99)
    (full,) = pictures_of(f"YUV4MPEG2 W{width} H{height} C420jpeg XCOLORRANGE=FULL\n".encode() + frame, 99)
    for channel in range(3):
        np.testing.assert_allclose(limited[:, :, channel], (luma.astype(float) - 16) * 255 / 219, atol=1.6)
        np.testing.assert_allclose(full[:, :, channel], luma, atol=1)


def test_mono_is_grey() -> None:
    luma = np.arange(63, dtype=np.uint8).reshape(7, 9) + 60
    (image,) = pictures_of(b"YUV4MPEG2 W9 H7 Cmono XCOLORRANGE=FULL\nFRAME\n" + luma.tobytes(), 10)
    for channel in range(3):
        np.testing.assert_array_equal(image[:, :, channel], luma)


def test_a_new_header_begins_a_stream_of_another_size() -> None:
    first = b"YUV4MPEG2 W9 H7 C444\nFRAME\n" + planes(81, 90, 240, (FULL, FULL, FULL))
    second = b"YUV4MPEG2 W4 H2 Cmono\nFRAME\n" + bytes([235] * 8)
    assert [each.shape for each in pictures_of(first + second, 17)] == [(7, 9, 3), (2, 4, 3)]


def test_the_rate_is_what_the_header_says() -> None:
    stream = PictureStream()
    stream.feed(b"YUV4MPEG2 W9 H7 F30000:1001 Cmono\n")
    assert stream.rate_hz == pytest.approx(29.97, abs=0.01)
    assert parse_header(b"YUV4MPEG2 W9 H7 F0:0").rate_hz == 0


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("png", b"not a picture"), ("ppm", b"Q6 not a picture"), ("yuv", b"FRUME\n")],
)
def test_a_stream_out_of_step_is_said(name: str, wrong: bytes) -> None:
    yuv = b"YUV4MPEG2 W9 H7 C444\nFRAME\n" + planes(81, 90, 240, (FULL, FULL, FULL))
    stream = PictureStream()
    assert len(stream.feed(STREAMS.get(name, yuv))) == (1 if name == "yuv" else 3)
    with pytest.raises(SourceError, match="out of step"):
        stream.feed(wrong)


def test_pictures_that_stop_are_noticed() -> None:
    stream = PictureStream()
    stream.feed(STREAMS["jpeg"])
    for _ in range(10):
        assert stream.feed(b"z" * 100_000) == []
    with pytest.raises(SourceError, match="something else comes instead"):
        stream.feed(b"z" * 100_000)
