"""The inference thread: the newest frame in, its depth map out, both travelling together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.camera.frame import Frame, SourceInfo
from tui.camera.rangefinder import Ranged, Rangefinders
from tui.depth.averaging import mean_with_mirrored
from tui.depth.engines.network import Passing
from tui.depth.estimator import DepthEstimator, DepthMap, ModelIdentity, infer
from tui.errors import DepthTuiError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.pipeline.brought import Need, brought_by
from tui.pipeline.due import Due
from tui.pipeline.in_use import InUse
from tui.pipeline.looking import Looker, Looking, sighted
from tui.pipeline.mailbox import Mailbox
from tui.pipeline.priority import stand_back
from tui.pipeline.rate import Rate
from tui.pipeline.steadying import Steadying
from tui.sight.remembered import Remembered
from tui.sight.seen import NOTHING_SEEN, Seen
from tui.targets.focal import FocalFinding
from tui.targets.markers import Marker
from tui.targets.observer import LookedFor, Observed


@dataclass(frozen=True, slots=True)
class DepthResult:
    """A frame and the map that was made from it: they speak of the same instant."""

    frame: Frame
    depth_map: DepthMap
    """Enlarged to the frame's size when it is first looked at."""
    identity: ModelIdentity
    engine: str
    seconds: float
    """How long the estimate took."""
    markers: tuple[Marker, ...] = ()
    """The printed markers that were looked for and that the frame shows."""
    focal: FocalFinding | None = None
    """What they say of the focal length; None where they tell nothing."""
    seen: Seen = NOTHING_SEEN
    """What the picture itself says."""
    compared_with: Remembered | None = None
    """The picture of before that `seen` speaks of; None if there was none."""
    averaged: bool = False
    """Whether the map is the mean of several, as nobody waited for it."""
    ranged: tuple[Ranged, ...] = ()
    """What the range sensors beside the camera said when the frame was taken."""
    looked_for: LookedFor | None = None
    """What the markers are the answer to; who has asked for others since has none of them."""
    as_recorded: bool = False
    """Whether the map is that of a recording, and not made of its picture anew."""

    @property
    def inverse_depth(self) -> FloatMap:
        """Relative inverse depth, float32, shape (H, W) of the frame; NaN where unknown."""
        return self.depth_map.full


Observer = Callable[[RGBImage], Observed]
"""Looks for printed markers in a picture; called in the inference thread."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A frame that is to be estimated, or whose map is to be made a better one."""

    frame: Frame
    info: SourceInfo | None
    """Of its source."""
    epoch: int
    """Another one for each source."""
    known: DepthResult | None = None
    """The map to better; None to estimate."""


class Inference:
    """Runs the current estimator over the newest frame in a daemon thread of its own.

    Args:
        changed: called in the thread after a new result or a new error.
        looker: gives eyes for a source; arguments as `sighted`.
        ranger: of the range sensors.
    """

    def __init__(
        self,
        changed: Callable[[], None],
        looker: Callable[..., Looker] = sighted,
        ranger: Rangefinders | None = None,
    ) -> None:
        self._changed = changed
        self._ranger = ranger
        self._looking = Looking(looker)
        self._remembered: Remembered | None = None
        self._tasks: Mailbox[_Task] = Mailbox()
        self._lock = threading.Lock()
        """Of what is told of whom: never held during an estimate, as the interface waits for it."""
        self._in_use = InUse()
        self._epoch = 0
        self._observer: Observer | None = None
        self._need = self._expected = Need.STAND_BY
        """How much the network in use is wanted, and one that is on its way."""
        self._due = Due()
        self._steadying = Steadying()
        self._thread = threading.Thread(target=self._run, name="tui-depth", daemon=True)
        self.result: DepthResult | None = None
        self.error = ""
        """What went wrong with the last frame; empty once one succeeds."""
        self.notes: tuple[str, ...] = ()
        """What the user should know of how the model in use was loaded."""
        self.rate = Rate()

    @property
    def dropped(self) -> int:
        """Frames that were replaced by a newer one before they could be estimated."""
        return self._tasks.dropped

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end after the estimate under way; returns at once."""
        self._tasks.close()
        self.ask()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end, for a while."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def submit(self, frame: Frame, info: SourceInfo | None = None, *, asked: bool = False) -> None:
        """Estimate `frame` of a source next, unless a newer one comes first; at once if somebody `asked` for it."""
        self._due.go_on()
        self._tasks.put(_Task(frame, info, self._epoch), counted=self._in_use.busy)
        if asked:
            self.ask()

    def average(self, result: DepthResult) -> None:
        """Make a better map of a frame that stands still: the mean with the mirrored picture's.

        It comes as the next result, unless a newer frame is submitted first, or nothing agrees with the map there is.
        """
        self._tasks.put_behind(_Task(result.frame, None, self._epoch, result))
        self.ask()

    def stand_at(self, frame: Frame) -> None:
        """Others that wait are not estimated any more, and keep nothing else from being done with this one."""
        self._tasks.clear(lambda task: task.frame is not frame)

    def smooth(self, time_constant_s: float) -> None:
        """Average maps over so long where nothing moves before a camera that stands still; 0 for not at all."""
        self._steadying.smooth(time_constant_s)

    def want(self, most_per_s: float) -> None:
        """Estimate at most so many frames a second, as nobody needs more; infinite for as many as come."""
        self._due.want(most_per_s)

    def ask(self) -> None:
        """Somebody waits: estimate the newest frame at once, whatever the rate."""
        self._due.ask()

    def use(self, estimator: DepthEstimator | None, need: Need = Need.USUAL) -> DepthEstimator | None:
        """Estimate with another model from the next frame on; returns at once.

        Returns:
            The one before, to be closed by the caller; None where it is at work, and closed after that.
        """
        with self._lock:
            self._need, self._expected = need, Need.STAND_BY
            self.notes = estimator.notes if estimator is not None else ()
            return self._in_use.replace(estimator)

    def expect(self, need: Need) -> None:
        """A model is on its way that is wanted so much: without any other, frames that bring a map may wait for it."""
        self._expected = need

    def observe(self, observer: Observer | None) -> None:
        """Look for markers in every frame from the next one on, or for none any more."""
        self._observer = observer

    def remember(self, remembered: Remembered | None) -> None:
        """Compare every picture from the next one on with this one, or with none."""
        self._remembered = remembered

    def forget(self) -> None:
        """Drop the last result and what waits: they belong to another source."""
        with self._lock:
            self._epoch += 1  # an estimate under way belongs to the past, too
            self._tasks.clear()
            self._need = min(self._need, Need.USUAL)  # nobody has named it for this source
            self.result = None
            self.error = ""

    def _run(self) -> None:
        stand_back()
        while not self._tasks.closed:
            if not self._tasks.wait():
                continue
            self._due.wait()
            self._due.begin()  # before what lies there is taken: whoever asks from here on means what comes after
            task = self._tasks.take(timeout_s=0.0)  # the newest by now
            if task is None:
                self._due.ask()  # it was forgotten, and what follows has waited long enough
                continue
            with self._in_use.at_work() as estimator:
                if task.known is not None:
                    self._average(task.known, task.epoch, estimator)
                else:
                    self._estimate(task, estimator)
            self._changed()

    def _estimate(self, task: _Task, estimator: DepthEstimator | None) -> None:
        frame, info, epoch = task.frame, task.info, task.epoch
        started_s, remembered, observer = time.monotonic(), self._remembered, self._observer
        as_recorded = False
        try:
            seen, jumped = self._looking.look(frame, info, epoch, remembered)
            brought = brought_by(frame)
            if estimator is not None and (brought is None or self._need >= brought.yields_to):
                depth_map = infer(estimator, frame.image)
                # Others may use it too, and it may be another model for each map.
                identity, engine, averaged = depth_map.made_by or estimator.identity, estimator.engine, False
                self._note(estimator)
                passed = seen.passed and not jumped
                depth_map = self._steadying.follow(frame, info, depth_map, identity, epoch, passed=passed)
            elif brought is not None and (estimator is not None or self._expected < brought.yields_to):
                depth_map, averaged = brought.depth_map, brought.averaged
                identity, engine = brought.identity, brought.engine
                as_recorded = frame.recorded is not None
            else:
                return
            observed = observer(frame.image) if observer is not None else Observed()
            still = info is None or not info.live
            ranged = () if self._ranger is None else self._ranger.at(frame.captured_at_s, still=still)
        except DepthTuiError as error:
            self._fail(task, str(error))
            if isinstance(error, Passing):
                self._try_again(task)
            return
        except Exception as error:  # noqa: BLE001 - an engine may raise anything; the app must stay up and say so
            self._fail(task, f"estimating depth failed: {type(error).__name__}: {error}")
            return
        now_s = time.monotonic()
        took_s, markers = now_s - started_s, observed.markers
        result = DepthResult(
            *(frame, depth_map, identity, engine, took_s, markers, observed.focal, seen, remembered, averaged),
            ranged=ranged,
            looked_for=observed.looked_for,
            as_recorded=as_recorded,
        )
        if self._tell(epoch, result):
            self.rate.tick(now_s)

    def _tell(self, epoch: int, result: DepthResult) -> bool:
        """False if it was forgotten meanwhile: a map of the source before is none of this one's."""
        with self._lock:
            if epoch != self._epoch:
                return False
            self.error, self.result = "", result
            return True

    def _note(self, estimator: DepthEstimator) -> None:
        with self._lock:
            if estimator is self._in_use.now:  # and not one that another has come in place of
                self.notes = estimator.notes

    def _fail(self, task: _Task, why: str) -> None:
        with self._lock:
            if task.epoch == self._epoch:
                self.error = why

    def _try_again(self, task: _Task) -> None:
        """After a while, where no other frame comes by itself."""
        if task.frame.held or task.info is None or not task.info.live:
            with self._lock:
                if task.epoch == self._epoch and self._tasks.put_behind(task):
                    self._due.try_again()

    def _average(self, known: DepthResult, epoch: int, estimator: DepthEstimator | None) -> None:
        """As `average` says; where it fails, the map there is stays."""
        latest = self.result
        if latest is not None and latest.frame is known.frame:
            known = latest  # estimated anew meanwhile, with what markers and sensors say now
        if known.averaged or known.as_recorded or estimator is None or known.identity != estimator.identity:
            return  # what was recorded stays what it was
        try:
            first = known.inverse_depth
            mean = mean_with_mirrored(estimator, known.frame.image, first, known.identity)
        except Exception:  # noqa: BLE001 - an engine may raise anything, and there is a map already
            return
        if mean is not None and mean is not first:
            self._tell(epoch, replace(known, depth_map=DepthMap.of(mean), averaged=True))
