"""`depth-tui eval-calibration`: the benchmark from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import DISTANCES_M, plant, stripes
from tui.calibration.beliefs import NETWORK
from tui.cli.root import run
from tui.evaluation import priors


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    # As many draws as there are pictures of a real recording would say nothing more of one that is planted.
    monkeypatch.setattr("tui.evaluation.references.FEWEST_DRAWS", 20)
    stripes(tmp_path / "desk" / "0_color.png")
    depth_mm = np.repeat([round(1000 * z_m) for z_m in DISTANCES_M], 20)
    Image.fromarray(np.tile(depth_mm.astype(np.uint16), (40, 1))).save(tmp_path / "desk" / "0_depth.png")
    return tmp_path


def test_json_has_a_row_for_each_number_of_references(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval-calibration", "--data", str(recording), "--json"]) == 0
    report = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert report["model"] == "planted"
    assert [row["references"] for row in report["counts"]] == [1, 2, 4, 8, 16]
    four = report["counts"][2]
    calibrated = next(way for way in four["ways"] if way["way"] == "calibrated")
    assert calibrated["mean"] < 0.02


def test_pixels_are_drawn_as_often_as_is_asked(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval-calibration", "--data", str(recording), "--draws", "3", "--json"]) == 0
    assert {row["draws"] for row in json.loads(capsys.readouterr().out)["counts"]} == {3}
    assert run(["eval-calibration", "--data", str(recording), "--draws", "0"]) == 2
    assert "--draws" in capsys.readouterr().err


def test_the_table_names_the_model(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval-calibration", "--data", str(recording)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("planted, ")
    assert len(lines) == 8


def test_suggested_references_stand_beside_those_at_random(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval-calibration", "--data", str(recording), "--suggested", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [row["references"] for row in report["suggested"]] == [row["references"] for row in report["counts"]]
    assert [row["draws"] for row in report["suggested"]] == [row["draws"] for row in report["counts"]]
    assert report["suggested"][2]["coverage"] == 1.0
    assert report["suggested"][2]["ways"] != report["counts"][2]["ways"]
    assert run(["eval-calibration", "--data", str(recording), "--suggested"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[9].split() == ["references", "at", "random", "suggested"]
    assert [line.split()[0] for line in lines[-5:]] == ["1", "2", "4", "8", "16"]
    assert all(line.count("%") == 2 for line in lines[-5:])


def test_regions_have_a_row_for_each_statistic(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval-calibration", "--data", str(recording), "--regions", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = [(row["statistic"], row["references"]) for row in report["regions"]]
    assert found == [(name, count) for count in (4, 8) for name in ("nearest", "median", "farthest")]
    for row in report["regions"]:
        assert row["coverage"] > 0.95  # the planted model knows the truth
        assert abs(row["bias"]) < 0.02
        assert row["read"] == 120


def test_priors_are_found_and_said(
    recording: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(priors, "_MOST_ROUNDS", 1)
    assert run(["eval-calibration", "--data", str(recording), "--find-priors", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recordings"] == ["planted: desk"]
    assert found["priors"]["across"] < NETWORK.across  # this network errs less than is believed
    assert found["score"] > 0
    monkeypatch.setattr(priors, "_MOST_ROUNDS", 0)
    monkeypatch.setattr(priors, "_STARTS", (1.0, 1.5))
    assert run(["eval-calibration", "--data", str(recording), "--find-priors"]) == 0
    *starts, title, least = capsys.readouterr().out.splitlines()
    assert title == "the least of all starts:"
    assert least == min(starts, key=lambda line: float(line.split()[0]))


def test_a_folder_without_frames_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval-calibration", "--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
