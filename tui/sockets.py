"""The sockets under a client of httpx, so that another thread can end what that waits for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from weakref import WeakSet

_OPENED = (".connect_tcp.complete", ".start_tls.complete")
CONNECTING = (".connect_tcp.started", ".start_tls.started", *_OPENED)
"""TLS takes the socket over: what was connected before is an empty shell then."""


class Sockets:
    """Knows what a client is connected through, from the `trace` of its requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: WeakSet[socket.socket] = WeakSet()

    def note(self, event: str, info: Mapping[str, object]) -> bool:
        """Take notice of one event of httpx's `trace`; True if it is that of another connection."""
        if not event.endswith(_OPENED):
            return False
        find = getattr(info["return_value"], "get_extra_info", None)
        found = find("socket") if find is not None else None
        if isinstance(found, socket.socket):
            with self._lock:
                self._open.add(found)
        return True

    def close(self) -> None:
        """Let go of all of them; by the thread that uses them, where it gives up what it has begun."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.close()

    def shut_down(self) -> None:
        """Wake whoever waits for an answer: the connection has ended."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):  # closed long ago
                    # What a TLS socket's own way would leave unread is read as plain text after it.
                    socket.socket.shutdown(each, socket.SHUT_RDWR)
