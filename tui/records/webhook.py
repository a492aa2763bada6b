"""An address of the user's that is told when an alarm begins to ring or falls quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.camera.address import can_be_host
from tui.camera.printable import printable_address
from tui.errors import InputError
from tui.records.bulletin import Bulletin
from tui.records.outlet import NotTaken, SinkError
from tui.records.plain import event_plain

if TYPE_CHECKING:
    import httpx

LATE_S = 300.0
"""What happened longer ago is no news."""
_TIMEOUT_S = 5.0
_MOST_PORT = 65_535
_TOO_MANY = 429
_FAULT, _NOT_DONE = 500, 300


class WebhookSink:
    """Posts each event as JSON to an address."""

    late_s = LATE_S
    events_only = True

    def __init__(self, address: str, timeout_s: float = _TIMEOUT_S) -> None:
        """`address` is http or https; a user and password in it are sent as basic authentication, and never shown.

        Raises:
            InputError: it is none.
        """
        import httpx

        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise InputError(f"--webhook '{printable_address(address)}': {error}") from error
        fits = url.port is None or 0 < url.port <= _MOST_PORT
        if url.scheme not in {"http", "https"} or not url.host or not can_be_host(url.host) or not fits:
            raise InputError(f"--webhook '{printable_address(address)}': write an address, such as https://host/path")
        self.name = f"--webhook {printable_address(address)}"
        self._url, self._timeout_s = url, timeout_s
        self._client: httpx.Client | None = None
        self._bulletin: Bulletin | None = None
        self._refused, self._told = "", 0
        """How many events of that bulletin have been."""

    def put(self, bulletin: Bulletin) -> None:
        """Post each event.

        Raises:
            SinkError: nobody is there, or it is not taken now (5xx, 429); it comes again.
            NotTaken: it was refused for good (another status).
        """
        import httpx

        if self._client is None:
            self._client = httpx.Client(timeout=self._timeout_s, follow_redirects=False)
        if bulletin is not self._bulletin:
            self._bulletin, self._told, self._refused = bulletin, 0, ""
        for event in bulletin.events[self._told :]:  # what was told before it failed is not told again
            try:
                with self._client.stream("POST", self._url, json=event_plain(bulletin, event)) as answer:
                    status = answer.status_code  # what else it says is not read, however long it is
            except (httpx.HTTPError, httpx.StreamError) as error:
                raise SinkError(str(error) or type(error).__name__) from error
            if status >= _FAULT or status == _TOO_MANY:
                raise SinkError(f"it answers {status}")
            self._told += 1
            if status >= _NOT_DONE:
                self._refused = f"it answers {status}: the address is wrong, or it is not allowed"
        if self._refused:
            raise NotTaken(self._refused)

    def idle(self, now_s: float) -> None:
        """Nothing to do."""
        del now_s

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
