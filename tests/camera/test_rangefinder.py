"""Range sensors at work: commands that write as they like, a serial port, and what is too old."""

from __future__ import annotations

import os
import shlex
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.calibration.test_ranged import tfmini
from tests.fakes import wait_until
from tui.camera import rangefinder
from tui.camera.range_link import check_range_source, label_of
from tui.camera.rangefinder import Rangefinder, Rangefinders
from tui.errors import InputError, SourceError


class Scripted:
    """A link that gives what a test says, in a time that the test says."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.coming: list[bytes | Exception | None] = []
        self.opened = 0

    def open(self, _source: str) -> Scripted:
        self.opened += 1
        return self

    def clock(self) -> float:
        return self.now_s

    def read(self, timeout_s: float) -> bytes | None:
        if not self.coming:
            time.sleep(min(timeout_s, 0.002))
            return b""
        found = self.coming.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        pass


@contextmanager
def scripted() -> Iterator[tuple[Scripted, Rangefinder]]:
    link = Scripted()
    sensor = Rangefinder("exec:sensor", clock=link.clock, opening=link.open)
    try:
        yield link, sensor
    finally:
        sensor.close()


@contextmanager
def running(source: str) -> Iterator[Rangefinder]:
    sensor = Rangefinder(check_range_source(source))
    try:
        yield sensor
    finally:
        sensor.close()


def program(folder: Path, body: str) -> str:
    """Writes a sensor's program; what `--live` takes for it."""
    file = folder / "sensor.py"
    file.write_text(f"import os, sys, time\nfrom pathlib import Path\nHERE = Path(__file__).parent\n{body}", "utf-8")
    return f"exec:{shlex.join([sys.executable, '-S', '-E', str(file)])}"


def now(sensor: Rangefinder) -> float | None:
    found = sensor.at(time.monotonic()).ranging
    return None if found is None else found.distance_m


def test_the_distance_nearest_to_a_frame_counts_for_one_second() -> None:
    with scripted() as (link, sensor):
        assert "no distance yet" in sensor.at(100.0).why
        link.coming.append(b"2.0\n")
        wait_until(lambda: sensor.count == 1, "it was read")
        link.now_s = 100.4
        link.coming.append(b"3.0\n")
        wait_until(lambda: sensor.count == 2, "it was read")
        for at_s, distance_m in ((99.1, 2.0), (100.1, 2.0), (100.3, 3.0), (101.4, 3.0)):
            found = sensor.at(at_s).ranging
            assert found is not None
            assert found.distance_m == distance_m, at_s
        late = sensor.at(101.5)
        assert late.ranging is None
        assert "no distance for 1.1 s" in late.why
        assert late.why.startswith("range sensor")
        assert not late.failed


def test_of_those_that_come_at_once_the_last_counts() -> None:
    with scripted() as (link, sensor):
        link.coming.append(b"2.0\n2.1\n2.2\n")
        wait_until(lambda: sensor.count == 3, "all were read")
        found = sensor.at(100.0).ranging
        assert found is not None
        assert found.distance_m == 2.2


def test_it_is_started_again_and_says_what_is_wrong_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rangefinder, "_SOON_S", 0.001)
    with scripted() as (link, sensor):
        link.coming.append(SourceError("it ended with exit code 3: no such bus"))
        wait_until(lambda: link.opened > 1, "it is started again")
        assert "exit code 3: no such bus" in sensor.at(100.0).why
        assert sensor.at(100.0).failed
        link.coming.append(b"rubbish\n")
        wait_until(lambda: "rubbish" in sensor.at(100.0).why, "it says what came")
        link.coming += [b"1.5\n", None]
        wait_until(lambda: sensor.count == 1, "it delivers")
        wait_until(lambda: link.opened > 2, "it is started again after its end")


def test_a_fault_of_its_driver_is_said_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rangefinder, "_SOON_S", 0.001)
    with scripted() as (link, sensor):
        link.coming.append(termios.error(5, "Input/output error"))  # which is no OSError
        wait_until(lambda: link.opened > 1, "it is started again")
        assert "Input/output error" in sensor.at(100.0).why
        link.coming.append(b"1.5\n")
        wait_until(lambda: sensor.count == 1, "it delivers")


def test_a_frame_that_stands_keeps_its_distance() -> None:
    link = Scripted()
    sensors = Rangefinders(clock=link.clock, opening=link.open)
    try:
        sensors.want(["exec:sensor"])
        link.coming.append(b"2.0\n")
        wait_until(lambda: any(each.ranging for each in sensors.at(100.0)), "it is there")
        with sensors._lock:
            sensors._running["exec:sensor"]._held.clear()
        (again,) = sensors.at(100.0)
        assert again.ranging is not None
        (other,) = sensors.at(100.5)
        assert other.ranging is None
        link.now_s = 500.0
        link.coming.append(b"4.0\n")
        wait_until(lambda: any(each.ranging for each in sensors.at(100.0, still=True)), "a still takes the present one")
        sensors.want([])
        assert sensors.at(500.0) == ()
    finally:
        sensors.close(5.0)


def test_a_command_in_odd_pieces_is_read_and_ended_with_its_children(tmp_path: Path) -> None:
    source = program(
        tmp_path,
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "(HERE / 'pids').write_text(f'{os.getpid()} {child.pid}')\n"
        "while True:\n"
        "    for piece in ('1', '.7', '5\\r', '\\n', 'what\\n'):\n"
        "        os.write(1, piece.encode()); time.sleep(0.003)\n",
    )
    with running(source) as sensor:
        wait_until(lambda: sensor.count >= 3, "it delivers")
        assert now(sensor) == 1.75
    for pid in (tmp_path / "pids").read_text().split():
        wait_until(partial(is_gone, pid), f"{pid} is gone")


def is_gone(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_command_that_dies_is_said_with_its_last_words(tmp_path: Path) -> None:
    with running(program(tmp_path, "sys.stderr.write('I2C: no answer at 0x29\\n'); sys.exit(3)")) as sensor:
        wait_until(lambda: sensor.problem != "", "it has died")
        assert "exit code 3: I2C: no answer at 0x29" in sensor.at(time.monotonic()).why


def test_a_command_that_there_is_not_is_said() -> None:
    with running("exec:surely-no-such-sensor") as sensor:
        wait_until(lambda: sensor.problem != "", "it cannot be started")
        assert "no such command" in sensor.problem


def test_a_command_that_measures_once_and_ends_is_asked_again_and_again(tmp_path: Path) -> None:
    source = program(tmp_path, "(HERE / 'starts').open('a').write('x'); print('0.85', end='')")
    with running(source) as sensor:
        wait_until(lambda: sensor.count >= 2, "it was asked twice")
        assert now(sensor) == 0.85
        assert sensor.problem == ""


def test_a_command_that_stops_writing_is_stale(tmp_path: Path) -> None:
    with running(program(tmp_path, "print('2.0', flush=True); time.sleep(600)")) as sensor:
        wait_until(lambda: sensor.count == 1, "it wrote once")
        at_s = time.monotonic()
        assert sensor.at(at_s).ranging is not None
        assert sensor.at(at_s + 1.01).ranging is None


def test_a_port_with_a_tfmini_is_read_whatever_the_line_spoils() -> None:
    pytest.importorskip("serial", reason="the extra serial is not installed")
    master, slave = os.openpty()
    stop = threading.Event()

    def send() -> None:
        count = 0
        while not stop.wait(0.004):
            count += 1
            frame = tfmini(321) if count % 3 else tfmini(999, spoil=7)
            for piece in (frame[:4], frame[4:5], frame[5:]):
                os.write(master, piece)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        with running(f"serial:{os.ttyname(slave)}") as sensor:
            wait_until(lambda: sensor.count >= 20, "it delivers")
            assert {each.distance_m for _, each in tuple(sensor._held)} == {3.21}
            assert sensor.label == f"range {os.ttyname(slave).rpartition('/')[2]}"
            stop.set()
            thread.join()
            os.close(master)
            wait_until(lambda: sensor.problem != "", "the port is lost")
            assert "lost" in sensor.problem or "opened" in sensor.problem
    finally:
        stop.set()
        os.close(slave)


def test_a_port_with_lines_of_text_is_read_from_the_first_whole_one() -> None:
    pytest.importorskip("serial", reason="the extra serial is not installed")
    master, slave = os.openpty()
    stop = threading.Event()

    def send() -> None:
        while not stop.wait(0.004):
            os.write(master, b"5\n1.2")

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        with running(f"serial:{os.ttyname(slave)}:9600") as sensor:
            wait_until(lambda: sensor.count >= 10, "it delivers")
            assert {each.distance_m for _, each in tuple(sensor._held)} == {1.25}
    finally:
        stop.set()
        thread.join()
        os.close(master)
        os.close(slave)


def test_a_port_that_there_is_not_is_said() -> None:
    pytest.importorskip("serial", reason="the extra serial is not installed")
    with running("serial:/dev/surely-no-such-port") as sensor:
        wait_until(lambda: sensor.problem != "", "it cannot be opened")
        assert "/dev/surely-no-such-port cannot be opened: No such file" in sensor.problem


def test_a_sensor_is_called_without_its_words() -> None:
    name = label_of("exec:/opt/bin/sensor --password hunter2")
    assert name.startswith("range sensor #")
    assert "hunter2" not in name
    with pytest.raises(InputError, match="exec:COMMAND or serial:"):
        check_range_source("udp://1.2.3.4")
