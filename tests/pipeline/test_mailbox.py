"""The newest wins, and nothing waits for ever."""

from __future__ import annotations

import threading

from tests.fakes import wait_until
from tui.pipeline.mailbox import Mailbox


def test_the_newest_item_wins_and_the_lost_ones_are_counted() -> None:
    box: Mailbox[int] = Mailbox()
    for item in range(5):
        box.put(item)
    assert box.take() == 4
    assert box.dropped == 4
    assert box.take(timeout_s=0.0) is None


def test_clear_forgets_without_counting() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.clear()
    box.put(2)
    assert (box.take(), box.dropped) == (2, 0)


def test_close_wakes_a_taker_and_refuses_what_comes_after() -> None:
    box: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    thread = threading.Thread(target=lambda: taken.append(box.take()))
    thread.start()
    box.close()
    wait_until(lambda: taken == [None], "the blocked taker wakes")
    thread.join()
    box.put(3)
    assert box.take() is None
