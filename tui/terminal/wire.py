"""Between what should be on the screen and what is sent: cells compared, text first, frames as the link has room."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from rich.color import ColorSystem
from textual.strip import Strip

from tui.terminal.bandwidth import Bandwidth
from tui.terminal.cells import Cell, CellReader
from tui.terminal.differ import CellDiffer
from tui.terminal.governor import Governor
from tui.terminal.meter import Meter
from tui.terminal.pace import LinkPace, Pace, pace_for
from tui.terminal.plain import plain

PlacedStrips = Iterable[tuple[int, int, Strip]]
"""(column, row, strip) of everything in an update."""
PlacedCells = tuple[int, int, list[Cell]]
"""(column, row, cells) of a finished row."""

COARSEST = 4
"""The last step of quality; `tui.render.quality` says what each looks like."""

_MOST_BACKLOG = 16_000
"""Bytes that may wait to be written; with more, nothing is added, however urgent: it would only come later."""
_LAST_ROWS = 0.2
"""Share of the screen's rows that may still be to send when the next frame is painted."""
_LONGEST_FOR_KEYS_S = 0.25
"""Without a frame, because of keys."""
_BEAT_S = 0.015
"""How often a paced link is given more."""


class Wire:
    """What the app tells about its screen, and what it asks about the link.

    Args:
        bandwidth: the budget.
        fps: the most frames a second that pictures are painted.
        clock: seconds, never going back.
    """

    def __init__(
        self, bandwidth: Bandwidth | None = None, fps: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.bandwidth = bandwidth or Bandwidth()
        self._clock = clock
        self._pace: Pace = pace_for(self.bandwidth)
        self._governor = Governor(fps, COARSEST)
        self._differ = CellDiffer()
        self._reader: CellReader | None = None
        self._system: ColorSystem | None = None
        self._meter = Meter()
        self._handed = self._written = 0
        self._refused = False
        self._frame_begun = False
        self._frame_since_s: float | None = None
        self._turn_s = float("-inf")
        self.plain = False
        """Whether everything is written in ASCII."""
        self.keys_first = False
        """While a key is worked off: a frame painted now would make it wait. Not for long, however many keys come."""
        self.on_refused: Callable[[], None] = _nothing
        """Called when a frame is refused: someone must look later whether its turn has come."""
        self.on_look: Callable[[], None] = _nothing
        """Called before the link's state matters: tell `written` and `arrived` now."""
        self.on_frame: Callable[[], object] = _nothing
        """Called for each frame that may be painted: for whoever counts them."""

    # --- for the screen

    @property
    def quality(self) -> int:
        """How coarse pictures should be, 0 the finest .. `COARSEST`."""
        return self._governor.step

    @property
    def bytes_per_second(self) -> float:
        """What has been sent over the last seconds."""
        return self._meter.sample(self._clock(), self._written)

    def frame_turn(self) -> bool:
        """Whether a new frame may be painted now; if not, the app is told when it may."""
        self.on_look()
        now_s = self._clock()
        if not self._open(now_s):
            self._refused = True
            self.on_refused()
            return False
        if self._frame_begun:
            # The one before has changed nothing, or its last rows are still to go.
            since_s = self._frame_since_s
            self._governor.sent(now_s, 0.0 if since_s is None else now_s - since_s)
        self._governor.begin(now_s)
        self.on_frame()
        self._turn_s = now_s
        self._refused = False
        self._frame_begun, self._frame_since_s = True, None
        return True

    def _open(self, now_s: float) -> bool:
        if self._governor.due_in_s(now_s) > 0 or (self.keys_first and now_s - self._turn_s < _LONGEST_FOR_KEYS_S):
            return False
        if self._differ.pending:
            # The last rows go while the next frame is painted, so that the link does not run dry.
            return self._differ.remaining < _LAST_ROWS and self._handed - self._written <= _MOST_BACKLOG
        allowance = self._pace.allowance(now_s)
        return allowance is None or allowance > 0

    # --- for the app

    @property
    def pending(self) -> bool:
        """Whether cells are still to be sent."""
        return self._differ.pending

    def forget(self) -> None:
        """Something else has drawn on the terminal, or it has another size: send everything again."""
        self._differ.forget()

    def be_plain(self) -> None:
        """Write everything in ASCII from now on, what is on the screen already as well."""
        self.plain = True
        self._differ.rewrite(plain)

    def absorb(
        self, strips: PlacedStrips, width: int, height: int, system: ColorSystem, given: Iterable[PlacedCells] = ()
    ) -> None:
        """Take over what the screen should show.

        Args:
            strips: what has changed, or all.
            width: of the terminal, cells.
            height: of the terminal, cells.
            system: its colours.
            given: finished cells, one column each.
        """
        if self._reader is None or system is not self._system:
            self._reader, self._system = CellReader(system), system
        differ = self._differ
        if (width, height) != (differ.width, differ.height):
            differ.resize(width, height)
        read = self._reader.cells
        for x, y, strip in strips:
            cells, uneven = read(strip)
            if self.plain:
                cells, uneven = plain(cells), False
            differ.put(x, y, cells, uneven=uneven)
        for x, y, finished in given:
            differ.put(x, y, plain(finished) if self.plain else finished)
        if self._frame_begun and self._frame_since_s is None:
            self._frame_since_s = self._clock()

    def take(self) -> str:
        """What to send now; empty if there is nothing, or no room."""
        now_s = self._clock()
        differ = self._differ
        data = ""
        if differ.pending and self._handed - self._written <= _MOST_BACKLOG:
            allowance = self._pace.allowance(now_s)
            if allowance is None:
                data = differ.emit()
            else:
                data = differ.emit(text_only=True)
                room = allowance - len(data)
                if room > 0 and differ.pending:
                    data += differ.emit(room)
        if not differ.pending and self._frame_begun and self._frame_since_s is not None:
            self._governor.sent(now_s, now_s - self._frame_since_s)
            self._frame_begun, self._frame_since_s = False, None
        return data

    def handed(self, total: int) -> None:
        """So many bytes have been given to the driver since the start, whatever they were."""
        self._handed = total
        self._pace.sent(self._clock(), total)

    def written(self, total: int) -> None:
        """So many of them the terminal's device has taken."""
        self._written = total
        self._meter.sample(self._clock(), total)

    def arrived(self, total: int, at_s: float) -> None:
        """So many of them are known to have come as far as can be seen."""
        self._pace.arrived(at_s, total)

    def other_arrivals(self) -> None:
        """`arrived` speaks of another place from now on: the terminal instead of its device, or the other way."""
        if isinstance(self._pace, LinkPace):
            self._pace.relearn()

    def turn_has_come(self) -> bool:
        """Whether a frame that was refused may be painted now; says so once."""
        if self._refused and self._open(self._clock()):
            self._refused = False
            return True
        return False

    def wake_in_s(self) -> float | None:
        """Seconds until there may be something to do; None if only an update can bring it."""
        if self._differ.pending:
            return _BEAT_S
        if self._refused:
            return max(_BEAT_S / 3, min(self._governor.due_in_s(self._clock()), self._governor.interval_s))
        return None


def _nothing() -> None:
    pass
