"""Medians of work whose length is known."""

from __future__ import annotations

import itertools

import pytest

from tui.bench import timing


def test_the_median_and_the_ratio_are_those_of_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = itertools.count()
    clock = [0.0]
    lengths_s = itertools.cycle([0.010, 0.010, 0.030])
    monkeypatch.setattr("time.perf_counter", lambda: clock[0])

    def work() -> None:
        next(now_s)
        clock[0] += next(lengths_s)

    stage = timing.measure("work", work, seconds=1.0, warm_up=0)
    assert stage.median_ms == pytest.approx(10)
    assert stage.p99_ms == pytest.approx(30)
    assert stage.runs == pytest.approx(60, abs=2)
    slow = timing.Stage("slow", 150.0, 200.0, 5)
    assert stage.ratio_to(slow) == pytest.approx(15)


def test_slow_work_is_still_repeated_often_enough() -> None:
    runs: list[int] = []
    stage = timing.measure("work", lambda: runs.append(1), seconds=0.0, fewest=7, warm_up=3)
    assert stage.runs == 7
    assert len(runs) == 10
