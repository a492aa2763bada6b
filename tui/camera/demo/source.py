"""The demo room as a source of frames."""

from __future__ import annotations

import threading
import time

from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.camera.frame import Frame, SourceInfo
from tui.errors import SourceEnded
from tui.geometry.intrinsics import Intrinsics

RATE_HZ = 15.0
STILL_S = 5.0
"""The camera rests this long before it sets out, so that a first reading needs no haste."""


class DemoSource:
    """Frames of the demo room with their exact depth, at `RATE_HZ`."""

    def __init__(self, intrinsics: Intrinsics = DEMO_INTRINSICS, *, moving: bool = True) -> None:
        """Prepare nothing yet: the first `read` does.

        Args:
            intrinsics: camera and picture size.
            moving: False keeps the camera where it starts.
        """
        self.info = SourceInfo("demo", "demo", live=False)
        self.intrinsics = intrinsics
        self._moving = moving
        self._renderer: DemoRenderer | None = None
        self._closed = threading.Event()
        self._index = 0
        self._due_s = 0.0

    def read(self) -> Frame:
        """Wait until the next frame is due, and render it."""
        if self._renderer is None:
            self._renderer = DemoRenderer(self.intrinsics)
            self._due_s = time.monotonic()
        now_s = time.monotonic()
        # Whoever was away does not get the frames in between; the room stands still meanwhile.
        self._due_s = max(self._due_s, now_s - 1 / RATE_HZ)
        if self._closed.wait(max(0.0, self._due_s - now_s)):
            raise SourceEnded("demo: closed")
        image, depth_m = self._renderer.render(self.time_of(self._index))
        frame = Frame(image, self._index, time.monotonic(), true_depth_m=depth_m)
        self._index += 1
        self._due_s += 1 / RATE_HZ
        return frame

    def rest(self) -> None:
        """Keep the camera where it starts, from the next frame on."""
        self._moving = False

    def time_of(self, index: int) -> float:
        """The room's time at a frame, for `DemoRenderer.render`: each frame's content depends on its number only."""
        return max(0.0, index / RATE_HZ - STILL_S) if self._moving else 0.0

    def close(self) -> None:
        """Wake `read`."""
        self._closed.set()
