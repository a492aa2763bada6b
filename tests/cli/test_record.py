"""`watch --record`: killed, full, or ended in order, what was read is read again to the last digit."""

from __future__ import annotations

import json
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from mcap.exceptions import McapError
from mcap.records import Message
from mcap.stream_reader import StreamReader

from tests.fakes import wait_until
from tui.cli.root import run

AT = ["--at", "100,60", "--at", "20,100", "--reference", "100,60=1m", "--reference", "20,100=0.6m"]
LEAST_S = 1.8


class Watching:
    """A `watch --record` in a process of its own, its JSON lines with the moment at which each came."""

    def __init__(self, source: str, path: Path, *more: str, limited: bool = False) -> None:
        command = [sys.executable, "-m", "tui", "watch", "--source", source, "--every", "200ms", "--json", *AT]
        if limited:  # to 300 kB, in blocks of 512 bytes
            command = ["sh", "-c", 'ulimit -f 600; exec "$@"', "sh", *command]
        self.path = path
        self.process = subprocess.Popen(
            [*command, "--record", str(path), "--threads", "1", *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[tuple[float, dict[str, Any]]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.lines.append((time.monotonic(), json.loads(line)))

    def lasts(self) -> bool:
        """Whether there is something to be lost, and more than a second that must not be."""
        lines = list(self.lines)
        return bool(lines) and lines[-1][0] - lines[0][0] >= LEAST_S and len({line["time"] for _, line in lines}) >= 8

    def end(self) -> None:
        """Nothing of it stays, whatever the test came to."""
        if self.process.poll() is None:
            self.process.kill()
            self.ended()

    def ended(self) -> tuple[int, str]:
        assert self.process.stderr is not None
        assert self.process.stdout is not None
        said = self.process.stderr.read()
        self._thread.join(30)
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.wait(30), said


def killed_in_time(runs: list[Watching]) -> dict[Watching, float]:
    """Kill each as soon as it lasts; when that was."""
    killed: dict[Watching, float] = {}
    end_s = time.monotonic() + 90
    while len(killed) < len(runs):
        assert time.monotonic() < end_s
        for each in runs:
            if each not in killed and each.lasts():
                each.process.send_signal(signal.SIGKILL)
                killed[each] = time.monotonic()
        time.sleep(0.02)
    return killed


def played(path: Path, count: int, capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, int], dict[str, Any]]:
    """What `watch` reads in a recording, by time and column."""
    assert run(["watch", "--source", str(path), "--every", "0", "--count", str(count), "--json", *AT[:4]]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {(line["time"], line["x"]): line for line in lines if line["status"] != "stale"}


def test_what_is_killed_has_all_but_the_last_second_and_reads_the_same(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    clip = shared / "media/clips/cup.mp4"
    small = f"exec:ffmpeg -v error -re -stream_loop -1 -i '{clip}' -vf scale=320:240,fps=10 -f mjpeg -"
    runs = [Watching(str(clip), tmp_path / "clip.mcap")]
    if shutil.which("ffmpeg"):
        runs.append(Watching(small, tmp_path / "exec.mcap"))
    runs.append(Watching(str(clip), tmp_path / "full.mcap", limited=True))
    for each in runs:
        request.addfinalizer(each.end)
    *others, full = runs
    for each, killed_s in killed_in_time(others).items():
        each.ended()
        with each.path.open("rb") as file:
            at_ns: list[int] = []
            try:
                for found in StreamReader(file, validate_crcs=True).records:
                    at_ns += [found.log_time] if isinstance(found, Message) else []
            except (McapError, struct.error):
                pass  # where it was cut off
        due = {
            (line["time"], line["x"]): line
            for at_s, line in each.lines
            if killed_s - at_s > 1.0 and line["status"] != "stale"
        }
        assert due
        again = played(each.path, 4 + 3 * len({line["time"] for _, line in each.lines}) // 2, capsys)
        assert len(at_ns) >= 3 * len({at for at, _ in again})
        missing = [key for key in due if key not in again]
        assert len(missing) <= 0.5 * len(due), "a late frame is skipped as it is played, no more"
        last_s = datetime.fromisoformat(max(due)[0]).timestamp()
        assert max(at_ns) / 1e9 > last_s - 0.01, "it holds all but the last second"
        same = {key: line for key, line in due.items() if key in again}
        for key, line in same.items():
            ours = again[key]
            for name in ("inverse_depth", "distance_m", "low_m", "high_m", "status", "reasons", "model"):
                assert ours[name] == line[name], (key, name)
    wait_until(full.lasts, "it reads on although nothing can be written")
    full.process.send_signal(signal.SIGINT)
    code, said = full.ended()
    assert code == 130
    assert said.count("recording ended") == 1
    assert "Traceback" not in said
    assert played(full.path, 4, capsys)


def test_a_recording_that_ended_says_what_it_is(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.mcap"
    source = ["--source", str(shared / "media/clips/cup.mp4"), "--every", "0", "--count", "3", "--json"]
    assert run(["watch", *source, *AT, "--record", str(path)]) == 0
    live, said = capsys.readouterr()
    assert re.search(r"recorded [23] frames to .*a\.mcap, 0\.\d MB", said)
    lines = [json.loads(line) for line in live.splitlines()]
    due = {(line["time"], line["x"]): line for line in lines if line["status"] != "stale"}
    again: dict[tuple[str, int], dict[str, Any]] = {}
    for _ in range(20):  # a late frame is skipped as it is played
        again |= played(path, 9, capsys)
        if due.keys() <= again.keys():
            break
    for key, line in due.items():
        ours = again[key]
        differ = {name for name in line if line[name] != ours[name]}
        assert differ <= {"age_s", "source"}
    capsys.readouterr()
    assert run(["watch", "--source", str(path), "--count", "1", "--json", "--model", "pocket", *AT[:2]]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["distance_m"] is not None, "the references are measured again with the model that is asked for"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--record", "a.mp4"],
        ["--record-max", "lots"],
        ["--record-age", "1 moon"],
        ["--record-max", "1GB"],
        ["--record", "a.mcap", "--record-max", "1,500MB"],
        ["--record", "a.mcap", "--record-max", "9" * 400 + "GB"],
        ["--record", "a.mcap", "--record-age", "1,000h"],
        ["--record", "a.mcap", "--record-age", "9" * 400 + "d"],
    ],
)
def test_what_cannot_be_recorded_is_said_before_anything_is_opened(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["watch", "--source", "demo", *AT, *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
