"""Frames and the protocol that every source of them fulfils."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tui.camera.printable import writable
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounted

if TYPE_CHECKING:
    from tui.storage.recorded import Recorded  # with all that a fit needs, which no first paint waits for

_JUMP_S = 0.5
"""By which a source's own time may run ahead of the clock's while it just plays."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture and when it was taken."""

    image: RGBImage
    """RGB, uint8, shape (H, W, 3); never written to after the frame was made."""
    index: int
    """Counts up from 0 for one source."""
    captured_at_s: float
    """`time.monotonic()` at the moment of capture."""
    name: str = ""
    """What a folder or clip calls this frame (a file name, a time), else empty."""
    note: str = ""
    """Something the user should see once, such as 'end of the clip, starting again'."""
    true_depth_m: FloatMap | None = None
    """Exact depth along the optical axis, float32, (H, W); only from sources that know it."""
    mounted: Mounted | None = None
    """How it was turned and cropped; None where that is not known, as of a file that nothing was asked about."""
    at_s: float | None = None
    """Its time in a source with a time of its own, seconds from the beginning; None where there is none."""
    held: bool = False
    """Whether the source was stepped or moved to it and stands there."""
    recorded: Recorded | None = None
    """The map that was made of it before, and what was read in it; only of a recording."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", writable(self.name))

    def follows(self, last: Frame) -> bool:
        """Whether this one comes after `last` as the camera took them: nothing was jumped over, nobody stepped."""
        if self.held or last.held:
            return False
        if self.at_s is None or last.at_s is None:
            return True
        return 0 <= self.at_s - last.at_s <= self.captured_at_s - last.captured_at_s + _JUMP_S


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source is, for the status line and for profiles."""

    spec: str
    """What opens it again: '0', '/dev/video0', a path, an address, 'demo'."""
    label: str
    """Short name for a person: 'cup.mp4', 'camera 0', 'demo'."""
    live: bool
    """Whether frames that are not read in time are lost (cameras, streams)."""
    still: bool = False
    """Whether one picture stays until the user pages on; `read` then blocks until there is another."""
    camera: str = ""
    """The camera's own name, as its driver calls it; empty where there is none."""
    lens: str = ""
    """Focus and zoom as they were when it was opened: 'focus 30', 'autofocus'; empty where that is not known."""
    focus_advice: str = ""
    """How to hold the focus where it moves by itself; empty where it does not."""
    intrinsics: Intrinsics | None = None
    """What the source itself says of its camera, for its pictures as they come; None where it says nothing."""

    def __post_init__(self) -> None:
        for name in ("label", "camera"):  # they go into logs, messages and recordings, `spec` does not
            object.__setattr__(self, name, writable(getattr(self, name)))


class FrameSource(Protocol):
    """Delivers frames to one reading thread; `close` may be called from another."""

    @property
    def info(self) -> SourceInfo:
        """What this source is."""
        ...

    def read(self) -> Frame:
        """Block until the next frame.

        Raises:
            SourceEnded: after `close`.
            SourceError: the source failed; the message says what and why.
        """
        ...

    def close(self) -> None:
        """Release the device and wake a blocked `read` where that is possible; safe to call twice."""
        ...


@runtime_checkable
class Pageable(Protocol):
    """A source of several stills that the user pages through."""

    def page(self, step: int) -> None:
        """Go `step` pictures on (or back, if negative), wrapping around; the next `read` returns it."""
        ...


@dataclass(frozen=True, slots=True)
class Position:
    """Where a source is in its own time."""

    at_s: float
    """Of the frame that was delivered last, seconds from the beginning."""
    length_s: float | None
    """Of the whole; None where that is not known."""
    held: bool
    """Whether it stands still until it is stepped, moved or let go."""


@runtime_checkable
class Steerable(Protocol):
    """A source with a time of its own, that can be held, stepped and moved through; callable from any thread."""

    @property
    def position(self) -> Position:
        """Where it is."""
        ...

    def hold(self, held: bool) -> None:
        """Stand still at this frame, or go on at the source's own pace; `read` blocks while it stands."""
        ...

    def step(self, frames: int) -> None:
        """Go so many frames on, or back if negative, not beyond either end, and stand there."""
        ...

    def seek(self, to_s: float) -> None:
        """Go to the frame of that time, not beyond either end; standing still or going on as before."""
        ...

    def seek_by(self, seconds: float) -> None:
        """The same, so many seconds on, or back if negative, from where all that was ordered before leads."""
        ...
