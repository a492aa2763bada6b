"""When `watch` looks: once a period, or at every new frame."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.cli.headless import Headless

_ANSWER_SHARE = 0.8
"""Of the period: the longest that a reading waits for a new frame before it is given with the age that it has."""


def beats(headless: Headless, period_s: float, count: int | None) -> Iterator[None]:
    """Yields when it is time for a line: once a period, or for every new frame and while there is none; to the end."""
    from tui.pipeline.capture import CaptureStage

    instrument = headless.instrument
    if period_s == 0:
        instrument.pipeline.want(float("inf"))
    yield
    info, said_stale_s = instrument.reading.info, time.monotonic()
    if info is not None and info.still and count is None:
        return
    next_s = time.monotonic() + period_s
    while instrument.snapshot.capture.stage is not CaptureStage.ENDED and not headless.ending.is_set():
        if period_s > 0:
            while (left_s := next_s - time.monotonic()) > 0:
                headless.wait(left_s)
                if headless.ending.is_set():
                    return
                headless.advance()
            next_s = max(next_s + period_s, time.monotonic())
            _fetch(headless, _ANSWER_SHARE * period_s)
            yield
        elif ((info := instrument.reading.info) is not None and info.still) or headless.advance() is not None:
            yield
        else:
            if instrument.reading.stale and time.monotonic() - said_stale_s > 1.0:
                said_stale_s = time.monotonic()
                yield
            headless.wait(0.1)


def _fetch(headless: Headless, most_s: float) -> None:
    """Have the newest frame estimated, and wait for that, for a while: what there is then has its age."""
    from tui.pipeline.capture import CaptureStage

    instrument = headless.instrument
    info = instrument.reading.info
    if info is not None and info.still:
        return
    end_s = time.monotonic() + min(most_s, instrument.freshness.limit_s)
    instrument.pipeline.ask()
    while headless.advance() is None and (left_s := end_s - time.monotonic()) > 0:
        if instrument.snapshot.capture.stage is not CaptureStage.RUNNING:
            return
        headless.wait(min(left_s, 0.1))
