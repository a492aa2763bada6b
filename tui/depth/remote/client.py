"""One kept connection to a server: bounded times, bounded answers, no redirects, and no silent second connection."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.depth.engines.network import Passing
from tui.depth.remote.address import TOKEN, TOKEN_FILE
from tui.errors import ModelError
from tui.sockets import Sockets

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

CONNECT_S = 1.0
_LONGEST_COMPLAINT = 4096


class Away(Passing):
    """The server cannot be reached now, or has broken off: it may be there again in a while."""


class Late(Away):
    """The answer did not come within its time."""


class Gone(Away):
    """The connection that was kept is no more: whoever answers on a new one must be looked at first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    headers: Mapping[str, str]
    content: bytes


class Client:
    """Asks one server over one connection, from one thread at a time.

    Args:
        base: scheme, host, port and what precedes `/v2`.
        token: sent as `Authorization: Bearer`; empty for none.
        connect_s: how long a connection may take.
    """

    def __init__(self, base: str, token: str = "", connect_s: float = CONNECT_S) -> None:
        import httpx

        self._base, self._connect_s = base, connect_s
        self._may_connect = False
        self._sockets = Sockets()
        self._closed = False
        self._too_late = False
        headers = {"Accept-Encoding": "identity", "User-Agent": "depth-tui"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            httpx.URL(base)
            self._client = httpx.Client(
                headers=headers,
                follow_redirects=False,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None),
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:  # or certificates, or a proxy
            raise ModelError(f"{base}: {_words(error)}") from error

    def connect(self, path: str, *, most_bytes: int, within_s: float) -> Answer:
        """GET over a new connection if there is none; every other request takes the one that this has opened.

        Raises:
            Away, ModelError: as `ask`.
        """
        self._may_connect = True
        try:
            return self.ask("GET", path, most_bytes=most_bytes, within_s=within_s)
        finally:
            self._may_connect = False

    def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        most_bytes: int,
        within_s: float,
    ) -> Answer:
        """The whole answer.

        Args:
            method: of HTTP.
            path: below the server's address.
            content: to send.
            headers: to send with it.
            most_bytes: more is cut off, and nothing of it is used.
            within_s: from the first byte sent to the last one received.

        Raises:
            Gone: the connection is no more.
            Late: it takes longer.
            Away: no connection, or it broke off.
            ModelError: the server refuses, redirects, or answers too much.
        """
        import httpx

        url = f"{self._base}{path}"
        timeout = httpx.Timeout(within_s, connect=self._connect_s)
        self._too_late = False
        # httpx counts from one piece of an answer to the next, so that one that drips would never be late.
        timer = threading.Timer(within_s + (self._connect_s if self._may_connect else 0.0), self._give_up)
        timer.daemon = True
        timer.start()
        try:
            with self._client.stream(
                method, url, content=content, headers=headers, timeout=timeout, extensions={"trace": self._trace}
            ) as response:
                body = self._body(response, most_bytes)
                _check_status(response.status_code, response.headers, body, url)
                return Answer(response.headers, body)
        except httpx.ConnectTimeout as error:
            raise Away(f"{self._base} does not answer within {self._connect_s:g} s; is the server on?") from error
        except httpx.TimeoutException as error:
            raise Late(self._late(within_s)) from error
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            if self._too_late:
                raise Late(self._late(within_s)) from error
            raise self._broken(error) from error
        except UnicodeError as error:
            raise ModelError(f"{self._base}: no machine can be called so ({_words(error)})") from error
        finally:
            timer.cancel()

    def close(self) -> None:
        """Close the connection, also under a request of another thread; safe to call twice."""
        self._closed = True
        self._sockets.shut_down()
        self._client.close()

    def _give_up(self) -> None:
        self._too_late = True
        self._sockets.shut_down()

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        if self._sockets.note(event, info) and self._closed:  # by another thread, which did not know of this one
            self._sockets.close()
            raise Gone(f"{self._base}: closed")
        # httpx would open another connection by itself, behind which another network may be.
        if event == "connection.connect_tcp.started" and (self._closed or not self._may_connect):
            raise Gone(f"{self._base} has closed the connection")

    def _late(self, within_s: float) -> str:
        return f"{self._base} did not answer within {within_s:.1f} s: that map is not waited for"

    def _body(self, response: httpx.Response, most_bytes: int) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelError(f"{self._base} answers compressed, although it was asked not to")
        if not response.is_success:
            most_bytes = min(most_bytes, _LONGEST_COMPLAINT)
        length = response.headers.get("content-length", "")
        if response.is_success and length.isdecimal() and int(length[:20]) > most_bytes:
            raise ModelError(self._too_much(most_bytes))
        body = bytearray()
        for block in response.iter_raw():
            body += block
            if len(body) > most_bytes:
                if not response.is_success:
                    return bytes(body[:most_bytes])
                raise ModelError(self._too_much(most_bytes))
        return bytes(body)

    def _too_much(self, most_bytes: int) -> str:
        return f"{self._base} answers more than {most_bytes / 1e6:.1f} MB, which no map is: cut off"

    def _broken(self, error: Exception) -> ModelError:
        """Why there is no connection, or no answer over it."""
        import httpx

        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                why = printable(cause.verify_message or str(cause))
                return ModelError(
                    f"{self._base}: its certificate cannot be verified ({why}); for an authority of your own set "
                    "SSL_CERT_FILE"
                )
            if isinstance(cause, ssl.SSLError):
                return ModelError(f"{self._base}: no TLS ({_words(cause)}); is it http:// there?")
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.ConnectError):
            return Away(f"{self._base} cannot be reached: {_words(error)}; is the server on?")
        return Away(f"{self._base} broke off: {_words(error)}")


def _check_status(status: int, headers: Mapping[str, str], body: bytes, url: str) -> None:
    """Refuse everything but a 2xx, in words."""
    if 200 <= status < 300:
        return
    where = url.partition("/v2")[0]
    if 300 <= status < 400:
        to = urlsplit(headers.get("location", ""))
        target = f" to {printable(to._replace(query='', fragment='').geturl())}" if to.netloc else ""
        raise ModelError(f"{where} redirects{target}, which is not followed: give the address that it is meant to be")
    said = _complaint(body)
    if status in {401, 403}:
        raise ModelError(f"{where} answers {status}{said}: set {TOKEN} or {TOKEN_FILE} to a token that it takes")
    if status == 404:
        raise ModelError(f"{url} answers 404{said}: is the model's name right, and is it loaded there?")
    if status in {408, 425, 429} or status >= 500:
        raise Away(f"{where} answers {status}{said}")
    raise ModelError(f"{where} answers {status}{said}")


def _complaint(body: bytes) -> str:
    """What an error's body says, by the protocol {"error": "..."}, in one short line."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    text = found.get("error", found.get("detail")) if isinstance(found, dict) else None
    return f" ({printable(text)})" if isinstance(text, str) and text.strip() else ""


def printable(text: str) -> str:
    """What a server says, in one short line without control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:200]


def _words(error: BaseException) -> str:
    return printable(str(error)) or type(error).__name__
