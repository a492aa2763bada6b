"""A network on a server as a depth estimator."""

from __future__ import annotations

import threading
import time
from collections import deque
from queue import LifoQueue
from typing import Final
from urllib.parse import urlsplit

from tui.depth.card import Card
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.depth.remote.address import ServerAddress
from tui.depth.remote.client import Away, Late
from tui.depth.remote.lane import Found, Lane
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage

PATIENCE_S = 60.0
"""A batch waits so long for a server that is away."""

_BATCH_WAIT_S: Final = 60.0
"""And so long for an answer, as several stand in the server's queue."""

_PAUSES_S: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Between tries to reach a server that is away; the last one holds."""

_MOST_NOTES = 20
_LOOPBACK = ("127.", "localhost", "::1")


class RemoteEstimator:
    """Asks a server for maps. Live, a late one is worth nothing; in a batch each is waited for.

    A live view goes on with whatever network the server has, each map being marked with the network that made it; a
    batch is of one network, and ends where the server has another one.

    Args:
        address: of the network.
        token: for the server; empty for none.
        card: given by the user, with its name for messages; None for the one that the server has.
        jobs: requests that may be in flight in a batch; 0 for a live view.
    """

    def __init__(
        self, address: ServerAddress, token: str = "", card: tuple[Card, str] | None = None, jobs: int = 0
    ) -> None:
        self._address, self._jobs = address, jobs
        lanes = [Lane(address, token, card, _BATCH_WAIT_S if jobs else None) for _ in range(max(1, jobs))]
        self._all = tuple(lanes)
        self._free: LifoQueue[Lane] = LifoQueue()
        for lane in reversed(lanes):
            self._free.put(lane)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._found: Found | None = None
        self._failures, self._not_before_s, self._why = 0, 0.0, ""
        self._notes: deque[str] = deque(maxlen=_MOST_NOTES)
        host = urlsplit(address.base).hostname or ""
        if token and address.base.startswith("http:") and not host.startswith(_LOOPBACK):
            self._notes.append(f"the token goes to {address.host} unencrypted: use https")
        self.network_s = 0.0
        """The round trip of the last map."""

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`: the network that made the last map."""
        if self._found is None:
            raise ModelError(f"{self._address.text} was not looked at yet")
        return self._found.identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        slow = "" if self._found is None or self._found.fit.served.binary else " by JSON"
        return f"oip {self._address.host}{slow}"

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        return tuple(self._notes)

    def connect(self) -> None:
        """Look at the network.

        Raises:
            Away, ModelError: as `Lane.connect`.
        """
        lane = self._free.get()
        try:
            self._take(lane.connect())
        finally:
            self._free.put(lane)

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`."""
        return self.infer(image).full

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`; from as many threads at once as there are jobs.

        Raises:
            Away: the server cannot be reached, or broke off, or is late: this map will not come.
            ModelError: what is wrong with its answer; of a batch also that it is another network now.
        """
        lane = self._free.get()
        try:
            found = self._patiently(lane, image) if self._jobs else self._at_once(lane, image)
        finally:
            self._free.put(lane)
        self.network_s = found.round_trip_s or 0.0
        return found

    def empty_trip_s(self) -> float:
        """How long the shortest request takes, there and back.

        Raises:
            ModelError: the server is away.
        """
        lane = self._free.get()
        try:
            return lane.empty_trip_s()
        finally:
            self._free.put(lane)

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._closed.set()
        for lane in self._all:
            lane.close()

    def _at_once(self, lane: Lane, image: RGBImage) -> DepthMap:
        """One try; a server that is away is not asked with every picture of a camera."""
        if time.monotonic() < self._not_before_s:
            raise Away(self._why)
        try:
            found = lane.infer(image)
        except ModelError as error:
            # A server that is late is there, and looking at it again takes its time anyway.
            pause_s = 0.0 if isinstance(error, Late) else _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
            self._failures += 1
            self._not_before_s, self._why = time.monotonic() + pause_s, str(error)
            raise
        self._failures = 0
        self._take(lane.found)
        return found

    def _patiently(self, lane: Lane, image: RGBImage) -> DepthMap:
        until_s, failures = time.monotonic() + PATIENCE_S, 0
        while True:
            try:
                found = lane.infer(image)
            except Away:
                pause_s = _PAUSES_S[min(failures, len(_PAUSES_S) - 1)]
                failures += 1
                if time.monotonic() + pause_s > until_s or self._closed.wait(pause_s):
                    raise
                continue
            self._take(lane.found)
            return found

    def _take(self, found: Found | None) -> None:
        """The network that is behind a lane now."""
        if found is None:
            return
        with self._lock:
            before, self._found = self._found, found
            if before is None or before.identity.key == found.identity.key:
                return
            if self._jobs:
                self._found = before
                raise ModelError(
                    f"{self._address.text} is another network than at the beginning: its maps would not belong together"
                )
            self._notes.append(f"{time.strftime('%H:%M:%S')}: {self._address.text} is another network now")
