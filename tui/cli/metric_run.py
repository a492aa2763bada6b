"""Pictures and the frames of clips in metres, by the instrument that `measure` and `watch` read with."""

from __future__ import annotations

import csv
import io
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tui.camera.frame import Frame, FrameSource, SourceInfo
from tui.camera.stills import StillSource
from tui.cli.asked import Asked
from tui.cli.exits import speak_for, warn
from tui.cli.headless import Headless, asking
from tui.cli.metric import Counts, MetricFrame
from tui.depth.estimator import DepthEstimator
from tui.depth.lent import Lent
from tui.errors import InputError, SourceEnded, SourceError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounted, Mounting
from tui.instrument.wanted import Wanted

_AHEAD_S = 1e6
"""Frames of a clip are dated so far ahead that none is stale, however long each takes to estimate."""
_LEAST_STEP_S = 1e-3
_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What one frame gave."""

    inverse_depth: FloatMap
    """As the network gave it, float32, (H, W)."""
    frame: MetricFrame


class MetricRun:
    """Reads pictures and clips with one network, each with what was asked given on it anew.

    Args:
        asked: references, or a profile.
        estimator: stays open.
        mounting: how pictures are turned and cropped.
    """

    def __init__(self, asked: Asked, estimator: DepthEstimator, mounting: Mounting) -> None:
        self._asked = asked
        self._estimator = estimator
        self._mounting = mounting

    def picture(self, path: Path, image: RGBImage) -> Taken:
        """Read one picture, as it is in its file.

        Raises:
            InputError: what was asked for cannot be used with it.
        """
        source = StillSource(SourceInfo(str(path), path.name, live=False, still=True), image)
        with self._reading(path, source) as (headless, lent):
            return Taken(lent.last, MetricFrame.of(headless.instrument, path.name))

    @contextmanager
    def clip(self, path: Path, intrinsics: Intrinsics | None = None) -> Iterator[ClipReading]:
        """Read the frames of a clip, which may know its camera, one after the other."""
        with ExitStack() as stack:
            yield ClipReading(path, lambda source: stack.enter_context(self._reading(path, source)), intrinsics)

    @contextmanager
    def _reading(self, path: Path, source: FrameSource) -> Iterator[tuple[Headless, Lent]]:
        lent = Lent(self._estimator)
        wanted = Wanted(source=str(path), mounting=self._mounting, demo=False)
        speak_for(str(path))
        try:
            with asking(self._asked, wanted, lambda: nullcontext(lent), lambda: (source, "")) as headless:
                yield headless, lent
        except InputError as error:
            named = str(error) if str(path) in str(error) else f"{path}: {error}"
            raise InputError(named) from error
        finally:
            speak_for("")


class _Fed:
    """A source that shows the frames that it is given, one by one."""

    def __init__(self, path: Path, intrinsics: Intrinsics | None) -> None:
        self.info = SourceInfo(str(path), path.name, live=False, intrinsics=intrinsics)
        self._frames: queue.Queue[Frame | None] = queue.Queue()

    def show(self, frame: Frame) -> None:
        self._frames.put(frame)

    def read(self) -> Frame:
        frame = self._frames.get()
        if frame is None:
            raise SourceEnded(f"{self.info.label}: closed")
        return frame

    def close(self) -> None:
        self._frames.put(None)


class ClipReading:
    """An instrument that is shown a clip's frames, each once it has read the one before.

    Args:
        path: of the clip.
        begin: makes the instrument that reads a source, once there is a first frame.
        intrinsics: of the camera, as far as the clip itself knows it.
    """

    def __init__(
        self,
        path: Path,
        begin: Callable[[FrameSource], tuple[Headless, Lent]],
        intrinsics: Intrinsics | None = None,
    ) -> None:
        self._path = path
        self._begin = begin
        self._source = _Fed(path, intrinsics)
        self._began: tuple[Headless, Lent] | None = None
        self._count = 0
        self._base_s = time.monotonic() + _AHEAD_S
        self._last_s = 0.0
        self._rows: list[tuple[object, ...]] = []
        self._silent: list[str] = []

    def next(self, at_s: float, image: RGBImage, mounted: Mounted | None = None) -> Taken:
        """Read the next frame, as the clip has it; `at_s`: its time, seconds; `mounted`: how it was turned before.

        Raises:
            InputError: what was asked for cannot be used with the first one, or no map can be made.
        """
        self._last_s = max(self._base_s + at_s, self._last_s + _LEAST_STEP_S)
        frame = Frame(image, self._count, self._last_s, at_s=at_s, mounted=mounted)
        self._count += 1
        self._source.show(frame)
        if self._began is None:
            self._began = self._begin(self._source)
        headless, lent = self._began
        self._wait_for(headless, frame.index)
        headless.speak()
        return Taken(lent.last, MetricFrame.of(headless.instrument, f"{self._path.name}, frame {frame.index}"))

    def note(self, at_s: float, frame: MetricFrame, counts: Counts) -> None:
        """Add a line to the table of the frames."""
        left_out = counts.left_out
        rest = (left_out.edge, left_out.unknown, left_out.wide, frame.nothing)
        self._rows.append((len(self._rows), f"{at_s:.3f}", counts.pixels - left_out.unknown, *rest))
        if frame.nothing:
            self._silent.append(frame.nothing)

    def table(self) -> str:
        """One line a frame, CSV."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("frame", "time_s", "known", "at_edges", "without_distance", "not_within_a_factor_of_10", "why"))
        rows.writerows(self._rows)
        return text.getvalue()

    def tell(self) -> None:
        """Say which frames gave no distance at all."""
        if self._silent:
            count, every = len(self._silent), len(self._rows)
            warn(f"{self._path}: {count} of {every} frames give no distance: {self._silent[0]}")

    def _wait_for(self, headless: Headless, index: int) -> None:
        instrument = headless.instrument
        deadline_s = time.monotonic() + _TIMEOUT_S
        while instrument.shown is None or instrument.shown.frame.index != index:
            instrument.pipeline.ask()
            headless.wait(0.02)
            headless.advance()
            snapshot = instrument.snapshot
            if snapshot.inference_error:
                raise InputError(snapshot.inference_error)
            if snapshot.capture.error is not None:
                raise snapshot.capture.error
            if time.monotonic() > deadline_s:
                raise SourceError(f"{self._path}: no depth map of frame {index} after {_TIMEOUT_S:.0f} s")
