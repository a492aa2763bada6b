"""`measure --along`: a chart and every pixel's reading along a line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.cli.exits import NOT_OK
from tui.cli.root import run

FOUR = [f"--reference={10 + 20 * number},20={number + 1}m" for number in range(4)]


def test_every_pixel_along_the_line_reads_as_at_says(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["--along", "5,30:75,25", "--along=75,25:5,30"]
    at = ["--at", "5,30", "--at", "40,28", "--at", "75,25"]
    assert run(["measure", picture, *FOUR, *line, *at, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    there, back = found["sections"]
    assert len(there["readings"]) == 71
    assert there["readings"] == back["readings"][::-1]
    assert (there["from"], there["to"]) == ([5, 30], [75, 25])
    assert [there["readings"][number] for number in (0, 35, 70)] == found["readings"]
    assert there["step"]["before"]["distance_m"] < there["step"]["after"]["distance_m"]


def test_a_hole_is_a_hole(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, *FOUR, "--along", "0,4:39,4", "--json", "--window", "1"]) == 0
    readings = json.loads(capsys.readouterr().out)["sections"][0]["readings"]
    assert [each["x"] for each in readings if each["distance_m"] is None] == list(range(12))
    assert {each["status"] for each in readings[:12]} == {"saturated"}


def test_the_chart_stands_in_the_text(
    picture: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["measure", picture, *FOUR, "--along", "0,30:79,30"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert " along (0, 30) - (79, 30): 80 pixels" in out
    assert any(line.startswith(" largest step: ") for line in out)
    assert " % not ok: " in out[-1]  # the edges between the stripes
    chart = [line for line in out if len(line) > 7 and line[7] in "┤│└"]
    assert len(chart) == 15
    assert max(map(len, chart)) <= 80
    assert any(line.endswith("(79,30)") for line in out)


def test_without_references_it_says_why_there_is_none(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--along", "0,30:79,30"]) == 0
    assert "no distance along this line: uncalibrated" in capsys.readouterr().out


def test_strict_looks_at_every_pixel(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, *FOUR, "--along", "0,4:39,4", "--strict"]) == NOT_OK
    assert "not ok: (0, 4)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5,5:5,5", "same pixel"),
        ("5,5", "write two pixels"),
        ("5,5:7,7:9,9", "write two pixels"),
        ("5,5:80,7", "outside the 80x40 picture"),
        ("-1,5:7,7", "outside the 80x40 picture"),
        ("", "write two pixels"),
    ],
)
def test_what_is_no_line_is_said(picture: str, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    assert run(["measure", picture, *FOUR, f"--along={text}"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
