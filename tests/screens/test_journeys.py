"""What a user does, key by key."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.widgets import Static

from tests.screens.conftest import (
    WIDE,
    answer,
    go,
    hero,
    message,
    read_m,
    ready,
    status,
    true_distance_m,
    type_text,
    until,
)  # fmt: skip
from tui.app import DepthApp
from tui.render.quality import FINEST, LADDER
from tui.screens.options import StartOptions
from tui.storage.paths import captures_dir
from tui.storage.profiles import list_profiles
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.row_list import RowList


async def test_the_whole_job_and_the_same_again_from_the_profile(app: DepthApp, picture: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        assert "uncalibrated" in str(app.main.query_one("#reading-advice", Static).content)

        await pilot.press("space")
        assert app.main.session.frozen
        await until(pilot, lambda: "FROZEN" in status(app), "the status line says so")

        for u_px in (20, 300):
            await pilot.press("g")
            await answer(pilot, str(u_px))
            await answer(pilot, "200")
            assert (app.main.session.u_px, app.main.session.v_px) == (u_px, 200)
            await pilot.press("r")
            await answer(pilot, f"{true_distance_m(u_px):.4f}m")
        assert len(app.main.session.references) == 2

        await pilot.press("g")
        await answer(pilot, "120")
        await answer(pilot, "200")
        assert read_m(app) == pytest.approx(true_distance_m(120), rel=1e-3)
        await pilot.press("enter")
        assert app.main.query_one("#pins", RowList).rows[0].startswith("① ( 120, 200)")

        await pilot.press("c")
        await until(pilot, lambda: "captured to" in message(app), "the capture is written")
        await pilot.press("p")
        await pilot.pause()
        await answer(pilot, "bench")
        await until(pilot, lambda: list_profiles() == ["bench"], "the profile is saved")
        first = hero(app)
        await pilot.press("q")

    (folder,) = captures_dir().iterdir()
    readings = json.loads((folder / "readings.json").read_text())
    assert readings["readings"][0]["distance_m"] == pytest.approx(true_distance_m(120), rel=1e-3)
    assert readings["calibration"]["scale"] == pytest.approx(0.5, rel=1e-3)
    raw = np.load(folder / "depth.npz")["inverse_depth"]
    assert raw.dtype == np.float32
    assert raw[200, 120] == pytest.approx(1.3)

    again = DepthApp(StartOptions(source=str(picture), model="ramp", profile="bench"))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        await pilot.press("g")
        await answer(pilot, "120")
        await answer(pilot, "200")
        assert hero(again) == first
        assert "profile bench" in status(again)


async def test_arrows_move_a_cell_and_with_alt_a_pixel_and_stop_at_the_border(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        assert (app.main.session.u_px, app.main.session.v_px) == (160, 120)
        await pilot.press("alt+left", "alt+up", "alt+up")
        assert (app.main.session.u_px, app.main.session.v_px) == (159, 118)
        camera = app.main.query_one("#camera", PictureView)

        def cell() -> tuple[int, int]:
            assert camera.viewport is not None
            at = camera.viewport.cell_of(app.main.session.u_px, app.main.session.v_px)
            assert at is not None
            return at.column, at.row

        column, row = cell()
        await pilot.press("right", "down")
        assert cell() == (column + 1, row + 1)
        await pilot.press("shift+left", "shift+up")
        assert cell() == (column - 9, row - 4)
        await pilot.press(*["shift+right"] * 20)
        assert app.main.session.u_px == 319


async def test_a_bad_distance_keeps_the_prompt_and_what_was_measured(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("r")
        await answer(pilot, "2m")
        await pilot.press("alt+right", "r")
        await answer(pilot, "far away")
        assert "is not a distance" in message(app)
        assert len(app.main.session.references) == 1
        await pilot.press("escape", "shift+right", "r")
        await answer(pilot, "9m")  # nearer on the map, yet farther: the wrong order
        assert "the others say about" in message(app)
        assert "9 m?  enter again to insist" in message(app)
        assert len(app.main.session.references) == 1
        assert hero(app).endswith(" m")
        await pilot.press("enter")
        taken = app.main.session.references
        assert [each.reference.distance_m for each in taken] == [2.0, 9.0]
        assert hero(app).endswith(" units")  # one of the two is wrong, and nothing tells which
        assert "in the wrong order" in app.main.instrument.reading.problem


async def test_what_is_typed_is_shown_as_it_is_understood(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)

        def understood() -> tuple[bool, str]:
            prompt = app.main.query_one(Prompt)
            return prompt.display, prompt.said

        assert not understood()[0]
        seen = []
        for keys in (("r", *"2.46"), (*["backspace"] * 3, *"46"), ("c", "m"), ("escape",)):
            await pilot.press(*keys)
            await pilot.pause()
            seen.append(understood())
        for open_, said in (seen[0], seen[2]):
            assert open_
            assert "= 2.46 m = 8 ft 1 in" in said
        assert "246 m, or in another unit?" in seen[1][1]
        assert not seen[3][0]


async def test_units_window_view_and_theme_have_keys(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("r")
        await answer(pilot, "2m")
        seen = []
        for _ in range(3):
            seen.append(hero(app))
            await pilot.press("u")
        assert seen == ["2.0 ± 0.3 m", "200 ± 30 cm", "6 ft 7 in ± 11 in"]
        await pilot.press("right_square_bracket")
        assert app.main.session.window_px == 9
        await pilot.press("v")
        assert not app.main.query_one("#depth-pane").display
        await pilot.press("v")
        assert not app.main.query_one("#camera-pane").display
        assert app.focused is not None
        assert app.focused.id == "depth"
        await pilot.press("t")
        assert app.theme == "light"


async def test_a_frozen_picture_is_as_fine_as_it_can_be(app: DepthApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        views = list(app.main.query(PictureView))
        monkeypatch.setattr(type(app.wire), "quality", 3)
        app.main.present.everything()
        assert {view.quality for view in views} == {FINEST}, "a still"
        info = app.main.instrument.snapshot.capture.info
        assert info is not None
        capture = replace(app.main.instrument.snapshot.capture, info=replace(info, still=False))
        app.main.instrument.snapshot = replace(app.main.instrument.snapshot, capture=capture)
        app.main.present.everything()
        assert {view.quality for view in views} == {LADDER[3]}, "a camera, on a slow link"
        await pilot.press("space")
        assert {view.quality for view in views} == {FINEST}, "frozen"


async def test_pins_and_references_are_removed_in_their_tables(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("enter", "alt+right", "enter", "alt+right", "enter", "r")
        await answer(pilot, "2m")
        app.main.query_one("#pins", RowList).focus()
        await pilot.press("down", "delete")
        assert [pin.number for pin in app.main.session.pins] == [1, 3]
        await pilot.press("down", "enter")
        assert app.main.session.u_px == 162
        app.main.query_one("#references", RowList).focus()
        await pilot.press("delete")
        await pilot.pause()
        assert app.main.session.references == ()
        assert "uncalibrated" in str(app.main.query_one("#reading-advice", Static).content)


async def test_tab_walks_the_panes(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        visited = []
        for _ in range(4):
            assert app.focused is not None
            visited.append(app.focused.id)
            await pilot.press("tab")
        assert visited == ["camera", "depth", "pins", "references"]


async def test_scale_and_shift_can_be_typed(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("K")
        await answer(pilot, "0.5 0.1")
        assert read_m(app) == pytest.approx(true_distance_m(160), rel=1e-3)
        await pilot.press("K")
        await answer(pilot, "0.5 zero")
        assert "is not a scale and a shift" in message(app)
        assert read_m(app) == pytest.approx(true_distance_m(160), rel=1e-3)


async def test_the_demo_s_exact_geometry_is_labelled_and_can_be_calibrated() -> None:
    demo = DepthApp(StartOptions(source="demo", model="exact"))
    async with demo.run_test(size=WIDE) as pilot:
        await ready(pilot, demo)
        await until(pilot, lambda: "not a network" in status(demo), "what stands in for a network is named")
        await pilot.press("space")
        for at in ((80, 120), (80, 210)):
            go(demo, *at)
            shown, session = demo.main.shown, demo.main.session
            assert shown is not None
            assert shown.frame.true_depth_m is not None
            true_m = float(shown.frame.true_depth_m[session.v_px, session.u_px])
            await pilot.press("r")
            await answer(pilot, f"{true_m:.4f}")
        go(demo, 80, 190)
        truth = str(demo.main.query_one("#reading-truth", Static).content)
        assert "off by" in truth
        assert abs(float(truth.split("off by ")[1].removesuffix(" %"))) < 1.0


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (40, 10), (200, 60)])
async def test_every_size_of_terminal_shows_something_sensible(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        too_small = app.main.query_one("#too-small")
        assert too_small.display == (size == (40, 10))
        await type_text(pilot, "q")
