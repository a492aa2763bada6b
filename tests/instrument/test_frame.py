"""What one frame gives: age, staleness, and nothing where nothing is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.instrument.driven import driven, true_m
from tui.calibration.reading import Status
from tui.errors import SourceError
from tui.instrument.frame import NOTHING, FrameReading, seconds_in_words
from tui.pipeline import capture


def test_before_there_is_a_frame_nothing_is_known() -> None:
    empty = FrameReading()
    assert empty.at((0, 0)) == NOTHING
    assert empty.readings() == ()
    assert empty.frame is None


def test_a_lost_source_gives_stale_without_a_distance_and_recovers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_RETRY_S", (0.001,))
    with driven() as start:
        start.refer(10)
        start.refer(50)
        start.refer(35)
        start.pin(30)
        before = start.instrument.reading
        assert before.at((30, 20)).status is Status.OK
        assert not before.stale
        start.lose()
        lost = start.instrument.reading
        assert lost.frame is before.frame, "the last picture stays"
        assert lost.captured_at == before.captured_at
        for found in (lost.at((30, 20)), lost.crosshair, lost.pins[0].reading):
            assert found.status is Status.STALE
            assert (found.distance_m, found.low_m, found.high_m) == (None, None, None)
        age_s = lost.age_s
        start.until(lambda: start.instrument.reading.age_s > age_s, "it grows older")
        start.show()  # the pipeline opens it again
        assert start.instrument.reading.at((30, 20)).status is Status.OK
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)


def test_frozen_is_what_the_user_wants_and_never_stale() -> None:
    with driven() as start:
        start.refer(10)
        start.instrument.freeze(True)
        start.source.give(SourceError("unplugged"))
        start.until(lambda: start.instrument.snapshot.capture.message == "unplugged", "it is lost")
        assert start.instrument.reading.stale == ""
        assert start.instrument.reading.crosshair.distance_m is not None
        start.instrument.freeze(False)
        assert start.instrument.reading.crosshair.status is Status.STALE


def test_outside_the_picture_is_no_reading() -> None:
    with driven() as start:
        for pixel in ((64, 0), (0, 48), (-1, 0), (0, -1)):
            assert start.instrument.reading.at(pixel).status is Status.OUTSIDE
        start.lose()
        assert start.instrument.reading.at((64, 0)).status is Status.OUTSIDE


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1.0, "0 ms"), (0.0614, "61 ms"), (0.9999, "1.0 s"), (4.0, "4.0 s"), (59.94, "59.9 s"), (59.97, "1 min"),
     (720.0, "12 min"), (3599.0, "1 h"), (3 * 3600.0, "3 h"), (5 * 86400.0, "5 days"), (float("inf"), "long")],
)  # fmt: skip
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert seconds_in_words(seconds) == words


def test_several_pixels_read_as_each_alone() -> None:
    with driven() as start:
        for column in (10, 25, 40, 55):
            start.refer(column)
        reading = start.instrument.reading
        pixels = [(0, 0), (63, 47), (30, 20), (64, 3), (12, 40), (-1, 5), (30, 20)]
        assert reading.all_at(pixels) == tuple(reading.at(pixel) for pixel in pixels)
        assert reading.all_at([]) == ()
        assert replace(reading, window_px=4).all_at(pixels[:2]) == (NOTHING, NOTHING)
        assert FrameReading().all_at(pixels) == (NOTHING,) * 7
