"""Listeners that are slow, away or gone never stall whoever speaks, and nothing is lost unsaid."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tui.records.bulletin import Bulletin
from tui.records.outlet import Outlet, SinkError


def bulletin(number: int, at_s: float | None = None) -> Bulletin:
    return Bulletin(str(number), datetime.now(UTC), time.monotonic() if at_s is None else at_s, ())


class Listener:
    """A sink that can be held up and can fail."""

    name = "listener"
    late_s = float("inf")
    events_only = False

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.away = False
        self.closed = threading.Event()

    def put(self, bulletin: Bulletin) -> None:
        self.open.wait()
        if self.away:
            raise SinkError("nobody there")
        self.taken.append(bulletin.camera)

    def idle(self, now_s: float) -> None: ...

    def close(self) -> None:
        self.closed.set()


def until(condition: Callable[[], bool], most_s: float = 20.0) -> None:
    end_s = time.monotonic() + most_s
    while not condition():
        assert time.monotonic() < end_s, "it never came to be so"
        time.sleep(0.002)


def test_what_is_sent_arrives_in_order_and_the_end_waits_for_it() -> None:
    sink, told = Listener(), list[str]()
    outlet = Outlet(sink, told.append)
    for number in range(100):
        outlet.send(bulletin(number))
    outlet.close()
    assert sink.taken == [str(number) for number in range(100)]
    assert sink.closed.is_set()
    assert (outlet.delivered, outlet.lost, told) == (100, 0, [])


def test_one_that_hangs_loses_the_oldest_and_holds_nobody_up() -> None:
    sink, told = Listener(), list[str]()
    sink.open.clear()
    outlet = Outlet(sink, told.append, waiting_most=10)
    for number in range(200):
        outlet.send(bulletin(number))
    assert outlet.lost == 190
    outlet.close(last_word_s=0.01)
    assert told == ["listener: 10 not delivered at the end"]
    sink.open.set()


def test_one_that_was_away_gets_what_waited_and_both_are_said_once() -> None:
    sink, told = Listener(), list[str]()
    sink.away = True
    outlet = Outlet(sink, told.append)
    for number in range(5):
        outlet.send(bulletin(number))
    until(lambda: bool(told))
    assert outlet.problem == "nobody there"
    sink.away = False
    until(lambda: outlet.delivered == 5)
    outlet.close()
    assert sink.taken == ["0", "1", "2", "3", "4"]
    assert told == ["listener: nobody there; it is tried again", "listener: works again"]


def test_what_is_too_old_by_then_is_not_delivered_but_counted() -> None:
    sink = Listener()
    sink.late_s = 5.0
    outlet = Outlet(sink, lambda _line: None)
    outlet.send(bulletin(1, at_s=time.monotonic() - 60))
    outlet.send(bulletin(2))
    until(lambda: outlet.delivered == 1)
    outlet.close()
    assert (sink.taken, outlet.lost) == (["2"], 1)


class SpeaksLast(Outlet):
    """Just when nothing has come for a moment, the last word comes and the end is ordered."""

    spoken = False

    def _next(self) -> Bulletin | None:
        found = super()._next()
        if found is None and not self.spoken:
            self.spoken = True
            self.send(bulletin(1))
            self.end()
        return found


def test_a_last_word_that_comes_with_the_end_is_delivered() -> None:
    sink, told = Listener(), list[str]()
    outlet = SpeaksLast(sink, told.append, beat_s=0.01)
    assert sink.closed.wait(20)
    outlet.close()
    assert (sink.taken, told) == (["1"], [])


class FaultyWhenIdle(Listener):
    def __init__(self) -> None:
        super().__init__()
        self.idled = threading.Event()

    def idle(self, now_s: float) -> None:
        del now_s
        if not self.idled.is_set():
            self.idled.set()
            raise RuntimeError("a fault of the library's")


def test_a_fault_while_nothing_comes_is_told_and_ends_nothing() -> None:
    sink, told = FaultyWhenIdle(), list[str]()
    outlet = Outlet(sink, told.append, beat_s=0.01)
    assert sink.idled.wait(20)
    outlet.send(bulletin(1))
    outlet.close()
    assert sink.taken == ["1"]
    assert told[0] == "listener: RuntimeError: a fault of the library's; it goes on"
