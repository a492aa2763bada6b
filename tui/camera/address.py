"""Addresses of pictures and streams: their parts, and what goes wrong on the way there."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from tui.camera.live import NotYet
from tui.camera.printable import ESCAPES, printable_address
from tui.errors import SourceError

_DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
_SHOWN = 100
_FINGERPRINT = "sha256="
_TEMPORARY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Address:
    """A stream's address, taken apart."""

    scheme: str
    """In lower case."""
    bare: str
    """What is asked for: without user name, password and fragment. Its query may hold a password: not for showing."""
    shown: str
    """What messages call it."""
    host: str
    port: int
    user: str
    password: str
    fingerprint: str = ""
    """SHA-256 of the certificate that the user has confirmed, 64 small hex digits; empty: it must be a trusted one."""

    @property
    def label(self) -> str:
        """Short name for the status line."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port in _DEFAULT_PORTS.values() else f"{host}:{self.port}"

    @property
    def with_login(self) -> str:
        """With user and password, escaped, for a library that takes them in the address: never shown."""
        if not self.user and not self.password:
            return self.bare
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
        return self.bare.replace("://", "://" + login, 1)


def parse_address(spec: str) -> Address:
    """Take an http, https or rtsp address apart.

    Raises:
        SourceError: no host, a port that is not a number, a password that was not escaped, a fingerprint that is none.
    """
    shown = printable_address(spec)
    try:
        parts = urlsplit(spec)
        port = parts.port or _DEFAULT_PORTS[parts.scheme.lower()]
        host = parts.hostname or ""
        unescaped = "@" in parts.fragment
    except ValueError as error:
        if "@" in spec:  # what the error quotes may be half a password
            raise SourceError(f"{shown}: not an address; in a password, {ESCAPES}") from error
        raise SourceError(f"{shown}: not an address ({error})") from error
    if unescaped or ("@" in spec and not host):
        raise SourceError(f"{shown}: not an address; in a password, {ESCAPES}")
    if not host:
        raise SourceError(f"{shown}: an address without a host; write it as {parts.scheme}://HOST/PATH")
    if not can_be_host(host):
        raise SourceError(f"{shown}: no machine can be called {host[:_SHOWN]}; write it as {parts.scheme}://HOST/PATH")
    bare = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], fragment="").geturl()
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Address(parts.scheme.lower(), bare, shown, host, port, user, password, _fingerprint(parts.fragment, shown))


def can_be_host(name: str) -> bool:
    """Whether a machine can be called so: the system's own look-up falls over a name that it cannot write down."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return name.isprintable() and not re.search(r"\s|%20", name)


def explain_failure(address: Address, error: BaseException, timeout_s: float) -> SourceError:
    """One line on why an address did not answer, with the remedy; `NotYet` where that may pass by itself."""
    where = address.shown
    cause = _root(error)
    if isinstance(cause, TimeoutError):
        return NotYet(f"{where}: no answer within {timeout_s:g} s; is the camera switched on?")
    if isinstance(cause, ConnectionRefusedError):
        return NotYet(f"{where}: connection refused; nothing listens {_at(address)}")
    if isinstance(cause, socket.gaierror):
        if _doubtful(address):
            return NotYet(f"{where}: no such host; in a password, {ESCAPES}")
        return NotYet(f"{where}: no such host {address.host}; check the name and the network")
    if isinstance(cause, ssl.SSLError):
        return SourceError(f"{where}: the secure connection failed ({cause.reason or 'no TLS'}); check the port")
    if isinstance(cause, OSError) and cause.strerror:
        return NotYet(f"{where}: the connection failed ({cause.strerror})")
    return NotYet(f"{where}: the connection failed ({type(cause).__name__})")


def explain_status(address: Address, code: int, reason: str, *, login_withheld: bool = False) -> SourceError:
    """One line on a refusal by number, which HTTP and RTSP share; `NotYet` where that may pass by itself."""
    where = address.shown
    protocol = "RTSP" if address.scheme.startswith("rtsp") else "HTTP"
    if code in {401, 403}:
        if login_withheld:
            return SourceError(
                f"{where}: sends on to another server, which asks for a login (HTTP {code}); "
                "the password is not given to others: use that server's address"
            )
        if address.user:
            return SourceError(
                f"{where}: refused ({protocol} {code}), user or password is wrong; in a password, {ESCAPES}"
            )
        return SourceError(
            f"{where}: refused ({protocol} {code}); give user and password as "
            f"{address.scheme}://USER:PASSWORD@HOST/...; in a password, {ESCAPES}"
        )
    words = f"{protocol} {code} {_one_line(reason)}".rstrip()
    if code == 453 or code >= 500 or code in _TEMPORARY:
        return NotYet(f"{where}: the camera does not serve it now ({words}); does another program use it?")
    return SourceError(f"{where}: {words}; check the address")


def _fingerprint(fragment: str, shown: str) -> str:
    if not fragment.lower().startswith(_FINGERPRINT):
        return ""
    digits = re.sub(r"[:\s-]", "", fragment[len(_FINGERPRINT) :]).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise SourceError(f"{shown}: a SHA-256 fingerprint (#sha256=...) has 64 hex digits")
    return digits


def _at(address: Address) -> str:
    return "there" if _doubtful(address) else f"on port {address.port} of {address.host}"


def _doubtful(address: Address) -> bool:
    """Whether host and port may be the beginning of a login that holds a slash: 'user:12/34@host'."""
    return "@" in address.bare


def _root(error: BaseException) -> BaseException:
    """The innermost cause that says more than its wrapping: a library's error comes from the system's."""
    cause = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    # A wrapper that knows more than what it wraps: a time-out by name only.
    return TimeoutError() if "Timeout" in type(error).__name__ else cause


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:80].strip()
