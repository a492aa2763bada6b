"""Files with several pictures: those that move are clips, whatever they are called; others say which one was taken."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.camera.animated import is_moving
from tui.camera.clip import ClipSource
from tui.camera.imread import read_noted
from tui.camera.once import Once
from tui.camera.open import open_source
from tui.camera.stills import FolderSource, StillSource

GREYS = [40, 90, 140, 190]


def flat(grey: int, width: int = 40, height: int = 30) -> Image.Image:
    return Image.fromarray(np.full((height, width, 3), grey, np.uint8))


def jpeg(grey: int, width: int = 40, height: int = 30, **options: object) -> bytes:
    buffer = BytesIO()
    flat(grey, width, height).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def animation(path: Path, kind: str, durations_ms: list[int]) -> Path:
    first, *rest = [flat(grey) for grey in GREYS]
    options = {"lossless": True} if kind == "WEBP" else {}
    first.save(path, kind, save_all=True, append_images=rest, duration=durations_ms, loop=0, **options)
    return path


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animations_keep_their_frames_and_times(tmp_path: Path, kind: str) -> None:
    path = animation(tmp_path / "called.jpg", kind, [100, 500, 200, 300])
    assert is_moving(path)
    frames = list(Once(path))
    assert [at_s for at_s, _ in frames] == pytest.approx([0.0, 0.1, 0.6, 0.8])
    assert [int(image[10, 10, 1]) for _, image in frames] == pytest.approx(GREYS, abs=1)
    source = open_source(str(path))
    assert isinstance(source, ClipSource)
    assert source.read().name == "0:00.0"
    source.close()


@pytest.mark.parametrize("name", ["a.mjpeg", "a.jpg", "a"])
def test_jpegs_one_after_another_are_a_clip(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"".join(jpeg(grey) for grey in GREYS))
    source = open_source(str(path))
    assert isinstance(source, ClipSource)
    source.close()
    clip = Once(path)
    frames = list(clip)
    assert [int(image[10, 10, 1]) for _, image in frames] == pytest.approx(GREYS, abs=2)
    assert [at_s for at_s, _ in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    assert clip.faults == ""
    assert "another picture of 40x30 follows" in read_noted(path).note


def test_a_thumbnail_within_a_jpeg_is_not_another_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "about"
    data = jpeg(90, exif=exif)
    thumbnail = jpeg(90, 16, 12)
    segment = b"\xff\xe1" + (len(thumbnail) + 8).to_bytes(2, "big") + b"Thumb\0" + thumbnail
    path = tmp_path / "a.jpg"
    path.write_bytes(data[:2] + segment + data[2:])
    assert not is_moving(path)
    assert read_noted(path).note == ""


def test_a_preview_behind_a_picture_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(90) + jpeg(90, 16, 12))
    source = open_source(str(path))
    assert isinstance(source, StillSource)
    assert source.read().note == "another picture of 16x12 follows in the file, the first is shown"


def test_a_stereo_cameras_file_says_which_picture_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.mpo"
    flat(60).save(path, "MPO", save_all=True, append_images=[flat(160)])
    found = read_noted(path)
    assert int(found.image[5, 5, 0]) == 60
    assert "the first of its 2 pictures" in found.note
    assert not is_moving(path)


def test_a_folder_says_of_an_animation_that_it_shows_one_frame(tmp_path: Path) -> None:
    animation(tmp_path / "a.gif", "GIF", [100] * 4)
    assert FolderSource(tmp_path, "x").read().note == "a.gif: the first of its 4 frames is shown"


def test_frames_that_change_their_size_are_said_to(tmp_path: Path) -> None:
    path = tmp_path / "a.mjpeg"
    path.write_bytes(jpeg(40) + jpeg(90) + jpeg(140, 30, 40) + jpeg(190, 30, 40))
    clip = Once(path)
    assert [image.shape[:2] for _, image in clip] == [(30, 40), (30, 40), (40, 30), (40, 30)]
    assert clip.notes == ("a.mjpeg: its frames change from 40x30 to 30x40",)
    source = ClipSource(path, "a.mjpeg")
    notes = [source.read().note for _ in range(4)]
    source.close()
    assert "a.mjpeg: its frames change from 40x30 to 30x40" in notes


def test_a_damaged_picture_of_a_stream_is_left_out_and_a_torn_end_said(tmp_path: Path) -> None:
    damaged = jpeg(90)
    damaged = damaged[: len(damaged) // 2] + b"\xff\xd9"
    path = tmp_path / "a.mjpeg"
    path.write_bytes(jpeg(40) + damaged + jpeg(140) + jpeg(190)[:-60])
    clip = Once(path)
    assert [int(image[5, 5, 0]) for _, image in clip] == pytest.approx([40, 140], abs=2)
    assert clip.faults.endswith("a.mjpeg: 2 damaged frames are left out; the file is cut off, its end is missing")
