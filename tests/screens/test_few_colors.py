"""In 16 colours what is selected can be told from what is not, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import ColorSystem
from textual.widget import Widget
from textual.widgets import OptionList

from tests.screens.conftest import ready, refer, true_distance_m, until
from tui.app import DepthApp
from tui.screens.options import StartOptions
from tui.terminal.nearest import fitting
from tui.widgets.row_list import RowList


def paper(widget: Widget, row: int) -> object:
    """What a terminal of 16 colours fills the fourth cell of a row with."""
    style = next(part.style for part in widget.render_line(row).crop(3, 4) if part.style is not None)
    _, filled = fitting(style.color, style.bgcolor, ColorSystem.STANDARD)
    return None if filled is None else filled.number


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.usefixtures("estimators")
async def test_the_selected_row_stands_out(picture: Path, theme: str) -> None:
    app = DepthApp(StartOptions(source=str(picture), model="ramp", colors="16"), theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        refer(app, {(at, 60): f"{true_distance_m(at):.3f}m" for at in (60, 200)})
        references = app.main.query_one("#references", RowList)
        app.main.set_focus(references)
        await pilot.pause()
        assert paper(references, 1) != paper(references, 2)
        await pilot.press("question_mark")
        await until(pilot, lambda: bool(app.screen.query(OptionList)), "the keys are shown")
        await pilot.pause()
        choices = app.screen.query_one(OptionList)
        assert paper(choices, 0) != paper(choices, 1)
