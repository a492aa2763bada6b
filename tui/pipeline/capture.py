"""The capture thread: opens a source, reads it for as long as it delivers, and tries again when it is lost."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from tui.camera.frame import Frame, FrameSource, Pageable, SourceInfo, Steerable
from tui.camera.live import NotYet
from tui.camera.mounted import mounted_frame
from tui.errors import DepthTuiError, InputError, SourceEnded, SourceError
from tui.geometry.mounting import AS_DELIVERED, Mounting
from tui.pipeline.priority import stand_back
from tui.pipeline.rate import Rate

Opener = Callable[[], tuple[FrameSource, str]]
"""Opens a source; the string is a note for the user, such as why it is not the one they expected."""

_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_RETRY_S = (1.0, 2.0, 4.0, 8.0)
_REFUSED_S = 60.0
"""A server that refuses is asked seldom: too many wrong logins lock an account, but a camera may be starting anew."""


class CaptureStage(StrEnum):
    """Where a capture stands."""

    OPENING = "opening"
    RUNNING = "running"
    LOST = "lost"
    """A live source stopped delivering; it is tried again."""
    FAILED = "failed"
    """It cannot be opened or read, and trying again would not help."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """One frozen view of a capture, replaced as a whole whenever something changes."""

    stage: CaptureStage = CaptureStage.OPENING
    info: SourceInfo | None = None
    message: str = ""
    """What failed and why, or a note about the source that was opened."""
    error: DepthTuiError | None = None
    """What failed; None while nothing has."""
    since_s: float = 0.0
    """`time.monotonic()` of the last change of stage."""
    attempt: int = 0
    """Which try to get a lost source back is under way."""


class Capture:
    """Reads one source in a daemon thread of its own until it is stopped.

    Args:
        opener: opens the source, in the thread, because a driver may block there too.
        deliver: called in the thread with every frame.
        changed: called in the thread after `status` changed.
        mounting: how frames are turned and cropped.
    """

    def __init__(
        self,
        opener: Opener,
        deliver: Callable[[Frame], None],
        changed: Callable[[], None],
        mounting: Mounting = AS_DELIVERED,
    ) -> None:
        self._opener = opener
        self._deliver = deliver
        self._changed = changed
        self._stop = threading.Event()
        self._source: FrameSource | None = None
        self._mounting = mounting
        self._taken: tuple[Frame, bool] | None = None
        """The last frame as the source gave it, and whether that is live."""
        self._delivering = threading.Lock()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="tui-capture", daemon=True)
        self.status = CaptureStatus(since_s=time.monotonic())
        self.rate = Rate()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end and close the source; returns at once, even if a driver is stuck in a read."""
        self._stop.set()
        with self._lock:
            source, self._source = self._source, None
        if source is not None:
            # Closing a device whose read is stuck may block as long as the read does.
            threading.Thread(target=source.close, name="tui-close", daemon=True).start()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end, for a while."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def mount(self, mounting: Mounting) -> None:
        """Turn and crop frames like this from now on; the last one is delivered once more, as a still has no other.

        Raises:
            InputError: the crop reaches beyond it; nothing has changed.
        """
        with self._delivering:
            taken = self._taken
            if taken is None or self._stop.is_set():
                self._mounting = mounting
                return
            frame, live = taken
            shown = mounted_frame(replace(frame, note=""), mounting, live=live)
            self._mounting = mounting
            self._deliver(shown)

    @property
    def steerable(self) -> Steerable | None:
        """The source, if it has a time of its own that can be moved through."""
        with self._lock:
            source: object = self._source
        return source if isinstance(source, Steerable) else None

    def page(self, step: int) -> bool:
        """Go to another still of a folder; False if the source has no pages."""
        with self._lock:
            source: object = self._source
        if not isinstance(source, Pageable):
            return False
        source.page(step)
        return True

    def _set(self, stage: CaptureStage, **changes: object) -> None:
        if self._stop.is_set():
            return
        since_s = self.status.since_s if stage is self.status.stage else time.monotonic()
        self.status = replace(self.status, stage=stage, since_s=since_s, **changes)  # type: ignore[arg-type]  # by name
        self._changed()

    def _run(self) -> None:
        stand_back()
        attempt = 0
        while not self._stop.is_set():
            refused = False
            try:
                source, note = self._opener()
            except Exception as error:  # noqa: BLE001 - a driver may raise anything, and nobody else would say so
                info = self.status.info
                live = info is not None and info.live
                refused = info is not None and bool(_ADDRESS.match(info.spec)) and not isinstance(error, NotYet)
                self._set_failed(CaptureStage.LOST if live else CaptureStage.FAILED, error, attempt=attempt)
            else:
                with self._lock:
                    self._source = source
                self._set(self.status.stage, info=source.info)
                attempt = self._read(source, note, attempt)
                source.close()
            if self.status.stage is not CaptureStage.LOST:
                return
            attempt += 1
            self._set(CaptureStage.LOST, attempt=attempt)
            self._stop.wait(_REFUSED_S if refused else _RETRY_S[min(attempt, len(_RETRY_S)) - 1])

    def _read(self, source: FrameSource, note: str, attempt: int) -> int:
        """Deliver frames until the source fails or is stopped; returns how many tries in a row have failed."""
        while not self._stop.is_set():
            try:
                frame = source.read()
                self._show(frame, source.info.live, note)
                attempt = 0
            except SourceEnded:
                self._set(CaptureStage.ENDED)
                return 0
            except Exception as error:  # noqa: BLE001 - as above
                asked_wrong = isinstance(error, InputError)
                stage = CaptureStage.LOST if source.info.live and not asked_wrong else CaptureStage.FAILED
                self._set_failed(stage, error)
                return attempt
        return attempt

    def _set_failed(self, stage: CaptureStage, error: Exception, **changes: object) -> None:
        if not isinstance(error, DepthTuiError):
            error = SourceError(f"reading the source failed: {type(error).__name__}: {error}")
        self._set(stage, message=str(error), error=error, **changes)

    def _show(self, frame: Frame, live: bool, note: str) -> None:
        """Deliver a frame as it is mounted.

        Raises:
            InputError: the crop reaches beyond it.
        """
        with self._delivering:
            shown = mounted_frame(frame, self._mounting, live=live)
            if self._stop.is_set():
                return
            self._taken = (frame, live)
            self.rate.tick(frame.captured_at_s)
            if self.status.stage is not CaptureStage.RUNNING:
                self._set(CaptureStage.RUNNING, message=note, error=None, attempt=0)
            self._deliver(shown)
