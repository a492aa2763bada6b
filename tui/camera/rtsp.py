"""RTSP streams, through FFmpeg."""

from __future__ import annotations

import socket

from tui.camera.address import Address, explain_failure, parse_address
from tui.camera.frame import SourceInfo
from tui.camera.live import LiveSource
from tui.camera.opencv import Capture, OpenCapture, open_capture
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_TIMEOUT_S = 5.0


def open_rtsp(spec: str, open_with: OpenCapture = open_capture, timeout_s: float = _TIMEOUT_S) -> LiveSource:
    """Start an rtsp stream; `LiveSource.wait_open` tells whether it opened.

    Args:
        spec: the address; `rtsp://user:password@host/...` logs in.
        open_with: what opens the stream once its port answers.
        timeout_s: for the connection, for opening, and for every read.
    """
    address = parse_address(spec)
    info = SourceInfo(spec, address.label, live=True)
    return LiveSource(
        info,
        lambda: _RtspProducer(address, open_with, timeout_s),
        open_timeout_s=3 * timeout_s,
        stall_s=2 * timeout_s,
    )


class _RtspProducer:
    def __init__(self, address: Address, open_with: OpenCapture, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._capture = self._open(open_with)

    def next(self) -> RGBImage:
        if self._capture.grab():
            image = self._capture.retrieve()
            if image is not None:
                return image
        raise SourceError(
            f"{self._address.bare}: stream closed by the other side, or no data for {self._timeout_s:g} s"
        )

    def close(self) -> None:
        self._capture.release()

    def _open(self, open_with: OpenCapture) -> Capture:
        # OpenCV never says why it could not open a stream; a plain connection does.
        try:
            socket.create_connection((self._address.host, self._address.port), self._timeout_s).close()
        except OSError as error:
            raise explain_failure(self._address, error, self._timeout_s) from error
        capture = open_with(self._address.full, "ffmpeg", self._timeout_s)
        if capture is None:
            raise SourceError(
                f"{self._address.bare}: answers, but gives no stream; check the path, and user and password "
                "(rtsp://USER:PASSWORD@HOST/PATH)"
            )
        return capture
