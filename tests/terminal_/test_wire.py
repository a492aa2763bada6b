"""Frames and keys over links whose speed is known, on a clock that the test moves."""

from __future__ import annotations

import numpy as np
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.terminal_.links import Link
from tui.terminal.bandwidth import Bandwidth
from tui.terminal.wire import Wire

WIDTH, HEIGHT = 160, 48
PICTURE_ROWS = 12
BEAT_S = 0.005


class Program:
    """A screen with a moving picture over a line of text, and the link that it is sent through."""

    def __init__(self, bandwidth: str, link: Link) -> None:
        self.now_s = 0.0
        self.link = link
        self.wire = Wire(Bandwidth.parse(bandwidth), 10, clock=lambda: self.now_s)
        self.wire.on_refused = self._wait
        self.wire.on_look = self._look
        self.rings = 0
        self.frames: list[float] = []
        self.sent: list[tuple[float, int]] = []
        self._rng = np.random.default_rng(0)
        self._styles = [
            Style(color=f"rgb({a},{b},{a})", bgcolor=f"rgb({b},{a},{b})") for a in range(0, 250, 9) for b in range(9)
        ]
        self._due_s = 0.0

    def show(self, *rows: tuple[int, Strip]) -> None:
        self.wire.absorb([(0, y, strip) for y, strip in rows], WIDTH, HEIGHT, ColorSystem.TRUECOLOR)
        self.flush()

    def text(self, text: str) -> float:
        """Show text, and return when it has come."""
        self.show((HEIGHT - 1, Strip([Segment(text)]).adjust_cell_length(WIDTH)))
        return self.link.free_s

    def frame(self, share: float) -> None:
        """Paint a picture of which a share has changed, if it may be painted."""
        if not self.wire.frame_turn():
            return
        self.frames.append(self.now_s)
        rows = []
        for y in range(PICTURE_ROWS):
            count = int(WIDTH * share)
            chosen = self._rng.integers(0, len(self._styles), count)
            cells = [Segment("▀", self._styles[number]) for number in chosen]
            rows.append((y, Strip([*cells, Segment("▀" * (WIDTH - count), self._styles[0])])))
        self.show(*rows)

    def flush(self) -> None:
        self._look()
        if data := self.wire.take():
            count = len(data.encode())
            self.link.send(self.now_s, count)
            self.sent.append((self.now_s, count))
            self.wire.handed(self.link.total)
            self.wire.written(self.link.total)
        self._due_s = float("inf")
        self._wait()

    def _look(self) -> None:
        for at_s, total in self.link.arrivals(self.now_s):
            self.wire.arrived(total, at_s)
        self.wire.written(self.link.total)

    def _wait(self) -> None:
        wake_s = self.wire.wake_in_s()
        if wake_s is not None:
            self._due_s = min(self._due_s, self.now_s + wake_s)

    def play(self, seconds: float, share: float) -> None:
        """Frames as fast as they come, until the time is over."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.frame(share)
            if self.now_s >= self._due_s:
                self.flush()
                self.rings += self.wire.turn_has_come()
            self.now_s += BEAT_S

    def rate(self, since_s: float) -> float:
        return sum(count for at_s, count in self.sent if at_s >= since_s) / (self.now_s - since_s)


@pytest.mark.parametrize("rate", [20_000, 50_000, 200_000])
def test_a_budget_holds_and_is_used(rate: int) -> None:
    program = Program(f"{rate}B", Link(rate, 0))
    program.play(20, 0.9)
    assert rate * 0.9 <= program.rate(10) <= rate * 1.02


@pytest.mark.parametrize("bandwidth", ["50kB", "auto"])
def test_a_key_is_answered_at_once_through_a_slow_link(bandwidth: str) -> None:
    link = Link(50_000, 0.02)
    program = Program(bandwidth, link)
    program.play(15, 0.9)
    waits = []
    for press in range(40):
        program.play(0.23, 0.9)
        waits.append(program.text(f"the answer to key {press}") - program.now_s)
    assert np.percentile(waits, 90) < 0.1
    assert max(waits) < 0.15


def test_without_a_budget_frames_keep_their_beat() -> None:
    program = Program("off", Link(1e9, 0))
    program.play(5, 0.9)
    assert len(program.frames) == pytest.approx(50, abs=2)
    assert program.wire.quality == 0


def test_on_a_slow_link_the_newest_frame_is_painted_when_there_is_room_for_it() -> None:
    program = Program("50kB", Link(50_000, 0))
    program.play(20, 0.4)
    late = [at_s for at_s in program.frames if at_s > 10]
    assert 1 <= len(late) / 10 < 9


def test_a_picture_that_is_too_much_becomes_coarser() -> None:
    program = Program("20kB", Link(20_000, 0))
    program.play(15, 1.0)
    assert program.wire.quality > 0


def test_a_refused_frame_is_called_for_when_it_may_come() -> None:
    program = Program("off", Link(1e9, 0))
    refused = []
    program.wire.on_refused = lambda: refused.append(program.now_s)
    program.frame(0.5)
    program.frame(0.5)
    assert refused == [0.0]
    assert not program.wire.turn_has_come()
    wake_s = program.wire.wake_in_s()
    assert wake_s is not None
    program.now_s += wake_s + 1e-6
    program._look()
    assert program.wire.turn_has_come()
    assert not program.wire.turn_has_come()


def test_a_frame_that_changes_nothing_costs_nothing() -> None:
    program = Program("50kB", Link(50_000, 0))
    strip = Strip([Segment("▀" * WIDTH, program._styles[5])])
    program.show((0, strip))
    before = program.link.total
    program.show((0, Strip(list(strip))))
    assert program.link.total == before


def test_after_forgetting_everything_is_sent_again() -> None:
    program = Program("off", Link(1e9, 0))
    program.text("something")
    before = program.link.total
    program.wire.forget()
    program.flush()
    assert program.link.total - before == before


def test_nothing_is_added_to_a_writer_that_is_stuck() -> None:
    program = Program("off", Link(1e9, 0))
    wire = program.wire
    wire.absorb([(0, 0, Strip([Segment("a" * WIDTH)]))], WIDTH, HEIGHT, ColorSystem.TRUECOLOR)
    assert wire.take()
    wire.handed(100_000)
    wire.absorb([(0, 1, Strip([Segment("b" * WIDTH)]))], WIDTH, HEIGHT, ColorSystem.TRUECOLOR)
    assert wire.take() == ""
    wire.written(100_000)
    wire.arrived(100_000, 0.0)
    assert "b" * WIDTH in wire.take()


def test_the_rate_is_that_of_the_last_seconds() -> None:
    program = Program("50kB", Link(50_000, 0))
    program.play(10, 0.9)
    assert program.wire.bytes_per_second == pytest.approx(program.rate(8), rel=0.1)


def test_frames_stand_back_for_keys_but_not_for_long() -> None:
    program = Program("off", Link(1e9, 0))
    program.play(1, 0.5)
    before = len(program.frames)
    program.wire.keys_first = True
    program.play(3, 0.5)
    gaps = np.diff(program.frames[before - 1 :])
    assert len(gaps) >= 8
    assert gaps.min() >= 0.25
    assert gaps.max() <= 0.25 + 2 * BEAT_S


def test_a_frame_that_stood_back_for_a_key_comes_after_it() -> None:
    program = Program("off", Link(1e9, 0))
    program.play(1, 0.5)
    program.now_s = program.frames[-1] + 0.11
    program.wire.keys_first = True
    assert not program.wire.frame_turn()
    assert program.wire.wake_in_s() is not None
    assert not program.wire.turn_has_come()
    program.wire.keys_first = False
    assert program.wire.turn_has_come()
