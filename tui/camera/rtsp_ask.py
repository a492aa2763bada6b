"""What an RTSP server says of a stream (RFC 2326): asked when one does not open, since FFmpeg keeps that to itself."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from typing import BinaryIO

from tui.camera.address import Address, explain_failure, explain_status
from tui.camera.challenge import Login
from tui.camera.live import NotYet
from tui.errors import SourceError

_MAX_HEADERS = 100
_MAX_LINE_BYTES = 8192
_MAX_BODY_BYTES = 1 << 20
_STATIC_CODECS = {
    "26": "motion JPEG",
    "31": "H.261",
    "32": "MPEG video",
    "33": "MPEG-TS",
    "34": "H.263",
}
"""Payload types with a number of their own (RFC 3551)."""
_NAMES = {"H264": "H.264", "H265": "H.265 (HEVC)", "HEVC": "H.265 (HEVC)", "JPEG": "motion JPEG", "MP4V-ES": "MPEG-4"}


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: str


def describe(address: Address, timeout_s: float) -> tuple[str, ...]:
    """Which video a stream holds, as a person calls it: 'H.264', 'AV1'.

    Raises:
        SourceError: no answer, no such stream, wrong login, no video; `NotYet` where that may pass.
    """
    try:
        with socket.create_connection((address.host, address.port), timeout_s) as connection:
            if address.scheme != "rtsps":
                reply = _ask(address, connection)
            else:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname = False  # as FFmpeg, which has shown the password to it just before
                context.verify_mode = ssl.CERT_NONE
                with context.wrap_socket(connection, server_hostname=address.host) as secure:
                    reply = _ask(address, secure)
    except OSError as error:
        raise explain_failure(address, error, timeout_s) from error
    except ValueError as error:
        raise NotYet(f"{address.shown}: answers nothing that can be read as RTSP; check the port") from error
    if reply.status != 200:
        raise explain_status(address, reply.status, reply.reason)
    codecs = video_codecs(reply.body)
    if not codecs:
        raise SourceError(f"{address.shown}: holds no video; check the path")
    return codecs


def video_codecs(sdp: str) -> tuple[str, ...]:
    """The codecs of a session description's video, in order (RFC 8866)."""
    found = []
    for section in re.split(r"^(?=m=)", sdp, flags=re.MULTILINE):
        types = re.match(r"m=video \S+ \S+ ([\d ]+)", section)
        for number in types[1].split() if types else []:
            named = re.search(rf"^a=rtpmap:{number} ([\w.-]+)/", section, re.MULTILINE)
            code = named[1].upper() if named else ""
            found.append(_NAMES.get(code, code) or _STATIC_CODECS.get(number, "a codec without a name"))
    return tuple(dict.fromkeys(found))


def _ask(address: Address, connection: socket.socket) -> _Reply:
    login = Login(address.user, address.password) if address.user or address.password else None
    with connection.makefile("rb") as answers:
        reply = _exchange(address, connection, answers, 1, None)
        asked = [value for name, value in reply.headers if name == "www-authenticate"]
        if reply.status == 401 and login is not None and login.choose(asked):
            reply = _exchange(address, connection, answers, 2, login.answer("DESCRIBE", address.bare))
    return reply


def _exchange(
    address: Address, connection: socket.socket, answers: BinaryIO, number: int, authorization: str | None
) -> _Reply:
    lines = [f"DESCRIBE {address.bare} RTSP/1.0", f"CSeq: {number}", "Accept: application/sdp", "User-Agent: depth-tui"]
    if authorization:
        lines.append(f"Authorization: {authorization}")
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8"))
    status = re.match(r"RTSP/\d\.\d (\d{3}) ?(.*)", _line(answers))
    if status is None:
        raise ValueError("no status")
    headers = []
    for _ in range(_MAX_HEADERS):
        line = _line(answers)
        if not line:
            break
        name, _, value = line.partition(":")
        headers.append((name.strip().lower(), value.strip()))
    length = next((int(value[:20]) for name, value in headers if name == "content-length" and value.isdecimal()), 0)
    body = answers.read(min(length, _MAX_BODY_BYTES))
    return _Reply(int(status[1]), status[2], tuple(headers), body.decode("utf-8", "replace"))


def _line(answers: BinaryIO) -> str:
    line = answers.readline(_MAX_LINE_BYTES)
    if not line:
        raise ConnectionResetError(None, "closed without an answer")
    return line.decode("utf-8", "replace").strip()
