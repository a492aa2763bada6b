"""What has a time of its own, played at its own pace, over and over; held, stepped and moved through by its user."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tui.camera.frame import Frame, Position, SourceInfo
from tui.errors import SourceEnded
from tui.geometry.arrays import RGBImage

RESUME_AFTER_S = 1.0
"""Whoever comes back later than this finds the clip where it was left instead of racing to catch up."""
_LONGEST_WAIT_S = 3600.0
"""A damaged file may put its next frame centuries on, for which no clock can wait at once."""


class Film(Protocol):
    """Frames one after another, at one of them after the first `step`; one thread uses it."""

    @property
    def at_s(self) -> float:
        """Time of the frame that it is at, from the beginning."""
        ...

    @property
    def period_s(self) -> float:
        """From frame to frame, nominally."""
        ...

    @property
    def length_s(self) -> float | None:
        """Of the whole; None where that is not known."""
        ...

    def step(self) -> bool:
        """Go to the next frame that is there; False at the end."""
        ...

    def back(self) -> bool:
        """Go to the frame before; False, and nowhere, at the beginning."""
        ...

    def seek(self, to_s: float) -> None:
        """Go to the first frame that is not before that time, or to the last one."""
        ...

    def image(self) -> RGBImage | None:
        """The frame that it is at, RGB, uint8, shape (H, W, 3); None if it cannot be decoded."""
        ...

    def dressed(self, frame: Frame) -> Frame:
        """The frame with what is known of it besides its picture, which was taken last."""
        ...

    def faults(self) -> str:
        """At the end: what is missing, without its name; empty if nothing is."""
        ...

    def release(self) -> None:
        """Let go of the file; safe to call twice."""
        ...


@dataclass(frozen=True, slots=True)
class _Order:
    """Where to go: so many frames on or back, to a time, or by so many seconds."""

    frames: int = 0
    to_s: float | None = None
    by_s: float | None = None


def left_out(count: int) -> str:
    """That so many pictures cannot be decoded; empty for none."""
    return f"{count} damaged picture{' is' if count == 1 else 's are'} left out" if count else ""


class Sizes:
    """Notices frames of another size than those before them."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._last: tuple[int, int] | None = None

    def changed(self, size: tuple[int, int]) -> str:
        """A note if the size, (width, height), is another than the last one; else empty."""
        last, self._last = self._last, size
        if last is None or last == size:
            return ""
        return f"{self._label}: its frames change from {last[0]}x{last[1]} to {size[0]}x{size[1]}"


class PlayedSource:
    """A film at its own pace, over and over; frames that are late are skipped, damaged ones left out and counted.

    Args:
        info: what it is.
        open_film: opens it at its beginning.
        note: what is to be said with the first frame.

    Raises:
        SourceError: what `open_film` raises.
    """

    def __init__(self, info: SourceInfo, open_film: Callable[[], Film], note: str = "") -> None:
        self.info = info
        self._open_film = open_film
        self._closed = False
        self._woken = threading.Event()
        """Something was ordered, or it was closed."""
        self._using = threading.Lock()
        self._ordering = threading.Lock()
        self._orders: deque[_Order] = deque()
        self._held = False
        self._index = 0
        self._note = note
        self._started_at_s = -math.inf
        self._taken_at_s = 0.0
        self._sizes = Sizes(info.label)
        self._film = open_film()
        self._ahead = self._film.step()
        """Whether the film is at a frame that nobody has been given yet."""
        self._position = Position(0.0, self._film.length_s, held=False)

    @property
    def position(self) -> Position:
        """Where it is; of the frame that was delivered last."""
        return self._position

    def hold(self, held: bool) -> None:
        """Stand still at this frame, or go on; `read` blocks while it stands."""
        with self._ordering:
            self._hold(held)

    def step(self, frames: int) -> None:
        """Go so many frames on, or back if negative, not beyond either end, and stand there."""
        with self._ordering:
            self._orders.append(_Order(frames=frames))
            self._hold(True)

    def seek(self, to_s: float) -> None:
        """Go to the first frame that is not before that time, not beyond either end; standing or going on as before."""
        with self._ordering:
            self._orders.append(_Order(to_s=to_s))
            self._woken.set()

    def seek_by(self, seconds: float) -> None:
        """The same, so many seconds on, or back if negative, from where all that was ordered before leads."""
        with self._ordering:
            self._orders.append(_Order(by_s=seconds))
            self._woken.set()

    def read(self) -> Frame:
        """Wait until the next frame is due or one was ordered, and return it."""
        try:
            with self._using:
                return self._next()
        finally:
            self._release_if_closed()

    def through(self) -> Iterator[Frame]:
        """Every frame that can be decoded, from here to the end and without waiting; nobody reads meanwhile."""
        while self._ahead or self._film.step():
            self._ahead, self._taken_at_s = False, time.monotonic()
            if (image := self._film.image()) is not None:
                yield self._frame(image, held=False)

    @property
    def period_s(self) -> float:
        """From frame to frame, nominally."""
        return self._film.period_s

    def faults(self) -> str:
        """At the end: what is missing, without its name; empty if nothing is."""
        return self._film.faults()

    def close(self) -> None:
        """Wake `read` and let go of the file."""
        self._closed = True
        self._woken.set()
        self._release_if_closed()

    def _hold(self, held: bool) -> None:
        if held != self._held:
            self._held = held
            self._started_at_s = -math.inf  # what comes next is due now
            self._position = Position(self._position.at_s, self._position.length_s, held)
        self._woken.set()

    def _release_if_closed(self) -> None:
        # Never from under a read that is inside the decoder: then that read does it on its way out.
        if self._closed and self._using.acquire(blocking=False):
            self._film.release()
            self._using.release()

    def _next(self) -> Frame:
        while True:
            self._woken.clear()
            if self._closed:  # asked after that, so that no call of `close` is missed
                raise SourceEnded(f"{self.info.label}: closed")
            with self._ordering:
                order = self._orders.popleft() if self._orders else None
                held, more = self._held, bool(self._orders)
            if order is not None:
                image = self._carried_out(order)
                self._started_at_s = time.monotonic() - self._film.at_s
                if image is not None and not more:
                    return self._frame(image, held=held)
            elif (held or self.info.still) and self._index:
                self._woken.wait()
            elif (image := self._due()) is not None:
                return self._frame(image, held=False)

    def _due(self) -> RGBImage | None:
        """The next frame once it is due; None if it was skipped or is damaged, and if something else is wanted."""
        if not self._ahead and not self._film.step():
            self._restart()
        self._ahead = True
        now_s = time.monotonic()
        if now_s - self._due_s() > RESUME_AFTER_S:
            self._started_at_s = now_s - self._film.at_s
        left_s = self._due_s() - now_s
        if self._woken.wait(min(max(0.0, left_s), _LONGEST_WAIT_S)) or left_s > _LONGEST_WAIT_S:
            return None
        self._ahead = False
        self._taken_at_s = time.monotonic()
        if now_s - self._due_s() > self._film.period_s:
            return None  # late by more than one frame: the next one is nearer to the truth
        return self._film.image()

    def _frame(self, image: RGBImage, *, held: bool) -> Frame:
        film, index = self._film, self._index
        height, width = image.shape[:2]
        note, self._note = "; ".join(filter(None, (self._note, self._sizes.changed((width, height))))), ""
        self._index += 1
        with self._ordering:
            self._position = Position(film.at_s, self._position.length_s, self._held)
        minutes, seconds = divmod(film.at_s, 60)
        name = f"{minutes:.0f}:{seconds:04.1f}"
        return film.dressed(Frame(image, index, self._taken_at_s, name=name, note=note, at_s=film.at_s, held=held))

    def _due_s(self) -> float:
        return self._started_at_s + self._film.at_s

    def _restart(self) -> None:
        end_s = self._film.at_s + self._film.period_s
        faults = self._film.faults()
        self._film.release()
        self._film = self._open_film()
        self._film.step()
        self._sizes = Sizes(self.info.label)
        self._started_at_s += end_s
        with self._ordering:
            self._position = Position(self._position.at_s, end_s, self._held)
        self._note = "; ".join(filter(None, (f"end of {self.info.label}, starting again", faults)))

    def _carried_out(self, order: _Order) -> RGBImage | None:
        """The frame that was ordered; None where there is none further on."""
        film, self._taken_at_s = self._film, time.monotonic()
        to_s = order.to_s if order.by_s is None else film.at_s + order.by_s
        if to_s is not None:
            film.seek(max(0.0, to_s))
            self._ahead = False
            image = film.image()
            if image is None:  # damaged: the next one, or the last before it
                image = self._stepped(1)
            return self._stepped(-1) if image is None else image
        if self._ahead and order.frames < 0:
            film.back()
            self._ahead = False
        return self._stepped(order.frames)

    def _stepped(self, frames: int) -> RGBImage | None:
        """So many frames that can be decoded on or back, or as many as there are; None where there is none."""
        film, found, found_at_s = self._film, None, self._position.at_s
        left, go = abs(frames), film.step if frames > 0 else film.back
        while left and (self._ahead or go()):
            self._ahead = False
            image = film.image()
            if image is not None:
                found, found_at_s = image, film.at_s
                left -= 1
        if film.at_s != found_at_s:  # only damaged ones follow
            film.seek(found_at_s)
        return found
