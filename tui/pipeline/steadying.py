"""Maps averaged over time, as long as they belong together."""

from __future__ import annotations

from tui.camera.frame import Frame, SourceInfo
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.depth.steady import Steady


class Steadying:
    """Averages the maps of one source and one model; used by the inference thread."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._of: tuple[int, ModelIdentity] | None = None
        """Epoch and model of the maps that it averages."""

    def smooth(self, time_constant_s: float) -> None:
        """Average over so long where nothing moves before a camera that stands still; 0 for not at all."""
        self._steady.time_constant_s = time_constant_s

    def follow(
        self,
        frame: Frame,
        info: SourceInfo | None,
        found: DepthMap,
        identity: ModelIdentity,
        epoch: int,
        *,
        passed: bool,
    ) -> DepthMap:
        """The map, averaged with those before it where nothing moves; a still has none before it.

        Nothing of a picture that cannot be read, or of a view that has moved, gets into the average.
        """
        if info is None or info.still or frame.held:
            return found
        if not passed or self._of != (epoch, identity):
            self._steady.forget()
            self._of = epoch, identity
        if not passed:
            return found
        return self._steady.follow(frame.image, found, frame.captured_at_s)
