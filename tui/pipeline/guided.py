"""The guided calibration of a camera: frames in, advice out, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.camera.frame import Frame
from tui.errors import DepthTuiError
from tui.pipeline.mailbox import Mailbox
from tui.targets.boards import BoardSpec
from tui.targets.calibrate import CameraCalibration, calibrate_views
from tui.targets.capture import CaptureSession, Offer


@dataclass(frozen=True, slots=True)
class GuidedStatus:
    """One frozen view of a guided calibration."""

    frame: Frame | None = None
    """The frame that was looked at last."""
    offer: Offer | None = None
    """What became of it."""
    count: int = 0
    """Views kept."""
    ready: bool = False
    """Whether the views suffice and can tell the camera."""
    solving: bool = False
    found: CameraCalibration | None = None
    error: str = ""


class Guided:
    """Looks for the board in the newest frame, keeps what brings something new, and solves when asked.

    Args:
        board: what is held before the camera.
        changed: called in the thread after `status` changed.
    """

    def __init__(self, board: BoardSpec, changed: Callable[[], None]) -> None:
        self._board = board
        self._changed = changed
        self._frames: Mailbox[Frame] = Mailbox()
        self._solve = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tui-guided", daemon=True)
        self.status = GuidedStatus()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, frame: Frame) -> None:
        """Look at this frame next, unless a newer one comes first."""
        self._frames.put(frame)

    def solve(self) -> None:
        """Compute the intrinsics from the views kept, after the frame under way."""
        self._solve.set()

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._frames.close()

    def _run(self) -> None:
        session = CaptureSession(self._board)
        while not self._frames.closed:
            if self._solve.is_set():
                self._solve.clear()
                self._compute(session)
            frame = self._frames.take(timeout_s=0.05)
            if frame is None:
                continue
            try:
                offer = session.offer(frame.image)
            except DepthTuiError as error:
                self.status = replace(self.status, frame=frame, offer=None, error=str(error))
            else:
                self.status = GuidedStatus(frame, offer, session.count, session.ready, found=self.status.found)
            self._changed()

    def _compute(self, session: CaptureSession) -> None:
        self.status = replace(self.status, solving=True, error="")
        self._changed()
        try:
            found = calibrate_views(session.views, self._board)
        except DepthTuiError as error:
            self.status = replace(self.status, solving=False, error=str(error))
        else:
            self.status = replace(self.status, solving=False, found=found)
        self._changed()
