"""An app whose updates are sent cell by cell, paced by the link; for the rest Textual's own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TypeVar

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import ANSIToTruecolor
from textual.geometry import Offset
from textual.screen import Screen
from textual.strip import Strip

from tui.terminal.bandwidth import Bandwidth
from tui.terminal.compositor import CellsUpdate
from tui.terminal.driver import WireDriver
from tui.terminal.leaving import LeavingApp
from tui.terminal.wire import PlacedCells, Wire

Result = TypeVar("Result")


class WireApp(LeavingApp[Result]):
    """Sends only cells that differ from what the terminal shows.

    What it cannot read (inline mode, other drivers, renderables of another kind) goes the way that Textual sends it.

    Args:
        bandwidth: the budget; None watches the link.
        fps: the most frames a second.
    """

    def __init__(self, bandwidth: Bandwidth | None = None, fps: float = 10.0) -> None:
        super().__init__()
        self.wire = Wire(bandwidth, fps)
        self.wire.on_refused = self._come_back
        self.wire.on_look = self._look
        self._pump_handle: asyncio.TimerHandle | None = None
        self._starts_seen = 0
        self._cursor_sent: Offset | None = None
        self._quality_shown = 0
        self._arrives_by_device = False

    def on_frame_turn(self) -> None:
        """A frame that was refused may be painted now; to be overridden."""

    def on_quality(self, step: int) -> None:
        """Pictures should be coarser or finer from now on; to be overridden."""

    def redraw(self) -> None:
        """Send the whole screen again, for a terminal that something else has written on."""
        self.wire.forget()
        self._send()

    def show_now(self) -> None:
        """Draw what has changed without waiting for the beat, up to a sixtieth of a second, that Textual draws on."""
        screen = self.screen
        screen.call_later(screen._on_timer_update)  # noqa: SLF001 - what the beat itself calls

    def on_resize(self) -> None:
        """What a terminal does with its screen when its size changes, nobody knows."""
        self.wire.forget()
        self._come_back()

    def get_driver_class(self) -> type[Driver]:
        """The driver that counts, where Textual's own would be its base."""
        usual = super().get_driver_class()
        return WireDriver if usual is LinuxDriver else usual

    def cell_system(self) -> ColorSystem | None:
        """The colours that finished cells must be written for; None while none are taken.

        Textual's filters change what it shows; only one that leaves finished colours alone can be passed by.
        """
        if not isinstance(self._driver, WireDriver) or not self._takes(self._driver):
            return None
        if not all(isinstance(each, ANSIToTruecolor) for each in self.get_line_filters()):
            return None
        return self.console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Strip.render has it

    def _takes(self, driver: WireDriver) -> bool:
        return not (self._batch_count or not self._running or self._closed or self.is_headless or driver.is_inline)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = self._driver
        given: list[PlacedCells] = []
        update: object = renderable
        if isinstance(update, CellsUpdate):
            given, renderable = update.cells, update.usual
        if not isinstance(driver, WireDriver) or not isinstance(renderable, LayoutUpdate | ChopsUpdate | None):
            if renderable is not None:
                self.wire.forget()
            super()._display(screen, renderable)
            return
        if not self._takes(driver) or (renderable is None and not given):
            super()._display(screen, renderable)
            return
        if driver.starts != self._starts_seen:
            self._starts_seen = driver.starts
            self.wire.forget()
        width, height = screen.outer_size
        system = self.console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Strip.render has it
        strips: Iterable[tuple[int, int, Strip]] = ()
        if renderable is not None:
            strips = laid_out(renderable) if isinstance(renderable, LayoutUpdate) else chopped(renderable)
        self.wire.absorb(strips, width, height, system, given)
        self._send()
        self.post_display_hook()

    def _send(self) -> None:
        """Hand over what there is room for, and come back when there may be more."""
        if not self._running or self._closed:
            return
        if isinstance(self._driver, WireDriver):
            self._write(self._driver)
        if self.wire.quality != self._quality_shown:
            self._quality_shown = self.wire.quality
            self.on_quality(self.wire.quality)
        if self.wire.turn_has_come():
            self.on_frame_turn()
        self._schedule(self.wire.wake_in_s())

    def _write(self, driver: WireDriver) -> None:
        wire = self.wire
        self._look()
        data = wire.take()
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if data or cursor != self._cursor_sent:
            data += f"\x1b[{cursor.y + 1};{cursor.x + 1}H"
            self._cursor_sent = cursor
            if self._sync_available:
                data = f"{SYNC_START}{data}{SYNC_END}"
        elif not driver.unasked or wire.wake_in_s() is None:
            return
        # With nothing to send too, if something waits: what was sent after the last question is not known to arrive.
        question = driver.question() if wire.bandwidth.follows_link else ""
        if data or question:
            driver.write(data + question)
            if question:
                driver.asked()
            wire.handed(driver.handed)

    def _look(self) -> None:
        """Tell the wire what has been written and what has arrived since the last time."""
        driver = self._driver
        if not isinstance(driver, WireDriver):
            return
        self.wire.handed(driver.handed)
        self.wire.written(driver.metered.total)
        by_device = driver.answers_come is False or not self.wire.bandwidth.follows_link
        if by_device != self._arrives_by_device:
            self._arrives_by_device = by_device
            self.wire.other_arrivals()
            if by_device:  # all that it has taken so far was noted while its word did not count
                self.wire.arrived(driver.metered.total, time.monotonic())
        while driver.answers:
            self.wire.arrived(*driver.answers.popleft())
        progress = driver.metered.progress
        while progress:
            total, at_s = progress.popleft()
            if by_device:
                self.wire.arrived(total, at_s)

    def _come_back(self) -> None:
        if self._pump_handle is None:
            self._schedule(self.wire.wake_in_s())

    def _schedule(self, in_s: float | None) -> None:
        if self._pump_handle is not None:
            self._pump_handle.cancel()
            self._pump_handle = None
        if in_s is not None:
            self._pump_handle = asyncio.get_running_loop().call_later(in_s, self._wake)

    def _wake(self) -> None:
        self._pump_handle = None
        self._send()


def laid_out(update: LayoutUpdate) -> Iterable[tuple[int, int, Strip]]:
    """Everything in a full update."""
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield x, y, strip
            x += strip.cell_length


def chopped(update: ChopsUpdate) -> Iterable[tuple[int, int, Strip]]:
    """Everything in a partial update, cut as Textual cuts it."""
    for y, first, stop in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > stop or end <= first:
                continue
            if stop > x >= first and end <= stop:
                yield x, y, strip
            else:
                yield x, y, strip.crop(0, min(end, stop) - x)
