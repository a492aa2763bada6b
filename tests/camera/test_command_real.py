"""Real programs as sources: FFmpeg and GStreamer, where they are installed."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tests.fakes import wait_until
from tui.camera import process
from tui.camera.open import open_source

FFMPEG = "exec:ffmpeg -loglevel error -re -f lavfi -i color=c=0xC83C78:s=160x120:r=25"
GSTREAMER = "exec:gst-launch-1.0 -q videotestsrc pattern=solid-color foreground-color=0xffC83C78"
CAPS = "! video/x-raw,width=160,height=120,framerate=25/1"
COMMANDS = (
    f"{FFMPEG} -f mjpeg -",
    f"{FFMPEG} -f mpjpeg -",
    f"{FFMPEG} -pix_fmt yuv420p -f yuv4mpegpipe -",
    f"{FFMPEG} -pix_fmt yuvj420p -f yuv4mpegpipe -",
    f"{FFMPEG} -pix_fmt yuv422p -f yuv4mpegpipe -",
    f"{FFMPEG} -pix_fmt yuv444p -f yuv4mpegpipe -",
    f"{FFMPEG} -pix_fmt yuv420p10le -strict -1 -f yuv4mpegpipe -",
    f"{FFMPEG} -f image2pipe -c:v png -",
    f"{FFMPEG} -f image2pipe -c:v ppm -",
    f"{GSTREAMER} {CAPS} ! jpegenc ! fdsink",
    f"{GSTREAMER} {CAPS} ! jpegenc ! multipartmux ! fdsink",
    f"{GSTREAMER} {CAPS} ! videoconvert ! y4menc ! fdsink",
    f"{GSTREAMER} {CAPS} ! pngenc ! fdsink",
    f"{GSTREAMER.replace(' -q', '')} {CAPS} ! jpegenc ! fdsink",
)


@pytest.mark.parametrize("spec", COMMANDS)
def test_pictures_of_the_right_colour_come_and_nothing_stays(spec: str) -> None:
    program = spec.removeprefix("exec:").split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    before = set(process._running)
    source = open_source(spec)
    (started,) = process._running - before
    for _ in range(2):
        image = source.read().image
    assert image.shape == (120, 160, 3)
    # GStreamer's JPEG encoder keeps the narrow range of video, which JPEG does not know.
    atol = 14 if "jpegenc" in spec else 6
    np.testing.assert_allclose(image.reshape(-1, 3).mean(axis=0), (0xC8, 0x3C, 0x78), atol=atol)
    source.close()
    wait_until(lambda: started not in process._running, "it has ended, asked once")
    assert started.end() != -9, "of its own will"
