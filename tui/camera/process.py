"""A program of the user's that writes to a pipe: in a process group of its own, of which nothing is left."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import IO

from tui.camera.guard import Guard
from tui.errors import SourceError

PATIENCE_S = 2.0
"""Between SIGINT, on which a program lets go of its camera, and SIGKILL."""
_LOOK_EVERY_S = 0.02
_PIPE_BYTES = 1024 * 1024
_SET_PIPE_SIZE = 1031
"""F_SETPIPE_SZ of Linux: an uncompressed picture in one piece instead of ten."""

_running: set[Process] = set()


class Process:
    """One program at work; several threads may use it.

    Raises:
        SourceError: it cannot be started; says why.
    """

    def __init__(self, words: Sequence[str], name: str) -> None:
        self.name = name
        self._guard = Guard()
        try:
            # A session of its own: no terminal to ask at (ssh's passwords), and no ctrl+c from ours.
            self._process = subprocess.Popen(
                list(words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            self._guard.dismiss()
            raise SourceError(f"{name}: there is no such command; is it installed, and spelt like that?") from error
        except (OSError, ValueError) as error:
            self._guard.dismiss()
            reason = getattr(error, "strerror", None) or error
            raise SourceError(f"{name}: cannot be started: {reason}") from error
        self._guard.watch(self._process.pid)
        assert self._process.stdout is not None and self._process.stderr is not None  # noqa: S101, PT018 - both are PIPE
        self.stdout: IO[bytes] = self._process.stdout
        self.stderr: IO[bytes] = self._process.stderr
        self._ending = threading.Lock()
        self._interrupted_at_s: float | None = None
        self._status: int | None = None
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            fcntl.fcntl(self.stdout, _SET_PIPE_SIZE, _PIPE_BYTES)
        _running.add(self)

    @property
    def pid(self) -> int:
        """Of the program, and of its process group."""
        return self._process.pid

    def has_ended(self) -> bool:
        """Whether the program itself has; its number stays taken until `end`."""
        if self._status is not None:
            return True
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def interrupt(self) -> None:
        """Ask it to end, once."""
        with self._ending:
            if self._status is None and self._interrupted_at_s is None:
                self._interrupted_at_s = time.monotonic()
                self._signal(signal.SIGINT)

    def end(self) -> int:
        """End it, and what it has started, within `PATIENCE_S`; safe to call twice.

        Returns:
            The exit status, negative for a signal, as `subprocess` has it.
        """
        self.interrupt()
        with self._ending:
            if self._status is None:
                deadline_s = (self._interrupted_at_s or 0.0) + PATIENCE_S
                while not self.has_ended() and time.monotonic() < deadline_s:
                    time.sleep(_LOOK_EVERY_S)
                # While it is not waited for, its number cannot be that of another group.
                self._signal(signal.SIGKILL)
                self._guard.dismiss()
                self._status = self._process.wait()
                _running.discard(self)
            return self._status

    def close(self) -> None:
        """Let go of the pipes, which nobody reads any more."""
        self.stdout.close()
        self.stderr.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def end_all() -> None:
    """End what is still running, all at once; for the end of this program, whose threads do not outlive it."""
    running = tuple(_running)
    for each in running:
        each.interrupt()
    for each in running:
        each.end()
