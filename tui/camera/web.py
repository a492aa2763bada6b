"""Motion JPEG and pictures over HTTP: streams, and addresses that give one picture a request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from tui.camera.address import Address, parse_address
from tui.camera.burst import Burst
from tui.camera.frame import FrameSource, SourceInfo
from tui.camera.http import Caller
from tui.camera.imread import decode_picture
from tui.camera.jpeg import decode_jpeg
from tui.camera.jpeg_stream import MAX_JPEG_BYTES, JpegStream
from tui.camera.live import LiveSource, NotYet
from tui.camera.parts import PictureParts, holds_other_pictures, shows_kind
from tui.errors import InputError, SourceError
from tui.geometry.arrays import RGBImage

_TIMEOUT_S = 5.0
_SNAPSHOT_PERIOD_S = 0.2
_STILL_PERIOD_S = 2.0
"""At most, between requests for a picture that never changes."""
_MAX_PAUSE_S = 1.0
_MAX_SILENT_BYTES = 1024 * 1024
"""Of a body without a picture."""
_SNIFFED_BYTES = 512
_MAX_BAD_PICTURES = 10
_PAGES = ("text/", "video/", "audio/")
_PAGE_ENDS = ("mpegurl", "json", "xml")
_JPEG = b"\xff\xd8\xff"
_PICTURES = (b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"P5", b"P6", b"\0\0\0\x0cjP")
"""How pictures begin that are no JPEGs: they are read to their end."""
_BOXED = (b"ftypavi", b"ftyphei", b"ftypmif")
"""And these, behind a length: AVIF, and HEIC, whose reader says what to do about it."""


def open_web(spec: str, timeout_s: float = _TIMEOUT_S) -> FrameSource:
    """Open an http or https address: motion JPEG however it is wrapped, or a picture, asked for again and again.

    Args:
        spec: the address; `http://user:password@host/...` logs in, `#sha256=...` trusts one certificate.
        timeout_s: for the connection and for every read.

    Raises:
        SourceError: refused, an HTTP error that will not pass, neither pictures nor a stream. What may pass (nobody
            listens yet, no answer) is raised by `read`, as of a camera that was lost.
    """
    address = parse_address(spec)
    source = _WebSource(SourceInfo(spec, address.label, live=True), address, timeout_s)
    source.wait_open()
    return source


class _WebSource(LiveSource):
    """Breaks off what is asked when it is closed: a server that sends a byte now and then would hold it for ever."""

    def __init__(self, info: SourceInfo, address: Address, timeout_s: float) -> None:
        self._caller = Caller(address, timeout_s)
        super().__init__(
            info,
            lambda: _WebProducer(address, self._caller),
            open_timeout_s=2 * timeout_s,
            stall_s=2 * timeout_s,
            patient=True,
        )

    def close(self) -> None:
        """As `LiveSource.close`."""
        self._caller.break_off()
        super().close()


class _Cutter(Protocol):
    @property
    def inside(self) -> bool: ...

    def feed(self, data: bytes) -> list[bytes]: ...

    def finish(self) -> list[bytes]: ...


class _WebProducer:
    """Reads the pictures of one body after the other; whether it is a stream shows in what comes."""

    def __init__(self, address: Address, caller: Caller) -> None:
        self._address = address
        self._caller = caller
        self._bad = 0
        self._last: tuple[bytes, RGBImage] | None = None
        self._period_s = _SNAPSHOT_PERIOD_S
        try:
            self._ask()
            # What is no picture is refused at once.
            self._ready = self._decoded(self._snapshot()) if self._is_snapshot else None
        except BaseException:
            self._caller.close()
            raise

    def next(self) -> RGBImage:
        image, self._ready = self._ready, None
        while image is None:
            image = self._decoded(self._snapshot() if self._is_snapshot else self._streamed())
        return image

    def close(self) -> None:
        try:
            self._answer.close()
        finally:
            self._caller.close()

    def _ask(self) -> None:
        """Ask for the (next) body and look at its beginning."""
        self._asked_at_s = time.monotonic()
        self._answer = self._caller.get()
        self._found = 0
        self._burst = Burst()
        self._silent_bytes = 0
        self._begun = b""
        self._is_snapshot = False
        self._is_multipart = self._answer.content_type.startswith("multipart/")
        self._cutter: _Cutter = JpegStream()
        if self._is_multipart:
            return
        self._look(lambda begun: len(begun) >= len(_PICTURES[-1]))
        begins_as_picture = self._begun.startswith(_PICTURES) or self._begun[4:11] in _BOXED
        length = self._answer.length
        self._is_snapshot = begins_as_picture or (length is not None and length <= MAX_JPEG_BYTES)
        kind = self._answer.content_type
        if not self._begun:
            raise NotYet(f"{self._address.shown}: gives an empty answer instead of a picture")
        if begins_as_picture:
            return
        self._look(lambda begun: _JPEG in begun)
        ended = len(self._begun) < _SNIFFED_BYTES
        if _JPEG not in self._begun and (ended or kind.startswith(_PAGES) or kind.endswith(_PAGE_ENDS)):
            raise self._no_pictures()

    def _look(self, enough: Callable[[bytes], bool]) -> None:
        """Read on until the beginning tells enough, or would have."""
        while not enough(self._begun) and len(self._begun) < _SNIFFED_BYTES and (chunk := self._answer.chunk()):
            self._begun += chunk

    def _streamed(self) -> bytes:
        """The newest picture of what has come since the last call; after a silence, the first that was not held up."""
        if self._is_multipart and not self._found and not self._silent_bytes:
            self._look(shows_kind)
            if holds_other_pictures(self._begun):
                self._cutter = PictureParts(self._begun, self._answer.boundary)
        while True:
            data, self._begun = self._begun or self._answer.chunk(), b""
            pictures = self._cutter.feed(data) if data else self._cutter.finish()
            self._found += len(pictures)
            self._silent_bytes = 0 if pictures else self._silent_bytes + len(data)
            if pictures:
                self._burst.came(time.monotonic())
                if not self._burst.held_up:
                    return pictures[-1]
            if not data:
                return self._after_the_end()
            if self._silent_bytes > (MAX_JPEG_BYTES if self._cutter.inside else _MAX_SILENT_BYTES):
                raise self._no_pictures()

    def _after_the_end(self) -> bytes:
        if not self._found and not self._answer.broken:
            raise self._no_pictures()
        if self._found != 1 or self._is_multipart:
            raise SourceError(f"{self._address.shown}: stream closed by the other side")
        # One picture, then the end: the next one wants to be asked for.
        self._again()
        return self._snapshot() if self._is_snapshot else self._streamed()

    def _snapshot(self) -> bytes:
        """The picture in the body that was begun, or in that of the next request."""
        if not self._begun and self._last is not None:
            self._again()
        walker = JpegStream() if self._begun.startswith(_JPEG) else None
        data = bytearray()
        chunk, self._begun = self._begun or self._answer.chunk(), b""
        while chunk:
            data += chunk
            if walker is not None and (whole := walker.feed(chunk)):
                if len(data) == self._answer.length:
                    self._answer.chunk()  # its end, so that the connection can be used again
                return whole[0]  # without waiting for what a wrong length may promise
            if len(data) > MAX_JPEG_BYTES:
                raise SourceError(f"{self._address.shown}: more than {MAX_JPEG_BYTES >> 20} MiB without an end")
            chunk = self._answer.chunk()
        return bytes(data)

    def _again(self) -> None:
        """Ask for the next picture when it is due: a slow camera less often, and one that shows a still."""
        took_s = time.monotonic() - self._asked_at_s
        time.sleep(max(0.0, self._period_s - took_s, min(took_s, _MAX_PAUSE_S)))
        self._answer.close()
        self._ask()

    def _decoded(self, data: bytes) -> RGBImage | None:
        """The picture; None where one is damaged, which may be so once in a while."""
        if self._last is not None and data == self._last[0]:
            self._period_s = min(2 * self._period_s, _STILL_PERIOD_S)
            return self._last[1]
        self._period_s = _SNAPSHOT_PERIOD_S
        name = self._address.shown
        try:
            image = decode_jpeg(data, name) if data.startswith(_JPEG) else decode_picture(data, name)
        except InputError as error:
            self._bad += 1
            if self._is_snapshot and self._last is None:
                raise SourceError(str(error)) from error
            if self._bad >= _MAX_BAD_PICTURES:
                raise SourceError(f"{error}; {self._bad} pictures in a row were like that") from error
            return None
        self._bad = 0
        self._last = (data, image)
        return image

    def _no_pictures(self) -> SourceError:
        kind = self._answer.content_type or "something without a type"
        return SourceError(
            f"{self._address.shown}: is {kind}, neither a picture nor a motion-JPEG stream; "
            "use the camera's MJPEG or RTSP address"
        )
