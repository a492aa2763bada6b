"""A model of this machine that stands in for a server while that is away."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from tui.depth.estimator import DepthEstimator, DepthMap, ModelIdentity, infer
from tui.depth.remote.estimator import RemoteEstimator
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage

_TRIES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 30.0)
"""Pauses between tries to reach the server, in a thread of its own, so that no picture waits for it."""

_STEADY_S = 30.0
"""A server that has answered for so long is there for good."""

_MOST_NOTES = 20


class StandingIn:
    """The server's network while it answers, the local one while it does not; each map says whose it is.

    Args:
        remote: that was reached, or not yet.
        local: loads what stands in; called when it is first needed.
        name: of the local model, for messages.
        why: why the server is not there from the beginning; empty if it is.
    """

    def __init__(self, remote: RemoteEstimator, local: Callable[[], DepthEstimator], name: str, why: str = "") -> None:
        self._remote, self._load, self._name = remote, local, name
        self._local: DepthEstimator | None = None
        self._closed = threading.Event()
        self._away = threading.Event()
        self._notes: deque[str] = deque(maxlen=_MOST_NOTES)
        self._last: ModelIdentity | None = None
        self._tries, self._back_s = 0, -math.inf
        if why:
            self._stand_in(why)

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`: of the last map, else of who would make the next."""
        if self._last is not None:
            return self._last
        return self._stand().identity if self._away.is_set() else self._remote.identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        return self._stand().engine if self._away.is_set() else self._remote.engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        local = self._local.notes if self._local is not None else ()
        return (*self._remote.notes, *local, *self._notes)

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`."""
        return self.infer(image).full

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`."""
        if not self._away.is_set():
            try:
                found = self._remote.infer(image)
            except ModelError as error:
                self._stand_in(str(error))
            else:
                self._last = found.made_by
                return found
        local = self._stand()
        found = infer(local, image).by(local.identity)
        self._last = local.identity
        return found

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._closed.set()
        self._remote.close()
        if self._local is not None:
            self._local.close()

    def _stand(self) -> DepthEstimator:
        if self._local is None:
            self._local = self._load()
        return self._local

    def _stand_in(self, why: str) -> None:
        self._notes.append(f"{time.strftime('%H:%M:%S')}: {self._name} stands in: {why}")
        self._away.set()
        threading.Thread(target=self._come_back, name="tui-server", daemon=True).start()

    def _come_back(self) -> None:
        if time.monotonic() - self._back_s > _STEADY_S:
            self._tries = 0  # else it comes and goes: each time it is left alone for longer
        while not self._closed.wait(_TRIES_S[min(self._tries, len(_TRIES_S) - 1)]):
            self._tries += 1
            try:
                self._remote.connect()
            except ModelError:
                continue
            except RuntimeError:  # closed meanwhile
                return
            self._notes.append(f"{time.strftime('%H:%M:%S')}: the server is back")
            self._back_s = time.monotonic()
            self._away.clear()
            return
