"""The whole instrument, shown pictures one by one, as if a camera delivered them: what it says is what a user reads."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tui.calibration.health import Grade
from tui.calibration.reading import Reading
from tui.calibration.reference import Reference
from tui.camera.frame import Frame, FrameSource, SourceInfo
from tui.depth.estimator import DepthEstimator
from tui.depth.lent import Lent
from tui.errors import InputError, SourceEnded
from tui.geometry.arrays import RGBImage
from tui.instrument.instrument import Instrument
from tui.instrument.session import Session
from tui.instrument.wanted import Wanted
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline

_TIMEOUT_S = 120.0


class _Shown:
    """A camera that shows what it is given, at the times that it is told."""

    def __init__(self) -> None:
        self.info = SourceInfo("shown", "shown", live=True)
        self._frames: queue.Queue[Frame | None] = queue.Queue()
        self._count = 0

    def show(self, image: RGBImage, at_s: float) -> Frame:
        frame = Frame(image, self._count, at_s)
        self._count += 1
        self._frames.put(frame)
        return frame

    def read(self) -> Frame:
        frame = self._frames.get()
        if frame is None:
            raise SourceEnded("closed")
        return frame

    def close(self) -> None:
        self._frames.put(None)


class Showing:
    """An instrument and the camera before it. Time is what the pictures say, not the clock's."""

    def __init__(self, estimator: DepthEstimator, session: Session | None = None) -> None:
        self._bell = threading.Event()
        self._source = _Shown()
        self._now_s = time.monotonic()
        pipeline = Pipeline(self._bell.set)
        self.instrument = Instrument(pipeline, Wanted(source="shown", demo=False), session or Session())
        pipeline.want(0)
        pipeline.start()
        pipeline.open(self._open)
        pipeline.load(estimator.identity.name, lambda _progress: Lent(estimator))

    def show(self, image: RGBImage, after_s: float = 0.5) -> DepthResult:
        """The next picture, so long after the last one; returns when it has been read.

        Raises:
            InputError: no map was made of it; says why.
        """
        self._now_s += after_s
        frame = self._source.show(image, self._now_s)
        deadline_s = time.monotonic() + _TIMEOUT_S
        instrument = self.instrument
        while instrument.shown is None or instrument.shown.frame.index != frame.index:
            instrument.pipeline.ask()
            self._bell.wait(0.02)
            self._bell.clear()
            instrument.advance(lambda new: isinstance(new, DepthResult))
            if instrument.snapshot.inference_error:
                raise InputError(instrument.snapshot.inference_error)
            if time.monotonic() > deadline_s:
                raise InputError(f"no depth map after {_TIMEOUT_S:.0f} s")
        return instrument.shown

    def give(self, references: Sequence[Reference]) -> None:
        """References on the picture that is shown; what they determine no calibration by gives no distance."""
        self.instrument.give_references(references)

    def read(self, pixels: Sequence[tuple[int, int]]) -> tuple[Reading, ...]:
        """What a user reads at some pixels, (column, row)."""
        return tuple(self.instrument.reading.at(pixel) for pixel in pixels)

    @property
    def doubted(self) -> bool:
        """Whether anything is said against all readings of the picture: itself, its camera, its calibration."""
        reading = self.instrument.reading
        poor = reading.calibration is not None and reading.calibration.health.grade is Grade.POOR
        return bool(reading.doubts) or bool(reading.stale) or poor

    def close(self) -> None:
        """End the threads."""
        self.instrument.pipeline.stop()

    def _open(self) -> tuple[FrameSource, str]:
        return self._source, ""


@contextmanager
def showing(estimator: DepthEstimator, session: Session | None = None) -> Iterator[Showing]:
    """A `Showing` that is closed afterwards."""
    found = Showing(estimator, session)
    try:
        yield found
    finally:
        found.close()
