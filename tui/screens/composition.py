"""What stands on the main screen: status line, pictures, panels, keys."""

from __future__ import annotations

from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.render.colors import ColorMode
from tui.screens.look import Look
from tui.widgets.calibration_panel import CalibrationPanel
from tui.widgets.chart_view import ChartView
from tui.widgets.coordinates import CoordinatesPanel
from tui.widgets.key_bar import KeyBar
from tui.widgets.legend import DepthLegend
from tui.widgets.message_line import MessageLine
from tui.widgets.outline_bar import OutlineBar
from tui.widgets.picture import PictureView
from tui.widgets.plan_view import PlanView
from tui.widgets.prompt import Prompt
from tui.widgets.status_line import StatusLine
from tui.widgets.words import Words

_Pane = TypeVar("_Pane", bound=Widget)


def composed(mode: ColorMode, look: Look) -> ComposeResult:
    """The widgets, for Textual's `compose`.

    Args:
        mode: the terminal's colours.
        look: how depth maps are drawn.
    """
    yield StatusLine(widget_id="status")
    with Container(id="panes"):
        yield StatusLine(widget_id="reading-over")
        with Container(id="pictures"):
            with _titled(Vertical(id="camera-pane"), "Camera"):
                yield PictureView(mode=mode, id="camera")
                yield Words(id="frame-name")
            with _titled(Vertical(id="depth-pane"), "Depth"):
                yield PictureView(mode=mode, palette=look.palette, shading=look.shading_in(mode), id="depth")
                yield DepthLegend(id="depth-legend")
            with _titled(Vertical(id="plan-pane"), "Plan"):
                yield PlanView(mode=mode, palette=look.palette, id="plan")
                yield Words(id="plan-words")
        with Container(id="panels"):
            yield _titled(CoordinatesPanel(id="coordinates"), "Coordinates")
            yield _titled(CalibrationPanel(widget_id="calibration"), "Calibration")
        with Container(id="section-pane", classes="pane"):
            yield ChartView("section")
    yield Static("", id="too-small", markup=False)
    yield MessageLine(widget_id="message")
    yield KeyBar(("main.help", "app.quit"), widget_id="keys")
    yield OutlineBar()
    yield Prompt(widget_id="prompt")


def _titled(pane: _Pane, title: str) -> _Pane:
    pane.border_title = title
    pane.add_class("pane")
    return pane
