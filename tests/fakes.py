"""Small working stand-ins for hardware and models, stepped by the test."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import numpy as np

from tui.camera.frame import Frame, FrameSource, SourceInfo
from tui.depth.estimator import ModelIdentity
from tui.errors import SourceEnded, SourceError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.sight.remembered import Remembered
from tui.sight.seen import NOTHING_SEEN, Seen

WIDTH, HEIGHT = 64, 48


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Return as soon as `condition` holds; fail, naming it, if it never does."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, f"never happened: {what}"
        time.sleep(0.002)


def ramp_image(value: int = 0, width: int = WIDTH, height: int = HEIGHT) -> RGBImage:
    """RGB; red is the column, green the row, blue is `value`."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = (np.arange(width) % 256)[None, :]
    image[..., 1] = (np.arange(height) % 256)[:, None]
    image[..., 2] = value
    return image


class SteppableSource:
    """Delivers exactly the frames that the test gives it; `read` blocks in between."""

    def __init__(self, label: str = "fake", *, live: bool = True, stuck: bool = False) -> None:
        self.info = SourceInfo(spec=label, label=label, live=live)
        self.closed = threading.Event()
        self.reading = threading.Event()
        self._items: queue.Queue[RGBImage | SourceError] = queue.Queue()
        self._stuck = stuck
        self.index = 0

    def drained(self) -> bool:
        """Whether all that was given has been read."""
        return self._items.empty()

    def give(self, item: RGBImage | SourceError) -> None:
        self._items.put(item)

    def read(self) -> Frame:
        self.reading.set()
        if self._stuck:
            threading.Event().wait()
        while True:
            if self.closed.is_set():
                raise SourceEnded("closed")
            try:
                item = self._items.get(timeout=0.01)
            except queue.Empty:
                continue
            if isinstance(item, SourceError):
                raise item
            frame = Frame(item, self.index, time.monotonic())
            self.index += 1
            return frame

    def close(self) -> None:
        if self._stuck:
            threading.Event().wait()
        self.closed.set()


class RampEstimator:
    """p grows with the column, from `near` per pixel: a truth that a test can compute by hand."""

    engine = "fake f32"
    notes: tuple[str, ...] = ()

    def __init__(self, name: str = "ramp", slope: float = 0.01, offset: float = 0.1) -> None:
        self.identity = ModelIdentity(name, "ab" * 32)
        self.slope, self.offset = slope, offset
        self.closed = False
        self.gate: threading.Semaphore | None = None
        """If set, each estimate waits for one release."""
        self.started = threading.Event()
        self.seen: list[int] = []

    def estimate(self, image: RGBImage) -> FloatMap:
        self.started.set()
        if self.gate is not None:
            self.gate.acquire()
        self.seen.append(int(image[0, 0, 2]))
        height, width = image.shape[:2]
        row = (self.offset + self.slope * np.arange(width)).astype(np.float32)
        return np.ascontiguousarray(np.broadcast_to(row, (height, width)))

    def close(self) -> None:
        self.closed = True


class Told:
    """Sees in a picture what the test says: `sees` is called with the picture and with what is remembered."""

    def __init__(
        self, *, live: bool, sensor: bool = False, sees: Callable[[RGBImage, Remembered | None], Seen] | None = None
    ) -> None:
        self.live, self.sensor = live, sensor
        self._sees = sees or (lambda _image, _remembered: NOTHING_SEEN)
        self._remembered: Remembered | None = None

    def remember(self, remembered: Remembered | None) -> None:
        self._remembered = remembered

    def look(self, image: RGBImage, at_s: float) -> Seen:
        del at_s
        return self._sees(image, self._remembered)

    def forget(self) -> None:
        self._remembered = None


def opener(source: FrameSource, note: str = "") -> Callable[[], tuple[FrameSource, str]]:
    return lambda: (source, note)
