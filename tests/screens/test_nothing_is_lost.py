"""By keyboard: what was measured is offered, taken back, confirmed, and stale where it must be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.fakes import SteppableSource, ramp_image
from tests.screens.conftest import WIDE, answer, go, hero, message, ready, refer, status, true_distance_m, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.errors import SourceError
from tui.pipeline import capture
from tui.screens.confirm import ConfirmDialog
from tui.screens.message_log import MessageLogDialog
from tui.screens.options import StartOptions
from tui.storage.profiles import load_profile, save_profile
from tui.storage.tips import first_time
from tui.widgets.message_line import MessageLine, Severity
from tui.widgets.row_list import RowList


def advice(app: DepthApp) -> str:
    return str(app.main.query_one("#advice", Static).content)


def all_said(app: DepthApp) -> list[str]:
    return [told.text for told in app.main.query_one(MessageLine).history]


def refer_in(app: DepthApp, *columns: int) -> None:
    refer(app, {(u_px, 120): f"{true_distance_m(u_px):.4f}" for u_px in columns})


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch, estimators: dict[str, DepthEstimator]) -> SteppableSource:
    """What `--source 0` opens, again after it was lost as well."""
    assert estimators
    source = SteppableSource("camera 0")

    def open_source(_spec: str) -> SteppableSource:
        source.closed.clear()
        return source

    monkeypatch.setattr("tui.camera.open.open_source", open_source)
    monkeypatch.setattr(capture, "_RETRY_S", (0.001,))
    return source


async def test_a_deletion_is_undone_and_done_again(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer_in(app, 20, 300)
        before = hero(app)
        app.main.query_one("#references", RowList).focus()
        await pilot.press("delete")
        await until(pilot, lambda: len(app.main.session.references) == 1, "a reference is deleted")
        await pilot.press("z")
        await until(pilot, lambda: len(app.main.session.references) == 2, "it is back")
        assert hero(app) == before
        assert "undone: 2 references (was 1)" in message(app)
        await pilot.press("Z")
        await until(pilot, lambda: len(app.main.session.references) == 1, "it is deleted again")
        assert "done again: 1 reference (was 2)" in message(app)


async def test_the_next_start_offers_what_was_measured_and_esc_does_without(picture: Path, app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer_in(app, 20, 300)
        number = hero(app)
        await pilot.press("q")
    again = DepthApp(StartOptions(source=str(picture), model="ramp"))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        assert "2 references of" in advice(again)
        assert "enter takes" in advice(again)
        assert not again.main.session.references
        await pilot.press("enter")
        await until(pilot, lambda: len(again.main.session.references) == 2, "they are taken")
        assert not again.main.session.pins
        go(again, 300, 120)
        assert hero(again) == number
        await pilot.press("q")
    third = DepthApp(StartOptions(source=str(picture), model="ramp"))
    async with third.run_test(size=WIDE) as pilot:
        await ready(pilot, third)
        await pilot.press("escape")
        await until(pilot, lambda: "2 references of" not in advice(third), "the offer is gone")
        await pilot.press("enter")
        assert len(third.main.session.pins) == 1
        await pilot.press("q")


async def test_a_profile_of_another_shape_stays_in_the_panel_and_gives_no_number(camera: SteppableSource) -> None:
    await _saved_with(camera)
    app = DepthApp(StartOptions(source="0", model="ramp", profile="bench"))
    async with app.run_test(size=WIDE) as pilot:
        camera.give(ramp_image(1, 240, 320))
        await ready(pilot, app)
        for blue in (2, 3):
            camera.give(ramp_image(blue, 240, 320))
            await until(pilot, lambda blue=blue: _blue(app) == blue, "another picture is shown")  # type: ignore[misc]  # a lambda's default
            assert "made for 320x240 pictures, these are 240x320, of another shape: not used" in advice(app)
            assert not hero(app).endswith(" m")
        await pilot.press("right")
        assert "not used" in advice(app), "a key takes the message, not the state"
        await pilot.press("q")


async def test_a_profile_of_another_camera_is_marked_until_enter(camera: SteppableSource) -> None:
    await _saved_with(camera)
    save_profile(replace(load_profile("bench"), camera="camera 7"))
    app = DepthApp(StartOptions(source="0", model="ramp", profile="bench"))
    async with app.run_test(size=WIDE) as pilot:
        camera.give(ramp_image(1, 320, 240))
        await ready(pilot, app)
        for blue in (2, 3):
            camera.give(ramp_image(blue, 320, 240))
            await until(pilot, lambda blue=blue: _blue(app) == blue, "another picture is shown")  # type: ignore[misc]  # a lambda's default
            assert "made with camera 7, this is camera 0" in advice(app)
            assert "enter confirms" in advice(app)
            assert "other camera" in str(app.main.query_one("#reading-advice", Static).content)
        await pilot.press("enter")
        await until(pilot, lambda: "camera 7" not in advice(app), "it is confirmed")
        assert "other camera" not in str(app.main.query_one("#reading-advice", Static).content)
        assert not app.main.session.pins
        await pilot.press("q")


def _blue(app: DepthApp) -> int:
    shown = app.main.shown
    return -1 if shown is None else int(shown.frame.image[0, 0, 2])


async def _saved_with(camera: SteppableSource) -> None:
    """A profile 'bench' of camera 0, 320x240."""
    first = DepthApp(StartOptions(source="0", model="ramp"))
    async with first.run_test(size=WIDE) as pilot:
        camera.give(ramp_image(9, 320, 240))
        await ready(pilot, first)
        refer_in(first, 20, 300)
        first.main.order(lambda: first.main.instrument.save_profile("bench"))
        await pilot.press("q")


async def test_overwriting_a_profile_asks(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer_in(app, 20, 300)
        app.main.order(lambda: app.main.instrument.save_profile("bench"))
        refer_in(app, 120)

        async def save_again(key: str) -> None:
            await pilot.press("p")
            await pilot.pause()
            await answer(pilot, "bench")
            await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), "it asks")
            await pilot.press(key)
            await until(pilot, lambda: app.screen is app.main, "it is answered")

        await save_again("escape")
        assert len(load_profile("bench").references) == 2
        assert "as it was" in message(app)
        await save_again("enter")
        await until(pilot, lambda: len(load_profile("bench").references) == 3, "it is overwritten")
        await pilot.press("q")


async def test_another_source_says_what_waits_and_finds_it_again(app: DepthApp, picture: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer_in(app, 20, 300)
        await pilot.press("s")
        await pilot.pause()
        await answer(pilot, "demo")
        await until(pilot, lambda: "demo" in status(app) and app.main.shown is not None, "the demo is shown")
        assert any("waiting at desk.png" in text and "2 references" in text for text in all_said(app))
        assert not app.main.session.references
        app.main.order(lambda: app.main.instrument.open_source(str(picture)))
        await until(pilot, lambda: len(app.main.session.references) == 2, "they are found again")
        await pilot.press("q")


async def test_unplugged_is_stale_without_a_number_and_recovers(camera: SteppableSource) -> None:
    app = DepthApp(StartOptions(source="0", model="ramp"))
    async with app.run_test(size=WIDE) as pilot:
        camera.give(ramp_image(1, 320, 240))
        await ready(pilot, app)
        refer_in(app, 20, 300)
        await pilot.press("enter")

        def is_read() -> bool:
            if camera.drained():  # a single one would be stale by the time that a slow machine shows it
                camera.give(ramp_image(1, 320, 240))
            return hero(app).endswith(" m")

        await until(pilot, is_read, "it is read")
        number = hero(app)
        camera.give(SourceError("camera 0: unplugged"))
        await until(pilot, lambda: hero(app).startswith("stale"), "it is stale")
        assert "no distance" in str(app.main.query_one("#reading-advice", Static).content)
        assert app.main.query_one("#pins", RowList).rows[0].endswith("stale")
        assert any(
            told.severity is Severity.ERROR and "unplugged" in told.text
            for told in app.main.query_one(MessageLine).history
        )

        def is_back() -> bool:
            if camera.drained():  # the same again
                camera.give(ramp_image(2, 320, 240))
            return hero(app) == number

        await until(pilot, is_back, "it is back")
        assert "unplugged" not in message(app), "what is cured is not said any more"
        await pilot.press("q")


async def test_e_opens_the_log_of_messages(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("z")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, MessageLogDialog), "the log opens")
        shown = "\n".join(str(each.content) for each in app.screen.query(Static))
        assert "nothing to be undone" in shown
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main, "it closes")
        await pilot.press("q")


async def test_a_tip_is_for_the_first_time_on_this_machine(
    app: DepthApp, picture: Path, estimators: dict[str, DepthEstimator], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert estimators
    monkeypatch.setattr("tui.screens.models.is_known", lambda _name: True)
    monkeypatch.setattr("tui.screens.models.find_spec", lambda _name: type("Spec", (), {"bundled": True}))
    again = DepthApp(StartOptions(source=str(picture), model="ramp"))
    said = []
    for start in (app, again):
        async with start.run_test(size=WIDE) as pilot:
            await ready(pilot, start)
            said.append(sum("larger ones" in text for text in all_said(start)))
            await pilot.press("q")
    assert said == [1, 0]
    assert not first_time("larger-models")
