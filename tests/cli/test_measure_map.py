"""`measure --map`: the whole map says what the readings say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tui.cli.root import run

THREE = ["--reference", "10,20=1m", "--reference", "70,20=4m", "--reference", "30,20=2m"]
CAMERA = ["--intrinsics", "80,80,39.5,19.5"]


def test_a_map_equals_the_readings_of_measure(picture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--at", "50,20", "--at", "20,20", "--at", "3,3"]
    target = tmp_path / "whole.npz"
    assert run(["measure", picture, *THREE, *at, "--map", str(target), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    with np.load(target) as archive:
        found = dict(archive)
    for each in said["readings"]:
        here = [float(found[name][each["y"], each["x"]]) for name in ("distance_m", "low_m", "high_m")]
        wanted = [each[name] for name in ("distance_m", "low_m", "high_m")]
        if each["distance_m"] is None:
            assert np.isnan(here).all()
        else:
            assert here == pytest.approx(wanted, rel=3e-7)
    assert said["map"]["pixels"] == 80 * 40
    assert said["map"]["without_distance"] == int(np.isnan(found["distance_m"]).sum())


@pytest.mark.parametrize(
    ("ending", "begins"), [("ply", b"ply\n"), ("pcd", b"# .PCD v0.7"), ("png", b"\x89PNG"), ("npz", b"PK")]
)
def test_measure_writes_what_the_name_says(
    picture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str, begins: bytes
) -> None:
    target = tmp_path / f"whole.{ending}"
    assert run(["measure", picture, *THREE, *CAMERA, "--map", str(target)]) == 0
    assert f"{target}: " in capsys.readouterr().out.replace("\n", "")
    assert target.read_bytes().startswith(begins)


def test_readings_are_printed_where_their_map_cannot_be_written(
    picture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "whole.npz"
    assert run(["measure", picture, *THREE, "--at", "50,20", "--map", str(target), "--json"]) == 2
    said, error = capsys.readouterr()
    assert json.loads(said)["readings"][0]["distance_m"] == pytest.approx(3, rel=0.1)
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("whole.txt", THREE, "its name must end with one of .npz, .ply, .pcd, .png"),
        ("whole", THREE, "its name must end with one of"),
        ("whole.ply", THREE, "points in space need the camera"),
        ("whole.npz", [], "there is no calibration; give a reference"),
        ("stripes.png", THREE, "is the picture itself"),
        ("nowhere.npz", THREE, "is a folder"),
    ],
)
def test_measure_refuses_a_map_in_one_line(
    picture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, arguments: list[str], says: str
) -> None:
    (tmp_path / "nowhere.npz").mkdir()
    before = Path(picture).read_bytes()
    assert run(["measure", picture, *arguments, "--map", str(tmp_path / name)]) == 2
    lines = [each for each in capsys.readouterr().err.splitlines() if "warning" not in each]
    assert len(lines) == 1
    assert says in lines[0]
    assert Path(picture).read_bytes() == before
