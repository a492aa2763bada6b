"""Loading a model in a thread of its own, so that neither the interface nor the running model waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tui.depth.estimator import DepthEstimator
from tui.errors import DepthTuiError
from tui.pipeline.in_use import let_go
from tui.pipeline.priority import stand_back

Progress = Callable[[str, float | None], None]
"""What is being done, and how far it is (0..1) where that is known."""

Loader = Callable[[Progress], DepthEstimator]


@dataclass(frozen=True, slots=True)
class LoadStatus:
    """One frozen view of a loading, replaced as a whole whenever something changes."""

    label: str = ""
    """Which model is being loaded; empty when none is."""
    step: str = ""
    fraction: float | None = None
    error: DepthTuiError | None = None
    """Why the last loading failed."""


class Loading:
    """Runs one loader in a daemon thread.

    Args:
        label: of the model.
        loader: called in the thread.
        loaded: called in the thread with what was loaded; False where nobody wants it any more: it is closed then.
        failed: called in the thread where nothing was.
        changed: called in the thread after `status` changed.
    """

    def __init__(
        self,
        label: str,
        loader: Loader,
        loaded: Callable[[DepthEstimator], bool],
        failed: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._label = label
        self._loader = loader
        self._loaded = loaded
        self._failed = failed
        self._changed = changed
        self._thread = threading.Thread(target=self._run, name="tui-load", daemon=True)
        self.status = LoadStatus(label, "starting")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def _progress(self, step: str, fraction: float | None = None) -> None:
        self.status = LoadStatus(self._label, step, fraction)
        self._changed()

    def _run(self) -> None:
        stand_back()
        try:
            estimator = self._loader(self._progress)
        except DepthTuiError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - a loader may raise anything; the app must stay up and say so
            self._give_up(DepthTuiError(f"{self._label}: {type(error).__name__}: {error}"))
        else:
            wanted = self._loaded(estimator)
            self.status = LoadStatus()
            if not wanted:
                let_go(estimator)
        self._changed()

    def _give_up(self, error: DepthTuiError) -> None:
        self.status = LoadStatus(error=error)
        self._failed()
