"""What every depth network looks like to the rest of the program."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tui.calibration.beliefs import MapKind
from tui.calibration.usual import Usual
from tui.depth.enlarging import Enlarging
from tui.geometry.arrays import FloatMap, RGBImage


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which function made a map: a calibration is only valid for the model it was made with."""

    name: str
    """Registry name or the card's name."""
    sha256: str
    """Of the weights file, 64 hex digits; empty only where there is no file."""
    kind: MapKind = MapKind.RELATIVE
    """What its maps' values have to do with 1/z."""
    usual: Usual | None = None
    """What distances those values usually stand for, where its card says so."""

    @property
    def is_network(self) -> bool:
        """False for the demo's own exact geometry, which must be labelled as such."""
        return self.kind is not MapKind.EXACT

    @property
    def key(self) -> str:
        """What tells models apart: the hash, or the name where there is no file."""
        return self.sha256 or self.name


class DepthMap:
    """What a network says of a picture: its own small map, enlarged when the whole is first asked for.

    A live view shows fewer maps than a quick network gives, and a map that nobody looks at need not be enlarged.

    Args:
        small: relative inverse depth as the network gives it, float32, (h, w); NaN where unknown.
        enlarge: gives it in the size of the picture, float32, (H, W); called once at most, in the thread that asks.
        made_by: the model, where an estimator may change it from one map to the next; None for the estimator's own.
        round_trip_s: to the machine that made it and back, seconds; None where that was this one.
    """

    def __init__(
        self,
        small: FloatMap,
        enlarge: Callable[[FloatMap], FloatMap],
        made_by: ModelIdentity | None = None,
        round_trip_s: float | None = None,
    ) -> None:
        self.small = small
        self.made_by = made_by
        self.round_trip_s = round_trip_s
        self._enlarge = enlarge
        self._full: FloatMap | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, full: FloatMap) -> DepthMap:
        """A map that has the picture's size already."""
        return cls(full, Enlarging())

    @property
    def parts(self) -> tuple[FloatMap, Enlarging]:
        """What it can be made from again to the last digit, elsewhere: the small map, and how it is enlarged."""
        if isinstance(self._enlarge, Enlarging):
            return self.small, self._enlarge
        return self.full, Enlarging()

    def replaced(self, small: FloatMap) -> DepthMap:
        """Another small map of the same shape and picture."""
        return DepthMap(small, self._enlarge, self.made_by, self.round_trip_s)

    def by(self, made_by: ModelIdentity) -> DepthMap:
        """The same, which this model has made."""
        return DepthMap(self.small, self._enlarge, made_by, self.round_trip_s)

    @property
    def full(self) -> FloatMap:
        """Relative inverse depth, float32, shape (H, W) of the picture; the same array every time."""
        with self._lock:
            if self._full is None:
                self._full = self._enlarge(self.small)
            return self._full


@runtime_checkable
class LazyEstimator(Protocol):
    """An estimator that leaves the enlarging to who needs it."""

    def infer(self, image: RGBImage) -> DepthMap:
        """As `DepthEstimator.estimate`, but not enlarged yet."""
        ...


class DepthEstimator(Protocol):
    """Turns a picture into relative inverse depth p, with 1/z = a p + b for unknown a > 0 and b."""

    @property
    def identity(self) -> ModelIdentity:
        """Name and hash of the model."""
        ...

    @property
    def engine(self) -> str:
        """What computes it, for the status line: 'openvino f32', 'torch cpu'."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know: another engine than asked for, an unknown hash; may grow with a frame."""
        ...

    def estimate(self, image: RGBImage) -> FloatMap:
        """Relative inverse depth (larger = nearer), float32, shape (H, W) of `image`; never normalised per frame.

        Args:
            image: RGB, uint8, shape (H, W, 3).

        Raises:
            InputError: for a picture the network cannot take; the message says which.
            ModelError: if the engine fails.
        """
        ...

    def close(self) -> None:
        """Release the engine's memory; safe to call twice."""
        ...


def infer(estimator: DepthEstimator, image: RGBImage) -> DepthMap:
    """The estimator's map, enlarged only when asked for, where the estimator can leave that."""
    if isinstance(estimator, LazyEstimator):
        return estimator.infer(image)
    return DepthMap.of(estimator.estimate(image))


class Wrapping:
    """An estimator around another one, which it stands for; what it does otherwise is overridden."""

    def __init__(self, estimator: DepthEstimator) -> None:
        self._estimator = estimator

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`."""
        return self._estimator.identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        return self._estimator.engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        return self._estimator.notes

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`."""
        return self.infer(image).full

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`."""
        return infer(self._estimator, image)

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._estimator.close()
