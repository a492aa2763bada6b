"""Capture, loading and inference put together: the screen asks for a snapshot and gives orders, nothing else."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.camera.frame import Frame, Position, Steerable
from tui.camera.rangefinder import Ranged, Rangefinders
from tui.depth.estimator import DepthEstimator
from tui.geometry.mounting import AS_DELIVERED, Mounting
from tui.pipeline.brought import Need
from tui.pipeline.capture import Capture, CaptureStatus, Opener
from tui.pipeline.in_use import let_go
from tui.pipeline.inference import DepthResult, Inference, Observer
from tui.pipeline.loading import Loader, Loading, LoadStatus
from tui.pipeline.looking import Looker, sighted
from tui.sight.remembered import Remembered
from tui.sight.seen import Seen

_MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the screen shows of the pipeline, at one moment."""

    capture: CaptureStatus
    frame: Frame | None
    """The newest frame; while a model works, show `result.frame` instead."""
    result: DepthResult | None
    loading: LoadStatus
    inference_error: str
    model_notes: tuple[str, ...]
    capture_fps: float
    depth_fps: float
    dropped: int
    position: Position | None = None
    """Where the source is in its own time; None where it has none."""


class Pipeline:
    """Owns the threads. Every method returns at once; `changed` rings whenever `snapshot` has something new.

    Args:
        changed: called from any of the threads; it must only leave a message.
        looker: gives eyes for a source, which may be `live`.
        rangefinders: what runs range sensors; called with what wakes them.
    """

    def __init__(
        self,
        changed: Callable[[], None],
        looker: Callable[..., Looker] = sighted,
        rangefinders: Callable[[Callable[[], None]], Rangefinders] = Rangefinders,
    ) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._capture: Capture | None = None
        self._loading: Loading | None = None
        self._looker = looker
        self._rangefinders = rangefinders(self._ranges)
        self._inference = Inference(changed, looker, self._rangefinders)
        self._frame: Frame | None = None
        self._tap: Callable[[Frame], None] | None = None
        self._mounting = AS_DELIVERED
        self._notes: deque[str] = deque(maxlen=_MOST_NOTES)
        self._paused = False
        self._stopped = False

    def start(self) -> None:
        """Start the inference thread; sources and models may be set before or after."""
        self._inference.start()

    def open(self, opener: Opener) -> None:
        """Read from another source; the old one is closed, its last result forgotten."""
        with self._lock:
            if self._stopped:
                return
            old = self._capture
            self._frame = None
            self._notes.clear()
            capture = Capture(opener, lambda frame: self._deliver(capture, frame), self._changed, self._mounting)
            self._capture = capture
            self._inference.forget()
            self._inference.ask()
        if old is not None:
            old.stop()
        capture.start()

    def mount(self, mounting: Mounting) -> None:
        """Turn and crop pictures like this: those of the source that is open, and of those that are opened after it.

        Raises:
            InputError: the crop reaches beyond the picture; nothing has changed.
        """
        capture = self._capture
        if capture is not None:
            capture.mount(mounting)
        self._mounting = mounting

    def load(self, label: str, loader: Loader, need: Need = Need.USUAL) -> None:
        """Load another model; the one in use works on until it is there. `need`: where a frame brings a map along."""
        with self._lock:
            if self._stopped:
                return
            self._inference.expect(need)
            loading: Loading = Loading(
                *(label, loader, lambda found: self._use(loading, found, need)),
                *(lambda: self._give_up(loading), self._changed),
            )
            self._loading = loading
        loading.start()

    def observe(self, observer: Observer | None) -> None:
        """Look for markers in every frame, the one that is shown included; None for none any more."""
        self._inference.observe(observer)
        self._again()

    def range_with(self, sources: Sequence[str]) -> None:
        """Run these range sensors beside the camera, and no others: `exec:COMMAND`, `serial:/dev/ttyUSB0`."""
        if not self._stopped:
            self._rangefinders.want(sources)

    def ranged(self) -> tuple[Ranged, ...]:
        """What the range sensors say at present, of whatever frame."""
        return self._rangefinders.now()

    def smooth(self, time_constant_s: float) -> None:
        """Average maps over so long where nothing moves before a camera that stands still; 0 for not at all."""
        self._inference.smooth(time_constant_s)

    def remember(self, remembered: Remembered | None) -> None:
        """Compare every picture from the next one on with this one, or with none."""
        self._inference.remember(remembered)

    def look(self, frame: Frame, remembered: Remembered | None) -> Seen:
        """What is seen of one frame by itself, compared with a picture of before; in the caller's thread, some 2 ms."""
        looker = self._looker(live=False)
        looker.remember(remembered)
        return looker.look(frame.image, frame.captured_at_s)

    def tap(self, tap: Callable[[Frame], None] | None) -> None:
        """Give every captured frame to `tap` too, called in the capture thread; None to stop."""
        self._tap = tap

    def want(self, most_per_s: float) -> None:
        """Estimate at most so many frames a second, as nobody needs more; 0 for those that are asked for alone."""
        self._inference.want(most_per_s)

    def ask(self) -> None:
        """Somebody waits for a reading: estimate the next frame at once, whatever the rate."""
        self._inference.ask()

    def average(self, result: DepthResult) -> None:
        """Make a better map of a frame that stands still; it comes as a result of the same frame.

        Not of a picture that another has come after: it would be shown in the other's place.
        """
        with self._lock:
            if result.frame is self._frame:
                self._inference.average(result)

    def page(self, step: int) -> bool:
        """Go to another still of a folder; False if the source has no pages."""
        capture = self._capture
        return capture is not None and capture.page(step)

    @property
    def steerable(self) -> Steerable | None:
        """The source, if it has a time of its own; whoever steps it while paused gets that frame estimated."""
        capture = self._capture
        return None if capture is None else capture.steerable

    def pause(self, paused: bool, shown: Frame | None = None) -> None:
        """While paused no new frame is estimated, so that what is frozen stays and the cores rest.

        A source with a time of its own stands still meanwhile, at the frame that is `shown`.
        """
        with self._lock:
            self._paused = paused
            if paused:  # what another model is to see, too
                self._frame = shown or self._frame
            frame = self._frame
            if paused and frame is not None:
                self._inference.stand_at(frame)
        source = self.steerable
        if source is not None and not paused:
            source.hold(False)
        if source is not None and paused and frame is not None:
            _stand_at(source, frame)
        if not paused:
            self._again()

    def heard(self) -> tuple[str, ...]:
        """What the source has said along with its frames since the last time, also with those that nobody looked at."""
        with self._lock:
            notes = tuple(self._notes)
            self._notes.clear()
        return notes

    def snapshot(self) -> Snapshot:
        """What there is to show now."""
        now_s = time.monotonic()
        capture, loading, inference, source = self._capture, self._loading, self._inference, self.steerable
        result, frame = inference.result, self._frame  # before what they came of: there is no map without its source
        return Snapshot(
            capture=capture.status if capture else CaptureStatus(),
            frame=frame,
            result=result,
            loading=loading.status if loading else LoadStatus(),
            inference_error=inference.error,
            model_notes=inference.notes,
            capture_fps=capture.rate.per_second(now_s) if capture else 0.0,
            depth_fps=inference.rate.per_second(now_s),
            dropped=inference.dropped,
            position=None if source is None else source.position,
        )

    def stop(self, timeout_s: float = 0.2) -> None:
        """End the threads; whatever is stuck in a driver is left to die with the process."""
        with self._lock:
            self._stopped = True
            capture = self._capture
        self._inference.stop()
        self._rangefinders.close(timeout_s)
        deadline_s = time.monotonic() + timeout_s
        if capture is not None:
            capture.stop()
            capture.join(max(0.0, deadline_s - time.monotonic()))
        self._inference.join(max(0.0, deadline_s - time.monotonic()))

    def _deliver(self, capture: Capture, frame: Frame) -> None:
        tap = self._tap
        if tap is not None:
            tap(frame)
        with self._lock:
            if capture is not self._capture:
                return
            if frame.note:
                self._notes.append(frame.note)
            last = self._frame
            if self._paused and last is not None and not (frame.held and frame.at_s != last.at_s):
                return
            self._frame = frame
            info = capture.status.info
            stands = frame.held or (info is not None and info.still)  # somebody went there, and looks at it
            self._inference.submit(frame, info, asked=stands)
            depth_follows = self._inference.result is not None
        if self._paused and last is None and (source := capture.steerable) is not None:
            _stand_at(source, frame)
        if not depth_follows:  # else the screen shows the frame that belongs to the newest map, and is told of that
            self._changed()

    def _use(self, loading: Loading, estimator: DepthEstimator, need: Need) -> bool:
        """Whether it was still wanted; nobody waits for an estimate meanwhile."""
        with self._lock:
            if self._stopped or loading is not self._loading:
                return False
            before = self._inference.use(estimator, need)
            self._submit_again()
        if before is not None:
            let_go(before)
        return True

    def _give_up(self, loading: Loading) -> None:
        """A frame that knows its depth waits no longer for a model that failed, where it does not wait for another."""
        with self._lock:
            if loading is self._loading:
                self._inference.expect(Need.STAND_BY)
                self._submit_again()

    def _ranges(self) -> None:
        """A sensor begins to deliver, or to fail: what never changes, or stands, has been looked at without it."""
        capture = self._capture
        info = None if capture is None else capture.status.info
        if self._paused or (info is not None and not info.live):
            self._again()
        self._changed()

    def _again(self) -> None:
        """Estimate the frame that is there once more."""
        with self._lock:
            self._submit_again()

    def _submit_again(self) -> None:
        if self._frame is not None and self._capture is not None:
            self._inference.submit(self._frame, self._capture.status.info, asked=True)


def _stand_at(source: Steerable, frame: Frame) -> None:
    source.hold(True)
    if frame.at_s is not None:  # it may be further on already than what is shown
        source.seek(frame.at_s)
