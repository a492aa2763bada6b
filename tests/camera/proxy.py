"""A line between a client and a server on this machine that can stand still in the middle of a packet, and go on."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress

_PIECE_BYTES = 1000
"""Odd to every packet: wherever it stops, it stops inside one."""


class Proxy:
    """Forwards connections to a port; bytes of both directions pass until it stands still."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self._passing = threading.Event()
        self._passing.set()
        self._closed = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.forwarded = 0
        """Bytes so far."""
        threading.Thread(target=self._accept, daemon=True).start()

    def stand_still(self) -> None:
        """Nothing passes; connections stay, and new ones are answered by nobody."""
        self._passing.clear()

    def go_on(self) -> None:
        """All that was held back passes now."""
        self._passing.set()

    def close(self) -> None:
        """End it, and what passes through it."""
        self._closed = True
        self._passing.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self.to_port)) as server:
            while not self._closed:
                ready, _, _ = select.select([client, server], [], [], 0.05)
                for each in ready:
                    self._passing.wait()
                    data = each.recv(_PIECE_BYTES)
                    if not data:
                        return
                    (server if each is client else client).sendall(data)
                    self.forwarded += len(data)
