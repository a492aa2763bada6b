"""The real command in a pseudo-terminal: keys in, a screen out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Escape codes that pyte does not know and prints."""


class Terminal:
    """Runs `depth-tui ARGUMENTS` in a pseudo-terminal of its own, until the `with` block ends."""

    def __init__(
        self, arguments: Sequence[str], *, rows: int = 48, columns: int = 160, env: Mapping[str, str] | None = None
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.exit_status: int | None = None
        self.received = bytearray()
        pid, fd = pty.fork()
        if pid == 0:
            settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            full_env = {**os.environ, **settings, **(env or {})}
            try:
                os.execve(sys.executable, [sys.executable, "-m", "tui", *arguments], full_env)
            finally:
                os._exit(127)
        self.pid, self._fd = pid, fd
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.exit_status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self._screen.display)

    def keys(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def pump(self, seconds: float) -> None:
        """Read what the program writes, for a while."""
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0 and self.exit_status is None:
            readable, _, _ = select.select([self._fd], [], [], min(left_s, 0.02))
            if readable:
                try:
                    data = os.read(self._fd, 1 << 16)
                except OSError:  # the program has closed its end
                    data = b""
                self.received += data
                self._stream.feed(_PRIVATE.sub(b"", data))
                if not data:
                    self._reap(block=True)
            else:
                self._reap(block=False)

    def _reap(self, *, block: bool) -> None:
        pid, status = os.waitpid(self.pid, 0 if block else os.WNOHANG)
        if pid:
            self.exit_status = status

    def wait_text(self, pattern: str, timeout_s: float = 30.0) -> None:
        end_s = time.monotonic() + timeout_s
        while not re.search(pattern, self.text):
            assert time.monotonic() < end_s, f"never shown: {pattern}\n{self.text}"
            assert self.exit_status is None, f"left with {self.exit_status} before showing {pattern}\n{self.text}"
            self.pump(0.02)

    def wait_exit(self, timeout_s: float = 10.0) -> float:
        """Seconds until the program has left."""
        start_s = time.monotonic()
        while self.exit_status is None:
            assert time.monotonic() - start_s < timeout_s, f"still running\n{self.text}"
            self.pump(0.01)
        return time.monotonic() - start_s

    def restored(self) -> bool:
        """Whether the alternate screen was left, the cursor shown and the mouse given back, in the last output."""
        tail = bytes(self.received[-4000:])
        return all(code in tail for code in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"))
