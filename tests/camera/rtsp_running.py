"""Runs a real RTSP server in a process of its own, and reads the times that its pictures show."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tui.geometry.arrays import RGBImage

PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("rtsp_server.py")
TIMED = (
    "appsrc name=timed is-live=true format=time do-timestamp=true "
    "caps=video/x-raw,format=I420,width=160,height=120,framerate={rate}/1 ! {encoder}"
)
"""Its pictures show when they were made."""
H264 = "x264enc tune=zerolatency key-int-max=30 bitrate=2000 ! rtph264pay name=pay0 config-interval=1"
JPEG = "jpegenc quality=90 ! rtpjpegpay name=pay0"


class Server:
    """Runs until it is stopped."""

    def __init__(
        self, pipeline: str, user: str = "", password: str = "", transport: str = "", *, port: int = 0
    ) -> None:
        command = [PYTHON, str(SERVER), f"( {pipeline} )", user, password, transport, str(port)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self._out = self._process.stdout
        self.port = int(self._out.readline())

    def stall(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("stall\n")
        self._process.stdin.flush()

    def freeze(self) -> None:
        """Nothing of it runs any more, in the middle of whatever it does."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> list[str]:
        """End it; who came and went."""
        if self._out.closed:
            return []
        self._process.kill()
        self._process.wait(5)
        told = self._out.read().split()
        for pipe in [self._process.stdin, self._out]:
            assert pipe is not None
            pipe.close()
        return told


Serve = Callable[..., Server]


def age_s(image: RGBImage, at_s: float) -> float:
    """How old a picture of `TIMED` was at a time of `time.monotonic()`; a torn or damaged one fails."""
    height, width = image.shape[0] // 5, image.shape[1] // 8
    blocks = image.mean(axis=2).reshape(5, height, 8, width)[:, 6:-6, :, 6:-6].mean(axis=(1, 3))
    assert np.all((blocks < 70) | (blocks > 185)), f"a damaged picture: {blocks.round().astype(int).tolist()}"
    *raw, check = np.packbits(blocks > 128, axis=1)[:, 0].tolist()
    assert sum(raw) & 0xFF == check, f"a torn picture: {raw}, {check}"
    age_ms = (int(1000 * at_s) - int.from_bytes(bytes(raw), "big")) & 0xFFFFFFFF
    return (age_ms - (1 << 32) * (age_ms >> 31)) / 1000
