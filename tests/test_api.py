"""`from tui import load_capture, measure_image`: the examples run, and say what the commands say."""

from __future__ import annotations

import doctest
import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import PlantedEstimator, plant
from tui import api, load_capture, measure_image
from tui.calibration.reference import Reference
from tui.camera.frame import Frame, SourceInfo
from tui.cli.root import run
from tui.depth.estimator import DepthMap
from tui.errors import DepthTuiError, InputError
from tui.instrument.captured import capture_files
from tui.instrument.frame import frame_reading
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.storage.export import save_capture

WHEN = datetime(2026, 3, 1, 12, 30, 59, tzinfo=UTC)
REFERENCES: list[tuple[int, int, float | str]] = [(88, 301, "80cm"), (310, 210, 1.52)]


def true_m(u: int) -> float:
    """Of the desk's columns, with what is lost to 8 bits; 80 cm at 88, 1.52 m at 310."""
    return round(50 * (0.8 + (u - 88) * 0.72 / 222)) / 50


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `desk.jpg` and a capture of it."""
    folder = tmp_path_factory.mktemp("desk")
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, :, 0] = [round(50 * true_m(u)) for u in range(640)]
    Image.fromarray(picture).save(folder / "desk.jpg", format="PNG")
    planted = PlantedEstimator()
    frame, info = Frame(picture, 0, 0.0), SourceInfo("desk.jpg", "desk.jpg", live=False, still=True)
    result = DepthResult(frame, DepthMap.of(planted.estimate(picture)), planted.identity, "by hand", 0.0)
    references = [Reference(88, 301, 0.8, 0.008), Reference(310, 210, 1.52, 0.0152)]
    session = Session().with_picture_size(640, 480).jumped(120, 200).pinned()
    session, _ = session.with_references(references, result.inverse_depth, planted.identity.key)
    save_capture(
        capture_files(frame_reading(session, result, info, WHEN, 0.0, ""), session, {}), folder / "captures", WHEN
    )
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One's own copy of it, where the examples run."""
    plant(monkeypatch)
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    api._loaded.cache_clear()
    yield tmp_path
    api._loaded.cache_clear()


def test_the_examples_of_the_functions_run(desk: Path) -> None:
    assert desk.is_dir()
    found = doctest.testmod(api)
    assert found.attempted >= 7
    assert found.failed == 0


def test_the_example_of_the_readme_runs(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.is_dir()
    readme = Path(__file__).parent.parent / "README.md"
    (block,) = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"{true_m(120):.2f} m")
    assert "ok" in out[0]
    assert f"{true_m(120):.2f} m" in out[1]


def test_it_says_what_measure_says(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = [(120, 200), (500, 30), (5, 5)]
    given = ["--reference", "88,301=80cm", "--reference", "310,210=1.52m"]
    asked = [part for u, v in at for part in ("--at", f"{u},{v}")]
    assert run(["measure", "desk.jpg", *asked, *given, "--intrinsics", "500,500,320,240", "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)
    assert (desk / "desk.jpg").is_file()
    for image in ("desk.jpg", Path("desk.jpg"), np.asarray(Image.open("desk.jpg"))):
        found = measure_image(image, at, references=REFERENCES, intrinsics="500,500,320,240")
        for reading, each in zip(found.readings, expected["readings"], strict=True):
            assert (reading.u, reading.v) == (each["x"], each["y"])
            assert (reading.distance_m, reading.low_m, reading.high_m, reading.status, list(reading.reasons)) == tuple(
                each[name] for name in ("distance_m", "low_m", "high_m", "status", "reasons")
            )
            assert reading.xyz_m == tuple(each[axis] for axis in ("x_m", "y_m", "z_m"))
        assert (found.width, found.height, found.model) == (640, 480, "planted")
        assert found.health == expected["health"]["grade"]
        assert list(found.warnings) == expected["warnings"]


def test_without_references_there_is_no_metre(desk: Path) -> None:
    assert desk.is_dir()
    found = measure_image("desk.jpg", [(120, 200)])
    assert (found.readings[0].distance_m, found.readings[0].status, found.health) == (None, "uncalibrated", None)
    assert not found.readings[0].ok


def test_a_capture_gives_its_arrays_and_readings(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = (desk / "captures").iterdir()
    capture = load_capture(folder)
    np.testing.assert_array_equal(capture.picture, np.asarray(Image.open("desk.jpg")))
    assert capture.inverse_depth.dtype == capture.distance_m.dtype == np.float32
    assert capture.distance_m[200, 120] == pytest.approx(true_m(120), rel=1e-3)
    assert (capture.model, capture.captured_at) == ("planted", WHEN)
    assert run(["measure", str(folder), "--at", "120,200", "--at", "500,30", "--json"]) == 0
    for each in json.loads(capsys.readouterr().out)["readings"]:
        found = capture.read(each["x"], each["y"])
        assert (found.distance_m, found.low_m, found.high_m, found.status) == tuple(
            each[name] for name in ("distance_m", "low_m", "high_m", "status")
        )
        there = (
            capture.distance_m[found.v, found.u],
            capture.low_m[found.v, found.u],
            capture.high_m[found.v, found.u],
        )
        assert there == pytest.approx((found.distance_m, found.low_m, found.high_m or math.inf), rel=1e-6)
    assert [(each.u, each.v) for each in capture.readings] == [(120, 200), (120, 200)]
    with pytest.raises(InputError, match="outside the 640x480 picture"):
        capture.read(640, 0)


@pytest.mark.parametrize(
    ("at", "references", "why"),
    [
        ([(640, 0)], [], "outside the 640x480 picture"),
        ([(1.5, 2)], [], "a whole column and row"),
        ([(1,)], [], "a whole column and row"),
        (["1,2"], [], "a whole column and row"),
        ([(1, 2)], [(640, 0, 1.0)], r"reference .* outside"),
        ([(1, 2)], [(3, 4)], "give column, row and distance"),
        ([(1, 2)], [(3, 4, None)], "give column, row and distance"),
        ([(1, 2)], [(3, 4, "far")], r"reference .*far"),
        ([(1, 2)], [(3, 4, -1.0)], r"reference .*-1"),
        ([(1, 2)], [(3, 4, float("nan"))], "reference"),
        ([(1, 2)], [(88, 301, 1.0), (310, 210, 0.5)], "."),
    ],
)
def test_what_cannot_be_measured_is_one_line(desk: Path, at: object, references: object, why: str) -> None:
    assert desk.is_dir()
    with pytest.raises(DepthTuiError, match=why) as raised:
        measure_image("desk.jpg", at, references=references)  # type: ignore[arg-type]  # what is wrong on purpose
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "image", ["nothing.jpg", np.zeros((4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8), "captures"]
)
def test_what_is_no_picture_is_one_line(desk: Path, image: object) -> None:
    assert desk.is_dir()
    with pytest.raises(DepthTuiError) as raised:
        measure_image(image, [(0, 0)])  # type: ignore[arg-type]  # what is wrong on purpose
    assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match=r"is a folder"):
        load_capture(desk)


def test_importing_the_package_brings_nothing() -> None:
    code = "import sys, tui; print(*[each for each in ('numpy', 'textual', 'tui.api', 'cv2') if each in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
    with pytest.raises(ImportError, match="nothing_of_the_kind"):
        from tui import nothing_of_the_kind  # noqa: F401 - it is not there
