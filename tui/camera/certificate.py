"""Certificates: trusted ones, and those of which the user has confirmed the fingerprint."""

from __future__ import annotations

import hashlib
import socket
import ssl

from tui.camera.address import Address
from tui.errors import SourceError


class UntrustedCertificate(SourceError):
    """A server's certificate is not a trusted one; the user may confirm that it is the camera's."""

    def __init__(self, message: str, fingerprint: str) -> None:
        super().__init__(message)
        self.fingerprint = fingerprint
        """SHA-256, as people compare it: 'AB:CD:...'."""

    def confirmed(self, spec: str) -> str:
        """The address to open once the user has confirmed the fingerprint: it trusts this certificate and no other."""
        return f"{spec.split('#', 1)[0]}#sha256={self.fingerprint}"


class _Pinned(ssl.SSLSocket):
    """Ends the handshake before anything is sent unless the certificate is the confirmed one."""

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        expected = getattr(self.context, "fingerprint", "")
        if _sha256(self.getpeercert(binary_form=True)) != expected:
            self.close()
            raise ssl.SSLCertVerificationError("another certificate than the confirmed one")


class _PinnedContext(ssl.SSLContext):
    sslsocket_class = _Pinned
    fingerprint = ""


def context_for(fingerprint: str) -> ssl.SSLContext:
    """What a connection must show: the confirmed certificate, or without one a trusted one.

    Args:
        fingerprint: SHA-256, 64 small hex digits, or empty.
    """
    if not fingerprint:
        import certifi

        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())  # some machines have no list of their own
        return context
    pinned = _PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    _leave_unchecked(pinned)
    pinned.fingerprint = fingerprint
    return pinned


def explain_certificate(
    address: Address, port: int, error: ssl.SSLCertVerificationError, timeout_s: float
) -> SourceError:
    """One line on a certificate that was refused, with its fingerprint and how to accept it.

    The server is asked once more for its certificate; nothing else is sent to it.
    """
    fingerprint = _shown_fingerprint(address.host, port, timeout_s)
    if not fingerprint:
        return SourceError(f"{address.shown}: its certificate is not trusted, and it does not show it again")
    if address.fingerprint:
        return UntrustedCertificate(
            f"{address.shown}: shows another certificate than the one that was confirmed: someone may stand "
            f"between. If it was renewed, compare its SHA-256 fingerprint and end the address in #sha256={fingerprint}",
            fingerprint,
        )
    reason = getattr(error, "verify_message", "") or "it cannot be verified"
    return UntrustedCertificate(
        f"{address.shown}: its certificate is not trusted ({reason}). If this SHA-256 fingerprint is the "
        f"camera's, write it at the end of the address: #sha256={fingerprint}",
        fingerprint,
    )


def _shown_fingerprint(host: str, port: int, timeout_s: float) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _leave_unchecked(context)
    try:
        with (
            socket.create_connection((host, port), timeout_s) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            digits = _sha256(secure.getpeercert(binary_form=True)).upper()
    except OSError:
        return ""
    return ":".join(digits[k : k + 2] for k in range(0, len(digits), 2))


def _leave_unchecked(context: ssl.SSLContext) -> None:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE


def _sha256(certificate: bytes | None) -> str:
    return hashlib.sha256(certificate or b"").hexdigest()
