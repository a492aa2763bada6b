"""Calibrating in a changing scene, by keyboard: markers, known lengths, the floor, the camera, renewal."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from textual.widgets import Static

from tests.fakes import RampEstimator, SteppableSource, ramp_image
from tests.screens.conftest import WIDE, answer, go, hero, message, ready, tell_the_camera, true_distance_m, until
from tui.app import DepthApp
from tui.calibration.reference import Reference
from tui.calibration.wording import figure_of
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.screens.options import StartOptions
from tui.storage.intrinsics import save_intrinsics
from tui.storage.profiles import load_profile
from tui.widgets.legend import DepthLegend
from tui.widgets.row_list import RowList

CAMERA = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)


def text_of(app: DepthApp, selector: str) -> str:
    return str(app.main.query_one(selector, Static).content)


def rows(app: DepthApp) -> tuple[str, ...]:
    return app.main.query_one("#references", RowList).rows


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A picture of 320x240 with two markers of 10 cm, at 1 m and at 2 m, facing the camera."""
    image = np.full((240, 320), 160, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, (left, top, distance_m) in enumerate(((60, 90, 1.0), (230, 100, 2.0))):
        side = round(300 * 0.1 / distance_m)
        marker = cv2.aruco.generateImageMarker(dictionary, number, 6 * 10)
        shrunk = cv2.resize(marker, (side, side), interpolation=cv2.INTER_AREA)
        margin = side // 4
        image[top - margin : top + side + margin, left - margin : left + side + margin] = 255
        image[top : top + side, left : left + side] = shrunk
    large = cv2.resize(image, (1280, 960), interpolation=cv2.INTER_CUBIC)
    path = tmp_path / "marked.png"
    assert cv2.imwrite(str(path), large)
    return path


async def test_markers_give_references_in_every_picture_that_shows_them(
    marked: Path, estimators: dict[str, DepthEstimator]
) -> None:
    class Inverse(RampEstimator):
        """Nearer at the left, as the markers are."""

        def estimate(self, image: RGBImage) -> FloatMap:
            return np.ascontiguousarray(super().estimate(image)[:, ::-1])

    estimators["inverse"] = Inverse("inverse", slope=0.001, offset=0.1)
    app = DepthApp(StartOptions(source=str(marked), model="inverse"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("b")
        await answer(pilot, "DICT_4X4_50:*=10cm")
        assert "press i" in message(app)
        await pilot.press("escape")
        await tell_the_camera(pilot, "1200,1200,639.5,479.5")
        await pilot.press("b")
        await answer(pilot, "DICT_4X4_50:*=10cm")
        await until(pilot, lambda: len(rows(app)) == 2, "both markers are references")
        found = sorted(float(re.findall(r"([\d.]+) m", row)[0]) for row in rows(app))
        assert found == pytest.approx([1.0, 2.0], rel=0.03)
        assert all("marker" in row for row in rows(app))
        assert "ray" in text_of(app, "#reading-place")
        await pilot.press("b")
        await answer(pilot, "off")
        await until(pilot, lambda: not rows(app), "the markers are forgotten")


async def test_with_a_camera_pins_have_distances_between_them(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for u_px in (20, 300):
            go(app, u_px, 120)
            await pilot.press("enter", "r")
            await answer(pilot, f"{true_distance_m(u_px):.4f}")
        assert "press i" in text_of(app, "#reading-place") or "i: tell" in text_of(app, "#reading-place")
        await tell_the_camera(pilot, "300,300,159.5,119.5")
        near, far = (np.array([(u - 159.5) / 300, 0.5 / 300, 1.0]) * true_distance_m(u) for u in (20, 300))
        expected_m = float(np.linalg.norm(near - far))
        await until(pilot, lambda: "①-②" in text_of(app, "#span"), "the span is shown")
        shown_m, reach_m = map(float, re.findall(r"①-② ([\d.]+) ± ([\d.]+) m", text_of(app, "#span"))[0])
        assert abs(shown_m - expected_m) < reach_m < 0.5 * expected_m


async def test_a_known_length_and_the_floor_are_references(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await tell_the_camera(pilot, "300,300,159.5,119.5")
        await pilot.press("L")
        await answer(pilot, "2m")
        assert "pin both ends" in message(app)
        await pilot.press("escape")
        for u_px in (110, 210):
            go(app, u_px, 120)
            await pilot.press("enter")
        await pilot.press("L")
        await answer(pilot, "1.00m")  # 100 px of 300 at one metre are three metres
        (row,) = rows(app)
        assert "3.00 m" in row
        assert "length 1 m" in row
        go(app, 210, 200)
        await pilot.press("f")
        await answer(pilot, "1.5m map")
        assert "its zero means nothing" in message(app)
        await pilot.press("escape", "f")
        await answer(pilot, "1.5m 30deg")
        assert len(rows(app)) == 2
        assert "floor" in rows(app)[1]


async def test_a_profile_keeps_the_camera(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        save_intrinsics("bench camera", CAMERA)
        await tell_the_camera(pilot, "bench camera")
        assert app.main.session.intrinsics == CAMERA
        await pilot.press("r")
        await answer(pilot, "2m")
        await pilot.press("p")
        await pilot.pause()
        await answer(pilot, "desk")
    assert load_profile("desk").intrinsics == CAMERA


@pytest.mark.parametrize("text", ["300,300", "200deg", "nothing saved", "9x6 0mm"])
async def test_a_camera_that_cannot_be_is_named(app: DepthApp, text: str) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await tell_the_camera(pilot, text)
        await pilot.pause()
        assert message(app)
        assert app.main.session.intrinsics is None


class Drifting(RampEstimator):
    """A network whose scale and shift are another in every frame: the blue channel says which."""

    def estimate(self, image: RGBImage) -> FloatMap:
        phase = float(image[0, 0, 2]) / 10
        return (super().estimate(image) * np.float32(1 + 0.5 * np.sin(phase)) + np.float32(0.3 * phase)).astype(
            np.float32
        )


async def test_the_fit_follows_a_network_that_drifts_and_a_held_one_does_not(
    monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]
) -> None:
    source = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: source)
    estimators["drifting"] = Drifting("drifting")
    app = DepthApp(StartOptions(source="0", model="drifting"))
    async with app.run_test(size=WIDE) as pilot:

        async def show(phase: int) -> None:
            source.give(ramp_image(phase, 320, 240))
            await until(
                pilot,
                lambda: app.started and app.main.shown is not None and app.main.shown.frame.image[0, 0, 2] == phase,
                f"frame {phase} is shown",
            )

        await show(0)
        app.main.instrument.answer("smoothing", "0")  # it drifts faster than any network, and in no time
        for u_px in (20, 120, 220, 300):
            go(app, u_px, 120)
            await pilot.press("r")
            await answer(pilot, f"{true_distance_m(u_px):.4f}")
        app.main.update_session(app.main.session.jumped(170, 100))

        def error() -> float:
            reading = app.main.instrument.reading.crosshair
            return abs((reading.distance_m or 99) / true_distance_m(170) - 1)

        for phase in range(1, 25, 4):
            await show(phase)

            def follows(phase: int = phase) -> bool:
                if source.drained():  # a picture that is looked at twice before it is believed renews nothing
                    source.give(ramp_image(phase, 320, 240))
                return error() < 0.03

            await until(pilot, follows, f"the fit follows to {phase}")
        await pilot.press("a")
        await pilot.pause()
        assert "held" in message(app)
        assert error() < 0.03
        await show(45)
        assert error() > 0.2


async def test_table_pins_bar_and_crosshair_say_one_distance(app: DepthApp) -> None:
    """References some tens of percent off bend the correction, so that scale and shift alone would say another."""
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        main = app.main
        assert main.shown is not None
        inverse_depth, model = main.shown.inverse_depth, main.shown.identity.key
        session = main.session
        for u_px, v_px, off in ((15, 30, 1.2), (80, 200, 0.85), (150, 60, 1.25), (220, 180, 0.9), (300, 40, 1.15)):
            true_m = off * true_distance_m(u_px)
            session = session.with_reference(Reference(u_px, v_px, true_m, 0.01 * true_m), inverse_depth, model)
        main.update_session(session)
        await pilot.pause()
        calibration = main.session.calibration()
        assert calibration is not None
        assert calibration.posterior is not None
        assert calibration.posterior.corrects
        for row, each in zip(rows(app), main.session.references, strict=True):
            go(app, *each.reference.pixel)
            main.update_session(main.session.pinned())
            await pilot.pause()
            figure = figure_of(main.instrument.reading.crosshair)
            assert figure is not None
            assert figure.number == hero(app)
            assert row.count(f" {figure.short} ")
            assert main.query_one("#pins", RowList).rows[-1].count(figure.whole)
        said = main.query_one(DepthLegend).render_line(0).text
        ends = re.findall(r"(~?[\d.]+ m)", said)
        for label, column in ((ends[0], 316), (ends[-1], 3)):  # the 99th and the 1st percentile of a ramp of 320
            read_m = [main.instrument.reading.at((column, v_px)).distance_m or 0 for v_px in range(5, 240, 10)]
            half_a_digit = 0.05 if label.startswith("~") else 0.005
            assert min(read_m) - half_a_digit <= float(label.strip("~ m")) <= max(read_m) + half_a_digit
