"""A capture's files are what they say, and read as the screen did."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from plyfile import PlyData

from tests.cli.asking import refusal
from tests.instrument.captures import kept, made
from tests.records.made import BEGAN, HEIGHT, INFO, REFERENCES, WIDTH, live_readings
from tui.calibration.beliefs import MapKind
from tui.calibration.doubt import Doubt
from tui.calibration.fit import typed
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.camera.captured import open_capture
from tui.camera.open import open_source
from tui.camera.stills import FolderSource
from tui.cli.batch import Format, plan
from tui.cli.root import run
from tui.depth.estimator import ModelIdentity
from tui.instrument.captured import capture_files, read_again
from tui.instrument.conscience import NO_JUDGEMENT, Judgement
from tui.instrument.frame import frame_reading
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.instrument.session import Session
from tui.storage.calibrations import calibration_from_plain
from tui.storage.export import CAPTURE, save_capture
from tui.storage.plain import Fields


def test_its_files_are_what_they_say(tmp_path: Path) -> None:
    folder, then = kept(tmp_path / "captures")
    assert then.result is not None
    np.testing.assert_array_equal(np.asarray(Image.open(folder / "picture.png")), then.result.frame.image)
    with np.load(folder / "depth.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["inverse_depth"], then.result.inverse_depth)
    with np.load(folder / "depth_m.npz", allow_pickle=False) as archive:
        metres, low_m, high_m = (archive[name] for name in ("distance_m", "low_m", "high_m"))
    assert metres.shape == (HEIGHT, WIDTH)
    u_px, v_px = then.crosshair_px
    there = (metres[v_px, u_px], low_m[v_px, u_px], high_m[v_px, u_px])
    assert there == pytest.approx((then.crosshair.distance_m, then.crosshair.low_m, then.crosshair.high_m), rel=1e-6)
    points = PlyData.read(str(folder / "points.ply"))["vertex"]
    assert 0 < points.count <= WIDTH * HEIGHT
    assert set(np.round(points["z"], 4)) <= set(np.round(metres[np.isfinite(metres)], 4))
    explained = (folder / "README.txt").read_text()
    for path in folder.iterdir():
        assert path.name in explained or path.name == "README.txt"


def test_both_pictures_show_the_marks(tmp_path: Path) -> None:
    folder, then = kept(tmp_path / "captures")
    scale = 7  # to at least 640 columns
    for name in ("camera_shown.png", "map_shown.png"):
        shown = np.array(Image.open(folder / name)).astype(int)
        assert shown.shape == (scale * HEIGHT, scale * WIDTH, 3)
        orange = np.asarray((abs(shown - (255, 160, 40)) < 40).all(axis=2))
        words = [(round(each.u_px), round(each.v_px)) for each in then.references]
        words += [(each.pin.u_px, each.pin.v_px) for each in then.pins]
        for u_px, v_px in words:
            u, v = scale * u_px + 3, scale * v_px + 3
            assert orange[max(0, v - 8) : v + 8, u : u + 16].any()
        assert orange[scale * 35 : scale * 55, scale * 20 + 3].all(), "the region's left side"
        assert orange[scale * 35 : scale * 55, scale * 26 + 3].mean() < 0.2


def test_a_smoothed_fit_is_read_again_to_the_last_digit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, then = kept(tmp_path / "captures")
    assert run(["measure", str(folder), "--at", "30,20", "--at", "3,61", "--distance", "30,20:60,44", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for each, pixel in zip(found["readings"], ((30, 20), (3, 61)), strict=True):
        expected = then.at(pixel)
        assert expected.distance_m is not None
        assert (each["distance_m"], each["low_m"], each["high_m"], each["status"], tuple(each["reasons"])) == (
            *(expected.distance_m, expected.low_m, expected.high_m, expected.status.value, expected.reasons),
        )
    (region,) = found["regions"]
    assert region == then.regions[0].plain() | {"reasons": list(then.regions[0].reading.reasons)}
    assert found["distances"][0]["distance_m"] > 0, "the camera is that of the capture"


TYPED = typed(0.2, -0.1)
DARK = Judgement(doubts=(Doubt("the picture is dark", no_distance=True),), renews=False)
MOVED = Judgement(doubts=(Doubt("the view has moved"),), renews=False)
OTHER = (Mismatch(MismatchKind.CAMERA, "made with another camera", "bench"),)
RELATIVE, METRIC, EXACT = MapKind.RELATIVE, MapKind.METRIC, MapKind.EXACT


@pytest.mark.parametrize(
    ("kind", "references", "fixed", "judgement", "mismatches", "status"),
    [
        (RELATIVE, (), TYPED, NO_JUDGEMENT, (), None),
        (RELATIVE, (), None, NO_JUDGEMENT, (), "uncalibrated"),
        (RELATIVE, REFERENCES, None, DARK, (), "doubtful"),
        (RELATIVE, REFERENCES, None, MOVED, (), "doubtful"),
        (RELATIVE, REFERENCES, None, NO_JUDGEMENT, OTHER, "other camera"),
        (RELATIVE, REFERENCES[:1], None, NO_JUDGEMENT, (), None),
        (RELATIVE, (*REFERENCES, Reference(50, 8, 0.4, 0.004)), None, NO_JUDGEMENT, (), None),  # one is a mistake
        (METRIC, (), None, NO_JUDGEMENT, (), "metric model, unverified"),
        (METRIC, REFERENCES[:2], None, NO_JUDGEMENT, (), None),
        (EXACT, REFERENCES[:2], None, NO_JUDGEMENT, (), None),
    ],
)
def test_whatever_a_reading_was_made_with_it_is_the_same_again(
    kind: MapKind,
    references: tuple[Reference, ...],
    fixed: Calibration | None,
    judgement: Judgement,
    mismatches: tuple[Mismatch, ...],
    status: str | None,
    tmp_path: Path,
) -> None:
    (before, _), *_ = live_readings(1)
    assert before.result is not None
    result = replace(before.result, identity=ModelIdentity("some", "cd" * 32, kind))
    session = Session().with_picture_size(WIDTH, HEIGHT).jumped(30, 20)
    session = replace(session, map_kind=kind, fixed=fixed)
    if references:
        session, _ = session.with_references(references, result.inverse_depth, result.identity.key)
    then = frame_reading(session, result, INFO, BEGAN, 0.0, "", mismatches, judgement)
    assert status is None or then.crosshair.status.value == status
    folder = save_capture(capture_files(then, session, {}), root=tmp_path)
    now, _ = read_again(open_capture(folder, str(folder)))
    for pixel in ((30, 20), (3, 61), (90, 2), (48, 32)):
        assert now.at(pixel) == then.at(pixel)
    assert (now.warnings, now.doubts, now.references) == (then.warnings, then.doubts, then.references)
    assert now.calibration == then.calibration
    assert [(each.reading, each.others, each.reason) for each in now.checks()] == [
        (each.reading, each.others, each.reason) for each in then.checks()
    ]


def test_what_was_stale_stays_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reading, session = made()
    reading = reading.aged(9.0, "no new picture")
    folder = save_capture(capture_files(reading, session, {}), root=tmp_path / "captures")
    assert not (folder / "depth_m.npz").exists()
    assert run(["measure", str(folder), "--at", "30,20", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["readings"]
    assert (found["distance_m"], found["status"]) == (None, "stale")
    assert found["reasons"] == list(reading.at((30, 20)).reasons)


def test_a_program_that_reads_otherwise_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, then = kept(tmp_path / "captures")
    real = calibration_from_plain

    def otherwise(fields: Fields) -> Calibration:
        found = real(fields)
        return replace(found, trend=replace(found.trend, scale=1.01 * found.trend.scale))

    assert run(["measure", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["warnings"] == list(then.warnings)
    monkeypatch.setattr("tui.instrument.recorded.calibration_from_plain", otherwise)
    assert run(["measure", str(folder), "--json"]) == 0
    (warning,) = set(json.loads(capsys.readouterr().out)["warnings"]) - set(then.warnings)
    assert "reads otherwise" in warning
    assert f"{then.crosshair.distance_m:.6g} m" in warning


def test_references_of_ones_own_take_its_map_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, then = kept(tmp_path / "captures")
    given = [
        part
        for each in REFERENCES
        for part in ("--reference", f"{each.u_px:.0f},{each.v_px:.0f}={2 * each.distance_m:.1f}m")
    ]
    assert run(["measure", str(folder), "--at", "30,20", *given, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["calibration"]["references"]) == len(REFERENCES)
    before = then.at((30, 20)).distance_m
    assert before is not None
    assert found["readings"][0]["distance_m"] == pytest.approx(2 * before, rel=0.1)
    assert "--at" in refusal(capsys, str(folder), *given)


def test_of_a_capture_in_a_folder_of_pictures_its_own_is_taken(tmp_path: Path) -> None:
    folder, _ = kept(tmp_path / "captures")
    passed: list[str] = []
    jobs = plan([str(tmp_path / "captures")], tmp_path / "out", [Format.NPZ], recursive=True, passed=passed)
    assert [job.path for job in jobs] == [folder / "picture.png"]
    assert any("map_shown.png: of a capture" in each for each in passed)


def test_captures_of_before_and_other_folders_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = kept(tmp_path / "captures")
    (folder / CAPTURE).unlink()
    said = refusal(capsys, str(folder), "--at", "30,20")
    assert "as depth-tui of before wrote them" in said
    assert str(folder / "picture.png") in said
    source = open_source(str(folder))  # a folder of pictures, as it always was
    assert isinstance(source, FolderSource)
    source.close()
    shutil.rmtree(folder)
    folder.mkdir()
    for asked in ((), ("--at", "30,20")):  # what it lacks comes first, not what is asked of it
        assert "is a folder, not a picture" in refusal(capsys, str(folder), *asked)
