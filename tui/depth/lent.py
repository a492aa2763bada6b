"""A network that outlives what uses it."""

from __future__ import annotations

from tui.depth.estimator import DepthEstimator, DepthMap, Wrapping
from tui.geometry.arrays import FloatMap, RGBImage


class Lent(Wrapping):
    """An estimator whose lender closes it; it keeps its last map as it was made."""

    def __init__(self, estimator: DepthEstimator) -> None:
        super().__init__(estimator)
        self._last: DepthMap | None = None

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`."""
        self._last = super().infer(image)
        return self._last

    @property
    def last(self) -> FloatMap:
        """The map that was made last, whatever was made of it since; float32, (H, W).

        Raises:
            ValueError: none was made yet.
        """
        if self._last is None:
            raise ValueError("no map was made yet")
        return self._last.full

    def close(self) -> None:
        """The lender closes it."""
