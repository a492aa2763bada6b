"""One network for several cameras, one picture at a time and each in its turn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from types import TracebackType

from tui.depth.estimator import DepthEstimator, DepthMap, Wrapping
from tui.geometry.arrays import FloatMap, RGBImage


class Turns:
    """A lock that is given in the order in which it was asked for, so that nobody is overtaken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class _InTurn(Wrapping):
    """One camera's hold on a network that others use too; closing it lets go of this hold alone."""

    def __init__(self, estimator: DepthEstimator, turns: Turns, let_go: Callable[[], None]) -> None:
        super().__init__(estimator)
        self._turns = turns
        self._let_go: Callable[[], None] | None = let_go

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`; waits for its turn."""
        with self._turns:
            return super().infer(image)

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`; waits for its turn."""
        with self._turns:
            return super().estimate(image)

    def close(self) -> None:
        """Let go; the last one closes the network."""
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()


class SharedEstimators:
    """Networks by what was asked for, each loaded once for all who ask for the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loading: dict[Hashable, threading.Lock] = {}
        self._held: dict[Hashable, tuple[DepthEstimator, Turns, int]] = {}

    def get(self, key: Hashable, load: Callable[[], DepthEstimator]) -> DepthEstimator:
        """The network of that key, loaded by the first who asks; whoever gets it closes it.

        Raises:
            DepthTuiError: as `load`; the next who asks tries again.
        """
        with self._lock:
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            # Whoever has this lock is alone with the key.
            estimator, turns, count = self._held.get(key) or (load(), Turns(), 0)
            self._held[key] = (estimator, turns, count + 1)
        return _InTurn(estimator, turns, lambda: self._let_go(key))

    def _let_go(self, key: Hashable) -> None:
        with self._lock:
            loading = self._loading[key]
        with loading:
            estimator, turns, count = self._held.pop(key)
            if count > 1:
                self._held[key] = (estimator, turns, count - 1)
            else:
                estimator.close()
