"""Two views and a ruler, by keyboard: from nothing to metres."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.screens.conftest import WIDE, answer, message, ready, until
from tests.targets.slid import CAMERA, Room, RoomEstimator, depth_at, save
from tui.app import DepthApp
from tui.calibration.reference import Reference
from tui.camera.frame import Frame
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.screens.options import StartOptions
from tui.targets import views
from tui.targets.views import Views
from tui.targets.views_given import View
from tui.widgets.prompt import Prompt


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.fixture
def slid(room: Room, tmp_path: Path, estimators: dict[str, DepthEstimator]) -> DepthApp:
    """A folder whose first picture was taken 20 cm further to the left."""
    estimators["room"] = RoomEstimator(room)
    folder = tmp_path / "slid"
    folder.mkdir()
    save(room.look((-0.2, 0.0, 0.0)), folder / "1.png")
    save(room.look(), folder / "2.png")
    return DepthApp(StartOptions(source=str(folder), model="room"))


def frame_of(app: DepthApp) -> Frame:
    """The picture that is shown."""
    assert app.main.shown is not None
    return app.main.shown.frame


async def test_keep_slide_keep_type_the_way(slid: DepthApp, room: Room) -> None:
    app = slid
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("V")
        await until(pilot, lambda: "press i" in message(app), "the camera is needed")
        app.main.instrument.use_camera(CAMERA)
        await pilot.press("V")
        await until(pilot, lambda: "slide the camera sideways" in message(app), "it says what to do")
        await pilot.press("V")
        await until(pilot, lambda: "first picture still" in message(app), "nothing has moved")
        first = app.main.shown
        assert first is not None
        await pilot.press("pagedown")
        await until(pilot, lambda: frame_of(app).image is not first.frame.image, "the second picture")
        await pilot.press("V")
        await answer(pilot, "20")
        await until(pilot, lambda: "20cm" in app.main.query_one(Prompt).said, "a unit is needed, and the prompt stays")
        await pilot.press("backspace", "backspace")
        await answer(pilot, "20cm")
        await until(pilot, lambda: "leave the camera where it is" in message(app), "it is measured")
        references = app.main.session.references
        assert len(references) >= 24
        distance_m = app.main.instrument.reading.crosshair.distance_m
        assert distance_m == pytest.approx(depth_at(room.depth(), *app.main.instrument.reading.crosshair_px), rel=0.04)
        await pilot.press("z")
        assert not app.main.session.references, "one undo takes them all back"


def _example(app: DepthApp) -> str:
    """Of the question that is asked."""
    question = app.main.query_one(Prompt).question
    return "" if question is None else question.example


async def test_a_distance_where_the_camera_stands_tells_the_way(slid: DepthApp, room: Room) -> None:
    async with slid.run_test(size=WIDE) as pilot:
        await ready(pilot, slid)
        instrument = slid.main.instrument
        instrument.use_camera(CAMERA)
        await pilot.press("V")
        await until(pilot, lambda: slid.main.two_views.begun, "the first is kept")
        first = frame_of(slid)
        await pilot.press("pagedown")
        await until(pilot, lambda: frame_of(slid).image is not first.image, "the second picture")
        true_m = depth_at(room.depth(), 300, 200)
        instrument.give_references([Reference(300, 200, true_m, 0.01 * true_m)])
        await pilot.press("V")
        await until(pilot, lambda: _example(slid).endswith("your reference tells it"), "it says so")
        await pilot.press("enter")
        await until(pilot, lambda: "leave the camera where it is" in message(slid), "it is measured")
        references = [each.reference for each in slid.main.session.references]
        assert [each.distance_m for each in references if each.label == "tape"] == [true_m]
        assert sum(each.label == "two views" for each in references) >= 24
        off = [each.distance_m / depth_at(room.depth(), each.u_px, each.v_px) - 1 for each in references]
        assert abs(sorted(off)[len(off) // 2]) < 0.04


async def test_esc_forgets_the_first_picture(slid: DepthApp) -> None:
    async with slid.run_test(size=WIDE) as pilot:
        await ready(pilot, slid)
        slid.main.instrument.use_camera(CAMERA)
        await pilot.press("V")
        await until(pilot, lambda: slid.main.two_views.begun, "the first is kept")
        await pilot.press("escape")
        await until(pilot, lambda: "forgotten" in message(slid), "it is said")
        assert not slid.main.two_views.begun


async def test_a_way_that_was_typed_again_is_the_one_that_counts(
    slid: DepthApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try, with a wrong way, takes longer than the second."""
    let, begun, over = threading.Event(), threading.Event(), threading.Event()
    compute = views.references_of_views

    def computed(last: RGBImage, given: list[View], camera: Intrinsics, references: tuple[Reference, ...]) -> Views:
        slow = given[-1].way_m == pytest.approx(0.3)
        if slow:
            begun.set()
            let.wait()
        try:
            return compute(last, given, camera, references=references)
        finally:
            if slow:
                over.set()

    monkeypatch.setattr(views, "references_of_views", computed)
    async with slid.run_test(size=WIDE) as pilot:
        await ready(pilot, slid)
        slid.main.instrument.use_camera(CAMERA)
        await pilot.press("V")
        await until(pilot, lambda: slid.main.two_views.begun, "the first is kept")
        first = frame_of(slid)
        await pilot.press("pagedown")
        await until(pilot, lambda: frame_of(slid).image is not first.image, "the second picture")
        await pilot.press("V")
        await answer(pilot, "30cm")
        await until(pilot, begun.is_set, "it is computed")
        await pilot.press("V")
        await answer(pilot, "20cm")
        await until(pilot, lambda: "leave the camera where it is" in message(slid), "it is measured")
        references = slid.main.session.references
        let.set()
        await until(pilot, over.is_set, "the first try ends")
        await slid.workers.wait_for_complete()
        assert slid.main.session.references == references
