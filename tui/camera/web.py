"""Pictures and motion-JPEG streams over HTTP."""

from __future__ import annotations

import http.client
import urllib.request
from contextlib import suppress
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit

from tui.camera.address import Address, explain_failure, parse_address
from tui.camera.frame import FrameSource, SourceInfo
from tui.camera.imread import decode_picture
from tui.camera.live import LiveSource
from tui.camera.stills import StillSource
from tui.errors import InputError, SourceError
from tui.geometry.arrays import RGBImage

_TIMEOUT_S = 5.0
_MAX_PICTURE_BYTES = 64 * 1024 * 1024
_MAX_PREAMBLE_BYTES = 256 * 1024
_MAX_LINE_BYTES = 16 * 1024
_MAX_BAD_PARTS = 10
_FAILURES = (OSError, http.client.HTTPException, URLError)


def open_web(spec: str, timeout_s: float = _TIMEOUT_S) -> FrameSource:
    """Open an http or https address: a motion-JPEG stream, or a single picture.

    Args:
        spec: the address; `http://user:password@host/...` logs in.
        timeout_s: for the connection and for every read.

    Raises:
        SourceError: refused, no answer, an HTTP error, neither a picture nor a stream.
    """
    address = parse_address(spec)
    body, content_type, boundary = _request(address, timeout_s)
    if content_type.startswith("multipart/"):
        stream = _MotionJpeg(address, body, boundary, timeout_s)
        info = SourceInfo(spec, address.label, live=True)
        return LiveSource(info, lambda: stream, stall_s=2 * timeout_s)
    try:
        if content_type.startswith(("text/", "video/", "audio/")) or "mpegurl" in content_type:
            raise SourceError(
                f"{address.bare}: is {content_type}, neither a picture nor a motion-JPEG stream; "
                "use the camera's MJPEG or RTSP address"
            )
        data = body.read(_MAX_PICTURE_BYTES + 1)
        if len(data) > _MAX_PICTURE_BYTES:
            raise SourceError(f"{address.bare}: more than {_MAX_PICTURE_BYTES >> 20} MiB without an end")
        image = decode_picture(data, address.bare)
    except _FAILURES as error:
        raise explain_failure(address, error, timeout_s) from error
    except InputError as error:
        raise SourceError(str(error)) from error
    finally:
        body.close()
    name = urlsplit(address.bare).path.rsplit("/", 1)[-1] or address.label
    return StillSource(SourceInfo(spec, name, live=False, still=True), image)


def _request(address: Address, timeout_s: float) -> tuple[http.client.HTTPResponse, str, str]:
    """Send the request; the answer's body, its content type and its multipart boundary."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    handlers: list[urllib.request.BaseHandler] = []
    if address.user:
        passwords.add_password(None, address.bare, address.user, address.password)
        handlers = [_Basic(passwords), _Digest(passwords)]
    request = urllib.request.Request(address.bare, headers={"User-Agent": "depth-tui"})  # noqa: S310  # only http(s) gets here
    try:
        body: http.client.HTTPResponse = urllib.request.build_opener(*handlers).open(request, timeout=timeout_s)
    except _FAILURES as error:
        if isinstance(error, urllib.request.HTTPError):
            error.close()
        raise explain_failure(address, error, timeout_s) from error
    except ValueError as error:
        raise SourceError(f"{address.bare}: {error}") from error
    return body, body.headers.get_content_type().lower(), str(body.headers.get_param("boundary") or "")


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Closes the refused answer, which urllib leaves open while it asks again with the password."""

    def http_error_401(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage
    ) -> http.client.HTTPResponse | None:
        fp.close()
        return super().http_error_401(req, fp, code, msg, headers)


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Closes the refused answer, as `_Basic` does."""

    def http_error_401(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage
    ) -> http.client.HTTPResponse | None:
        fp.close()
        return super().http_error_401(req, fp, code, msg, headers)


class _MotionJpeg:
    """Reads multipart/x-mixed-replace: RFC 2046 parts, each a JPEG, with or without a Content-Length."""

    def __init__(self, address: Address, body: http.client.HTTPResponse, boundary: str, timeout_s: float) -> None:
        self._address = address
        self._body = body
        # Many cameras write the boundary with or without its dashes as they please.
        self._boundary = boundary.strip('"').strip("-").encode("latin-1", "replace")
        self._timeout_s = timeout_s
        self._at_part = False

    def next(self) -> RGBImage:
        reason = ""
        for _ in range(_MAX_BAD_PARTS):
            try:
                data = self._part()
            except _FAILURES as error:
                raise self._lost(error) from error
            try:
                return decode_picture(data, self._address.bare)
            except InputError as error:
                reason = str(error)
        raise SourceError(f"{reason}; {_MAX_BAD_PARTS} parts of the stream in a row were like that")

    def close(self) -> None:
        with suppress(*_FAILURES):
            self._body.close()

    def _lost(self, error: Exception) -> SourceError:
        if isinstance(error, TimeoutError):
            return SourceError(f"{self._address.bare}: the stream stands still, no data for {self._timeout_s:g} s")
        if isinstance(error, ConnectionError | http.client.IncompleteRead | EOFError):
            return self._ended()
        return explain_failure(self._address, error, self._timeout_s)

    def _ended(self) -> SourceError:
        return SourceError(f"{self._address.bare}: stream closed by the other side")

    def _part(self) -> bytes:
        length = self._headers()
        return self._read_to_boundary() if length is None else self._read_exactly(length)

    def _line(self) -> bytes:
        line = self._body.readline(_MAX_LINE_BYTES)
        if not line:
            raise self._ended()
        return line

    def _headers(self) -> int | None:
        """Skip to the next part and read its header lines; its length if it says one."""
        skipped = 0
        while not self._at_part and not self._ends_in_boundary(line := self._line()):
            skipped += len(line)
            if skipped > _MAX_PREAMBLE_BYTES:
                raise SourceError(f"{self._address.bare}: not a motion-JPEG stream (its parts are never marked)")
        self._at_part = False
        length = None
        skipped = 0
        while (line := self._line()).strip():
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
            skipped += len(line)
            if skipped > _MAX_PREAMBLE_BYTES:
                raise SourceError(f"{self._address.bare}: not a motion-JPEG stream (a part's header never ends)")
        if length is not None and length > _MAX_PICTURE_BYTES:
            raise SourceError(f"{self._address.bare}: a part of {length} bytes is not a picture")
        return length

    def _ends_in_boundary(self, line: bytes) -> bool:
        # Some cameras put the boundary right behind the picture, without a line break of its own.
        return self._boundary != b"" and line.rstrip().rstrip(b"-").endswith(b"--" + self._boundary)

    def _read_exactly(self, length: int) -> bytes:
        data = self._body.read(length)
        if len(data) < length:
            raise self._ended()
        return data

    def _read_to_boundary(self) -> bytes:
        lines: list[bytes] = []
        size = 0
        while size <= _MAX_PICTURE_BYTES:
            line = self._line()
            if self._ends_in_boundary(line):
                self._at_part = True
                lines.append(line[: line.rindex(b"--" + self._boundary)])
                return b"".join(lines)
            lines.append(line)
            size += len(line)
        raise SourceError(f"{self._address.bare}: a part of more than {_MAX_PICTURE_BYTES >> 20} MiB is not a picture")
