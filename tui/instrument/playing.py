"""The part of the instrument that goes through time: freezing, single frames, and times of a clip."""

from __future__ import annotations

import re
from dataclasses import replace

from tui.calibration.written import plain
from tui.camera.frame import Frame, Position, Steerable
from tui.errors import InputError
from tui.geometry.mounting import Mounted
from tui.instrument.following import Following

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d+)?)")
_SECONDS = re.compile(r"(\d{1,7}(?:[.,]\d+)?)\s*s?")
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*%")


class Playing(Following):
    """Stands still and goes on. Of a source with a time of its own, freezing holds it at the frame that is shown."""

    proposed_px: tuple[tuple[float, float], ...] = ()
    """Corners of what waits to be confirmed, in the picture."""

    def size(self) -> tuple[int, int]:
        """Of the pictures, pixels.

        Raises:
            InputError: there is none yet.
        """
        if not self.session.width:
            raise InputError("no picture yet: wait for the source, or press s for another one")
        return self.session.width, self.session.height

    @property
    def mounted(self) -> Mounted | None:
        """How the pictures are turned and cropped; None where that is not known."""
        return None if self._frame is None else self._frame.mounted

    def freeze(self, frozen: bool) -> None:
        """Hold the picture, or let it go on."""
        if frozen != self.session.frozen:
            self.session = replace(self.session, frozen=frozen)
            self.pipeline.pause(frozen, None if self.shown is None else self.shown.frame)
            if frozen:
                self._average()
            self.look_again()

    def step(self, frames: int) -> None:
        """So many frames of a clip on, or back if negative, frozen; so many pictures of a folder.

        Raises:
            InputError: the source has no other pictures.
        """
        source = self.pipeline.steerable
        if source is not None:
            self.freeze(True)
            source.step(frames)
            self.pipeline.ask()
            return
        if not self.pipeline.page(frames):
            raise InputError(f"{self._label} has no other pictures: s opens a folder, a clip or a bag")
        self.freeze(False)

    def seek(self, text: str) -> None:
        """Go to a time that was typed: `1:23`, `83`, `50%`; frozen or playing as before.

        Raises:
            InputError: it is no time, or the source has none of its own.
        """
        source = self._own_time()
        source.seek(time_from(text, source.position))
        self.pipeline.ask()

    def seek_by(self, seconds: float) -> None:
        """Go so many seconds on, or back if negative, not beyond either end.

        Raises:
            InputError: the source has no time of its own.
        """
        self._own_time().seek_by(seconds)
        self.pipeline.ask()

    def need_time(self) -> None:
        """Before a time is asked for.

        Raises:
            InputError: the source has no time of its own.
        """
        self._own_time()

    def _own_time(self) -> Steerable:
        source = self.pipeline.steerable
        if source is None:
            raise InputError(f"{self._label} has no time to go to: only clips, bags and recordings do")
        return source

    @property
    def _frame(self) -> Frame | None:
        return self.snapshot.frame if self.shown is None else self.shown.frame

    @property
    def _label(self) -> str:
        return self._info.label if self._info is not None else "this source"


def time_from(text: str, position: Position) -> float:
    """Seconds from the beginning, from `1:23`, `1:02:03.5`, `83` or `50%`.

    Raises:
        InputError: it is none of these, or a share of a length that is not known.
    """
    words = plain(text).strip().lower()
    if match := _CLOCK.fullmatch(words):
        return 3600 * int(match[1] or 0) + 60 * int(match[2]) + _number(match[3])
    if match := _SECONDS.fullmatch(words):
        return _number(match[1])
    if match := _SHARE.fullmatch(words):
        if position.length_s is None:
            raise InputError(f"'{text}': how long this source is is not known; write a time, such as 1:23")
        return min(1.0, _number(match[1]) / 100) * position.length_s
    raise InputError(f"'{text}' is not a time: write 1:23, 83 (seconds) or 50%")


def _number(text: str) -> float:
    return float(text.replace(",", "."))
