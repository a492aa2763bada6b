"""`depth-tui bench`: every stage is named, with its numbers, and bad use is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.planted import plant, stripes
from tui.cli.root import run


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    plant(monkeypatch)
    return str(stripes(tmp_path / "stripes.png"))


def test_json_has_every_stage_and_the_ratio_to_rich_pixels(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["bench", "--source", picture, "--seconds", "0.01", "--terminal", "40x12", "--json"]
    assert run(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["width"], found["height"], found["pane"]) == (80, 40, [40, 12])
    stages = {stage["name"]: stage for stage in found["stages"]}
    assert {"planted, by hand", "a plan"} <= set(stages)
    wanted = {"calibration", "a suggestion", "looking at the picture"}
    assert {f"{each}, 20 references" for each in wanted} <= set(stages)
    assert {"every pixel in metres, 20 references", "its points as PLY"} <= set(stages)
    assert {"a cloud turned, 160x48, 20 references", "a section of 80 pixels, 20 references"} <= set(stages)
    built = stages["building and diffing the picture"]
    assert built["ratio"] == pytest.approx(stages["rich-pixels, the picture"]["median_ms"] / built["median_ms"])
    assert all(0 < stage["median_ms"] <= stage["p99_ms"] for stage in stages.values())
    assert found["peak_memory_mb"] > 10


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (["--terminal", "big"], "--terminal big"),
        (["--start", "--terminal", "240x70"], "--latency"),
        (["--seconds", "0"], "--seconds 0"),
        (["--seconds", "nan"], "nan"),
    ],
)
def test_bad_use_is_one_line(picture: str, capsys: pytest.CaptureFixture[str], extra: list[str], says: str) -> None:
    assert run(["bench", "--source", picture, *extra]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize("what", [["--soak", "1"], ["--latency"], ["--start"], ["--bytes", "missing.mp4"]])
def test_the_whole_app_is_not_measured_without_its_source(what: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--source", "missing.mp4", *what]) == 4
    assert "missing.mp4: no such file" in capsys.readouterr().err
