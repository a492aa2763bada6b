"""A view on which one points at pixels: by keys, that move a crosshair, and by the mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.render.viewport import Viewport
from tui.widgets.cells_view import CellsView

_STEP, _STRIDE = Binding.Group("move", compact=True), Binding.Group("move 10", compact=True)


class PointedView(CellsView, can_focus=True):
    """Says which pixel is meant; whoever listens sets the crosshair."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1, 0)", "left 1 px", id="picture.left", key_display="←", group=_STEP),
        Binding("up", "move(0, -1)", "up 1 px", id="picture.up", key_display="↑", group=_STEP),
        Binding("down", "move(0, 1)", "down 1 px", id="picture.down", key_display="↓", group=_STEP),
        Binding("right", "move(1, 0)", "right 1 px", id="picture.right", key_display="→", group=_STEP),
        Binding("shift+left", "move(-10, 0)", "left 10 px", show=False, id="picture.far_left", group=_STRIDE),
        Binding("shift+up", "move(0, -10)", "up 10 px", show=False, id="picture.far_up", group=_STRIDE),
        Binding("shift+down", "move(0, 10)", "down 10 px", show=False, id="picture.far_down", group=_STRIDE),
        Binding("shift+right", "move(10, 0)", "right 10 px", show=False, id="picture.far_right", group=_STRIDE),
    ]

    class Moved(Message, namespace="picture_view"):
        """A key asks for the crosshair to move."""

        def __init__(self, view: PointedView, du_px: int, dv_px: int) -> None:
            super().__init__()
            self.view = view
            self.du_px = du_px
            self.dv_px = dv_px

        @property
        def control(self) -> PointedView:
            """The view that has the focus."""
            return self.view

    class Pointed(Message, namespace="picture_view"):
        """The mouse was clicked on a pixel of the picture."""

        def __init__(self, view: PointedView, u_px: int, v_px: int) -> None:
            super().__init__()
            self.view = view
            self.u_px = u_px
            self.v_px = v_px

        @property
        def control(self) -> PointedView:
            """The view that was clicked."""
            return self.view

    class Zoomed(Message, namespace="picture_view"):
        """The wheel was turned over the picture."""

        def __init__(self, view: PointedView, step: int) -> None:
            super().__init__()
            self.view = view
            self.step = step

        @property
        def control(self) -> PointedView:
            """The view under the mouse."""
            return self.view

    @property
    def viewport(self) -> Viewport | None:
        """How the picture lies in the pane; to be overridden."""
        return None

    def on_click(self, event: events.Click) -> None:
        """Point at the pixel under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None or self.viewport is None:
            return
        pixel = self.viewport.pixel_of(offset.x, offset.y)
        if pixel is not None:
            self.post_message(self.Pointed(self, *pixel))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show things larger."""
        event.stop()
        self.post_message(self.Zoomed(self, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show more of the picture."""
        event.stop()
        self.post_message(self.Zoomed(self, -1))

    def action_move(self, du_px: int, dv_px: int) -> None:
        """Ask for the crosshair to move."""
        self.post_message(self.Moved(self, du_px, dv_px))
