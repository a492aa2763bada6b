"""The thread between a driver and its reader."""

from __future__ import annotations

import queue
import threading

import numpy as np
import pytest

from tests.camera.closing import assert_close_wakes_the_read
from tui.camera.frame import SourceInfo
from tui.camera.live import LiveSource, NotYet
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

INFO = SourceInfo("0", "camera 0", live=True)


class Stepped:
    """Delivers what a test puts in, when it puts it in."""

    def __init__(self) -> None:
        self.steps: queue.Queue[int | SourceError] = queue.Queue()
        self.taken = threading.Semaphore(0)
        self.closed = threading.Event()

    def next(self) -> RGBImage:
        self.taken.release()
        step = self.steps.get()
        if isinstance(step, SourceError):
            raise step
        return np.full((1, 1, 3), step, np.uint8)

    def close(self) -> None:
        self.closed.set()


def wait_until_asked(producer: Stepped, times: int) -> None:
    for _ in range(times):
        assert producer.taken.acquire(timeout=5)


def test_the_newest_frame_wins_and_the_index_tells_what_was_lost() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer)
    source.wait_open()
    for k in [1, 2, 3]:
        producer.steps.put(k)
    wait_until_asked(producer, 4)  # asked for a fourth: three were delivered
    frame = source.read()
    assert (frame.index, frame.image[0, 0, 0]) == (2, 3)
    producer.steps.put(4)
    assert source.read().index == 3
    producer.steps.put(SourceError("end"))
    source.close()


def test_a_frame_before_the_failure_is_still_delivered() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer)
    producer.steps.put(1)
    producer.steps.put(SourceError("camera 0: lost"))
    assert producer.closed.wait(5)
    assert source.read().index == 0
    with pytest.raises(SourceError, match="camera 0: lost"):
        source.read()
    source.close()


def test_close_wakes_a_read_while_the_driver_hangs() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer)
    source.wait_open()
    assert_close_wakes_the_read(source)
    assert not producer.closed.is_set(), "the driver still hangs in its own thread"
    producer.steps.put(0)
    assert producer.closed.wait(5), "and is let go as soon as it answers"


def test_a_camera_that_stands_still_is_given_up() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer, stall_s=0.02)
    with pytest.raises(SourceError, match=r"no picture for 0\.02 s"):
        source.read()
    producer.steps.put(0)
    source.close()


def test_opening_is_bounded() -> None:
    release = threading.Event()
    producer = Stepped()

    def slow() -> Stepped:
        release.wait(10)
        return producer

    source = LiveSource(INFO, slow, open_timeout_s=0.02)
    with pytest.raises(SourceError, match=r"does not open within 0\.02 s"):
        source.wait_open()
    release.set()
    assert producer.closed.wait(5), "what opens too late is closed again"


def test_a_failure_to_open_is_told() -> None:
    def fail() -> Stepped:
        raise SourceError("camera 0: busy")

    with pytest.raises(SourceError, match="busy"):
        LiveSource(INFO, fail).wait_open()
    with pytest.raises(SourceError, match="busy"):
        LiveSource(INFO, fail).wait_frame(5)


def test_waiting_for_a_first_frame_leaves_it_for_the_read() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer)
    producer.steps.put(7)
    source.wait_frame(5)
    assert source.read().image[0, 0, 0] == 7
    producer.steps.put(SourceError("end"))
    source.close()


def test_waiting_for_a_first_frame_is_bounded() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer)
    with pytest.raises(SourceError, match=r"delivers no picture within 0\.02 s"):
        source.wait_frame(0.02)
    producer.steps.put(0)
    assert producer.closed.wait(5)


def test_what_does_not_answer_yet_is_left_to_the_read() -> None:
    def fail() -> Stepped:
        raise NotYet("cam: connection refused")

    source = LiveSource(INFO, fail)
    source.wait_open()
    with pytest.raises(NotYet, match="refused"):
        source.read()
    source.close()


def test_a_patient_opening_goes_on() -> None:
    release = threading.Event()
    producer = Stepped()

    def slow() -> Stepped:
        release.wait(10)
        return producer

    source = LiveSource(INFO, slow, open_timeout_s=0.02, patient=True)
    source.wait_open()
    release.set()
    producer.steps.put(5)
    assert source.read().image[0, 0, 0] == 5
    producer.steps.put(SourceError("end"))
    source.close()


def test_a_camera_is_let_go_before_its_loss_is_told() -> None:
    producer = Stepped()
    source = LiveSource(INFO, lambda: producer)
    producer.steps.put(SourceError("lost"))
    with pytest.raises(SourceError, match="lost"):
        source.read()
    assert producer.closed.is_set(), "whoever opens it again may find a camera with room for one"
    source.close()


class Clings(Stepped):
    """Its driver fails at letting go of the camera."""

    def close(self) -> None:
        raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loss_is_told_although_the_camera_cannot_be_let_go() -> None:
    producer = Clings()
    source = LiveSource(INFO, lambda: producer)
    producer.steps.put(SourceError("lost"))
    with pytest.raises(SourceError, match="lost"):
        source.read()
    source.close()
