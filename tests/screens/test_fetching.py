"""The download dialog, against a server on this machine."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from pathlib import Path

import pytest
from textual.widgets import Label, ProgressBar

from tests.depth.loopback import Behaviour, serve
from tests.fakes import RampEstimator
from tests.screens.conftest import ready, until
from tui.app import DepthApp
from tui.depth import loader, registry
from tui.depth.estimator import DepthEstimator
from tui.depth.weights import cached_path, find_weights
from tui.screens.fetch import FetchDialog
from tui.screens.options import StartOptions

CONTENT = bytes(range(256)) * 4096


@pytest.fixture
def spec(monkeypatch: pytest.MonkeyPatch) -> registry.ModelSpec:
    """The registry's one model, as a file of a megabyte whose hash is known."""
    known = dataclasses.replace(
        registry.MODELS[0],
        size_bytes=len(CONTENT),
        size_tolerance=0.0,
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        sha256_prefix="",
    )

    def find_spec(_name: str) -> registry.ModelSpec:
        return known

    def load(request: loader.ModelRequest, _progress: object = None) -> DepthEstimator:
        find_weights(find_spec(request.model or ""))  # as the real one does: missing weights are an error to act on
        return RampEstimator("fetched")

    monkeypatch.setattr(loader, "load_estimator", load)
    return known


async def test_missing_weights_are_offered_fetched_and_used(
    picture: Path, spec: registry.ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour = Behaviour(CONTENT, hold=threading.Event())
    assert behaviour.hold is not None
    with serve(behaviour) as address:
        monkeypatch.setenv("DEPTH_TUI_MIRROR", address)
        app = DepthApp(StartOptions(source=str(picture), model=spec.short_name))
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, FetchDialog), "the download is offered")
            facts = " ".join(str(label.content) for label in app.screen.query(Label))
            assert "1 MB" in facts
            assert "MIT" in facts
            assert not behaviour.requests, "nothing is fetched before it is confirmed"
            await pilot.press("enter")
            await until(pilot, lambda: app.screen.query_one(ProgressBar).progress > 0, "the bar moves")
            behaviour.hold.set()
            await ready(pilot, app)
            assert app.main.shown is not None
            assert app.main.shown.identity.name == "fetched"
    assert cached_path(spec).read_bytes() == CONTENT


async def test_another_file_is_refused_and_the_app_goes_on(
    picture: Path, spec: registry.ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour = Behaviour(bytes(len(CONTENT)))
    with serve(behaviour) as address:
        monkeypatch.setenv("DEPTH_TUI_MIRROR", address)
        app = DepthApp(StartOptions(source=str(picture), model=spec.short_name))
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, FetchDialog), "the download is offered")
            await pilot.press("enter")
            problem = app.screen.query_one("#problem", Label)
            await until(pilot, lambda: "sha256" in str(problem.content), "the wrong hash is told")
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen is app.main
    assert not cached_path(spec).exists()
