from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tui.pipeline.ahead import ahead


@pytest.mark.parametrize("jobs", [0, 1, 2, 5, 50])
def test_what_is_worked_on_comes_in_order(jobs: int) -> None:
    found = [(item, made()) for item, made in ahead(range(20), lambda each: each * each, jobs)]
    assert found == [(item, item * item) for item in range(20)]


def test_so_many_are_worked_on_at_a_time_and_no_more_are_taken() -> None:
    together, taken = threading.Barrier(3, timeout=20), []

    def items() -> Iterator[int]:
        for each in range(9):
            taken.append(each)
            yield each

    def work(each: int) -> int:
        together.wait()  # passes only when three are at it
        return each

    for number, (_, made) in enumerate(ahead(items(), work, 3)):
        assert len(taken) <= number + 3
        assert made() == number


def test_what_fails_fails_in_its_turn() -> None:
    def work(each: int) -> int:
        if each == 1:
            raise ValueError("the second")
        return each

    first, second, third = [made for _, made in ahead(range(3), work, 3)]
    assert first() == 0
    with pytest.raises(ValueError, match="the second"):
        second()
    assert third() == 2


def test_one_job_is_worked_on_when_it_is_asked_for_in_the_same_thread() -> None:
    threads = set()
    for _, made in ahead(range(3), lambda _: threads.add(threading.get_ident()), 1):
        assert len(threads) <= 1
        made()
    assert threads == {threading.get_ident()}
