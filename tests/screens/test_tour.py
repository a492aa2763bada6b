"""The tour of the demo's room, by keyboard."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.fakes import RampEstimator
from tests.screens.conftest import WIDE, status, typed, until
from tui.app import DepthApp, run_app
from tui.depth.estimator import DepthEstimator
from tui.errors import InputError
from tui.instrument.wanted import EXACT
from tui.screens.options import StartOptions
from tui.storage.tips import TOUR, first_time
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.row_list import RowList
from tui.widgets.words import Words

FPS = 4.0
"""So that the app rests between two pictures, which the pilot waits for after every key."""


def advice(app: DepthApp) -> str:
    return str(app.main.query_one("#advice", Static).content)


def demo(*, tour: bool = False, model: str = "ramp") -> DepthApp:
    return DepthApp(StartOptions(source="demo", model=model, tour=tour, resting=True, fps=FPS))


def here_m(app: DepthApp) -> float:
    """The true distance at the crosshair."""
    shown, session = app.main.shown, app.main.session
    assert shown is not None
    assert shown.frame.true_depth_m is not None
    return float(shown.frame.true_depth_m[session.v_px, session.u_px])


def in_sight(app: DepthApp) -> bool:
    """Whether everything that the panel says can be read: all rows of the table, all words."""
    panel = app.main.query_one(CalibrationPanel)
    words = panel.query_one("#advice", Words)
    return (
        panel.query_one("#references", RowList).hidden == 0
        and words.size.height == words.rows_in(words.size.width)
        and panel.region.contains_region(words.region)
    )


@pytest.mark.parametrize("size", [WIDE, (80, 24), (60, 18)])
async def test_four_steps_by_keyboard_with_the_room_s_true_distances(size: tuple[int, int]) -> None:
    app = demo(model="pocket")

    def at(step: int) -> bool:
        return app.started and f"Tour {step}/4" in advice(app)

    async with app.run_test(size=size) as pilot:
        places, distances = [], []
        for step in (1, 2, 3):
            await until(pilot, partial(at, step), f"step {step}")
            await until(pilot, partial(in_sight, app), f"step {step} is in sight")
            found = re.search(r"press r, type ([\d.]+)m, enter", advice(app))
            assert found is not None, advice(app)
            assert float(found[1]) == pytest.approx(here_m(app), abs=0.006)
            places.append((app.main.session.u_px, app.main.session.v_px))
            distances.append(float(found[1]))
            await pilot.press("r")
            await typed(pilot, f"{found[1]}m")
        await until(pilot, lambda: "Tour 4/4" in advice(app), "step 4")
        await until(pilot, partial(in_sight, app), "the table and what is said of it are in sight")
        assert len(set(places)) == 3
        assert max(distances) > 2 * min(distances)
        assert len(app.main.session.references) == 3
        checks = app.main.instrument.reading.checks()
        assert any(abs(each.others_relative or 0) > 0.02 for each in checks), "a network is off, and it is said"
        await pilot.press("enter")
        await until(pilot, lambda: "Tour" not in advice(app), "it is over")


@pytest.mark.usefixtures("estimators")
async def test_the_crosshair_is_the_user_s_within_a_step() -> None:
    app = demo()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and "Tour 1/4" in advice(app), "step 1")
        assert "(g, then" not in advice(app)
        before = app.main.session.u_px
        await pilot.press("right", "right")
        await until(pilot, lambda: "(g, then 60,180)" in advice(app), "the way back is said")
        assert app.main.session.u_px > before


@pytest.mark.usefixtures("estimators")
async def test_it_is_shown_once_and_again_when_asked_for() -> None:
    first_time(TOUR)
    app = demo()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and app.main.shown is not None, "a map")
        await pilot.pause(0.1)
        assert "Tour" not in advice(app)
        assert app.main.session.u_px == app.main.session.width // 2
    app = demo(tour=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and "Tour 1/4" in advice(app), "the tour is back")


async def test_the_demo_starts_on_a_network_s_map_and_the_exact_one_is_a_choice() -> None:
    app = DepthApp(StartOptions(source="demo", resting=True, fps=FPS))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and app.main.shown is not None, "a map")
        assert app.main.shown is not None
        assert app.main.shown.identity.is_network, "the first map there is"
        await pilot.press("m")
        await typed(pilot, EXACT)
        await until(pilot, lambda: "not a network" in status(app), "the exact map")
        assert "Tour" not in advice(app)


@pytest.mark.usefixtures("estimators")
async def test_a_network_that_cannot_be_loaded_leaves_the_exact_map(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_request: object, _progress: object = None) -> DepthEstimator:
        raise RuntimeError("no engine")

    monkeypatch.setattr("tui.depth.loader.load_estimator", broken)
    app = demo(model="other")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and "not a network" in status(app), "the exact map")


async def test_a_picture_s_own_network_has_no_tour(picture: Path, estimators: dict[str, DepthEstimator]) -> None:
    estimators["ramp"] = RampEstimator()
    app = DepthApp(StartOptions(source=str(picture), model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.started and app.main.shown is not None, "a map")
        assert "Tour" not in advice(app)
    assert first_time(TOUR), "it is kept for the demo"


def test_the_tour_of_another_source_is_refused() -> None:
    with pytest.raises(InputError, match="leave --source 0 away"):
        run_app(StartOptions(source="0", tour=True))
