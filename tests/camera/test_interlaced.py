"""An interlaced frame is shown as it is, or it is said that it cannot be: never what lay in memory before."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tui.camera.imread import read_picture
from tui.camera.opencv import Capture, open_capture
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

INTERLACED = ("-flags", "+ilme+ildct")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    image = np.zeros((128, 160, 3), np.uint8)
    image[..., 0], image[..., 1], image[..., 2] = 200, np.arange(0, 256, 2)[:, None], np.linspace(50, 250, 160)
    assert cv2.imwrite(str(path), image)
    return path


def clip_of(picture: Path, name: str, *words: str) -> Path:
    """A second of one picture."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("no ffmpeg here: apt install ffmpeg")
    path = picture.parent / name
    source = ("-loop", "1", "-t", "1", "-r", "25", "-i", str(picture))
    subprocess.run([ffmpeg, "-v", "error", *source, "-pix_fmt", "yuv420p", *words, str(path)], check=True)
    return path


def opened(path: Path) -> Capture:
    capture = open_capture(str(path), "ffmpeg", 10.0)
    assert capture is not None
    return capture


def pictures(path: Path, most: int) -> list[RGBImage]:
    capture = opened(path)
    try:
        return [image for _ in range(most) if capture.grab() and (image := capture.retrieve()) is not None]
    finally:
        capture.release()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("h264.mp4", ("-c:v", "libx264", "-x264-params", "tff=1", *INTERLACED)),
        ("mpeg2.mpg", ("-c:v", "mpeg2video", "-q:v", "2", *INTERLACED)),
    ],
)
def test_it_is_shown_or_refused(picture: Path, name: str, words: Sequence[str]) -> None:
    path = clip_of(picture, name, *words)
    before = pictures(clip_of(picture, "before.mp4", "-vf", "negate"), 3)  # what may lie in memory
    shown, said = [], ""
    try:
        shown = pictures(path, 3)
    except SourceError as error:
        said = str(error)
    assert shown or f"{name}: interlaced video, which OpenCV {cv2.__version__} cannot show; make it progressive" in said
    whole = read_picture(picture).astype(float)
    assert all(float(np.abs(image - whole).mean()) < 8 for image in shown)
    assert before


def test_a_progressive_clip_that_stands_still_is_shown(picture: Path) -> None:
    assert len(pictures(clip_of(picture, "still.mp4", "-c:v", "libx264"), 5)) == 5
