"""`depth-tui eval`: a model that knows the truth has no error, whatever its scale and shift."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import DISTANCES_M, plant, stripes
from tui.cli.root import run


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sequences; in the second one the true depth is a tenth more than what the model sees in one stripe."""
    plant(monkeypatch)
    for sequence, factors in (("desk", [1, 1, 1, 1]), ("hall", [1, 1, 1, 1.5])):
        stripes(tmp_path / sequence / "0_color.png")
        depth_mm = np.repeat([round(1000 * z * f) for z, f in zip(DISTANCES_M, factors, strict=True)], 20)
        Image.fromarray(np.tile(depth_mm.astype(np.uint16), (40, 1))).save(tmp_path / sequence / "0_depth.png")
    return tmp_path


def test_scores_by_sequence_and_overall(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "--data", str(recording), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["planted"]
    desk, hall = report["sequences"]
    assert (desk["sequence"], hall["sequence"]) == ("desk", "hall")
    assert desk["abs_rel"] == pytest.approx(0, abs=1e-6)
    assert desk["delta1"] == 1
    assert hall["abs_rel"] > 0.03
    assert report["overall"]["abs_rel"] == pytest.approx((desk["abs_rel"] + hall["abs_rel"]) / 2)


def test_the_table_names_model_and_sequence(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "--data", str(recording), "--sequence", "de*"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["model", "pictures", "AbsRel", "delta1", "RMSE", "median", "sequence"]
    assert lines[1].split() == ["planted", "1", "0.000", "1.000", "0.000", "m", "0.000", "desk"]
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (["--sequence", "attic"], "there are: desk, hall"),
        (["--depth-units", "five"], "--depth-units five"),
        (["--depth-units", "0"], "--depth-units 0"),
        (["--model", "a", "--model", "b"], "give each model once"),
    ],
)
def test_bad_use_is_one_line(recording: Path, capsys: pytest.CaptureFixture[str], extra: list[str], says: str) -> None:
    assert run(["eval", "--data", str(recording), *extra]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert len(error.strip().splitlines()) == 1


def test_a_folder_without_recordings_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "--data", str(tmp_path)]) == 2
    assert "no frames" in capsys.readouterr().err
