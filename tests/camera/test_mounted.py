"""Frames as they are mounted; clips of phones turned by what they say of themselves."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tui.camera.clip import ClipSource
from tui.camera.frame import Frame
from tui.camera.mounted import mounted_frame, mounted_picture
from tui.camera.once import Once
from tui.errors import InputError
from tui.geometry.mounting import AS_DELIVERED, Crop, Mounting, Turn

IMAGE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_true_depth_goes_with_its_picture() -> None:
    depth_m = np.arange(24, dtype=np.float32).reshape(4, 6)
    frame = Frame(IMAGE, 0, 1.0, true_depth_m=depth_m)
    shown = mounted_frame(frame, Mounting(Turn(1, mirrored=True), Crop(1, 2, 3, 2)), live=False)
    assert shown.image.shape == (2, 3, 3)
    assert shown.image.flags.c_contiguous
    assert shown.true_depth_m is not None
    assert shown.mounted is not None
    for v, u in np.ndindex(2, 3):
        u_own, v_own = (int(each) for each in shown.mounted.own(u, v))
        assert shown.image[v, u].tolist() == IMAGE[v_own, u_own].tolist()
        assert shown.true_depth_m[v, u] == depth_m[v_own, u_own]
    assert replace(shown, image=IMAGE, true_depth_m=depth_m, mounted=None) == frame


def test_a_file_that_nothing_was_asked_about_says_nothing_and_a_camera_says_that_it_hangs_straight() -> None:
    frame = Frame(IMAGE, 0, 1.0)
    assert mounted_frame(frame, AS_DELIVERED, live=False) is frame
    shown = mounted_frame(frame, AS_DELIVERED, live=True)
    assert shown.image is IMAGE
    assert str(shown.mounted) == ""
    assert shown.mounted is not None


def test_a_crop_that_does_not_fit_names_the_picture() -> None:
    with pytest.raises(InputError, match=r"a.png: --crop 0,0,7x1: reaches beyond the picture, which is 6x4"):
        mounted_picture(IMAGE, Mounting(crop=Crop(0, 0, 7, 1)), "a.png")


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [((0, 1, -1, 0), Turn(1)), ((-1, 0, 0, -1), Turn(2)), ((0, -1, 1, 0), Turn(3)), ((1, 0, 0, 1), Turn())],
)
def test_a_phones_clip_is_turned_by_its_own_metadata(
    tmp_path: Path, matrix: tuple[int, int, int, int], turn: Turn
) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:24, :32] = 255  # white at the top left
    path = tmp_path / "phone.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (64, 48))
    for _ in range(3):
        writer.write(image)
    writer.release()
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: 40 bytes before the matrix (ISO 14496-12)
    assert struct.unpack_from(">9i", data, at) == (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    a, b, c, d = (0x10000 * each for each in matrix)
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    expected = mounted_picture(image, Mounting(turn), "")
    source = ClipSource(path, str(path))
    found = source.read().image
    source.close()
    (_, once), *_ = list(Once(path))
    for shown in (found, once):
        assert shown.shape == expected.shape
        assert np.abs(shown.astype(int) - expected).mean() < 5
