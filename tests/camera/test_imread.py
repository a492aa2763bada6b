"""Pictures: what is read is what was planted, and every broken one gets a line of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tui.camera import limits
from tui.camera.imread import NotAPictureError, decode_picture, is_picture, read_picture
from tui.errors import InputError


def gradient(width: int = 40, height: int = 30) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns * 255 // width, rows * 255 // height, (rows + columns) % 256], axis=2).astype(np.uint8)


def save(path: Path, pixels: np.ndarray, **options: object) -> Path:
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]  # Pillow's options differ by format
    return path


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".ppm"])
def test_lossless_pictures_come_back_exactly(tmp_path: Path, suffix: str) -> None:
    options = {"lossless": True} if suffix == ".webp" else {}
    picture = read_picture(save(tmp_path / f"Bild ü 写真{suffix}", gradient(), **options))
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, gradient())


def test_the_name_does_not_matter_but_the_content(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", gradient()).rename(tmp_path / "a.mp4")
    assert is_picture(path)
    np.testing.assert_array_equal(read_picture(path), gradient())


@pytest.mark.parametrize(("width", "height"), [(1, 1), (12000, 90)])
def test_odd_sizes_open(tmp_path: Path, width: int, height: int) -> None:
    assert read_picture(save(tmp_path / "a.png", gradient(width, height))).shape == (height, width, 3)


def test_exif_orientation_is_respected(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that the picture must be turned by 90 degrees clockwise
    path = save(tmp_path / "a.png", gradient(), exif=exif)
    np.testing.assert_array_equal(read_picture(path), np.rot90(gradient(), -1))


def test_transparency_is_dropped_and_grey_spread(tmp_path: Path) -> None:
    rgba = np.dstack([gradient(), np.full((30, 40), 7, np.uint8)])
    np.testing.assert_array_equal(read_picture(save(tmp_path / "rgba.png", rgba)), gradient())
    grey = gradient()[:, :, 0]
    expected = np.repeat(grey[:, :, None], 3, axis=2)
    np.testing.assert_array_equal(read_picture(save(tmp_path / "grey.png", grey)), expected)


def test_sixteen_bits_keep_their_upper_eight(tmp_path: Path) -> None:
    deep = (gradient()[:, :, 0].astype(np.uint16) << 8) | 0x3C
    picture = read_picture(save(tmp_path / "deep.png", deep))
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture[:, :, 1], gradient()[:, :, 0])


def test_sixteen_bit_colour_keeps_its_upper_eight(tmp_path: Path) -> None:
    import cv2

    deep = gradient().astype(np.uint16) << 8 | 0x91
    path = tmp_path / "deep.png"
    assert cv2.imwrite(str(path), deep[:, :, ::-1])
    np.testing.assert_array_equal(read_picture(path), gradient())


def test_floats_are_stretched_over_their_range(tmp_path: Path) -> None:
    picture = read_picture(save(tmp_path / "a.tif", np.array([[-1.0, np.nan], [3.0, 1.0]], np.float32)))
    assert picture[:, :, 0].tolist() == [[0, 64], [255, 128]]


def test_palette_and_cmyk_are_converted(tmp_path: Path) -> None:
    flat = np.full((8, 8, 3), (200, 100, 50), np.uint8)
    Image.fromarray(flat).quantize(4).save(tmp_path / "p.png")
    Image.fromarray(flat).convert("CMYK").save(tmp_path / "c.tif")
    np.testing.assert_array_equal(read_picture(tmp_path / "p.png"), flat)
    np.testing.assert_allclose(read_picture(tmp_path / "c.tif"), flat, atol=1)


@settings(deadline=None)
@given(share=st.floats(0.05, 0.95), kind=st.sampled_from(["PNG", "JPEG", "BMP", "WEBP"]))
def test_a_truncated_picture_is_said_to_be_broken(share: float, kind: str) -> None:
    from io import BytesIO

    buffer = BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, kind)
    data = buffer.getvalue()[: int(share * buffer.tell())]
    with pytest.raises(InputError, match=r"^a\.x: (truncated or damaged|not a picture)") as caught:
        decode_picture(data, "a.x")
    assert "\n" not in str(caught.value)


def test_every_bad_file_gets_its_own_line(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("not a picture at all")
    for name, words in [
        ("empty.png", r"is empty \(0 bytes\)"),
        ("text.png", "not a picture"),
        ("absent.png", "no such file"),
        ("", "is a folder"),
    ]:
        with pytest.raises(InputError, match=words):
            read_picture(tmp_path / name)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.png", gradient())

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="no permission to read"):
        read_picture(path)


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.bmp", gradient())
    monkeypatch.setattr(limits, "MAX_PIXELS", 1000)
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    with pytest.raises(InputError, match="40x30 is more than"):
        read_picture(path)


def test_a_bomb_is_refused() -> None:
    import struct
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10_000)))
    with pytest.raises(InputError, match="more than 100 million pixels"):
        decode_picture(data, "bomb.png")


def test_not_a_picture_has_its_own_class() -> None:
    with pytest.raises(NotAPictureError):
        decode_picture(b"GARBAGE" * 100, "x")


def test_decodes_as_opencv_does(shared: Path) -> None:
    import cv2

    for path in sorted((shared / "media" / "photos").iterdir()):
        expected = cv2.imread(str(path))
        assert expected is not None
        np.testing.assert_array_equal(read_picture(path), expected[:, :, ::-1])


def test_what_libtiff_thinks_of_a_damaged_file_is_not_on_the_error_stream(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.tif"
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, compression="tiff_lzw")
    whole, refused = path.read_bytes(), 0
    for place in range(100, 1100, 50):
        path.write_bytes(whole[:place] + b"\xff" * 40 + whole[place + 40 :])
        try:
            read_picture(path)
        except InputError:
            refused += 1
    assert refused > 0
    assert capfd.readouterr().err == ""
