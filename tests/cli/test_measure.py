"""`depth-tui measure`: numbers, table, JSON, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.asking import measured, refusal
from tests.cli.planted import SCALE, SHIFT
from tui.cli.root import run

TWO = ["--reference", "10,20=1m", "--reference", "50,20=300cm±1cm"]


def test_json_is_what_scripts_rely_on(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = measured(capsys, picture, "--at", "30,20", "--at", "70,20", "--at", "3,3", *TWO)
    assert list(found) == [
        "image", "width", "height", "model", "engine", "calibration", "health", "set_aside", "readings", "source",
        "profile", "time", "age_s", "warnings", "picture", "regions",
    ]  # fmt: skip
    assert (found["image"], found["width"], found["height"]) == (picture, 80, 40)
    assert (found["model"], found["engine"]) == ("planted", "by hand")
    calibration = found["calibration"]
    assert calibration["scale"] == pytest.approx(SCALE, rel=1e-5)
    assert calibration["shift"] == pytest.approx(SHIFT, rel=1e-4)
    assert [each["residual_m"] for each in calibration["references"]] == pytest.approx([0, 0], abs=1e-5)
    assert calibration["references"][1]["sigma_m"] == pytest.approx(0.01)
    assert [(each["x"], each["y"]) for each in calibration["references"]] == [(10, 20), (50, 20)]
    middle, far, hole = found["readings"]
    assert set(middle) == {
        "x", "y", "inverse_depth", "distance_m", "low_m", "high_m", "status", "reasons", "edge_m",
    }  # fmt: skip
    assert (middle["x"], middle["y"], middle["status"]) == (30, 20, "ok")
    assert middle["reasons"] == []
    assert found["health"] == {"grade": "fair", "reasons": ["2 references: 4 or more check each other"]}
    assert (calibration["health"], calibration["health_reasons"]) == ("fair", found["health"]["reasons"])
    assert middle["distance_m"] == pytest.approx(2.0, rel=1e-4)
    assert middle["low_m"] < 2.0 < middle["high_m"]
    assert middle["inverse_depth"] == pytest.approx(0.2)
    assert (far["status"], far["distance_m"]) == ("extrapolated", pytest.approx(4.0, rel=1e-4))
    assert hole == {
        "x": 3, "y": 3, "inverse_depth": None, "distance_m": None, "low_m": None, "high_m": None, "status": "saturated",
        "reasons": ["the model gives no value there"], "edge_m": None,
    }  # fmt: skip


def test_a_reference_without_a_value_is_named_and_the_others_measure(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["measure", picture, "--at", "30,20", "--reference", "3,3=2m", *TWO, "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    (aside,) = found["set_aside"]
    assert (aside["x"], aside["y"]) == (3, 3)
    assert "no depth" in aside["reason"]
    assert err.count("\n") == 1
    assert "warning: reference (3, 3) = 2 m is set aside: " in err
    assert found["readings"][0]["distance_m"] == pytest.approx(2.0, rel=1e-4)
    assert [each["x"] for each in found["calibration"]["references"]] == [10, 50]


def test_each_reference_is_read_like_any_pixel_and_beside_it_stands_what_the_others_say(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["10,20=1m", "30,20=2.3m", "50,20=2.8m", "70,30=4m", "72,8=4.6m"]
    references = [word for text in given for word in ("--reference", text)]
    pixels = [text.split("=")[0] for text in given]
    found = measured(capsys, picture, *references, *(word for pixel in pixels for word in ("--at", pixel)))
    for row, reading in zip(found["calibration"]["references"], found["readings"], strict=True):
        assert row["read_m"] == reading["distance_m"]
        assert row["residual_m"] == row["read_m"] - row["distance_m"]
    for place, row in enumerate(found["calibration"]["references"]):
        others = references[: 2 * place] + references[2 * place + 2 :]
        without = measured(capsys, picture, "--at", pixels[place], *others)
        assert row["others_say_m"] == without["readings"][0]["distance_m"]


def test_without_references_readings_are_relative(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = measured(capsys, picture, "--at", "30,20")
    assert (found["calibration"], found["set_aside"]) == (None, [])
    (reading,) = found["readings"]
    assert reading["status"] == "uncalibrated"
    assert (reading["distance_m"], reading["low_m"], reading["high_m"]) == (None, None, None)


def test_one_reference_fits_the_scale_alone(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = measured(capsys, picture, "--at", "10,20", "--reference", "30,20=5ft 11in")
    calibration = found["calibration"]
    assert calibration["shift"] == 0
    assert calibration["scale"] == pytest.approx(1 / (1.8034 * 0.2))


def test_the_table_shows_distances_and_how_well_the_references_fit(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["measure", picture, "--at", "30,20", "--at", "70,20", "--at", "3,3", *TWO]) == 0
    out = capsys.readouterr().out
    heading, _, _, wide, far, hole, _, _, first, second, _, health = out.splitlines()
    assert heading == "stripes.png  80x40   planted (by hand)   2 references: 1/z = 2 p + 0.1"
    assert wide.split()[:3] == ["(", "30,", "20)"]
    assert wide.endswith("2.0 m   1.41 - 2.83 m   ok")
    assert "extrapolated: beyond the references (1.00 - 3.00 m)" in far
    assert hole.endswith("saturated: the model gives no value there")
    assert first.split()[3:] == ["1.00", "m", "1.00", "m", "+0.0", "%", "?"]
    assert second.split()[3:] == ["3.00", "m", "3.0", "m", "+0.0", "%", "?"]
    assert health == " calibration fair: 2 references: 4 or more check each other"


def test_a_file_s_name_stays_in_the_heading_s_line(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    renamed = Path(picture).rename(Path(picture).with_name("two\nlines\x1b[31m.png"))
    assert run(["measure", str(renamed), "--at", "30,20"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("two\\x0alines\\x1b[31m.png  80x40   planted")


def test_the_table_says_how_to_get_metres(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--at", "30,20"]) == 0
    assert "uncalibrated: add --reference X,Y=DISTANCE for metres" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "80,0"], "(80, 0) is outside the 80x40 picture"),
        (["--at", "0,40"], "outside"),
        (["--at", "-1,0"], "outside"),
        (["--at", "99999999999999999999,0"], "--at 120,200"),
        (["--at", "a,b"], "--at 120,200"),
        (["--at", "1.5,2"], "whole numbers"),
        (["--at", "1;2"], "--at 120,200"),
        (["--at", ""], "--at 120,200"),
        (["--at", "1,1", "--reference", "88,301"], "X,Y=DISTANCE"),
        (["--at", "1,1", "--reference", "x,3=1m"], "X,Y=DISTANCE"),
        (["--at", "1,1", "--reference", "1,1=far"], "'far' is not a distance"),
        (["--at", "1,1", "--reference", "1,1=0"], "above 0"),
        (["--at", "1,1", "--reference", "1,1=-2m"], "not a distance"),
        (["--at", "1,1", "--reference", "1,1=2m±9m"], "smaller than the distance"),
        (["--at", "30,1", "--reference", "90,1=2m"], "reference (90, 1) = 2 m"),
        (["--at", "30,1", "--reference", "3,3=2m"], "no depth"),
        (["--at", "1,1", "--reference", "30,1=1m", "--reference", "31,20=2m"], "same value"),
        (["--at", "1,1", "--reference", "30,1=3m", "--reference", "70,20=2m"], "wrong order"),
        (["--at", "1,1", "--window", "4"], "odd"),
        (["--at", "1,1", "--window", "-3"], "odd"),
        (["--at", "1,1", "--window", "wide"], "--window"),
        (["--at", "1,1", "--profile", "nobody"], "profile nobody"),
        (["--at", "1,1", "--profile", "a\nb"], "cannot be the name"),
        (["--at", "1,1\x1b[2J"], r"\x1b[2J"),
        (["--at", "1,1", "--engine", "steam"], "'steam' is not one of 'auto', 'torch', 'openvino'"),
        (["--at", "1,1", "--sorcery"], "No such option"),
        ([], "Missing option '--at'"),
    ],
)
def test_bad_use_is_one_line_and_exits_with_2(
    picture: str, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert says in refusal(capsys, picture, *arguments)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("gone.png", None, "no such file"),
        ("empty.png", b"", "is empty"),
        ("zero.mp4", b"", "is empty"),
        ("text.png", b"hello", "not a picture"),
    ],
)
def test_a_picture_that_is_none_exits_with_2(
    picture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes | None, says: str
) -> None:
    assert picture
    if data is not None:
        (tmp_path / name).write_bytes(data)
    line = refusal(capsys, str(tmp_path / name), "--at", "1,1")
    assert says in line
    assert name in line


def test_a_truncated_picture_and_a_folder_exit_with_2(
    picture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes(Path(picture).read_bytes()[:90])
    assert "truncated" in refusal(capsys, str(cut), "--at", "1,1")
    assert "is a folder" in refusal(capsys, str(tmp_path), "--at", "1,1")


def test_a_typo_is_set_aside_with_its_reason_and_said_aloud(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["10,20=100m", "30,20=2m", "50,20=3m", "70,30=4m", "25,8=2m"]
    references = [word for text in given for word in ("--reference", text)]
    assert run(["measure", picture, "--at", "30,20", *references, "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    (aside,) = found["set_aside"]
    assert (aside["x"], aside["y"]) == (10, 20)
    assert aside["reason"].endswith("times what the others say")
    assert aside["since_s"] == 0
    rows = found["calibration"]["references"]
    assert [(row["set_aside"], row["reason"] is None) for row in rows] == [(True, False)] + [(False, True)] * 4
    assert "warning: reference (10, 20) = 100 m is set aside: " in err
    assert any("(10, 20) = 100 m is set aside" in text for text in found["warnings"])
    assert found["readings"][0]["distance_m"] == pytest.approx(2.0, rel=0.05)


def test_an_unlikely_distance_is_taken_with_a_warning_where_nobody_can_be_asked(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["measure", picture, "--at", "30,20", "--reference", "10,20=1m", "--reference", "50,20=90m", "--json"]) == 0
    )
    out, err = capsys.readouterr()
    (warning,) = (text for text in json.loads(out)["warnings"] if "90 m?" in text)
    assert "the others say about" in warning
    assert warning in err


def test_a_bare_number_above_twenty_asks_for_its_unit(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "or in another unit?" in refusal(capsys, picture, "--at", "30,20", "--reference", "10,20=180")
    assert run(["measure", picture, "--at", "30,20", "--reference", "10,20=20"]) == 0
