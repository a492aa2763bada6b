"""A MiDaS network as a depth estimator."""

from __future__ import annotations

import time

from tui.depth.engines.network import Network
from tui.depth.enlarging import Enlarging, Kernel
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.depth.midas.transform import Transform
from tui.geometry.arrays import FloatMap, RGBImage, check_rgb


class MidasEstimator:
    """Preprocessing, network, and enlargement to the picture's size, as upstream chains them."""

    def __init__(
        self, identity: ModelIdentity, transform: Transform, network: Network, notes: tuple[str, ...] = ()
    ) -> None:
        self._identity = identity
        self._transform = transform
        self._network = network
        self._notes = notes
        self.network_s = 0.0
        """What of the last estimate the network itself took."""

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`."""
        return self._identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        return self._network.engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        return (*self._notes, *self._network.notes)

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`."""
        return self.infer(image).full

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`.

        The bicubic enlargement can overshoot, so that a value may be slightly negative although the network's are not.
        """
        check_rgb(image)
        height, width = image.shape[:2]
        batch = self._transform.prepare(image)
        started_s = time.perf_counter()
        raw = self._network.run(batch)
        self.network_s = time.perf_counter() - started_s
        return DepthMap(raw, Enlarging(Kernel.CUBIC, width, height))

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._network.close()
