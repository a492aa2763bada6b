"""Pictures of ROS 2 messages: every encoding, byte order and row step, and those that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.camera.bags import Message, compressed, first_image, raw, write_bag
from tests.numbered import number_of, numbered_picture
from tui.camera.open import open_source
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

PICTURE = np.random.default_rng(3).integers(0, 256, (6, 8, 3)).astype(np.uint8)
"""Of 8x6, no two pixels alike."""

ENCODINGS: dict[str, tuple[np.ndarray[Any, Any], int, bool, RGBImage]] = {}


def _encoded(encoding: str, data: np.ndarray[Any, Any], shown: np.ndarray[Any, Any], *, big: bool = False) -> None:
    """One row of the table, with rows that are filled up by five bytes."""
    rows = np.frombuffer(data.tobytes(), np.uint8).reshape(len(data), -1)
    padded = np.hstack([rows, np.full((len(rows), 5), 77, np.uint8)])
    shown = np.repeat(shown[:, :, None], 3, axis=2) if shown.ndim == 2 else shown
    ENCODINGS[f"{encoding}{' big' if big else ''}"] = (padded, rows.shape[1] + 5, big, shown.astype(np.uint8))


_FOUR = np.dstack([PICTURE, np.full((6, 8), 9, np.uint8)])
_GREY = PICTURE[:, :, 0]
_DEEP = _GREY.astype("<u2") * 256 + 7
_TWELVE = np.minimum(_GREY.astype("<u2") * 16, 4095)
_encoded("rgb8", PICTURE, PICTURE)
_encoded("bgr8", PICTURE[:, :, ::-1].copy(), PICTURE)
_encoded("rgba8", _FOUR, PICTURE)
_encoded("bgra8", np.ascontiguousarray(_FOUR[:, :, [2, 1, 0, 3]]), PICTURE)
_encoded("8UC3", PICTURE[:, :, ::-1].copy(), PICTURE)
_encoded("mono8", _GREY, _GREY)
_encoded("mono16", _DEEP, _GREY)
_encoded("16UC1", _DEEP.astype(">u2"), _GREY, big=True)
_encoded("16UC1", np.vstack([_TWELVE[:5], np.full((1, 8), 4095, "<u2")]), np.vstack([_GREY[:5], [[255] * 8]]))
_encoded("rgb16", PICTURE.astype(">u2") * 256, PICTURE, big=True)
_encoded("32FC1", (_GREY / 255).astype("<f4"), _GREY)


@pytest.mark.parametrize("name", ENCODINGS)
def test_raw_pictures_in_every_encoding_byte_order_and_row_step(tmp_path: Path, name: str) -> None:
    data, step, big, shown = ENCODINGS[name]
    message = raw(data, name.partition(" ")[0], 8, 6, step, big=big)
    np.testing.assert_array_equal(first_image(write_bag(tmp_path / "b", {"/image": [(0.0, message)]})), shown)


@pytest.mark.parametrize(
    ("encoding", "order"), [("yuv422", "UYVY"), ("uyvy", "UYVY"), ("yuv422_yuy2", "YUYV"), ("yuyv", "YUYV")]
)
def test_yuv_has_the_colours_it_was_made_of(tmp_path: Path, encoding: str, order: str) -> None:
    colour = np.full((4, 6, 3), (200, 60, 30), np.uint8)
    y, u, v = (int(each) for each in _limited_yuv(200, 60, 30))
    pair = {"Y": y, "U": u, "V": v}
    data = np.tile(np.array([pair[each] for each in order], np.uint8), (4, 3))
    image = first_image(write_bag(tmp_path / "b", {"/image": [(0.0, raw(data, encoding, 6, 4, 12))]}))
    assert np.abs(image.astype(int) - colour).max() <= 4


def _limited_yuv(r: float, g: float, b: float) -> tuple[float, float, float]:
    """BT.601, 16 to 235."""
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    return 16 + luma * 219 / 255, 128 + (b - luma) / 1.772 * 224 / 255, 128 + (r - luma) / 1.402 * 224 / 255


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "gbrg", "grbg"])
@pytest.mark.parametrize("bits", [8, 16])
def test_bayer_patterns_are_told_apart(tmp_path: Path, pattern: str, bits: int) -> None:
    values = {"r": 220, "g": 120, "b": 40}
    tile = np.array([[values[pattern[0]], values[pattern[1]]], [values[pattern[2]], values[pattern[3]]]])
    mosaic = np.tile(tile, (8, 8)).astype("u1" if bits == 8 else "<u2") * (1 if bits == 8 else 257)
    message = raw(mosaic, f"bayer_{pattern}{bits}", 16, 16, 16 * bits // 8)
    image = first_image(write_bag(tmp_path / "b", {"/image": [(0.0, message)]}))
    np.testing.assert_array_equal(image[8, 8], (220, 120, 40))
    np.testing.assert_array_equal(image[7, 9], (220, 120, 40))


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_compressed_pictures(tmp_path: Path, kind: str) -> None:
    picture = numbered_picture(77)
    bag = write_bag(tmp_path / "b", {"/image/compressed": [(0.0, compressed(picture, kind))]}, "mcap")
    assert number_of(first_image(bag)) == 77


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (raw(PICTURE, "mjpg9", 8, 6, 24), "pictures in 'mjpg9' are not read, but rgb8"),
        (raw(PICTURE, "rgb8", 0, 0, 0), "a picture of 0x0"),
        (raw(PICTURE, "rgb8", 8, 6, 12), "damaged: 8x6 in rgb8 with rows of 12 bytes"),
        (raw(PICTURE, "rgb8", 8, 600, 24), "does not fit into 144 bytes"),
        (raw(PICTURE, "mono8", 4_000_000_000, 4_000_000_000, 8), "million pixels"),
    ],
)
def test_pictures_that_cannot_be_give_one_line(tmp_path: Path, message: Message, said: str) -> None:
    bag = write_bag(tmp_path / "b", {"/image": [(0.0, message)]})
    with pytest.raises(SourceError) as failed:
        open_source(str(bag))
    assert said in str(failed.value)
    assert str(failed.value).startswith(f"{bag}#/image: ")
    assert "\n" not in str(failed.value)
