"""What the screens look like, as SVG; `pytest --snapshot-update` takes them anew. The README shows the first one."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.screens.conftest import go, pin, ready, refer, until
from tui.app import DepthApp
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.camera.frame import Frame, FrameSource, SourceInfo
from tui.camera.stills import StillSource
from tui.screens.options import StartOptions

Compare = Callable[..., bool]


class StillDemo(StillSource):
    """One view of the demo's room, so that the same picture is shown every time."""

    def __init__(self) -> None:
        self.picture, self.depth_m = DemoRenderer().render(0.0)
        super().__init__(SourceInfo("demo", "demo", live=False, still=True), self.picture)

    def read(self) -> Frame:
        frame = super().read()
        return Frame(frame.image, frame.index, time.monotonic(), true_depth_m=self.depth_m)


@pytest.fixture(autouse=True)
def still_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_source(_spec: str) -> FrameSource:
        return StillDemo()

    monkeypatch.setattr("tui.camera.open.open_source", open_source)


def demo_app(theme: str = "dark") -> DepthApp:
    return DepthApp(StartOptions(source="demo", model="exact"), theme)


async def calibrate(pilot: Pilot[None]) -> None:
    """Three references at true distances, two pins, and the crosshair on the table."""
    app = pilot.app
    assert isinstance(app, DepthApp)
    await ready(pilot, app)
    shown = app.main.shown
    assert shown is not None
    truth = shown.frame.true_depth_m
    assert truth is not None
    refer(app, {(x, y): f"{float(truth[y, x]):.2f}" for x, y in ((60, 180), (150, 90), (285, 170))})
    pin(app, ((110, 200), (200, 130)))
    go(app, 190, 215)
    await settle(pilot)


async def settle(pilot: Pilot[None]) -> None:
    """As after two periods of the status line, so that it has said its last."""
    app = pilot.app
    assert isinstance(app, DepthApp)
    await until(pilot, lambda: not app.main.instrument.snapshot.loading.label, "nothing is being loaded")
    for _ in range(2):
        app.main._tick()
        await pilot.pause()


def test_calibrated(snap_compare: Compare) -> None:
    assert snap_compare(demo_app(), terminal_size=(160, 48), run_before=calibrate)


def test_calibrated_in_80_by_24(snap_compare: Compare) -> None:
    assert snap_compare(demo_app(), terminal_size=(80, 24), run_before=calibrate)


def test_plan(snap_compare: Compare) -> None:
    async def plan(pilot: Pilot[None]) -> None:
        await calibrate(pilot)
        app = pilot.app
        assert isinstance(app, DepthApp)
        app.main.order(lambda: app.main.instrument.use_camera(DEMO_INTRINSICS))
        app.main.order(lambda: app.main.instrument.answer("heights", "fit"))
        await pilot.press("v", "v", "v")
        await pilot.pause()
        await settle(pilot)

    assert snap_compare(demo_app(), terminal_size=(160, 48), run_before=plan)


def test_light_theme(snap_compare: Compare) -> None:
    assert snap_compare(demo_app("light"), terminal_size=(160, 48), run_before=calibrate)


def test_first_steps_and_frozen(snap_compare: Compare) -> None:
    async def freeze(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, DepthApp)
        await ready(pilot, pilot.app)
        await pilot.press("space")
        await settle(pilot)

    assert snap_compare(demo_app(), terminal_size=(120, 40), run_before=freeze)


def test_help(snap_compare: Compare) -> None:
    async def ask(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, DepthApp)
        await ready(pilot, pilot.app)
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(demo_app(), terminal_size=(80, 24), run_before=ask)
