"""From nothing to metres by keyboard: a sheet of paper held up in the demo's room, found, confirmed and followed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.fakes import RampEstimator, SteppableSource
from tests.screens.conftest import WIDE, answer, go, hero, message, read_m, ready, tell_the_camera, typed, until
from tests.targets.rendered import FINE, rotation
from tests.targets.sheets import Array, corners_of, paint, seen
from tui.app import DepthApp
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import FloatMap, RGBImage
from tui.screens.options import StartOptions
from tui.widgets.picture import PictureView
from tui.widgets.row_list import RowList

TURN = rotation(0.25, 0.15)
PLACE = (0.1, 0.0)
ROOM, _ = DemoRenderer().render(0.0)


def held_up(distance_m: float, room: RGBImage = ROOM, turn: Array = TURN) -> RGBImage:
    """The demo's room with an A4 sheet before it."""
    height, width = room.shape[:2]
    camera = DEMO_INTRINSICS
    corners = seen(corners_of(0.21, 0.297), turn, (PLACE[0] * distance_m, PLACE[1], distance_m), camera)
    large = cv2.resize(room, (FINE * width, FINE * height), interpolation=cv2.INTER_LINEAR)
    fine = np.stack([large[:, :, channel].astype(np.float64) for channel in range(3)])
    for channel in fine:
        paint(channel, corners, 240.0)
    small = fine.reshape(3, height, FINE, width, FINE).mean(axis=(2, 4))
    return np.ascontiguousarray(np.clip(np.rint(small), 0, 255).astype(np.uint8).transpose(1, 2, 0))


class Sheeted(RampEstimator):
    """A coarse map, which shows no difference over the sheet; the picture's upper rim is farther away."""

    def estimate(self, image: RGBImage) -> FloatMap:
        found = np.full(image.shape[:2], 0.5, np.float32)
        found[:40] = np.linspace(0.1, 0.5, 40)[:, None]
        return found


@pytest.fixture
def picture(tmp_path: Path, estimators: dict[str, DepthEstimator]) -> Path:
    estimators["sheeted"] = Sheeted("sheeted")
    path = tmp_path / "held.png"
    assert cv2.imwrite(str(path), held_up(0.8)[:, :, ::-1])
    return path


def rows(app: DepthApp) -> tuple[str, ...]:
    return app.main.query_one("#references", RowList).rows


def marked(app: DepthApp) -> int:
    """How many places of an outline that is proposed are marked."""
    return sum(mark.text == "·" for mark in app.main.query_one("#camera", PictureView)._pointed.marks)


async def test_a_sheet_is_shown_before_it_counts(picture: Path) -> None:
    app = DepthApp(StartOptions(source=str(picture), model="sheeted"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("S")
        await answer(pilot, "A4")
        assert "press i" in message(app)
        await pilot.press("escape")
        await tell_the_camera(pilot, DEMO_INTRINSICS.numbers)
        await pilot.press("S")
        await answer(pilot, "A4")
        assert "this one, 0.8" in message(app)
        assert "enter again takes it" in message(app)
        assert marked(app) > 40
        assert not rows(app), "nothing counts before it is confirmed"
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(app)) == 5, "the sheet gives five references")
        assert marked(app) == 0
        assert all("sheet A4" in row for row in rows(app))
        assert read_m(app) == pytest.approx(0.8, rel=0.05)
        await pilot.press("S")
        await answer(pilot, "off")
        await until(pilot, lambda: not rows(app), "the sheet is forgotten")


async def test_what_is_proposed_is_forgotten_with_the_question(picture: Path) -> None:
    app = DepthApp(StartOptions(source=str(picture), model="sheeted"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await tell_the_camera(pilot, DEMO_INTRINSICS.numbers)
        await pilot.press("S")
        await answer(pilot, "A4")
        assert marked(app)
        await pilot.press("escape")
        await until(pilot, lambda: marked(app) == 0, "the outline goes with the question")
        assert not app.main.session.targets


async def test_four_pins_are_its_corners(picture: Path) -> None:
    app = DepthApp(StartOptions(source=str(picture), model="sheeted"))
    corners = seen(corners_of(0.21, 0.297), TURN, (PLACE[0] * 0.8, PLACE[1], 0.8), DEMO_INTRINSICS)
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await tell_the_camera(pilot, DEMO_INTRINSICS.numbers)
        await pilot.press("S")
        await answer(pilot, "A4 pins")
        assert "pin the four corners first" in message(app)
        await pilot.press("escape")
        for u_px, v_px in corners:
            go(app, round(u_px) + 1, round(v_px) - 1)
            await pilot.press("enter")
        await pilot.press("S")
        await answer(pilot, "A4 pins")
        await until(pilot, lambda: len(rows(app)) == 5, "the rectangle gives five references")
        assert all("rectangle A4" in row for row in rows(app))
        distances = [each.reference.distance_m for each in app.main.session.references]
        assert distances[0] == pytest.approx(0.8, rel=0.004)
        await pilot.press("z")
        await until(pilot, lambda: not rows(app), "one key takes all of it back")


@pytest.fixture
def live(estimators: dict[str, DepthEstimator], monkeypatch: pytest.MonkeyPatch) -> Iterator[SteppableSource]:
    estimators["sheeted"] = Sheeted("sheeted")
    source = SteppableSource("cam")
    monkeypatch.setattr("tui.camera.open.open_source", lambda *_args, **_more: source)
    yield source
    source.close()


async def test_a_sheet_that_was_confirmed_is_renewed_in_every_frame(live: SteppableSource) -> None:
    app = DepthApp(StartOptions(source="cam", model="sheeted"))
    async with app.run_test(size=WIDE) as pilot:
        live.give(held_up(0.8))
        await ready(pilot, app)
        await tell_the_camera(pilot, DEMO_INTRINSICS.numbers)
        await pilot.press("S")
        await answer(pilot, "A4")
        await pilot.press("enter")
        for distance_m in (0.82, 0.84, 0.86):
            live.give(held_up(distance_m))
            await until(
                pilot,
                lambda wanted=distance_m: (  # type: ignore[misc]  # mypy infers no lambda's default
                    app.main.shown is not None
                    and bool(app.main.shown.markers)
                    and abs(app.main.shown.markers[0].distance_m - wanted) < 0.004 * wanted
                ),
                f"the sheet is followed to {distance_m} m",
            )
        live.give(ROOM)
        await until(pilot, lambda: app.main.shown is not None and not app.main.shown.markers, "the sheet is gone")


LEAST_M, MOST_M = 0.78, 0.82
"""Between which the hand sways."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hand with an A4 sheet in the demo's room, neither of them quite still; as a camera's file."""
    path = tmp_path_factory.mktemp("clip") / "held.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, ROOM.shape[1::-1])
    renderer = DemoRenderer()
    for number in range(20):
        sway = math.sin(math.pi * number / 10)
        room, _ = renderer.render(number / 10)
        distance_m = (LEAST_M + MOST_M) / 2 + (MOST_M - LEAST_M) / 2 * sway
        writer.write(held_up(distance_m, room, rotation(0.25 + 0.02 * sway, 0.15 - 0.02 * sway))[:, :, ::-1])
    writer.release()
    return path


async def test_from_nothing_to_metres_by_a_sheet_held_up_in_a_clip(
    clip: Path, estimators: dict[str, DepthEstimator], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a dozen keys, which take nobody a minute; with a field of view for all that is known of the camera."""
    estimators["sheeted"] = Sheeted("sheeted")
    app = DepthApp(StartOptions(source=str(clip), model="sheeted"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        assert "m" not in hero(app).split(), "nothing is known yet"
        pressed: list[str] = []
        press = pilot.press

        async def counted(*keys: str) -> None:
            pressed.extend(keys)
            await press(*keys)

        monkeypatch.setattr(pilot, "press", counted)
        across_deg = 2 * math.degrees(math.atan(DEMO_INTRINSICS.width / 2 / DEMO_INTRINSICS.fx_px))
        await pilot.press("i")
        await pilot.pause()
        await typed(pilot, f"{across_deg:.0f}deg")
        await pilot.press("S")
        await typed(pilot, "A4")
        await until(pilot, lambda: "enter again takes it" in message(app), "the sheet is found, and asked for")
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(app)) == 5, "it counts in a frame of the clip that plays")
        assert len(pressed) < 30, "at two seconds each that is a minute"
        middle = DEMO_INTRINSICS.pixels(np.array([[PLACE[0], PLACE[1], 1.0]]))[0]
        go(app, round(middle[0]), round(middle[1]))
        await until(pilot, lambda: hero(app).endswith(" m"), "there are metres")
        reading = app.main.instrument.reading.crosshair
        assert reading.low_m is not None
        assert reading.high_m is not None
        assert reading.low_m < MOST_M
        assert reading.high_m > LEAST_M
        assert reading.distance_m == pytest.approx((LEAST_M + MOST_M) / 2, rel=0.06)
