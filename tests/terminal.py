"""The real command in a pseudo-terminal: keys in, a screen out."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Mapping, Sequence

import pyte

from tui.terminal.measure import TerminalLink, app_command

_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Escape codes that pyte does not know and prints."""


class Terminal(TerminalLink):
    """Runs `depth-tui ARGUMENTS`, or another command, in a pseudo-terminal of its own, until the `with` block ends."""

    def __init__(
        self,
        arguments: Sequence[str] = (),
        *,
        command: Sequence[str] | None = None,
        rows: int = 48,
        columns: int = 160,
        env: Mapping[str, str] | None = None,
        answers: bool = True,
    ) -> None:
        super().__init__(command or app_command(*arguments), rows=rows, columns=columns, env=env, answers=answers)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._shown = 0

    @property
    def text(self) -> str:
        """What the screen shows."""
        self._stream.feed(_PRIVATE.sub(b"", bytes(self.received[self._shown :])))
        self._shown = len(self.received)
        return "\n".join(self._screen.display)

    def send(self, data: bytes) -> None:
        """Write any bytes, while what comes back is read, so that neither side waits for the other."""
        os.set_blocking(self.fd, False)
        try:
            while data:
                if select.select([], [self.fd], [], 0.0)[1]:
                    data = data[os.write(self.fd, data[:512]) :]
                self.step(0.0)
                assert not self.ended, self.received[-3000:].decode(errors="replace")
        finally:
            os.set_blocking(self.fd, True)

    def wait_text(self, pattern: str, timeout_s: float = 60.0) -> None:
        end_s = time.monotonic() + timeout_s
        while not re.search(pattern, self.text):
            assert time.monotonic() < end_s, f"never shown: {pattern}\n{self.text}"
            assert not self.ended, f"left with {self.exit_code} before showing {pattern}\n{self.text}"
            self.pump(0.02)

    def wait_exit(self, timeout_s: float = 60.0) -> float:
        """Seconds until the program has left."""
        start_s = time.monotonic()
        while self.exit_code is None:
            assert time.monotonic() - start_s < timeout_s, f"still running\n{self.text}"
            self.step(0.01)
        self.pump(0.05)
        return time.monotonic() - start_s

    def restored(self) -> bool:
        """Whether the alternate screen was left, the cursor shown and the mouse given back, in the last output."""
        tail = bytes(self.received[-4000:])
        return all(code in tail for code in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"))
