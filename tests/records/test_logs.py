"""Logs: nothing torn, nothing unbounded, the same values in each."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.records.observed import MIDNIGHT, observed
from tui.errors import InputError, StorageError
from tui.records.alarms import Alarms
from tui.records.bulletin import Bulletin
from tui.records.database import DatabaseLog
from tui.records.outlet import SinkError
from tui.records.read_back import LogFile
from tui.records.rotated import FILES, Bounds, CsvLog, JsonLinesLog
from tui.records.rule import parse_rule

Log = DatabaseLog | CsvLog | JsonLinesLog
LOGS: dict[str, Callable[[Path, Bounds], Log]] = {"run.db": DatabaseLog, "run.csv": CsvLog, "run.jsonl": JsonLinesLog}
ALL_LOGS = pytest.mark.parametrize("name", list(LOGS))


def bulletin(at_s: float, distance_m: float | None = 0.8, *, name: str = "door", events: bool = False) -> Bulletin:
    seen = observed(at_s, distance_m, name)
    told = Alarms([parse_rule(f"{name}: perhaps nearer than 1m")], 0.0).look([seen], at_s) if events else ()
    return Bulletin("hall", MIDNIGHT + timedelta(seconds=at_s), at_s, (seen,), (), told)


def rows(path: Path) -> list[dict[str, Any]]:
    """Every reading in a log, as anybody else's program reads it."""
    if path.suffix == ".db":
        base = sqlite3.connect(path)
        base.row_factory = sqlite3.Row
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = [dict(row) for row in base.execute("SELECT * FROM reading ORDER BY rowid")]
        base.close()
        return found
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    if path.suffix == ".csv":
        return [row for row in csv.DictReader(text.splitlines()) if not row["alarm"]]
    return [row for row in map(json.loads, text.splitlines()) if row["kind"] == "reading"]


@ALL_LOGS
def test_what_is_logged_can_be_read_by_others(tmp_path: Path, name: str) -> None:
    log = LOGS[name](tmp_path / name, Bounds())
    log.put(bulletin(1.0, 0.8, events=True))
    log.put(bulletin(2.0, None, name='ü, "x"\n=y'))
    log.close()
    first, second = rows(tmp_path / name)
    assert float(first["distance_m"]) == 0.8
    assert (first["camera"], first["name"], first["status"]) == ("hall", "door", "ok")
    assert second["distance_m"] in (None, "")
    assert second["status"] == "saturated"
    assert second["name"].split() == ["ü,", '"x"', "=y"]


@ALL_LOGS
def test_it_is_continued_and_half_a_line_is_taken_off(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    log = LOGS[name](path, Bounds())
    log.put(bulletin(1.0))
    log.close()
    if path.suffix != ".db":
        with path.open("a", encoding="utf-8") as file:
            file.write('{"kind": "readi')
    log = LOGS[name](path, Bounds())
    log.put(bulletin(2.0, 0.9))
    log.close()
    assert [float(row["distance_m"]) for row in rows(path)] == [0.8, 0.9]


@pytest.mark.parametrize("name", ["run.csv", "run.jsonl"])
@pytest.mark.parametrize("held", ["a,b\n1,2\n", '{"kind": "dog"}\n', "{\n", "no end", "\n\n", "\0" * 5000])
def test_a_file_of_something_else_is_named_and_left_as_it_is(tmp_path: Path, name: str, held: str) -> None:
    path = tmp_path / name
    path.write_text(held)
    with pytest.raises(StorageError, match=rf"{name}: holds something else"):
        LOGS[name](path, Bounds())
    assert path.read_text() == held


@pytest.mark.parametrize(("name", "part"), [("run.csv", "time,cam"), ("run.jsonl", '{"ki'), ("run.jsonl", "")])
def test_what_the_power_left_of_its_first_line_is_begun_anew(tmp_path: Path, name: str, part: str) -> None:
    path = tmp_path / name
    path.write_text(part)
    log = LOGS[name](path, Bounds())
    log.put(bulletin(2.0, 0.9))
    log.close()
    assert [float(row["distance_m"]) for row in rows(path)] == [0.9]


@ALL_LOGS
@pytest.mark.parametrize("moved", [True, False])
def test_a_file_that_others_move_or_delete_is_begun_anew(tmp_path: Path, name: str, moved: bool) -> None:
    path, aside = tmp_path / name, tmp_path / f"aside-{name}"
    log = LOGS[name](path, Bounds())
    log.put(bulletin(1.0, 0.8))
    for each in list(tmp_path.iterdir()):  # of a database with what is written ahead of it
        if moved:
            each.replace(each.with_name(f"aside-{each.name}"))
        else:
            each.unlink()
    log.put(bulletin(2.0, 0.9))
    log.close()
    assert [float(row["distance_m"]) for row in rows(path)] == [0.9]
    if moved:
        assert [float(row["distance_m"]) for row in rows(aside)] == [0.8]


@pytest.mark.parametrize("name", ["run.csv", "run.jsonl"])
@pytest.mark.parametrize("left", [0, 0.5])
def test_a_file_that_others_cut_off_is_never_torn(tmp_path: Path, name: str, left: float) -> None:
    path = tmp_path / name
    log = LOGS[name](path, Bounds())
    for at_s in range(10):
        log.put(bulletin(float(at_s), 0.8))
    os.truncate(path, int(left * path.stat().st_size))
    log.put(bulletin(20.0, 0.9))
    log.close()
    assert b"\0" not in path.read_bytes()
    found = [float(row["distance_m"]) for row in rows(path)]
    assert found[-1] == 0.9
    assert set(found[:-1]) <= {0.8}
    assert bool(found[:-1]) is bool(left)


@pytest.mark.parametrize("name", ["run.csv", "run.jsonl"])
def test_two_do_not_write_into_one_file(tmp_path: Path, name: str) -> None:
    log = LOGS[name](tmp_path / name, Bounds())
    log.put(bulletin(1.0))
    with pytest.raises(StorageError, match="another depth-tui writes into it"):
        LOGS[name](tmp_path / name, Bounds())
    log.close()
    LOGS[name](tmp_path / name, Bounds()).close()


def test_two_may_write_into_one_database(tmp_path: Path) -> None:
    one, other = (DatabaseLog(tmp_path / "run.db", Bounds()) for _ in range(2))
    one.put(bulletin(1.0, 0.8))
    other.put(bulletin(2.0, 0.9))
    one.close()
    other.close()
    assert [row["distance_m"] for row in rows(tmp_path / "run.db")] == [0.8, 0.9]


def test_a_log_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    log = DatabaseLog(path, Bounds())
    log.put(bulletin(1.0))
    log.close()
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 7")
    base.close()
    with pytest.raises(StorageError, match="version 7, known is 1"):
        DatabaseLog(path, Bounds())
    with pytest.raises(InputError, match="version 7, known is 1"):
        LogFile(path).places()


@ALL_LOGS
def test_it_never_outgrows_its_bounds_and_keeps_the_newest(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.records.database._TIDY_EVERY_S", 0.0)
    most = 200_000
    log = LOGS[name](tmp_path / name, Bounds(most_bytes=most))
    for number in range(3000):
        log.put(bulletin(float(number)))
    log.close()
    size = sum(each.stat().st_size for each in tmp_path.iterdir())
    assert size < 1.3 * most
    assert len(list(tmp_path.iterdir())) <= FILES
    newest = rows(tmp_path / name)[-1]
    assert newest.get("time", "2026-03-01T00:49:59.000+00:00") == "2026-03-01T00:49:59.000+00:00"
    if name == "run.db":
        assert newest["at"] == (MIDNIGHT + timedelta(seconds=2999)).timestamp()


@ALL_LOGS
def test_what_is_older_than_asked_goes(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.records.database._TIDY_EVERY_S", 0.0)
    log = LOGS[name](tmp_path / name, Bounds(most_s=100.0))
    start_s = time.time()
    for number in range(40):
        now_s = start_s + 10 * number
        monkeypatch.setattr("tui.records.rotated.time.time", lambda now_s=now_s: now_s)
        seen = bulletin(now_s - MIDNIGHT.timestamp())
        log.put(seen)
        for each in tmp_path.iterdir():
            if each.suffix in {".csv", ".jsonl"} and each.stat().st_mtime > now_s - 5:
                os.utime(each, (now_s, now_s))
    log.close()
    last_s = start_s + 390
    for each in tmp_path.glob(f"*{Path(name).suffix}"):
        for row in rows(each):
            at_s = row["at"] if "at" in row else (_parsed(row["time"]))
            assert at_s >= last_s - 160


def _parsed(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own with a quarter of a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("no right to mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@ALL_LOGS
def test_a_full_disk_is_said_nothing_is_torn_and_it_goes_on_when_there_is_room(small_disk: Path, name: str) -> None:
    log = LOGS[name](small_disk / name, Bounds())
    number = _written_until_full(log, name)
    assert len(rows(small_disk / name)) == number
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    log.put(bulletin(float(number)))
    log.close()
    assert len(rows(small_disk / name)) == number + 1


def _written_until_full(log: Log, name: str) -> int:
    for number in range(20_000):
        try:
            log.put(bulletin(float(number)))
        except SinkError as error:
            return number if name in str(error) else -1
    raise AssertionError("the disk was never full")


@ALL_LOGS
def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageError, match="absent"):
        LOGS[name](tmp_path / "absent" / name, Bounds())


@ALL_LOGS
def test_a_pipe_or_a_device_is_no_place_for_a_log(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / name).symlink_to("pipe")
    with pytest.raises(StorageError, match="a device or a pipe"):
        LOGS[name](tmp_path / name, Bounds())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["pipe", name]


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE precious (value)")
    base.commit()
    base.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="not a log of depth-tui's"):
        DatabaseLog(path, Bounds())
    assert path.read_bytes() == before
    text = tmp_path / "notes.db"
    text.write_text("these are my notes, and they are longer than a header " * 20)
    with pytest.raises(StorageError, match=r"notes\.db"):
        DatabaseLog(text, Bounds())


def test_what_is_written_is_not_written_again_where_tidying_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = DatabaseLog(tmp_path / "run.db", Bounds())
    tries = []

    def locked(_log: DatabaseLog) -> int:
        tries.append(1)
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(DatabaseLog, "_bytes", locked)  # by who reads it
    log.put(bulletin(1.0))
    log.close()
    assert len(tries) == 1
    assert len(rows(tmp_path / "run.db")) == 1
