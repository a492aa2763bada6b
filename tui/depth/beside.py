"""An estimator in a process of its own.

Starting torch holds the interpreter's lock for up to a third of a second at a time, transformers and a GPU's driver
for longer; in a thread of the app, keys would wait. And a process that runs out of memory takes nothing with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.depth import loader
from tui.depth.enlarging import Enlarging
from tui.depth.estimator import DepthEstimator, DepthMap, ModelIdentity, infer
from tui.depth.loader import ModelRequest, Progress, needs_torch
from tui.depth.processes import Helper, HelperEnded, Say, serve
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage


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
        self._helper = Helper(__name__)
        try:
            self._state: _State = self._ask(request, progress)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the other process."""
        return self._helper.pid

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
        return self.infer(image).full

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`: the small map is sent, and enlarged here."""
        parts: tuple[FloatMap, Enlarging]
        parts, self._state = self._ask(image)
        return DepthMap(*parts)

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._helper.close()

    def _ask(self, question: object, progress: Progress | None = None) -> Any:  # noqa: ANN401  # what was asked for
        try:
            return self._helper.ask(question, progress)
        except HelperEnded as error:
            message = f"the model's process has ended ({error}); m loads this model again or another one"
            raise ModelError(message) from error


def main() -> None:
    """The other process: a request comes in, then pictures."""
    estimator: DepthEstimator | None = None

    def answer(question: Any, say: Say) -> object:  # noqa: ANN401  # the request, then pictures
        nonlocal estimator
        if estimator is None:
            estimator = loader.load_estimator(question, say)
            return _state_of(estimator)
        return infer(estimator, question).parts, _state_of(estimator)

    serve(answer)


def _state_of(estimator: DepthEstimator) -> _State:
    return _State(estimator.identity, estimator.engine, estimator.notes)
