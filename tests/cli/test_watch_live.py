"""`depth-tui watch` on a source that the test steps: size, unplugging, rhythm."""

from __future__ import annotations

import csv
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from tests.cli.planted import DISTANCES_M, PlantedEstimator, plant
from tests.fakes import SteppableSource, wait_until
from tui.cli import lines as written
from tui.cli.root import run
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage
from tui.pipeline import capture

THREE = ["--reference", "10,20=1m", "--reference", "70,20=4m", "--reference", "30,20=2m"]
FAST = ["--every", "20ms"]


def stripes(width: int = 80, height: int = 40) -> RGBImage:
    """Four stripes at `DISTANCES_M`, as wide as the picture allows."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.repeat([round(50 * z) for z in DISTANCES_M], width // 4)
    return picture


class Watched:
    """A `watch` that runs; its lines come as they are printed."""

    def __init__(self, source: SteppableSource, lines: queue.Queue[str]) -> None:
        self._source, self._lines = source, lines
        self._feeding: RGBImage | None = None
        self.closing = threading.Event()
        threading.Thread(target=self._feed, daemon=True).start()

    def show(self, image: RGBImage) -> None:
        """From now on the camera sees this."""
        self._feeding = image

    def settle(self) -> None:
        """Nothing of what came before is on its way any more."""
        wait_until(self._source.drained, "what was shown before is read")
        index = self._source.index
        wait_until(lambda: self._source.index > index + 5, "what is shown now is read")
        while not self._lines.empty():
            self.line()

    def hang(self) -> None:
        """No more frames, and no error either."""
        self._feeding = None

    def unplug(self) -> None:
        self._feeding = None
        self._source.give(SourceError("camera 0: unplugged"))

    def line(self) -> str:
        return self._lines.get(timeout=15)

    def reading(self, like: Callable[[dict[str, Any]], bool] = lambda _found: True) -> dict[str, Any]:
        """The next JSON line that is as wanted."""
        for _ in range(3000):
            found = json.loads(self.line())
            if like(found):
                assert isinstance(found, dict)
                return found
        pytest.fail("no such line")

    def _feed(self) -> None:
        while not self.closing.wait(0.004):
            if self._feeding is not None:
                self._source.give(self._feeding)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> SteppableSource:
    """What `--source 0` opens, again as well after it was lost."""
    held = SteppableSource("camera 0")

    def open_source(_spec: str) -> SteppableSource:
        held.closed.clear()
        return held

    plant(monkeypatch)
    monkeypatch.setattr("tui.camera.open.open_source", open_source)
    monkeypatch.setattr(capture, "_RETRY_S", (0.001,))
    return held


@contextmanager
def watching(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource, *arguments: str, first: RGBImage | None = None
) -> Iterator[Watched]:
    lines: queue.Queue[str] = queue.Queue()
    held = Watched(source, lines)
    codes: list[int] = []

    def put(line: str) -> None:
        if held.closing.is_set():
            raise KeyboardInterrupt
        lines.put(line)

    monkeypatch.setattr(written, "put", put)
    thread = threading.Thread(target=lambda: codes.append(run(["watch", "--source", "0", *arguments])), daemon=True)
    held.show(stripes() if first is None else first)
    thread.start()
    try:
        yield held
        assert not codes, "nothing that a source does ends it"
    finally:
        held.closing.set()
        thread.join(15)
    assert codes
    assert codes[0] in {0, 130}


def test_every_line_names_its_source_model_time_and_age(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource
) -> None:
    with watching(monkeypatch, source, "--at", "50,20", "--json", *FAST, *THREE) as held:
        times = []
        for _ in range(4):
            found = held.reading()
            assert (found["source"], found["model"], found["profile"]) == ("camera 0", "planted", None)
            assert found["status"] == "ok"
            assert found["warnings"] == []
            assert 0 <= found["age_s"] < 2
            times.append(datetime.fromisoformat(found["time"]))
        assert times == sorted(times)
        assert len(set(times)) > 1


def test_an_unplugged_source_is_stale_without_a_distance_and_then_recovers(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource
) -> None:
    with watching(monkeypatch, source, "--at", "50,20", "--json", *FAST, *THREE) as held:
        before = held.reading(lambda found: found["status"] == "ok")
        held.unplug()
        held.reading(lambda found: found["status"] != "ok")
        for _ in range(3):  # one more frame may have been on its way
            lost = held.reading()
        again = held.reading()
        for found in (lost, again):
            assert found["status"] == "stale"
            assert (found["distance_m"], found["low_m"], found["high_m"]) == (None, None, None)
        assert again["time"] == lost["time"], "the frame's time, not the line's"
        assert again["age_s"] > lost["age_s"]
        held.show(stripes())
        back = held.reading(lambda found: found["status"] != "stale")
        assert back["status"] == "ok"
        assert back["distance_m"] == pytest.approx(before["distance_m"])
        assert back["time"] > lost["time"]


def test_a_source_that_hangs_is_stale_after_a_while(monkeypatch: pytest.MonkeyPatch, source: SteppableSource) -> None:
    monkeypatch.setattr("tui.instrument.freshness.LEAST_S", 0.2)
    with watching(monkeypatch, source, "--at", "50,20", "--format", "csv", *FAST, *THREE) as held:
        header = held.line()

        def row() -> dict[str, str]:
            (found,) = csv.DictReader([header, held.line()])
            return found

        assert row()["status"] == "ok"
        held.hang()
        while (found := row())["status"] == "ok":
            pass
        assert (found["status"], found["distance_m"], found["low_m"]) == ("stale", "", "")
        held.show(stripes())
        while (found := row())["status"] == "stale":
            pass
        assert found["status"] == "ok"


def test_a_seldom_reading_is_of_a_new_frame_and_not_stale(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource
) -> None:
    monkeypatch.setattr("tui.instrument.freshness.LEAST_S", 0.1)
    with watching(monkeypatch, source, "--at", "50,20", "--json", "--every", "500ms", *THREE) as held:
        held.reading()
        for _ in range(2):
            found = held.reading()
            assert found["status"] == "ok"
            assert found["age_s"] < 0.4


def test_another_size_of_the_same_view_is_followed(monkeypatch: pytest.MonkeyPatch, source: SteppableSource) -> None:
    far = ["--at", "30,20", "--at", "70,20", "--distance", "10,20:70,20", "--intrinsics", "80,80,39.5,19.5"]
    with watching(monkeypatch, source, *far, "--json", *FAST, *THREE) as held:

        def three() -> list[float | None]:
            held.reading(lambda found: found["x"] == 10)  # the last line of a beat
            return [held.reading()["distance_m"] for _ in range(3)]

        before = three()
        assert before[0] == pytest.approx(2.0, rel=0.02)
        for size in ((160, 80), (80, 40), (40, 20), (80, 40)):
            held.show(stripes(*size))
            held.settle()
            assert three() == pytest.approx(before, rel=0.05), size


def test_another_shape_gives_no_distance_until_it_is_back(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource
) -> None:
    with watching(monkeypatch, source, "--at", "50,20", "--json", *FAST, *THREE) as held:
        before = held.reading(lambda found: found["status"] == "ok")
        held.show(stripes(40, 80))
        found = held.reading(lambda found: found["status"] != "ok")
        assert (found["status"], found["distance_m"]) == ("other picture size", None)
        assert (found["x"], found["y"]) == (50, 20)
        assert any("waiting for 80x40 pictures" in each for each in found["warnings"])
        held.show(stripes())
        back = held.reading(lambda found: found["status"] == "ok")
        assert back["distance_m"] == pytest.approx(before["distance_m"], rel=1e-6)
        assert back["warnings"] == []


def test_the_first_readings_keep_the_period_after_a_model_that_loads_slowly(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource
) -> None:
    def load(_request: object, _progress: object = None) -> PlantedEstimator:
        time.sleep(1.0)
        return PlantedEstimator()

    monkeypatch.setattr("tui.depth.loader.load_estimator", load)
    with watching(monkeypatch, source, "--at", "50,20", "--json", "--every", "200ms", *THREE) as held:
        held.line()
        came_s = [time.monotonic()]
        for _ in range(3):
            held.line()
            came_s.append(time.monotonic())
        assert min(np.diff(came_s)) > 0.1, "no burst"
        assert came_s[-1] - came_s[0] >= 0.5
