"""Asking a web address: redirects, logins, certificates, time-outs."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.camera.address import Address, explain_failure, explain_status
from tui.camera.certificate import context_for, explain_certificate
from tui.camera.challenge import Login
from tui.camera.live import NotYet
from tui.camera.printable import printable_address
from tui.errors import SourceError
from tui.sockets import CONNECTING, Sockets

if TYPE_CHECKING:
    import httpx

_MAX_HOPS = 10
_MAX_LOGINS = 2
"""A second one where what the server gave for the first is stale."""


class Answer:
    """The body of an answer, as it comes."""

    def __init__(self, response: httpx.Response, address: Address, timeout_s: float) -> None:
        self._response = response
        self._address = address
        self._timeout_s = timeout_s
        self._chunks: Iterator[bytes] = response.iter_bytes()
        header = Message()
        header["content-type"] = response.headers.get("content-type", "")
        self.content_type = header.get_content_type() if header["content-type"] else ""
        """In lower case, without parameters; empty where the server says none."""
        self.boundary = str(header.get_param("boundary") or "")
        length = response.headers.get("content-length", "")
        self.length = int(length[:20]) if length.isdecimal() and "content-encoding" not in response.headers else None
        """Of the body, in bytes, as the server says; None where it does not."""
        self.broken = False
        """Whether the body ended before it should."""

    def chunk(self) -> bytes:
        """The next bytes, as soon as there are some; empty at the end.

        Raises:
            SourceError: none come.
        """
        import httpx

        try:
            return next((chunk for chunk in self._chunks if chunk), b"")
        except httpx.TimeoutException as error:
            raise NotYet(
                f"{self._address.shown}: the stream stands still, no data for {self._timeout_s:g} s"
            ) from error
        except (httpx.HTTPError, httpx.StreamError):  # closed before its end
            self.broken = True
            return b""

    def close(self) -> None:
        """Let go of the connection."""
        import httpx

        try:
            self._response.close()
        except httpx.HTTPError:
            return


class Caller:
    """Asks one address, once or again and again; one thread uses it, another may break it off."""

    def __init__(self, address: Address, timeout_s: float) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses as they are
        self._address = address
        self._timeout_s = timeout_s
        self._clients: dict[str, httpx.Client] = {}
        self._sockets = Sockets()
        self._broken_off = False
        self._login = Login(address.user, address.password) if address.user or address.password else None

    def get(self) -> Answer:
        """Ask, and ask where that sends us, with the password only for the address's own server.

        Raises:
            SourceError: refused, no answer, an HTTP error; `NotYet` where that may pass.
        """
        import httpx

        try:
            return self._follow()
        except httpx.InvalidURL as error:
            raise SourceError(f"{self._address.shown}: not an address, or sends on to what is none") from error
        except (httpx.HTTPError, OSError) as error:
            raise self._explained(error) from error

    def break_off(self) -> None:
        """End what is waited for, and let nothing more be asked; from any thread."""
        self._broken_off = True
        self._sockets.shut_down()

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._sockets.close()

    def _follow(self) -> Answer:
        import httpx

        url = httpx.URL(self._address.bare)
        for _ in range(_MAX_HOPS):
            response = self._ask(url)
            if not response.has_redirect_location:
                break
            response.close()
            url = url.join(response.headers["location"]).copy_with(username=None, password=None)
            if url.scheme not in {"http", "https"} or not url.host:
                to = printable_address(str(url))
                raise SourceError(f"{self._address.shown}: sends on to {to}; use that address")
        else:
            raise SourceError(f"{self._address.shown}: sends on from one address to another without an end")
        if response.is_success:
            return Answer(response, self._address, self._timeout_s)
        response.close()
        withheld = self._login is not None and not self._is_own(url)
        raise explain_status(self._address, response.status_code, response.reason_phrase, login_withheld=withheld)

    def _ask(self, url: httpx.URL) -> httpx.Response:
        login = self._login if self._is_own(url) else None
        client = self._client(url)
        response = self._send(client, url, login)
        for tries in range(_MAX_LOGINS):
            asked = response.headers.get_list("www-authenticate")
            if response.status_code != 401 or login is None:
                break
            # Not again and again: cameras shut out whoever gives a wrong password too often.
            if (tries and not any("stale=true" in each.lower().replace('"', "") for each in asked)) or not login.choose(
                asked
            ):
                break
            response.close()
            response = self._send(client, url, login)
        return response

    def _send(self, client: httpx.Client, url: httpx.URL, login: Login | None) -> httpx.Response:
        headers = {"User-Agent": "depth-tui"}
        authorization = login.answer("GET", url.raw_path.decode("ascii")) if login else None
        if authorization:
            headers["Authorization"] = authorization
        request = client.build_request("GET", url, headers=headers, extensions={"trace": self._trace})
        return client.send(request, stream=True)

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        import httpx

        self._sockets.note(event, info)
        if self._broken_off and event.endswith(CONNECTING):
            self._sockets.close()
            raise httpx.ConnectError("closed")

    def _is_own(self, url: httpx.URL) -> bool:
        """Whether this is the server that the password is for: the same, or its secure side."""
        own = urlsplit(self._address.bare)
        if url.host != (own.hostname or ""):
            return False
        port = url.port or (443 if url.scheme == "https" else 80)
        if (url.scheme, port) == (self._address.scheme, self._address.port):
            return True
        return (self._address.scheme, self._address.port, url.scheme, port) == ("http", 80, "https", 443)

    def _client(self, url: httpx.URL) -> httpx.Client:
        import httpx

        own = url.host == self._address.host
        key = f"{url.scheme} {own}"
        if key not in self._clients:
            fingerprint = self._address.fingerprint if own else ""
            context: ssl.SSLContext | bool = context_for(fingerprint) if url.scheme == "https" else False
            self._clients[key] = httpx.Client(verify=context, timeout=self._timeout_s, auth=None)
        return self._clients[key]

    def _explained(self, error: httpx.HTTPError | OSError) -> SourceError:
        import httpx

        if isinstance(error, httpx.ProtocolError):
            return NotYet(f"{self._address.shown}: answers nothing that can be read as HTTP; check the port")
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError) and isinstance(error, httpx.RequestError):
                return self._untrusted(error.request.url, cause)
            cause = cause.__cause__ or cause.__context__
        return explain_failure(self._address, error, self._timeout_s)

    def _untrusted(self, url: httpx.URL, error: ssl.SSLCertVerificationError) -> SourceError:
        if url.host != self._address.host:
            to = printable_address(str(url))
            return SourceError(f"{self._address.shown}: sends on to {to}, whose certificate is not trusted")
        return explain_certificate(self._address, url.port or 443, error, self._timeout_s)
