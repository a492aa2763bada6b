"""The command line on real pictures with a real network; skipped where the reference data are absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tui.cli.root import run


@pytest.fixture
def fastdepth(shared: Path) -> str:
    path = shared / "weights" / "fastdepth" / "fastdepth_nyu_fp32.onnx"
    if not path.is_file():
        pytest.skip("no FastDepth in ../shared")
    pytest.importorskip("openvino")
    return str(path)


def _measure(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["measure", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def _truth_m(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image).astype(np.float64) / 5000.0


def _grid(truth_m: np.ndarray, step: int) -> list[tuple[int, int]]:
    """Pixels whose surroundings have one known distance: neither holes nor edges."""
    height, width = truth_m.shape
    found = []
    for v in range(step, height - step, step):
        for u in range(step, width - step, step):
            patch = truth_m[v - 4 : v + 5, u - 4 : u + 5]
            if patch.min() > 0 and np.ptp(patch) < 0.05 * patch.min():
                found.append((u, v))
    return found


def test_four_references_give_metres_on_a_real_picture(
    shared: Path, fastdepth: str, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = shared / "media" / "rgbd" / "TUM_color.png"
    truth_m = _truth_m(shared / "media" / "rgbd" / "TUM_depth.png")
    points = sorted(_grid(truth_m, 40), key=lambda point: truth_m[point[1], point[0]])
    chosen = [points[round(index)] for index in np.linspace(0, len(points) - 1, 4)]
    arguments = [each for u, v in points for each in ("--at", f"{u},{v}")]
    arguments += [each for u, v in chosen for each in ("--reference", f"{u},{v}={truth_m[v, u]:.3f}m")]
    found = _measure(capsys, str(picture), "--model", fastdepth, *arguments)
    assert found["model"] == "fastdepth-nyu"
    assert found["calibration"]["scale"] > 0
    truths = np.array([truth_m[v, u] for u, v in points])
    read = [each for each in found["readings"] if each["distance_m"] is not None]
    assert len(read) > 0.9 * len(points)
    distances = np.array([each["distance_m"] or np.nan for each in found["readings"]])
    assert np.nanmedian(np.abs(distances / truths - 1)) < 0.25
    covered = [
        each["low_m"] <= truth <= (each["high_m"] or np.inf)
        for each, truth in zip(found["readings"], truths, strict=True)
        if each["distance_m"] is not None
    ]
    assert np.mean(covered) > 0.85


def test_pictures_of_odd_shapes_are_measured(
    fastdepth: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for width, height in ((1, 1), (12000, 90)):
        picture = tmp_path / f"{width}x{height}.png"
        Image.new("RGB", (width, height), (90, 120, 60)).save(picture)
        corner = f"{width - 1},{height - 1}"
        found = _measure(capsys, str(picture), "--model", fastdepth, "--at", corner, "--reference", f"{corner}=1.5m")
        assert (found["width"], found["height"]) == (width, height)
        (reading,) = found["readings"]
        assert (reading["status"], reading["distance_m"]) == ("doubtful", pytest.approx(1.5)), "one reference"


def test_a_photo_becomes_every_kind_of_file(
    shared: Path, fastdepth: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = shared / "media" / "photos" / "opencv_fruits.jpg"
    out = tmp_path / "out"
    assert run(["depth", str(photo), "--out", str(out), "--model", fastdepth, "--format", "npz,pfm,png16,color"]) == 0
    assert capsys.readouterr().err == ""
    with np.load(out / "opencv_fruits.npz") as archive:
        values = archive["inverse_depth"]
    with Image.open(photo) as image:
        assert values.shape == (image.height, image.width)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert len(list(out.iterdir())) == 4


def test_a_model_with_a_wrong_card_is_refused(
    fastdepth: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "a.png"
    Image.new("RGB", (32, 32)).save(picture)
    (tmp_path / "net.onnx").symlink_to(fastdepth)
    (tmp_path / "net.toml").write_text("name = 3")
    assert run(["measure", str(picture), "--at", "1,1", "--model", str(tmp_path / "net.onnx")]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("depth-tui: ")
    assert "Traceback" not in err
