"""Kinds of picture file: the right one of several, the bits in use, and a remedy for what is not read."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tui.camera.imread import is_picture, read_noted, read_picture
from tui.errors import InputError


def gradient(width: int = 64, height: int = 48) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns * 4, rows * 5, (rows + columns) * 2], axis=2).astype(np.uint8)


def png16(path: Path, values: np.ndarray, *, kind: int, sbit: bytes = b"") -> Path:
    """A 16-bit PNG written by hand: kind 0 is grey, 2 colour, 4 grey with alpha, 6 colour with alpha."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0))
    bits = chunk(b"sBIT", sbit) if sbit else b""
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + bits + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("kind", [0, 2, 4, 6])
def test_the_bits_in_use_are_shown(tmp_path: Path, bits: int, kind: int) -> None:
    eight = gradient()
    deep = eight.astype(np.uint16) << (bits - 8) | 1
    channels = {0: deep[:, :, :1], 2: deep, 4: deep[:, :, :1], 6: deep}[kind]
    if kind in (4, 6):
        channels = np.dstack([channels, np.full(channels.shape[:2], (1 << bits) - 1, np.uint16)])
    expected = eight if kind in (2, 6) else np.repeat(eight[:, :, :1], 3, axis=2)
    found = read_noted(png16(tmp_path / "a.png", channels, kind=kind))
    np.testing.assert_array_equal(found.image, expected)
    assert found.note == f"{bits} of its 16 bits are in use, and shown"


def test_what_the_file_says_of_its_bits_comes_before_its_values(tmp_path: Path) -> None:
    dark = gradient()[:, :, :1].astype(np.uint16) * 3  # below 1024, yet of a sensor with 12 bits
    found = read_noted(png16(tmp_path / "a.png", dark, kind=0, sbit=b"\x0c"))
    assert int(found.image.max()) == int(dark.max()) >> 4
    full = gradient()[:, :, :1].astype(np.uint16) << 8  # moved up to the left end, as the standard has it
    found = read_noted(png16(tmp_path / "b.png", full, kind=0, sbit=b"\x0c"))
    np.testing.assert_array_equal(found.image[:, :, 0], gradient()[:, :, 0])
    assert found.note == ""


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_a_tiff_of_twelve_bits(tmp_path: Path, compression: str | None) -> None:
    deep = gradient()[:, :, 1].astype(np.uint16) << 4
    Image.fromarray(deep).save(tmp_path / "a.tif", compression=compression)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif")[:, :, 2], gradient()[:, :, 1])


def test_colour_tiffs_of_twelve_bits(tmp_path: Path) -> None:
    import cv2

    deep = gradient().astype(np.uint16) << 4
    for number, flags in enumerate([[cv2.IMWRITE_TIFF_COMPRESSION, 1], [cv2.IMWRITE_TIFF_COMPRESSION, 5]]):
        path = tmp_path / f"{number}.tif"
        assert cv2.imwrite(str(path), deep[:, :, ::-1], flags)
        np.testing.assert_array_equal(read_picture(path), gradient())


def test_white_may_be_zero(tmp_path: Path) -> None:
    deep = gradient()[:, :, 1].astype(np.uint16) << 8
    tags = ImageFileDirectory_v2()
    tags[262] = 0
    Image.fromarray(65535 - deep).save(tmp_path / "a.tif", tiffinfo=tags)
    np.testing.assert_allclose(read_picture(tmp_path / "a.tif")[:, :, 0], gradient()[:, :, 1], atol=1)


def test_orientation_holds_for_deep_pictures(tmp_path: Path) -> None:
    exif = Image.Exif()
    deep = gradient()[:, :, 0].astype(np.uint16) << 8
    for orientation in range(1, 9):
        exif[0x0112] = orientation
        Image.fromarray(deep).save(tmp_path / "deep.png", exif=exif)
        Image.fromarray(gradient()[:, :, 0]).save(tmp_path / "eight.png", exif=exif)
        np.testing.assert_array_equal(read_picture(tmp_path / "deep.png"), read_picture(tmp_path / "eight.png"))


def test_the_case_of_twelve_bits_looks_like_its_jpeg(shared: Path) -> None:
    right = read_noted(shared / "cases" / "base.jpg")
    found = read_noted(shared / "cases" / "mono12.png")
    assert right.note == ""
    assert "12 of its 16 bits" in found.note
    grey = np.asarray(Image.fromarray(right.image).convert("L"), np.float64)
    assert np.abs(grey - found.image[:, :, 0]).mean() < 2


def test_floats_within_one_are_kept_and_others_stretched_with_a_word(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.0, 0.5], [1.0, 0.25]], np.float32)).save(tmp_path / "a.tif")
    found = read_noted(tmp_path / "a.tif")
    assert found.image[:, :, 0].tolist() == [[0, 128], [255, 64]]
    assert found.note == ""
    Image.fromarray(np.array([[-2.0, 0.0], [6.0, 2.0]], np.float32)).save(tmp_path / "b.tif")
    assert "from -2 to 6 are shown from black to white" in read_noted(tmp_path / "b.tif").note


def test_one_bit_and_transparent_palettes(tmp_path: Path) -> None:
    Image.fromarray(gradient()[:, :, 0] > 100).save(tmp_path / "one.png")
    assert set(np.unique(read_picture(tmp_path / "one.png"))) == {0, 255}
    indexed = Image.fromarray(np.full((30, 30, 3), (200, 100, 50), np.uint8)).quantize(4)
    indexed.save(tmp_path / "p.png", transparency=0)
    assert read_picture(tmp_path / "p.png")[5, 5].tolist() == [200, 100, 50]


def test_black_is_mentioned(tmp_path: Path) -> None:
    Image.fromarray(gradient() // 20).save(tmp_path / "dark.png")
    assert "nearly black" in read_noted(tmp_path / "dark.png").note
    Image.fromarray(gradient()).save(tmp_path / "fine.png")
    assert read_noted(tmp_path / "fine.png").note == ""


def test_the_largest_page_of_a_tiff_is_taken(tmp_path: Path) -> None:
    thumbnail = Image.fromarray(gradient()[::4, ::4])
    thumbnail.save(tmp_path / "a.tif", save_all=True, append_images=[Image.fromarray(gradient())])
    found = read_noted(tmp_path / "a.tif")
    np.testing.assert_array_equal(found.image, gradient())
    assert found.note == "the largest of its 2 pages is shown"


def test_pages_are_counted(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.roll(gradient(), k, axis=1)) for k in range(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    found = read_noted(tmp_path / "a.tif")
    np.testing.assert_array_equal(found.image, gradient())
    assert found.note == "page 1 of 3 is shown"


def with_full_below(small: np.ndarray, full: np.ndarray, photometric: int) -> bytes:
    """A DNG-like TIFF: a thumbnail first, the full picture in a directory below it (SubIFDs)."""

    def entry(tag: int, kind: int, value: int) -> bytes:
        return struct.pack("<HHII", tag, kind, 1, value)

    def directory(pixels: np.ndarray, offset: int, more: list[bytes], photometric: int) -> bytes:
        height, width = pixels.shape[:2]
        tags = [
            entry(256, 4, width),
            entry(257, 4, height),
            entry(258, 3, 8),
            entry(259, 3, 1),
            entry(262, 3, photometric),
            entry(273, 4, offset),
            entry(277, 3, 1),
            entry(278, 4, height),
            entry(279, 4, pixels.size),
            *more,
        ]
        tags.sort(key=lambda each: struct.unpack("<H", each[:2])[0])
        return struct.pack("<H", len(tags)) + b"".join(tags) + struct.pack("<I", 0)

    start, second = 8, 8 + 2 + 12 * 11 + 4
    data = second + 2 + 12 * 10 + 4
    first = directory(small, data, [entry(254, 4, 1), entry(330, 4, second)], 1)
    below = directory(full, data + small.size, [entry(254, 4, 0)], photometric)
    return b"II*\0" + struct.pack("<I", start) + first + below + small.tobytes() + full.tobytes()


def test_a_picture_below_the_thumbnail_is_found_and_a_raw_one_refused(tmp_path: Path) -> None:
    full = np.ascontiguousarray(gradient()[:, :, 0])
    small = np.ascontiguousarray(full[::4, ::4])
    (tmp_path / "a.dng").write_bytes(with_full_below(small, full, photometric=1))
    np.testing.assert_array_equal(read_picture(tmp_path / "a.dng")[:, :, 0], full)
    (tmp_path / "b.dng").write_bytes(with_full_below(small, full, photometric=32803))
    with pytest.raises(InputError, match=r"raw sensor values.*develop it"):
        read_picture(tmp_path / "b.dng")


def test_a_thumbnail_alone_is_refused(shared: Path) -> None:
    with pytest.raises(InputError, match=r"only its thumbnail of 128x96.*convert it"):
        read_picture(shared / "cases" / "raw_like.dng")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heif-convert"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heif-convert"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "raw"),
        (b"\x76\x2f\x31\x01", "OpenEXR"),
        (b"#?RADIANCE\n", "magick"),
        (b"\xff\x0a", "djxl"),
        (b"II*\0\x10\0\0\0CR\x02\0", "raw"),
    ],
)
def test_kinds_that_are_not_read_have_a_remedy(tmp_path: Path, head: bytes, says: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(head + bytes(200))
    assert is_picture(path), "whoever asks gets the remedy from the reader of pictures, not a clip"
    with pytest.raises(InputError, match=says):
        read_picture(path)


def test_a_picture_that_cannot_be_so_small_a_file_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    (tmp_path / "a.png").write_bytes(bomb.getvalue())
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    with pytest.raises(InputError, match="says 9000x9000, but has"):
        read_picture(tmp_path / "a.png")
