"""What a program sends to a terminal, counted on the other side of a pseudo-terminal, through a link of any speed."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_QUESTION = b"\x1b[6n"
_ANSWER = b"\x1b[1;1R"
_BEGIN = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""Makes the pseudo-terminal the program's own, and becomes the program."""


def _without_size(environment: Mapping[str, str]) -> dict[str, str]:
    """Without the size of the terminal that this program runs in, which other programs would take for their own."""
    return {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was sent over some time."""

    seconds: float
    sent: int
    """Bytes."""
    compressed: int
    """Bytes as `ssh -C` would send them: zlib, flushed whenever the program paused."""

    @property
    def bytes_per_s(self) -> float:
        """As it was."""
        return self.sent / self.seconds

    @property
    def compressed_per_s(self) -> float:
        """Under zlib."""
        return self.compressed / self.seconds


class TerminalLink:
    """Runs a program in a pseudo-terminal that is read no faster than a link would carry it.

    Args:
        command: what to run.
        rows: of the terminal.
        columns: of the terminal.
        env: on top of this process's environment; a terminal of true colours unless it says otherwise.
        bytes_per_s: what the link carries; None reads at once.
        latency_s: how long what was read is under way, before its questions are answered.
        answers: whether the terminal answers where its cursor is.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        rows: int = 48,
        columns: int = 160,
        env: Mapping[str, str] | None = None,
        bytes_per_s: float | None = None,
        latency_s: float = 0.0,
        answers: bool = True,
    ) -> None:
        self.received = bytearray()
        self.chunks: list[tuple[float, int]] = []
        """(when, how many bytes) of each read."""
        self._rate, self._latency_s, self._answers = bytes_per_s, latency_s, answers
        self._room, self._room_s = 0.0, time.monotonic()
        self._due: list[float] = []
        # Not forked by hand: a process with threads of OpenVINO or torch must not run Python between fork and exec.
        self.fd, inside = pty.openpty()
        self.resize(rows, columns)
        self._process = subprocess.Popen(
            [sys.executable, "-ISc", _BEGIN, *command],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**_without_size(os.environ), **_TRUECOLOR, **(env or {})},
            start_new_session=True,
        )
        os.close(inside)
        self.pid = self._process.pid
        self.ended = False

    @property
    def exit_code(self) -> int | None:
        """Of the program, once it has ended; negative for a signal."""
        return self._process.poll()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self.fd)

    def resize(self, rows: int, columns: int) -> None:
        """Make the terminal another size; the program is told."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def keys(self, text: str) -> None:
        """Type."""
        os.write(self.fd, text.encode())

    def pump(self, seconds: float) -> bytes:
        """Read for a while, and return what came."""
        start = len(self.received)
        end_s = time.monotonic() + seconds
        while not self.ended and (left_s := end_s - time.monotonic()) > 0:
            self.step(min(left_s, 0.01))
        return bytes(self.received[start:])

    def step(self, wait_s: float) -> bool:
        """Read once, if the link has room and there is something, within a time; True if there was."""
        now_s = time.monotonic()
        while self._due and self._due[0] <= now_s:
            self._due.pop(0)
            os.write(self.fd, _ANSWER)
        room = 1 << 16
        if self._rate is not None:
            self._room = min(self._room + self._rate * (now_s - self._room_s), max(self._rate * 0.02, 256))
            self._room_s = now_s
            room = int(self._room)
            if room < 64:
                time.sleep(min(wait_s, 64 / self._rate))
                return False
        if not select.select([self.fd], [], [], wait_s)[0]:
            return False
        try:
            data = os.read(self.fd, room)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self._room -= len(data)
        now_s = time.monotonic()
        self.chunks.append((now_s, len(data)))
        tail = bytes(self.received[-len(_QUESTION) + 1 :])
        self.received += data
        if self._answers:
            self._due += [now_s + self._latency_s] * (tail + data).count(_QUESTION)
        return True

    def traffic(self, seconds: float) -> Traffic:
        """Count for a while."""
        compressor = zlib.compressobj(6)
        start, first = time.monotonic(), len(self.received)
        compressed, done = 0, first
        while not self.ended and time.monotonic() - start < seconds:
            self.pump(0.05)
            if len(self.received) > done:
                compressed += len(compressor.compress(bytes(self.received[done:])))
                compressed += len(compressor.flush(zlib.Z_SYNC_FLUSH))
                done = len(self.received)
        return Traffic(time.monotonic() - start, len(self.received) - first, compressed)


def app_command(*arguments: str) -> list[str]:
    """The app, by the interpreter that runs this."""
    return [sys.executable, "-m", "tui", *arguments]
