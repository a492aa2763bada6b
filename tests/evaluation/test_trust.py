"""eval-trust: what is spoiled is noticed, what is not is left alone, and what counts as wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli import planted
from tests.rooms import room
from tui.calibration.beliefs import MapKind
from tui.calibration.reading import Reading, Status
from tui.cli.root import run
from tui.depth.estimator import ModelIdentity
from tui.evaluation.pasted import Sheet
from tui.evaluation.rgbd import RgbdFrame, find_frames
from tui.evaluation.trust import evaluate_trust, spread_over
from tui.evaluation.trust_report import Score, TrustReport, is_wrong
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics

SMALL = (320, 240)


def inverse_of(image: RGBImage) -> FloatMap:
    """What this network sees: the redder all around, the nearer."""
    red = cv2.blur(image[..., 0], (101, 101)).astype(np.float32) / 255
    return np.asarray(0.2 + red, dtype=np.float32)


class Redness:
    identity = ModelIdentity("redness", "12" * 32, MapKind.PROPORTIONAL)
    engine = "by hand"
    notes: tuple[str, ...] = ()

    def estimate(self, image: RGBImage) -> FloatMap:
        return inverse_of(image)

    def close(self) -> None:
        pass


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    for number in range(2):
        image = np.asarray(cv2.resize(room(number), SMALL, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        image[..., 0] = (image[..., 0] * np.linspace(0.1, 1.0, SMALL[0])).astype(np.uint8)
        depth_mm = np.rint(1000 / inverse_of(image)).astype(np.uint16)
        cv2.imwrite(str(tmp_path / f"{number}_color.png"), image[:, :, ::-1])
        cv2.imwrite(str(tmp_path / f"{number}_depth.png"), depth_mm)
    return tmp_path


def test_what_is_spoiled_gives_no_number_and_what_is_not_gives_the_right_one(recording: Path) -> None:
    report = evaluate_trust(find_frames(recording)[:1], Redness(), references=6)
    scores = {each.case: each for each in report.scores}
    assert report.skipped == 0
    assert scores["as it is"].numbers == 1.0
    assert scores["as it is"].ok > 0.5
    assert scores["as it is"].doubted == 0.0
    for case in ("dark 2 %", "covered, black", "covered, paper", "turned by 120 px", "zoomed by 1.5"):
        assert not scores[case].harmless
        assert scores[case].numbers == 0.0, case
    unknowable = {"feet for metres", "centimetres for metres"}  # nothing is known of this network's scale
    wrong = {each.case: each.wrong_unsaid for each in report.scores if not each.harmless}
    assert {case for case, share in wrong.items() if share > 0.05} <= unknowable
    assert scores["markers, a camera 0.7 times as long"].ok == 0.0


def test_the_command_prints_a_row_a_case(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planted.plant(monkeypatch)
    asked: list[tuple[int, int]] = []

    def found(frames: Sequence[RgbdFrame], _estimator: object, references: int) -> TrustReport:
        asked.append((len(frames), references))
        return TrustReport((Score("dark 2 %", False, 80, 0.0, 0.0, 0.0, None),), skipped=1)

    monkeypatch.setattr("tui.evaluation.trust.evaluate_trust", found)
    command = ["eval-trust", "--data", str(recording), "--pictures", "2", "--references", "5"]
    assert run([*command, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["pictures"], plain["skipped"], plain["cases"][0]["case"]) == (2, 1, "dark 2 %")
    assert run(command) == 0
    assert "dark 2 %" in capsys.readouterr().out
    assert asked == [(2, 5)] * 2


@pytest.mark.parametrize(
    ("distance_m", "low_m", "high_m", "wrong"),
    [(1.0, 0.9, 1.1, True), (1.0, 0.5, 2.0, False), (1.4, 1.3, 1.42, False), (None, None, None, False)],
)
def test_a_number_is_wrong_outside_its_interval_and_by_a_quarter(
    distance_m: float | None, low_m: float | None, high_m: float | None, wrong: bool
) -> None:
    assert is_wrong(Reading(0.5, distance_m, low_m, high_m, Status.OK), 1.5) is wrong


def test_a_sheet_lies_where_it_is_put() -> None:
    camera = Intrinsics.from_horizontal_fov(1.0, 640, 480)
    blank = np.zeros((480, 640, 3), np.uint8)
    _, depth_m, covered = Sheet(0.9, 0.6).put_into(blank, np.zeros((480, 640), np.float32), camera)
    assert depth_m[240, 320] == pytest.approx(0.9, rel=0.01)
    rows, columns = np.nonzero(covered)
    rays = camera.rays(np.column_stack([columns, rows]).astype(np.float64))
    points = rays / rays[:, 2:] * depth_m[rows, columns][:, None]
    centred = points - points.mean(axis=0)
    assert np.linalg.svd(centred, compute_uv=False)[2] / len(points) ** 0.5 < 1e-3, "all lie on one plane"
    assert np.ptp(np.linalg.norm(points[:, [0, 2]] - points[0, [0, 2]], axis=1)) == pytest.approx(0.34, abs=0.01)


def test_pictures_are_spread_evenly(recording: Path) -> None:
    frames = find_frames(recording)
    assert spread_over(frames, 5) == frames
    assert len(spread_over(frames * 10, 4)) == 4
    assert json.dumps([each.name for each in spread_over(frames, 1)]) == '["0_color"]'
