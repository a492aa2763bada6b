"""An estimator on the command line: what it has to say is said on the error stream. Imported where one is loaded."""

from __future__ import annotations

from tui.cli.exits import warn
from tui.depth.estimator import DepthEstimator, DepthMap, Wrapping
from tui.geometry.arrays import RGBImage


class Told(Wrapping):
    """An estimator whose notes are warned of as they come: an engine may fail at its first picture."""

    def __init__(self, estimator: DepthEstimator) -> None:
        super().__init__(estimator)
        self._told: set[str] = set()

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`."""
        found = super().infer(image)
        self.tell()
        return found

    def tell(self) -> None:
        """Warn of what is new."""
        for note in self.notes:
            if note not in self._told:
                self._told.add(note)
                warn(note)
