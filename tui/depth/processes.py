"""Parts of this program that run as programs of their own: questions go there, answers come back."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from tui.errors import DepthTuiError, ModelError

Say = Callable[[str, float | None], None]
"""Told what is being done and, where it is known, how much of it is done, 0..1."""

_OURS = str(Path(__file__).parents[2])
_LEAVE_S = 0.5
_LOOK_EVERY_S = 0.5

unbroken = threading.Lock()
"""Held in the other process while it must not be broken off: half a file would be left."""


class HelperEnded(ModelError):  # a state to act on: its owner says what was broken off
    """The other process has ended without an answer."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}" + (", out of memory?" if exit_code == -9 else ""))


class Helper:
    """One of our modules at work beside this process, which it does not outlive.

    Args:
        module: its `main` calls `serve`.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, module: str) -> None:
        # -P, and our folder at the end of the path: neither a file in the working directory nor one of our neighbours
        # may pass for another module.
        code = f"import sys; sys.path.append({_OURS!r}); from {module} import main; main()"
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", code],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._connection = Connection(ours.detach())
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """Of the other process."""
        return self._process.pid

    def ask(self, question: object, say: Say | None = None) -> Any:  # noqa: ANN401  # what was asked for
        """Wait for the answer to something that can be pickled.

        Raises:
            DepthTuiError: what was raised there.
            HelperEnded: the process ended instead.
            ModelError: it was closed before.
        """
        with self._lock:
            if self._connection.closed:
                raise ModelError("the model was closed; load it again")
            try:
                self._connection.send(question)
                while True:
                    kind, *answer = self._connection.recv()
                    if kind == "answer":
                        return answer[0]
                    if kind == "error":
                        raise _rebuilt(*answer)
                    if say is not None:
                        say(*answer)
            except (EOFError, OSError) as error:
                raise HelperEnded(self._process.wait()) from error

    def close(self) -> None:
        """What is at work there is broken off; safe to call twice."""
        self._connection.close()
        try:
            self._process.wait(_LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(answer: Callable[[Any, Say], object]) -> NoReturn:
    """Answer questions until whoever asks has gone; in the other process.

    Args:
        answer: is given the question, and what to tell on the way.
    """
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    connection = Connection(os.dup(0))
    with contextlib.suppress(EOFError, OSError):
        while True:
            _answer(connection, connection.recv(), answer)
    os._exit(0)  # what libraries do at their end has nothing to do any more


def _answer(connection: Connection, question: object, answer: Callable[[Any, Say], object]) -> None:
    def say(what: str, fraction: float | None) -> None:
        connection.send(("progress", what, fraction))

    try:
        told: tuple[object, ...] = ("answer", answer(question, say))
    except DepthTuiError as error:
        told = ("error", type(error), str(error), vars(error))
    except Exception as error:  # noqa: BLE001 - an engine may raise anything; the other side must hear of it
        told = ("error", ModelError, f"{type(error).__name__}: {error}", {})
    connection.send(told)


def _rebuilt(kind: type[DepthTuiError], message: str, state: dict[str, object]) -> DepthTuiError:
    """An error of the other process; the constructors of some take other things than a message."""
    error = kind.__new__(kind)
    DepthTuiError.__init__(error, message)
    error.__dict__.update(state)
    return error


def _end_with(asking: int) -> None:
    while os.getppid() == asking:
        time.sleep(_LOOK_EVERY_S)
    with unbroken:
        os._exit(1)
