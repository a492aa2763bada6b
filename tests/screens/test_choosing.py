"""Another source, another model, another profile: what the user chose is used, or named, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static

from tests.fakes import RampEstimator
from tests.screens.conftest import WIDE, answer, hero, message, ready, refer, status, true_distance_m, until
from tui.app import DepthApp
from tui.calibration.wording import format_units
from tui.depth.estimator import DepthEstimator
from tui.screens.info import InfoDialog
from tui.screens.options import StartOptions


async def test_another_source_starts_afresh_and_coming_back_finds_what_was_measured(
    app: DepthApp, picture: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes())
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer(app, {(160, 120): "2m"})
        for path, references in ((other, 0), (picture, 1)):
            await pilot.press("s")
            await pilot.pause()
            await pilot.press("tab")
            app.screen.query_one("#other", Input).value = str(path)
            await pilot.press("enter")
            await until(pilot, lambda p=path: p.name in status(app), "the other source is shown")  # type: ignore[misc]  # a lambda's default
            await ready(pilot, app)
            await until(pilot, lambda n=references: len(app.main.session.references) == n, "its own references")  # type: ignore[misc]  # a lambda's default


async def test_a_source_that_fails_is_named_and_the_app_stays(app: DepthApp, tmp_path: Path) -> None:
    broken = tmp_path / "zero.mp4"
    broken.write_bytes(b"")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        app.main.instrument.open_source(str(broken))
        await until(pilot, lambda: "zero.mp4" in message(app), "the failure is told")
        await until(pilot, lambda: "FAILED" in status(app), "the status line says so, too")
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("escape")


async def test_a_wrong_model_file_is_named_and_the_old_model_works_on(app: DepthApp, tmp_path: Path) -> None:
    wrong = tmp_path / "net.onnx"
    wrong.write_text("not a network")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("m")
        await pilot.pause()
        await pilot.press("tab")
        app.screen.query_one("#other", Input).value = str(wrong)
        await pilot.press("enter")
        await until(pilot, lambda: "net" in message(app), "the failure is told")
        await until(pilot, lambda: "ramp" in status(app), "the old model is named again")
        assert hero(app).startswith(format_units(1.7))


async def test_a_missing_card_shows_a_correct_one(app: DepthApp, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="needs the extra train")
    from tests.depth.exports import Export

    lonely = Export("lonely.onnx").write(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        app.main.instrument.load_model(app.main.instrument.wanted.with_model(str(lonely)), "lonely.onnx")
        await until(pilot, lambda: isinstance(app.screen, InfoDialog), "the card is shown")

        def shown() -> str:
            return "".join(str(static.content) for static in app.screen.query(Static))

        await until(pilot, lambda: "lonely.toml" in shown(), "it names the card")
        assert "[input]" in shown()
        await pilot.press("escape")
        assert app.screen is app.main


async def test_references_are_measured_again_when_the_model_changes(
    app: DepthApp, estimators: dict[str, DepthEstimator]
) -> None:
    steep = RampEstimator("steep", slope=0.1, offset=3.0)
    steep.identity = type(steep.identity)("steep", "cd" * 32)
    estimators["steep"] = steep
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for keys in ([], ["shift+right"] * 2):
            await pilot.press(*keys, "r")
            await answer(pilot, f"{true_distance_m(app.main.session.u_px):.4f}")
        before = hero(app)
        app.main.instrument.load_model(app.main.instrument.wanted.with_model("steep"), "steep")
        await until(pilot, lambda: "steep" in status(app), "the other model works")
        assert "measured again with steep" in message(app)
        assert hero(app) == before


async def test_a_profile_for_another_model_is_not_used(
    app: DepthApp, picture: Path, estimators: dict[str, DepthEstimator]
) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer(app, {(160, 120): "2m"})
        await pilot.press("p")
        await pilot.pause()
        await answer(pilot, "mine")
    other = RampEstimator("other")
    other.identity = type(other.identity)("other", "ef" * 32)
    estimators["other"] = other
    again = DepthApp(StartOptions(source=str(picture), model="other", profile="mine"))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        await pilot.pause()
        assert "made with the model ramp" in message(again)
        assert hero(again).endswith("units")


async def test_a_corrupt_profile_is_named_and_nothing_is_lost(app: DepthApp, tmp_path: Path) -> None:
    corrupt = tmp_path / "corrupt.json"
    corrupt.write_text("{")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer(app, {(160, 120): "2m"})
        await pilot.press("p")
        await pilot.pause()
        app.screen.query_one("#other", Input).value = str(corrupt)
        await pilot.press("enter")
        await pilot.pause()
        assert "corrupt" in message(app)
        assert hero(app) == "2.0 ± 0.3 m"


async def test_the_list_of_models_opens_at_the_one_in_use(picture: Path, estimators: dict[str, DepthEstimator]) -> None:
    estimators["pocket"] = RampEstimator("pocket")
    app = DepthApp(StartOptions(source=str(picture), model="pocket"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("m")
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        assert options.highlighted is not None
        assert str(options.get_option_at_index(options.highlighted).prompt).startswith("pocket ")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and "pocket" in status(app), "the same model is used on")
