"""RTSP streams, through FFmpeg."""

from __future__ import annotations

import time

from tui.camera.address import Address, parse_address
from tui.camera.frame import SourceInfo
from tui.camera.lateness import Lateness
from tui.camera.live import LiveSource, NotYet
from tui.camera.opencv import Capture, OpenCapture, open_capture
from tui.camera.rtsp_ask import describe
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_TIMEOUT_S = 10.0
"""Some cameras send a frame a second, and a whole picture only every few seconds."""
_ASK_TIMEOUT_S = 5.0


def open_rtsp(spec: str, open_with: OpenCapture = open_capture, timeout_s: float = _TIMEOUT_S) -> LiveSource:
    """Start an rtsp stream; `LiveSource.wait_open` tells whether it opened.

    There is one connection at a time, for cameras with room for one: a second one asks what is wrong when the first is
    over. TCP is tried first, then UDP, for servers that refuse it.

    Args:
        spec: the address; `rtsp://user:password@host/...` logs in.
        open_with: what opens the stream.
        timeout_s: for every read, and half the time for opening.
    """
    address = parse_address(spec)
    info = SourceInfo(spec, address.label, live=True)
    return LiveSource(
        info,
        lambda: _RtspProducer(address, open_with, timeout_s),
        open_timeout_s=2 * timeout_s,
        stall_s=5 * timeout_s,  # FFmpeg gives up before, and lets go of the camera then
        patient=True,
    )


class _RtspProducer:
    def __init__(self, address: Address, open_with: OpenCapture, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._delivered = False
        begun_s = time.monotonic()
        self._capture = self._open(open_with)
        opened_s = time.monotonic()
        self._lateness = Lateness(opened_s, opened_s - begun_s)

    def next(self) -> RGBImage:
        begun_s = time.monotonic()
        while self._capture.grab():
            now_s = time.monotonic()
            if self._lateness.is_late(now_s, self._capture.position_s):
                self._delivered = True
                begun_s = now_s
                continue
            image = self._capture.retrieve()
            if image is None:
                break
            self._delivered = True
            return image
        waited_s = time.monotonic() - begun_s
        self._capture.release()
        where = self._address.shown
        if not self._delivered:
            raise self._undecodable(self._describe())
        if waited_s < 0.9 * self._timeout_s:
            raise NotYet(f"{where}: stream closed by the other side")
        raise NotYet(f"{where}: the stream stands still, no data for {self._timeout_s:g} s")

    def close(self) -> None:
        self._capture.release()

    def _open(self, open_with: OpenCapture) -> Capture:
        begun_s = time.monotonic()
        capture = open_with(self._address.with_login, "tcp", self._timeout_s)
        if capture is not None:
            return capture
        refused = time.monotonic() - begun_s < self._timeout_s
        codecs = self._describe()  # OpenCV never says why it could not open a stream
        if refused:
            capture = open_with(self._address.with_login, "udp", self._timeout_s)
        if capture is not None:
            return capture
        raise self._undecodable(codecs)

    def _undecodable(self, codecs: tuple[str, ...]) -> SourceError:
        return NotYet(
            f"{self._address.shown}: sends {' and '.join(codecs)}, of which no picture could be decoded: there may "
            "be no decoder for it here, or nothing comes through; set the camera to H.264 or motion JPEG"
        )

    def _describe(self) -> tuple[str, ...]:
        return describe(self._address, min(_ASK_TIMEOUT_S, self._timeout_s))
