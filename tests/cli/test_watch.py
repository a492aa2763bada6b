"""`depth-tui watch`: one line a reading."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from tests.cli.planted import DISTANCES_M, plant, stripes
from tui.cli.parse import parse_every
from tui.cli.root import run
from tui.errors import InputError

TWO = ["--reference", "10,20=1m", "--reference", "70,20=4m"]
THREE = [*TWO, "--reference", "30,20=2m"]


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    plant(monkeypatch)
    return str(stripes(tmp_path / "stripes.png"))


def watch(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["watch", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_text_is_one_line_a_reading(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = watch(capsys, "--source", picture, "--at", "30,20", "--at", "50,20", "--every", "1ms", "--count", "2", *THREE)
    lines = out.splitlines()
    assert len(lines) == 4
    assert re.match(r"\d\d:\d\d:\d\d \(30, 20\): 2\.0 ± 0\.\d+ m, .* units, ok$", lines[0])
    assert "(50, 20): 3.0 m (2.2 - 4.0 m)" in lines[3]


def test_json_lines_and_csv_hold_the_same_numbers(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--source", picture, "--at", "50,20", "--count", "1", *THREE]
    (line,) = watch(capsys, *common, "--format", "json").splitlines()
    found = json.loads(line)
    assert found["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.02)
    assert found["low_m"] < found["distance_m"] < found["high_m"]
    (row,) = csv.DictReader(io.StringIO(watch(capsys, *common, "--format", "csv")))
    assert float(row["distance_m"]) == pytest.approx(found["distance_m"])
    assert row["status"] == "ok"
    assert row["problem"] == ""


def test_references_that_contradict_each_other_give_words_not_numbers(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ["--reference", "10,20=4m", "--reference", "70,20=1m"]
    (line,) = watch(
        capsys, "--source", picture, "--at", "30,20", "--count", "1", "--format", "json", *wrong
    ).splitlines()
    found = json.loads(line)
    assert found["distance_m"] is None
    assert found["status"] == "uncalibrated"
    assert found["problem"]


def test_a_source_that_fails_exits_with_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    (tmp_path / "zero.mp4").touch()
    assert run(["watch", "--source", str(tmp_path / "zero.mp4"), "--at", "1,1"]) == 4
    assert "zero.mp4" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json", "csv", "influx"])
def test_a_camera_that_was_never_there_is_no_reading(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    alarm = ["--alarm", "pin 1: no reading for 300ms", "--exit-on-alarm"]
    assert run(["watch", "--source", "http://127.0.0.1:1/", "--at", "1,1", "--format", form, *alarm]) == 6
    assert "pin 1: no reading for 0.3 s" in capsys.readouterr().out.replace("\\ ", " ").splitlines()[-1]


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (["--every", "soon"], "--every 'soon'"),
        (["--count", "0"], "--count 0"),
        (["--window", "4"], "--window 4"),
        (["--at", "999,1"], "(999, 1)"),
        (["--profile", "nothing"], "nothing"),
    ],
)
def test_bad_use_is_one_line(picture: str, capsys: pytest.CaptureFixture[str], extra: list[str], says: str) -> None:
    assert run(["watch", "--source", picture, "--at", "1,1", "--count", "1", *extra]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(("text", "seconds"), [("1s", 1), ("500ms", 0.5), ("2 min", 120), ("0", 0), (".25", 0.25)])
def test_times(text: str, seconds: float) -> None:
    assert parse_every(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "-1s", "25h", "nan", "9999999999min"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_every(text)
