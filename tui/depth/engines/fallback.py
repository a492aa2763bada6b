"""A network that goes on in another way where the first one fails."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui.depth.engines.network import Batch, EngineError, Network
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run a network."""

    name: str
    """For the message that says what is used instead: 'torch', 'OpenVINO in f32'."""
    build: Callable[[], Network]
    """Raises EngineError where the engine is at fault; then another way may do."""


class FallbackNetwork:
    """The first of several ways that works, be it at loading, at compiling or at a frame.

    Args:
        ways: in the order of preference; each is built only when it is needed.

    Raises:
        EngineError: none can be built; the first one's reason.
        ModelError: what is wrong with the weights, whatever the engine.
    """

    def __init__(self, ways: Iterable[Way]) -> None:
        self._rest = deque(ways)
        self._notes: tuple[str, ...] = ()
        self._network: Network | None = None
        self._network = self._next()

    @property
    def engine(self) -> str:
        """See `Network`: that of the way in use."""
        return self._network.engine if self._network is not None else "closed"

    @property
    def notes(self) -> tuple[str, ...]:
        """See `Network`: why it is not the first way, and what that way itself says."""
        return self._notes if self._network is None else (*self._notes, *self._network.notes)

    def run(self, batch: Batch) -> FloatMap:
        """See `Network`; what fails is run again in the next way, and if all fail, the first reason is told."""
        if self._network is None:
            raise ModelError("the model was closed; load it again")
        try:
            return self._network.run(batch)
        except EngineError as error:
            return self._run_otherwise(batch, error)

    def close(self) -> None:
        """See `Network`."""
        if self._network is not None:
            self._network.close()
        self._network = None
        self._rest.clear()

    def _run_otherwise(self, batch: Batch, why: EngineError) -> FloatMap:
        notes = self._notes
        while self._rest:
            other: Network | None = None
            with contextlib.suppress(EngineError):
                other = self._next(why)
                values = other.run(batch)
                if self._network is not None:
                    self._network.close()
                self._network = other
                return values
            if other is not None:
                other.close()
        self._notes = notes
        raise why

    def _next(self, why: EngineError | None = None) -> Network:
        """The next way that can be built; notes why it is not the first."""
        first = why
        while self._rest:
            way = self._rest.popleft()
            try:
                network = way.build()
            except EngineError as error:
                first = first or error
                continue
            if first is not None:
                self._notes = (f"running on {way.name} instead: {first}",)
            return network
        raise first or EngineError("there is no way to run this model")
