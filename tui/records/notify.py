"""What systemd is told of a service: https://www.freedesktop.org/software/systemd/man/sd_notify.html."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Supervisor:
    """systemd, where it started this program and listens; else nobody, and nothing is sent."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        microseconds = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_s = int(microseconds) / 1e6 if mine and microseconds.isdigit() else 0.0
        """Without a sign of life for so long it starts the program anew; 0: it does not watch."""

    def ready(self) -> None:
        """Everything has begun."""
        self._send("READY=1")

    def alive(self) -> None:
        """Work is being done: to be said only when that has been seen."""
        if self.watchdog_s:
            self._send("WATCHDOG=1")

    def status(self, words: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={' '.join(words.split())}")

    def reloading(self, at_s: float) -> None:
        """The configuration is read again; `ready` ends that. `at_s` is `time.monotonic()`."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={round(at_s * 1e6)}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.setblocking(False)
            sender.sendto(text.encode(), address)
