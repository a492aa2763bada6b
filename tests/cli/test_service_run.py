"""`watch --config`: several cameras on one network; faults of one leave the others alone; a new file by SIGHUP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.cli.planted import PlantedEstimator, stripes
from tests.clips import equal_frames
from tests.records.kept import Kept
from tests.records.test_logs import rows
from tests.records.test_outlet import until
from tui.cli.service_run import Service
from tui.cli.silence import Silence
from tui.depth.loader import ModelRequest
from tui.errors import InputError
from tui.records.listeners import close_all
from tui.records.outlet import Outlet

REFERENCES = 'reference = ["10,20=1m", "30,20=2m", "70,20=4m"]'
CLIP = "clip.avi"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[ModelRequest]:
    """Which networks were loaded."""
    asked: list[ModelRequest] = []

    def load(request: ModelRequest) -> PlantedEstimator:
        asked.append(request)
        return PlantedEstimator()

    monkeypatch.setattr("tui.cli.entries.load_estimator", load)
    return asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a clip in it that shows four distances."""
    equal_frames(stripes(tmp_path / "stripes.png"))
    return tmp_path


def written(folder: Path, *cameras: str, above: str = 'every = "100ms"') -> Path:
    path = folder / "watch.toml"
    path.write_text("\n".join((above, *cameras)))
    return path


def camera(name: str, more: str = "", source: str = CLIP) -> str:
    return f'[camera.{name}]\nsource = "{source}"\nat = ["50,20"]\n{REFERENCES}\n{more}\n'


@pytest.fixture
def running() -> Iterator[list[Service]]:
    services: list[Service] = []
    yield services
    for service in services:
        service.close()


def test_cameras_share_one_network_and_are_served_alike(
    folder: Path, loaded: list[ModelRequest], running: list[Service]
) -> None:
    path = written(folder, camera("one"), camera("two"), camera("three"), above='every = "0"\nlog = "run.db"')
    service = Service(path, None, allow_exec=False)
    running.append(service)
    until(lambda: min(each.frames for each in service.watchers.values()) > 20, 60)
    assert len(loaded) == 1
    assert service.well()
    served = [each.frames for each in service.watchers.values()]
    assert max(served) - min(served) <= 0.5 * max(served)
    service.close()
    found = rows(folder / "run.db")
    assert {row["camera"] for row in found} == {"one", "two", "three"}
    assert {round(row["distance_m"]) for row in found if row["status"] == "ok"} == {3}


def test_one_that_fails_leaves_the_others_alone(
    folder: Path, loaded: list[ModelRequest], running: list[Service], capsys: pytest.CaptureFixture[str]
) -> None:
    del loaded
    outside = camera("far").replace("50,20", "5000,20")
    path = written(folder, camera("good"), camera("gone", source="/nowhere/at/all.avi"), outside)
    service = Service(path, None, allow_exec=False)
    running.append(service)
    until(lambda: service.watchers["good"].frames > 3 and bool(service.watchers["far"].failed), 60)
    until(lambda: service.watchers["good"].frames > 6)
    assert not service.watchers["good"].failed
    assert "not well: gone, far" in service.words()
    said = capsys.readouterr().err
    assert "far: (5000, 20) lies outside" in said or "far: " in said
    assert "gone: " in said
    assert "Traceback" not in said


def test_a_camera_that_is_not_there_rings_and_holds_nobody_up(
    folder: Path, loaded: list[ModelRequest], running: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    del loaded
    monkeypatch.setattr("tui.cli.service_run._LATE_LEAST_S", 1.0)
    monkeypatch.setattr("tui.cli.silence._EVERY_S", 0.05)
    alarm = 'alarm = ["pin 1: no reading for 300ms"]'
    away = camera("away", alarm, source="http://127.0.0.1:1/")
    outside = camera("far", alarm).replace("50,20", "5000,20")
    gone = camera("gone", alarm, source="/nowhere/at/all.avi")
    above = 'every = "100ms"\nlog = "run.jsonl"'
    service = Service(written(folder, camera("good"), away, outside, gone, above=above), None, allow_exec=False)
    running.append(service)
    heard = Kept()
    until(lambda: service.watchers["good"].frames > 3 and bool(service.watchers["far"].failed), 60)
    until(lambda: service.watchers["away"].late and service.watchers["gone"].late)
    until(service.well)
    until(lambda: _rang(folder / "run.jsonl") == {"away", "far", "gone"})
    for each in service.watchers.values():
        each.listen([Outlet(heard, lambda _line: None)])
    until(lambda: {each.camera for each in heard.taken if each.stale} >= {"away", "far", "gone"})
    written(folder, camera("good"), above=above)
    service.reload()
    until(lambda: {each.camera for each in heard.taken if each.last} == {"away", "far", "gone"})
    written(folder, away, above=above)  # and it alone
    service.reload()
    until(lambda: service.watchers["away"].late and service.watchers["away"].gone)
    until(service.well)


def _rang(log: Path) -> set[str]:
    return {line["camera"] for line in map(json.loads, log.read_text().splitlines()) if line["kind"] == "alarm"}


def test_a_new_file_leaves_what_did_not_change_untouched(
    folder: Path, loaded: list[ModelRequest], running: list[Service]
) -> None:
    service = Service(written(folder, camera("one"), camera("two")), None, allow_exec=False)
    running.append(service)
    one, two = service.watchers["one"], service.watchers["two"]
    until(lambda: one.frames > 2 and two.frames > 2, 60)
    alarm = 'alarm = ["pin 1: no reading for 10s"]'
    written(folder, camera("one"), camera("two", alarm), camera("three"))
    assert service.reload() == "1 camera as before, 2 begun, 1 ended"
    assert service.watchers["one"] is one
    assert service.watchers["two"] is not two
    before = one.frames
    until(lambda: one.frames > before + 2 and service.watchers["three"].frames > 2, 60)
    assert len(loaded) == 1
    written(folder, "[camera.one]\nsauce = 3")
    with pytest.raises(InputError, match="is it source"):
        service.reload()
    assert set(service.watchers) == {"one", "two", "three"}
    before = one.frames
    until(lambda: one.frames > before)


def test_a_camera_that_was_left_behind_has_no_last_word(
    folder: Path, loaded: list[ModelRequest], running: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says is of the same name as what the new one says."""
    del loaded
    let = threading.Event()

    class Slow(Silence):
        def look(self, why: str, *, last: bool = False) -> None:
            if last:
                let.wait()
            super().look(why, last=last)

    monkeypatch.setattr("tui.cli.service_run.Silence", Slow)
    monkeypatch.setattr("tui.cli.service_run._HOME_S", 0.01)
    service = Service(written(folder, camera("one")), None, allow_exec=False)
    running.append(service)
    old, heard = service.watchers["one"], Kept()
    until(lambda: old.frames > 2, 60)
    old.listen([outlet := Outlet(heard, lambda _line: None)])
    written(folder, camera("one", 'alarm = ["pin 1: no reading for 10s"]'))
    service.reload()
    let.set()
    assert old.wait(60)
    outlet.close()
    assert not [each for each in heard.taken if each.last]


def test_nothing_is_lost_while_those_who_listen_are_replaced(
    folder: Path, loaded: list[ModelRequest], running: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    del loaded
    service = Service(written(folder, camera("one"), above='every = "0"\nlog = "a.jsonl"'), None, allow_exec=False)
    running.append(service)
    one = service.watchers["one"]
    until(lambda: one.frames > 2, 60)

    def slowly(outlets: Sequence[Outlet]) -> None:
        close_all(outlets)
        before = one.frames
        until(lambda: one.frames > before + 2)

    monkeypatch.setattr("tui.cli.service_run.close_all", slowly)
    written(folder, camera("one"), above='every = "0"\nlog = "b.jsonl"')
    service.reload()
    monkeypatch.undo()
    service.close()
    assert sum(len(rows(folder / name)) for name in ("a.jsonl", "b.jsonl")) == one.frames


def test_alarms_are_printed_logged_and_told(
    folder: Path, loaded: list[ModelRequest], running: list[Service], capsys: pytest.CaptureFixture[str]
) -> None:
    del loaded
    alarm = 'alarm = ["pin 1: perhaps nearer than 4m"]'
    path = written(folder, camera("hall", alarm), above='every = "100ms"\nlog = "run.jsonl"')
    service = Service(path, None, allow_exec=False)
    running.append(service)
    until(lambda: service.watchers["hall"].frames > 3, 60)
    service.close()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("hall: ")
    assert "alarm: pin 1: perhaps nearer than 4 m: 3.0" in lines[0]
    assert '"kind": "alarm"' in (folder / "run.jsonl").read_text()


def test_a_service_tells_its_supervisor_and_ends_when_asked(folder: Path) -> None:
    """The real program with its own network, a socket where systemd's would be, SIGHUP and SIGTERM."""
    address = str(folder / "notify")
    path = written(folder, camera("hall"), above='every = "200ms"\nlog = "run.db"')
    environment = {**os.environ, "NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"}
    environment.pop("WATCHDOG_PID", None)
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(60)
        command = [sys.executable, "-m", "tui", "watch", "--config", str(path)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            while "WATCHDOG=1" not in heard:
                heard.append(listener.recv(1000).decode())
            assert heard[0] == "READY=1"
            path.write_text("[camera.hall]\n")
            process.send_signal(signal.SIGHUP)
            while not heard[-1].startswith("RELOADING=1"):
                heard.append(listener.recv(1000).decode())
            while heard[-1] != "READY=1":  # it has read the file, and said what it thinks of it
                heard.append(listener.recv(1000).decode())
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 128 + signal.SIGTERM
    assert "give its source" in said
    assert "all goes on as before" in said
    assert len(rows(folder / "run.db")) >= 1
