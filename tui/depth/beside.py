"""An estimator in a process of its own.

Starting torch holds the interpreter's lock for up to a third of a second at a time, transformers and a GPU's driver
for longer; in a thread of the app, keys would wait. And a process that runs out of memory takes nothing with it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from tui.depth import loader
from tui.depth.estimator import DepthEstimator, ModelIdentity
from tui.depth.loader import ModelRequest, Progress, needs_torch
from tui.depth.processes import program
from tui.errors import DepthTuiError, ModelError
from tui.geometry.arrays import FloatMap, RGBImage

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAVE_S = 0.5
_LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class _State:
    """What a `DepthEstimator` says of itself."""

    identity: ModelIdentity
    engine: str
    notes: tuple[str, ...]


def load_beside(request: ModelRequest, progress: Progress) -> DepthEstimator:
    """Load a model for a program that must answer keys meanwhile: in another process where torch is needed.

    Raises:
        WeightsMissing, ModelError, InputError: as `load_estimator`.
    """
    if needs_torch(request):
        return EstimatorBeside(request, progress)
    return loader.load_estimator(request, progress)


class EstimatorBeside:
    """A `DepthEstimator` that another process runs.

    Args:
        request: what to load there.
        progress: is told what is being done.

    Raises:
        ModelError: what `load_estimator` raises there, or the process has ended.
    """

    def __init__(self, request: ModelRequest, progress: Progress) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                program(__name__), stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        self._connection = Connection(ours.detach())
        self._lock = threading.Lock()
        try:
            self._state: _State = self._ask(request, progress)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the other process."""
        return self._process.pid

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`."""
        return self._state.identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        return self._state.engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        return self._state.notes

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`."""
        inverse_depth: FloatMap
        inverse_depth, self._state = self._ask(image)
        return inverse_depth

    def close(self) -> None:
        """See `DepthEstimator`; what is at work there is broken off."""
        self._connection.close()
        try:
            self._process.wait(_LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, what: object, progress: Progress | None = None) -> Any:  # noqa: ANN401  # what was asked for
        with self._lock:
            if self._connection.closed:
                raise ModelError("the model was closed; load it again")
            try:
                self._connection.send(what)
                while True:
                    kind, *answer = self._connection.recv()
                    if kind == "answer":
                        return answer[0]
                    if kind == "error":
                        raise _rebuilt(*answer)
                    if progress is not None:
                        progress(*answer)
            except (EOFError, OSError) as error:
                code = self._process.wait()
                why = "out of memory?" if code == -9 else "it broke down"
                raise ModelError(
                    f"the model's process has ended (exit code {code}, {why}); m loads this model again or another one"
                ) from error


def _rebuilt(kind: type[DepthTuiError], message: str, state: dict[str, object]) -> DepthTuiError:
    """An error of the other process; the constructors of some take other things than a message."""
    error = kind.__new__(kind)
    DepthTuiError.__init__(error, message)
    error.__dict__.update(state)
    return error


def main() -> None:
    """The other process: a request comes in, then pictures; ends with the process that asks."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    connection = Connection(os.dup(0))

    def say(what: str, fraction: float | None) -> None:
        connection.send(("progress", what, fraction))

    with contextlib.suppress(EOFError, OSError):
        request = connection.recv()
        estimator: DepthEstimator | None = _answer(connection, lambda: loader.load_estimator(request, say), _state_of)
        while estimator is not None:
            estimate = partial(estimator.estimate, connection.recv())
            _answer(connection, estimate, lambda depth: (depth, _state_of(estimator)))
    os._exit(0)  # what libraries do at their end has nothing to do any more


def _answer(connection: Connection, work: Callable[[], Any], told: Callable[[Any], object]) -> Any:  # noqa: ANN401
    """Do some work and tell its result, or why there is none; returns the result."""
    try:
        result = work()
    except DepthTuiError as error:
        connection.send(("error", type(error), str(error), vars(error)))
        return None
    except Exception as error:  # noqa: BLE001 - an engine may raise anything; the other side must hear of it
        connection.send(("error", ModelError, f"{type(error).__name__}: {error}", {}))
        return None
    connection.send(("answer", told(result)))
    return result


def _state_of(estimator: DepthEstimator) -> _State:
    return _State(estimator.identity, estimator.engine, estimator.notes)


def _end_with(asking: int) -> None:
    while os.getppid() == asking:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)
