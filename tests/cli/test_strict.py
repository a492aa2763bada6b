"""`--strict`: a script learns from the exit code whether every reading was ok."""

from __future__ import annotations

import json

import pytest

from tui.cli.root import run

TWO = ["--reference", "10,20=1m", "--reference", "70,20=4m"]
THREE = [*TWO, "--reference", "30,20=2m"]
CAMERA = ["--intrinsics", "80,80,39.5,19.5"]


@pytest.mark.parametrize("command", ["measure", "watch"])
@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ([*THREE, "--at", "30,20"], 0, ""),
        ([*TWO, "--at", "30,20"], 5, "the reading is not ok: (30, 20) doubtful: the interval is wider"),
        ([*THREE, "--at", "30,20", "--at", "3,3"], 5, "1 of 2 readings are not ok: (3, 3) saturated: "),
        (["--at", "30,20"], 5, "(30, 20) uncalibrated: there is no calibration"),
        ([*THREE, *CAMERA, "--distance", "10,20:3,3"], 5, "(10, 20) - (3, 3) saturated: an end has no distance"),
    ],
)
def test_anything_but_ok_exits_with_5_and_everything_is_printed(
    picture: str, capsys: pytest.CaptureFixture[str], command: str, form: str, asked: list[str], code: int, words: str
) -> None:
    arguments = [command, "--source", picture, *asked, "--format", form]
    assert run(arguments) == 0
    plain, silent = capsys.readouterr()
    assert silent == ""
    assert run([*arguments, "--strict"]) == code
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(plain.splitlines())
    assert words in err
    assert err.count("\n") == (1 if words else 0)


def test_every_reading_has_reasons_and_the_whole_has_health_and_warnings(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = ["--at", "30,20", "--at", "70,20", "--at", "3,3"]
    assert run(["measure", picture, *pixels, *TWO, "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert run(["watch", "--source", picture, *pixels, *TWO, "--json"]) == 0
    watched = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for found in (*measured["readings"], *watched, *measured["calibration"]["references"]):
        assert (found["reasons"] == []) == (found["status"] == "ok")
    for whole in (measured, *watched):
        assert whole["health"] == {"grade": "fair", "reasons": ["2 references: 4 or more check each other"]}
        assert whole["warnings"] == []
    assert [each["reasons"] for each in measured["readings"]] == [each["reasons"] for each in watched]


def test_without_a_calibration_there_is_a_health_all_the_same(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--at", "30,20", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["health"] == {"grade": None, "reasons": ["there is no calibration"]}
