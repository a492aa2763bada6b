"""The app with planted sources and models, driven by keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.fakes import RampEstimator
from tui.app import DepthApp
from tui.calibration.wording import figure_of
from tui.depth.estimator import DepthEstimator
from tui.instrument.calibrating import Purpose
from tui.screens.options import StartOptions
from tui.screens.pick import PickDialog
from tui.storage.intrinsics import list_intrinsics
from tui.widgets.prompt import Prompt
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tests.screens.approach import Stage

TRUE_SCALE, TRUE_SHIFT = 0.5, 0.1
"""1/z = 0.5 p + 0.1 for the planted ramp p = 0.1 + 0.01 u."""


WIDE = (160, 48)


def hero(app: DepthApp) -> str:
    return str(app.main.query_one("#reading-line", Static).content)


def read_m(app: DepthApp) -> float | None:
    """The distance at the crosshair, after a look at whether the digits shown are its own."""
    reading, unit = app.main.instrument.reading.crosshair, app.main.session.unit
    figure = figure_of(reading, unit)
    assert figure is not None
    assert hero(app) == figure.number
    return reading.distance_m


def message(app: DepthApp) -> str:
    """What the app says, in its line and in an open prompt."""
    said = str(app.main.query_one("#message", Static).content)
    prompt = app.main.query_one(Prompt)
    return f"{said}\n{prompt.said}" if prompt.question is not None else said


def status(app: DepthApp) -> str:
    return app.main.query_one(StatusLine).text


def true_distance_m(u_px: int) -> float:
    return 1 / (TRUE_SCALE * (0.1 + 0.01 * u_px) + TRUE_SHIFT)


async def until(pilot: Pilot[None], condition: Callable[[], bool], what: str) -> None:
    """Let the app run until `condition` holds, and the screen has all its parts; fail, naming it, if it never does."""
    end_s = time.monotonic() + 60
    while time.monotonic() < end_s:
        if condition() and all(screen.is_mounted for screen in pilot.app.screen_stack[-1:]):
            return
        await pilot.pause(0.005)
    pytest.fail(f"never happened: {what}")


async def ready(pilot: Pilot[None], app: DepthApp) -> None:
    await until(pilot, lambda: app.started and app.main.shown is not None, "the first depth map is shown")


def go(app: DepthApp, u_px: int, v_px: int) -> None:
    """Put the crosshair there, without the keys for it, which have tests of their own."""
    app.main.update_session(app.main.session.jumped(u_px, v_px))


async def type_text(pilot: Pilot[None], text: str) -> None:
    names = {" ": "space", ".": "full_stop", ",": "comma", "/": "slash", "-": "minus", "_": "underscore"}
    await pilot.press(*(names.get(character, character) for character in text))


async def typed(pilot: Pilot[None], text: str) -> None:
    """An answer key by key."""
    await type_text(pilot, text)
    await pilot.press("enter")
    await pilot.pause()


async def tell_the_camera(pilot: Pilot[None], text: str) -> None:
    """Intrinsics, a field of view, or a board, in the question that `i` asks."""
    await pilot.press("i")
    await pilot.pause()
    await pilot.press(*(["tab"] if list_intrinsics() else []))
    await answer(pilot, text)


async def answer(pilot: Pilot[None], text: str) -> None:
    """An answer that is pasted where there is a field for it, which takes no time for each letter."""
    app, field = pilot.app, pilot.app.focused
    if not isinstance(field, Input):
        field = app.screen.query_one(Input) if isinstance(app.screen, PickDialog) else None
    if field is None:
        await typed(pilot, text)
        return
    app.post_message(events.Paste(text))
    await until(pilot, lambda: field.value.endswith(text), "it stands there")
    await pilot.press("enter")
    await pilot.pause()


def refer(app: DepthApp, references: Mapping[tuple[int, int], str]) -> None:
    """References as they are answered, at their pixels; without the keys for it, which have tests of their own."""
    instrument = app.main.instrument

    def give() -> None:
        for (u_px, v_px), text in references.items():
            instrument.update(instrument.session.jumped(u_px, v_px))
            instrument.answer(Purpose.REFERENCE, text)

    assert app.main.order(give), message(app)


def pin(app: DepthApp, pins: Iterable[tuple[int, int]]) -> None:
    """Pins there, without the keys for it."""
    session = app.main.session
    for u_px, v_px in pins:
        session = session.jumped(u_px, v_px).pinned()
    app.main.update_session(session)


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot looks after each key whether the process rests; it finds out in 2 ms as well as in 20."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.002)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.0005)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A still of 320x240 on disk."""
    image = np.zeros((240, 320, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, 320)[None, :]
    image[..., 1] = np.linspace(0, 255, 240)[:, None]
    path = tmp_path / "desk.png"
    assert cv2.imwrite(str(path), image)
    return path


@pytest.fixture
def estimators(monkeypatch: pytest.MonkeyPatch) -> dict[str, DepthEstimator]:
    """Models by name; loading another name is the real loader's business."""
    models: dict[str, DepthEstimator] = {"ramp": RampEstimator()}

    from tui.depth import loader

    real = loader.load_estimator

    def load(request: loader.ModelRequest, _progress: object = None) -> DepthEstimator:
        if request.model in models:
            return models[request.model]
        return real(request)

    monkeypatch.setattr(loader, "load_estimator", load)
    return models


@pytest.fixture
def app(picture: Path, estimators: dict[str, DepthEstimator]) -> DepthApp:
    assert estimators
    return DepthApp(StartOptions(source=str(picture), model="ramp"))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A source on which something can be put nearer."""
    from tests.screens.approach import planted  # which builds on this file

    with planted(monkeypatch) as found:
        yield found


@pytest.fixture
def live(stage: Stage, estimators: dict[str, DepthEstimator]) -> DepthApp:
    """The app before it, not running yet."""
    from tests.screens.approach import Approach

    assert stage.blue == 100
    estimators["approach"] = Approach("approach")
    return DepthApp(StartOptions(source="stage", model="approach", fps=30.0))


def refer_and_pin(app: DepthApp, references: Mapping[tuple[int, int], float], pins: Iterable[tuple[int, int]]) -> None:
    """References, each so many times as far as is true, then pins."""
    refer(app, {(u, v): f"{wrong * true_distance_m(u):.4f}m" for (u, v), wrong in references.items()})
    pin(app, pins)
