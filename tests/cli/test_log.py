"""`depth-tui log`: what was logged comes back, in every form."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.records.test_logs import ALL_LOGS, LOGS, bulletin
from tui.cli.root import app, run
from tui.records.rotated import Bounds


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner(env={"COLUMNS": "120", "TZ": "UTC"})


def written(folder: Path, name: str, most_bytes: int = 1_000_000_000) -> Path:
    """A minute of a door that comes nearer, with two seconds of nothing, and of a wall that rests."""
    log = LOGS[name](folder / name, Bounds(most_bytes=most_bytes))
    for second in range(60):
        log.put(bulletin(float(second), None if second in {20, 21} else 3.0 - second / 25, events=second == 55))
        log.put(bulletin(float(second), 2.0, name="wall"))
    log.close()
    return folder / name


@ALL_LOGS
def test_a_table_of_what_each_place_showed(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", str(written(tmp_path, name))]) == 0
    lines = capsys.readouterr().out.splitlines()
    door = next(line for line in lines if "hall door" in line).split()
    assert door[2:9] == ["58", "0.64", "m", "1.81", "m", "3.00", "m"]
    assert door[door.index("0") + 1] == "2"
    assert "▄" not in "".join(lines)


@ALL_LOGS
def test_a_chart_of_one_place_and_a_shorter_time(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", str(written(tmp_path, name)), "--name", "door", "--since", "30s"]) == 0
    out = capsys.readouterr().out
    assert " 31 " in out
    assert "▀" in out
    assert "hall wall" not in out


@ALL_LOGS
def test_alarms_and_entries_for_other_programs(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path, name))
    assert run(["log", path, "--alarms"]) == 0
    assert "door: perhaps nearer than 1 m: 0.80" in capsys.readouterr().out
    assert run(["log", path, "--json", "--name", "door"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["distance_m"] for each in entries[19:23]] == [2.24, None, None, pytest.approx(2.12)]
    assert run(["log", path, "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(rows) == 120
    assert rows[0]["time"] == "2026-03-01T00:00:00.000+00:00"


def test_files_that_follow_each_other_are_one_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "run.csv", most_bytes=30_000)
    assert len(list(tmp_path.iterdir())) > 1
    assert run(["log", str(path), "--json", "--name", "wall"]) == 0
    times = [json.loads(line)["time"] for line in capsys.readouterr().out.splitlines()]
    assert times == sorted(times)
    assert len(times) > 40


@pytest.mark.parametrize("name", ["none.db", "text.db", "text.csv", "text.jsonl", "folder.db"])
def test_what_is_no_log_is_named(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    if name.startswith("text"):
        path.write_text("these are notes\n" * 100)
    elif name.startswith("folder"):
        path.mkdir()
    assert run(["log", str(path)]) == 2
    found = capsys.readouterr()
    assert name in found.err
    assert "Traceback" not in found.err
    assert len(found.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["run.csv", "run.jsonl"])
def test_half_a_line_at_its_end_is_no_number(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, name)
    text = path.read_text()
    path.write_text(text[: text.rindex("2.0") + 1])  # of the wall's last distance, or one of its ends
    assert run(["log", str(path), "--json", "--name", "wall"]) == 0
    assert [json.loads(line)["distance_m"] for line in capsys.readouterr().out.splitlines()] == [2.0] * 59
    path.write_text("")
    assert run(["log", str(path)]) == 0
    assert capsys.readouterr().out == "no reading in it\n"


@ALL_LOGS
def test_a_clock_that_was_set_back_loses_nothing(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = LOGS[name](tmp_path / name, Bounds(most_s=1e9))
    for second in (7200.0, 7201.0, 3602.0, 3603.0):
        log.put(bulletin(second, 2.0))
    log.close()
    path = str(tmp_path / name)
    assert run(["log", path, "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert run(["log", path, "--name", "door"]) == 0
    chart = [line for line in capsys.readouterr().out.splitlines() if "▀" in line or "▄" in line]
    assert chart
    assert len(chart[0].split("│")[-1].rstrip()) > 60, "what came last is where its time is: at both ends"


@ALL_LOGS
def test_an_alarm_reads_the_same_from_each(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", str(written(tmp_path, name)), "--alarms", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ringing"] is True


def test_a_place_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["log", str(written(tmp_path, "run.db")), "--name", "dore"]) == 2
    assert "there is door, wall" in capsys.readouterr().err


def test_it_has_a_help(runner: CliRunner) -> None:
    assert "--alarms" in runner.invoke(app, ["log", "--help"]).output


@pytest.mark.parametrize(
    "damage",
    [
        "\0" * 512,
        "[]",
        "1",
        "{}",
        "[" * 100_000,
        '{"kind": "reading", "time": "2026-03-01T00:00:00+00:00"}',
        '{"time": "2026-03-01T00:00:00+00:00", "camera": "hall", "name": "door", "status": "ok", "distance_m": "far"}',
        '{"kind": "reading", "time": "9999-12-31T23:59:59+00:00", "camera": "hall", "name": "door", "status": "ok"}',
        '{"kind": "alarm", "time": "2026-03-01T00:00:00+00:00", "camera": "hall", "name": "door", "alarm": 3}',
    ],
)
def test_a_damaged_line_costs_no_other(tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "run.jsonl")
    lines = path.read_text().splitlines()
    path.write_text("\n".join((*lines[:3], damage, *lines[3:])) + "\n")
    for more, count in ((["--json"], 120), ([], 0), (["--alarms", "--json"], 1), (["--name", "door"], 0)):
        assert run(["log", str(path), *more]) == 0
        found = capsys.readouterr()
        assert "1 damaged entry is left out" in found.err
        assert len(found.out.splitlines()) == count or not count


@pytest.mark.parametrize(("column", "value"), [("distance_m", "x"), ("at", 1e300), ("camera", b"\0"), ("low_m", 9e999)])
def test_a_damaged_row_costs_no_other(
    tmp_path: Path, column: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "run.db")
    base = sqlite3.connect(path)
    base.execute(f"UPDATE reading SET {column} = ? WHERE rowid = 2", (value,))
    base.commit()
    base.close()
    assert run(["log", str(path), "--json"]) == 0
    found = capsys.readouterr()
    assert "1 damaged entry is left out" in found.err
    assert len(found.out.splitlines()) == 119
