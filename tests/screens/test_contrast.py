"""Whatever is written can be read: all pairs of ink and paper that the screens show, in both themes."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.pilot import Pilot

from tests.screens.conftest import WIDE, answer, go, ready
from tui.app import DepthApp
from tui.instrument.said import Severity
from tui.terminal.nearest import READABLE, contrast

Pair = tuple[str, tuple[int, int, int], tuple[int, int, int]]


def written(app: DepthApp) -> list[Pair]:
    """All words with their colours, as they are sent; of a dialog its own, as what it covers is faded on purpose."""
    filters, background = app.get_line_filters(), app.screen.background_colors[1]
    place = (app.screen if app.screen is app.main else app.screen.children[0]).region
    found: list[Pair] = []
    for strip in app.screen._compositor.render_strips()[place.y : place.bottom]:
        shown = strip.crop(place.x, place.right)
        for each in filters:
            shown = shown.apply_filter(each, background)
        found += [pair_of(segment) for segment in shown if any(character.isalnum() for character in segment.text)]
    return found


def pair_of(segment: Segment) -> Pair:
    style = segment.style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    ink, paper = style.color.get_truecolor(), style.bgcolor.get_truecolor()
    if style.reverse:
        ink, paper = paper, ink
    return segment.text, (ink.red, ink.green, ink.blue), (paper.red, paper.green, paper.blue)


def all_can_be_read(app: DepthApp) -> None:
    pairs = written(app)
    assert len(pairs) > 2
    poor = {pair: round(contrast(*pair[1:]), 2) for pair in pairs if contrast(*pair[1:]) < READABLE}
    assert not poor, poor


async def all_places(pilot: Pilot[None], app: DepthApp) -> None:
    main = app.main
    all_can_be_read(app)
    await pilot.press("enter", "r")
    all_can_be_read(app)
    await answer(pilot, "2m")
    go(app, 40, 40)
    await pilot.press("enter", "r")
    await answer(pilot, "3m")
    all_can_be_read(app)
    for severity in Severity:
        main.tell(f"something of {severity}", severity)
        await pilot.pause()
        all_can_be_read(app)
    for key in ("tab", "tab", "tab", "tab", "escape", "space", "space"):
        await pilot.press(key)
        all_can_be_read(app)
    for key in ("question_mark", "m", "s", "p", "f", "l"):
        await pilot.press(key)
        await pilot.pause()
        all_can_be_read(app)
        await pilot.press("escape")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [WIDE, (80, 24)])
async def test_what_is_written_can_be_read(app: DepthApp, theme: str, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        if app.theme != theme:
            await pilot.press("t")
        await all_places(pilot, app)
