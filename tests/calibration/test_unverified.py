"""A metric network's own metres: there at once, labelled, with an interval that is honestly wide."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.reading import reading_of
from tui.calibration.beliefs import EXACT, METRIC_NETWORK, NETWORK, MapKind
from tui.calibration.measure import measure_map
from tui.calibration.reading import Status
from tui.calibration.reference import Reference
from tui.calibration.report import report
from tui.calibration.units import DistanceUnit
from tui.calibration.unverified import unverified
from tui.calibration.wording import describe
from tui.depth.file_model import load_file_model
from tui.geometry.arrays import FloatMap
from tui.instrument.session import Session

LABEL = "metric model, unverified"


@pytest.fixture
def room() -> FloatMap:
    """1/z of a floor from 1 m to 5 m."""
    return np.tile((1 / np.linspace(1.0, 5.0, 81)).astype(np.float32), (40, 1))


def test_metres_at_once_with_their_label(room: FloatMap) -> None:
    measured = measure_map(room, [], [(40, 20)], beliefs=METRIC_NETWORK)
    reading = measured.readings[0].reading
    assert reading.distance_m == pytest.approx(3.0, rel=0.01)
    assert reading.status is Status.UNVERIFIED
    assert reading.low_m is not None
    assert reading.high_m is not None
    assert math.log(reading.high_m / reading.low_m) / 2 == pytest.approx(math.log(3.8), rel=0.02)
    assert LABEL in describe(reading, DistanceUnit.METRES).advice
    plain = report(measured, image="a.png", width=81, height=40, model="m", engine="e")
    assert plain["readings"][0]["status"] == LABEL  # type: ignore[index]  # a list, whatever the type says
    assert plain["calibration"]["kind"] == LABEL  # type: ignore[index]  # a dict


def test_a_reference_corrects_it(room: FloatMap) -> None:
    """The map is 1.4 times too near; one reference at 4.2 m says so."""
    measured = measure_map(room, [Reference(40, 20, 4.2, 0.02)], [(40, 20), (20, 20)], beliefs=METRIC_NETWORK)
    corrected, other = (point.reading for point in measured.readings)
    assert corrected.distance_m == pytest.approx(4.2, rel=0.01)
    assert (corrected.status, corrected.reasons[0][:16]) == (Status.DOUBTFUL, "calibration poor")
    assert other.distance_m == pytest.approx(1.4 * 2.0, rel=0.05)


@pytest.mark.parametrize("beliefs", [NETWORK, EXACT])
def test_only_a_metric_network_has_metres_of_its_own(room: FloatMap, beliefs: object) -> None:
    assert unverified(beliefs) is None  # type: ignore[arg-type]  # parametrised
    assert measure_map(room, [], [(40, 20)], beliefs=beliefs).calibration is None  # type: ignore[arg-type]  # likewise


def test_the_app_shows_them_until_there_is_a_reference(room: FloatMap) -> None:
    session = Session(map_kind=MapKind.METRIC).with_picture_size(81, 40)
    reading = reading_of(session, room, session.calibration())
    assert (reading.status, round(reading.distance_m or 0)) == (Status.UNVERIFIED, 3)
    session = session.with_reference(Reference(40, 20, 4.2, 0.02), room, "m")
    assert reading_of(session, room, session.calibration()).status is Status.DOUBTFUL, "one reference"
    assert Session().calibration() is None


def test_on_pictures_of_other_cameras_the_interval_holds_the_truth(shared: Path) -> None:
    """FastDepth was trained on NYU's Kinect; these come from other cameras."""
    estimator = load_file_model(shared / "weights" / "fastdepth" / "fastdepth_nyu_fp32.onnx", 1)
    assert METRIC_NETWORK.unverified is not None
    inside = []
    for color, depth, unit in [
        ("TUM_color.png", "TUM_depth.png", 5000),
        ("ch7_1_color.png", "ch7_1_depth.png", 5000),
        ("SUN_color.jpg", "SUN_depth_mm_unshifted.png", 1000),
    ]:
        folder = shared / "media" / "rgbd"
        image = cv2.cvtColor(np.asarray(cv2.imread(str(folder / color))), cv2.COLOR_BGR2RGB)
        z_m = np.asarray(cv2.imread(str(folder / depth), cv2.IMREAD_UNCHANGED)) / unit
        p = estimator.estimate(np.ascontiguousarray(image, dtype=np.uint8))
        known = (z_m > 0.1) & np.isfinite(p)
        v, u = (each[:: len(each) // 150] for each in np.nonzero(known))
        found = measure_map(p, [], list(zip(u.tolist(), v.tolist(), strict=True)), beliefs=METRIC_NETWORK)
        for point in found.readings:
            reading, true_m = point.reading, z_m[point.v_px, point.u_px]
            if reading.low_m is not None:
                inside.append(reading.low_m <= true_m <= (reading.high_m or math.inf))
    assert np.mean(inside) > 0.9
