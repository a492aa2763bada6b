"""A clip's frames one after another, and back: past damaged stretches, each with its own time, with an account."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from tui.camera.animated import open_moving
from tui.camera.frame import Frame
from tui.camera.opencv import Capture, OpenCapture, Windable
from tui.camera.whole import is_cut_off
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_DEFAULT_RATE_HZ = 25.0
_MAX_RATE_HZ = 240.0
_MAX_GAP_S = 60.0
"""A jump in a file's time stamps beyond this is a fault of the file, not a pause."""
_MAX_BEHIND_S = 1.0
"""Stamps out of order by no more than this are jitter, as of frames that were written down in another order."""
_OPEN_TIMEOUT_S = 10.0
_MOST_FAILURES = 2000
"""The decoder fails once for each frame of a damaged stretch, and for ever at the end."""

_NEAR_S = 5.0
"""So far ahead, frames are walked through instead of looked for."""
_MARGINS_S = (1.0, 8.0, 64.0)
"""How far before a frame the decoder is set, in turn, until it comes by that frame."""
_SAME_S = 1e-5
"""Two stamps so near to each other are one."""
_LEARNT = 30
"""So many stamps have to rise before any is gone by."""
_REMEMBERED = 600
"""Stamps."""


class Reel:
    """One run through a clip.

    Where its stamps only ever rise, a frame is found again by its stamp; else by counting frames from the beginning.

    Raises:
        SourceError: empty, or no video that can be decoded.
    """

    def __init__(self, path: Path, open_with: OpenCapture) -> None:
        self._path = path
        self._open_with = open_with
        self.at_s = 0.0
        """Time of the frame that was stepped to last, from the start."""
        self.left_out = 0
        """Frames so far that could not be decoded."""
        self._capture = self._opened()
        self.rate_hz = self._capture.rate_hz
        """Nominal, frames a second; what nonsense a file says is passed on."""
        self.period_s = 1 / (self.rate_hz if 1 <= self.rate_hz <= _MAX_RATE_HZ else _DEFAULT_RATE_HZ)
        length_s = self._capture.length_s if isinstance(self._capture, Windable) else 0.0
        self.length_s: float | None = length_s or None
        """Of the whole, as the file says; None where it does not."""
        self._farthest_s = 0.0
        """What lies before was counted already."""
        self._rising = isinstance(self._capture, Windable)
        """Whether a frame can be found by its stamp, as far as is known."""
        self._is_first = True
        self._begin()

    def step(self) -> bool:
        """Go to the next frame that is there; False at the end."""
        if self._is_first:
            self._is_first = False
            return True
        failures = self._grab()
        if failures is None:
            return False
        self._passed(self._capture.position_s, 1 + failures)
        if self.at_s > self._farthest_s:
            self.left_out += failures
            self._farthest_s = self.at_s
        return True

    def back(self) -> bool:
        """Go to the frame before the last one that was stepped to, exactly; False, and nowhere, at the beginning."""
        number, at_s = self._number, self.at_s
        if self._rising and number != 0 and (len(self._recent) > 1 or self._find(self._raw_s)):
            before_s = self._recent[-2] if len(self._recent) > 1 else self._zero_s
            if self._find(before_s):
                return True
        if number is None:
            self._walk_to(at_s)
            number = self._number
        if not number:
            return False
        self._count_to(number - 1)
        return True

    def seek(self, to_s: float) -> None:
        """Go to the first frame that is not before that time, or to the last one."""
        self._is_first = False
        if 0 <= to_s - self.at_s <= _NEAR_S or self._jump_before(to_s):
            self._go_on_to(to_s)
        else:
            self._walk_to(to_s)

    def image(self) -> RGBImage | None:
        """The frame stepped to, RGB, uint8, shape (H, W, 3); None, and counted, if it cannot be decoded."""
        image = self._capture.retrieve()
        if image is None:
            self.left_out += self.at_s >= self._farthest_s
            return None
        return image

    def dressed(self, frame: Frame) -> Frame:
        """See `Film`; nothing else is known."""
        return frame

    def faults(self) -> str:
        """At the end: what is missing of the clip, without its name; empty if nothing is."""
        words = []
        if self.left_out:
            frames = "frame is" if self.left_out == 1 else "frames are"
            words.append(f"{self.left_out} damaged {frames} left out")
        if self._is_cut_off:
            words.append("the file is cut off, its end is missing")
        return "; ".join(words)

    def release(self) -> None:
        """Let go of the file; safe to call twice."""
        self._capture.release()

    # --- from frame to frame

    def _opened(self) -> Capture:
        path = self._path
        try:
            if path.stat().st_size == 0:
                raise SourceError(f"{path}: is empty (0 bytes); copy or record it again")
            # A resolved path starts with a slash, so that FFmpeg cannot take it for an address.
            capture = open_moving(path) or self._open_with(str(path.resolve()), "ffmpeg", _OPEN_TIMEOUT_S)
            self._is_cut_off = is_cut_off(path)
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        if capture is None:
            raise SourceError(
                f"{path}: neither a picture nor a video that can be decoded (truncated, or another kind of file)"
            )
        return capture

    def _begin(self) -> None:
        """Take the first frame of a capture that was just opened."""
        failures = self._grab()
        if failures is None:
            self._capture.release()
            raise SourceError(f"{self._path}: a video without a single frame that can be decoded")
        if not self._farthest_s:
            self.left_out = failures
        self.at_s = 0.0
        self._raw_s = self._zero_s = self._capture.position_s
        self._number: int | None = 0
        """Of frames before this one; None where they were not counted."""
        self._recent = deque([self._raw_s], _REMEMBERED)
        """Stamps of this frame and of those right before it."""

    def _grab(self) -> int | None:
        """Go on in the decoder: how often it failed on the way; None at the end."""
        for failures in range(_MOST_FAILURES):
            if self._capture.grab():
                return failures
        return None

    def _passed(self, raw_s: float, frames: int) -> None:
        """The frame after so many others has this stamp: its time is its own, unless stamps are missing or jump."""
        gap_s, self._raw_s = raw_s - self._raw_s, raw_s
        counted_s, own_s = self.at_s + frames * self.period_s, raw_s - self._zero_s
        self._rising = self._rising and 0 < gap_s < _MAX_GAP_S
        if 0 < gap_s < _MAX_GAP_S and own_s > self.at_s:
            self.at_s = own_s
        else:
            if not abs(gap_s) < _MAX_GAP_S or counted_s - own_s > _MAX_BEHIND_S:
                self._zero_s = raw_s - counted_s
            self.at_s = counted_s
        self._recent.append(raw_s)
        if self._number is not None:
            self._number += 1

    # --- to a frame that is somewhere else

    def _rewind(self) -> None:
        self._capture.release()
        self._capture = self._opened()
        self._begin()

    def _count_to(self, number: int) -> None:
        """To the frame with so many before it."""
        self._rewind()
        while (self._number or 0) < number and self.step():
            pass

    def _walk_to(self, at_s: float) -> None:
        """To the first frame from `at_s` on, or to the last one, counting from the beginning."""
        self._rewind()
        self._go_on_to(at_s)

    def _go_on_to(self, at_s: float) -> None:
        """To the first frame from `at_s` on, or to the last one."""
        while self.at_s < at_s - _SAME_S:
            if not self.step():
                self._stand_at_last()
                return

    def _stand_at_last(self) -> None:
        """Once the decoder is at the end, it has no frame any more."""
        raw_s, number = self._raw_s, self._number
        if self._rising and self._find(raw_s):
            return
        if number is None:
            self._rewind()
            while self.step():
                pass
            number = self._number
        self._count_to(number or 0)

    def _jump_before(self, to_s: float) -> bool:
        """Set the decoder to a frame before a time, where stamps can be gone by."""
        while self._rising and self._number is not None and self._number < _LEARNT and self.step():
            pass  # what stamps this file has is not known yet
        margins_s = (margin_s for margin_s in _MARGINS_S if margin_s < to_s) if self._rising else ()
        return any(self._land(self._zero_s + to_s - margin_s) and self.at_s <= to_s for margin_s in margins_s)

    def _find(self, raw_s: float) -> bool:
        """To the frame of this stamp, exactly; the stamps before it are known then. False where stamps do not rise."""
        for margin_s in _MARGINS_S:
            lands = margin_s < raw_s - self._zero_s and self._land(raw_s - margin_s)
            if lands and self._raw_s < raw_s - _SAME_S and self._goes_on_to(raw_s):
                return True
        if self._rising:
            self._rewind()
        return self._rising and self._goes_on_to(raw_s)

    def _goes_on_to(self, raw_s: float) -> bool:
        while self._rising and self._raw_s < raw_s - _SAME_S and self.step():
            pass
        return self._rising and abs(self._raw_s - raw_s) <= _SAME_S

    def _land(self, raw_s: float) -> bool:
        """Let the decoder bring some frame of about that stamp; False where it does not."""
        capture = self._capture
        if not (isinstance(capture, Windable) and capture.wind(raw_s)) or self._grab() is None:
            return False
        self._raw_s = capture.position_s
        self.at_s = self._raw_s - self._zero_s
        self._number = None
        self._recent.clear()
        self._recent.append(self._raw_s)
        return self.at_s >= 0
