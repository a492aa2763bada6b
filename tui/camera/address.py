"""Addresses of pictures and streams: their parts, and what goes wrong on the way there."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit

from tui.errors import SourceError

_DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


@dataclass(frozen=True, slots=True)
class Address:
    """A stream's address, taken apart."""

    full: str
    """As it was given, with a password if there is one: never shown."""
    bare: str
    """Without user name and password."""
    host: str
    port: int
    user: str
    password: str

    @property
    def label(self) -> str:
        """Short name for the status line."""
        return self.host if self.port in _DEFAULT_PORTS.values() else f"{self.host}:{self.port}"


def parse_address(spec: str) -> Address:
    """Take an http, https or rtsp address apart.

    Raises:
        SourceError: no host, or a port that is not a number.
    """
    try:
        parts = urlsplit(spec)
        port = parts.port or _DEFAULT_PORTS[parts.scheme.lower()]
        host = parts.hostname or ""
    except ValueError as error:
        raise SourceError(f"{spec.rsplit('@', 1)[-1]}: not an address ({error})") from error
    if not host:
        raise SourceError(f"{spec}: an address without a host; write it as {parts.scheme}://HOST/PATH")
    bare = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]).geturl()
    return Address(spec, bare, host, port, unquote(parts.username or ""), unquote(parts.password or ""))


def explain_failure(address: Address, error: Exception, timeout_s: float) -> SourceError:
    """One line on why an address did not answer, with the remedy; keeps nothing secret in the words."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    where = address.bare
    if isinstance(cause, HTTPError):
        if cause.code in {401, 403}:
            scheme = where.split(":", 1)[0]
            return SourceError(
                f"{where}: refused (HTTP {cause.code}); give user and password as {scheme}://USER:PASSWORD@HOST/..."
            )
        return SourceError(f"{where}: HTTP {cause.code} {cause.reason}; check the address")
    if isinstance(cause, TimeoutError):
        return SourceError(f"{where}: no answer within {timeout_s:g} s; is the camera switched on?")
    if isinstance(cause, ConnectionRefusedError):
        return SourceError(f"{where}: connection refused; nothing listens on port {address.port} of {address.host}")
    if isinstance(cause, socket.gaierror):
        return SourceError(f"{where}: no such host {address.host}; check the name and the network")
    if isinstance(cause, ssl.SSLError):
        return SourceError(f"{where}: the secure connection failed ({cause.reason}); try http:// instead")
    return SourceError(f"{where}: the connection failed ({str(cause) or type(cause).__name__})")
