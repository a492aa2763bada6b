"""`measure --suggest`: where to measure next, in words and as JSON."""

from __future__ import annotations

import json

import pytest

from tests.cli.asking import measured
from tui.cli.root import run


@pytest.mark.parametrize("references", [[], ["10,20=1m"], ["10,20=1m", "70,20=4m"]])
def test_places_are_whole_pixels_within_the_stripes(
    picture: str, capsys: pytest.CaptureFixture[str], references: list[str]
) -> None:
    given = [part for each in references for part in ("--reference", each)]
    found = measured(capsys, picture, "--suggest", "4", *given)
    assert found["readings"] == []
    places = found["suggestions"]
    assert len(places) == 4
    taken = [tuple(int(each) for each in text.split("=")[0].split(",")) for text in references]
    for each in places:
        assert set(each) == {"x", "y", "gain"}
        assert 0 < each["x"] < 79
        assert 0 < each["y"] < 39
        assert 2 <= each["x"] % 20 <= 17, "not where one stripe ends and the next begins"
        assert 0 <= each["gain"] <= 1
        assert all(max(abs(each["x"] - x), abs(each["y"] - y)) > 2 for x, y in taken)
        taken.append((each["x"], each["y"]))
    assert (places[0]["gain"] == 1) == (not references)


def test_readings_and_suggestions_go_together_and_only_who_asks_is_told(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    both = measured(capsys, picture, "--at", "30,20", "--suggest", "2", "--reference", "10,20=1m")
    assert [each["x"] for each in both["readings"]] == [30]
    assert len(both["suggestions"]) == 2
    assert "suggestions" not in measured(capsys, picture, "--at", "30,20")


def test_the_table_lists_them_in_their_order(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--suggest", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[-3:]] == ["1", "2", "3"]
    assert "measure next" in lines[-4]
    assert "gives the first distances" in lines[-3]
    assert "narrows the intervals by" in lines[-2]


@pytest.mark.parametrize("count", ["0", "-3", "x", "1.5", "1000000"])
def test_a_wrong_number_is_one_line(picture: str, capsys: pytest.CaptureFixture[str], count: str) -> None:
    assert run(["measure", picture, "--suggest", count]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "--suggest" in err


def test_fewer_places_than_asked_for_are_said(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--suggest", "100", "--json"]) == 0
    out, err = capsys.readouterr()
    found = len(json.loads(out)["suggestions"])
    assert 0 < found < 100
    assert err.count("\n") == 1
    assert f"--suggest 100: {found} places" in err
