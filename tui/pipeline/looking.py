"""What is seen of a source's pictures as they come, each looked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tui.camera.frame import Frame, SourceInfo
from tui.geometry.arrays import RGBImage
from tui.sight.remembered import Remembered
from tui.sight.seen import Seen


class Looker(Protocol):
    """Looks at the pictures of one source, as `tui.sight.sight.Sight` does; called in the inference thread."""

    def remember(self, remembered: Remembered | None) -> None:
        """Compare the next pictures with this one."""
        ...

    def look(self, image: RGBImage, at_s: float) -> Seen:
        """What is seen of a picture taken at `at_s`, seconds."""
        ...

    def forget(self) -> None:
        """What comes next has nothing to do with what came before."""
        ...


def sighted(*, live: bool, sensor: bool = False) -> Looker:
    """Eyes for a source; the arguments are those of `tui.sight.sight.Sight`."""
    from tui.sight.sight import Sight

    return Sight(live=live, sensor=sensor)


class Looking:
    """Looks at frames, with eyes for each source.

    Args:
        looker: gives eyes for a source; arguments as `sighted`.
    """

    def __init__(self, looker: Callable[..., Looker]) -> None:
        self._looker = looker
        self._look: tuple[tuple[int, bool], Looker] | None = None
        """With the epoch that it belongs to, and whether one picture follows another there."""
        self._looked: tuple[Frame, Remembered | None, Seen] | None = None
        """What was seen last, and of what."""

    def look(
        self, frame: Frame, info: SourceInfo | None, epoch: int, remembered: Remembered | None
    ) -> tuple[Seen, bool]:
        """What is seen of a frame, and whether it does not follow the one before.

        A still is judged by itself, whatever picture was shown before it. So is a frame that was stepped to, as it may
        stand for long; after a jump, one follows another anew.

        Args:
            frame: to be looked at.
            info: of its source.
            epoch: another one for each source.
            remembered: a picture of before to compare it with.
        """
        last = self._looked[0] if self._looked is not None else frame
        jumped = frame is not last and not frame.follows(last)
        if self._looked is not None and self._looked[0] is frame and self._looked[1] is remembered:
            return self._looked[2], jumped  # estimated anew, for another model or marker
        follows = info is not None and not info.still and not frame.held  # one picture follows another in time
        sensor = info is not None and info.live and frame.true_depth_m is None
        if self._look is None or self._look[0] != (epoch, follows):
            self._look = (epoch, follows), self._looker(live=follows, sensor=sensor)
        look = self._look[1]
        if jumped or (info is not None and info.still):
            look.forget()
        look.remember(remembered)
        seen = look.look(frame.image, frame.captured_at_s)
        self._looked = frame, remembered, seen
        return seen, jumped
