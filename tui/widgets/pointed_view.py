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
        Binding("left,h", "move(-1, 0)", "left 1 px", id="picture.left", key_display="←", group=_STEP),
        Binding("up,k", "move(0, -1)", "up 1 px", id="picture.up", key_display="↑", group=_STEP),
        Binding("down,j", "move(0, 1)", "down 1 px", id="picture.down", key_display="↓", group=_STEP),
        Binding("right,l", "move(1, 0)", "right 1 px", id="picture.right", key_display="→", group=_STEP),
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
        """The mouse was pressed on a pixel of the picture, or dragged there."""

        def __init__(self, view: PointedView, u_px: int, v_px: int) -> None:
            super().__init__()
            self.view = view
            self.u_px = u_px
            self.v_px = v_px

        def can_replace(self, message: Message) -> bool:
            """Of a drag, only where it is now counts."""
            return isinstance(message, PointedView.Pointed)

        @property
        def control(self) -> PointedView:
            """The view that was clicked."""
            return self.view

    class Twice(Message, namespace="picture_view"):
        """The mouse was clicked twice on a pixel of the picture, which has been pointed at."""

        def __init__(self, view: PointedView) -> None:
            super().__init__()
            self.view = view

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

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Point at the pixel under the mouse, and follow it."""
        if event.button == 1 and self._point(event):
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while it is held down."""
        if self.app.mouse_captured is not self:
            return
        if event.button == 1:
            self._point(event)
        else:  # it was let go where the terminal could not see it
            self.release_mouse()

    def on_mouse_up(self) -> None:
        """Let it go."""
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """The second of two clicks means more than pointing."""
        if event.chain == 2 and self._pixel_at(event) is not None:
            self.post_message(self.Twice(self))

    def _point(self, event: events.MouseEvent) -> bool:
        pixel = self._pixel_at(event)
        if pixel is not None:
            self.post_message(self.Pointed(self, *pixel))
        return pixel is not None

    def _pixel_at(self, event: events.MouseEvent) -> tuple[int, int] | None:
        offset = event.get_content_offset(self)
        return None if offset is None or self.viewport is None else self.viewport.pixel_of(offset.x, offset.y)

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
