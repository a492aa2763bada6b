"""A view on which one points at pixels: by keys, that move a crosshair, and by the mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.render.viewport import Viewport
from tui.widgets.cells_view import CellsView

_STEP, _STRIDE, _NUDGE = (Binding.Group(words, compact=True) for words in ("move", "move 10", "move 1 px"))
_ARROWS = (
    ("left", "h", "←", -1, 0),
    ("up", "k", "↑", 0, -1),
    ("down", "j", "↓", 0, 1),
    ("right", "l", "→", 1, 0),
)
"""Each with its letter as in vi."""


def _arrows(keys: str, name: str, action: str, far: tuple[int, int], words: str, group: Binding.Group) -> list[Binding]:
    """The four arrows with a modifier, or none."""
    return [
        Binding(
            f"{keys}{key}" if keys else f"{key},{vi}",
            f"{action}({far[0] * right}, {far[1] * down})",
            f"{key} {words}",
            show=not keys,
            id=f"picture.{name}{key}",
            key_display="" if keys else sign,
            group=group,
        )
        for key, vi, sign, right, down in _ARROWS
    ]


class PointedView(CellsView, can_focus=True):
    """Says which pixel is meant; whoever listens sets the crosshair."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *_arrows("", "", "move", (1, 1), "a cell", _STEP),
        *_arrows("shift+", "far_", "move", (10, 5), "10 cells", _STRIDE),  # a cell is twice as high as wide
        *_arrows("alt+", "nudge_", "nudge", (1, 1), "1 px", _NUDGE),
    ]

    class Moved(Message, namespace="picture_view"):
        """A key asks for the crosshair to move: by cells of the view, as that is what can be seen, or by pixels."""

        def __init__(self, view: PointedView, right: int, down: int, *, in_cells: bool) -> None:
            super().__init__()
            self.view = view
            self.right = right
            self.down = down
            self.in_cells = in_cells

        @property
        def control(self) -> PointedView:
            """The view that has the focus."""
            return self.view

        def from_pixel(self, u_px: int, v_px: int) -> tuple[int, int]:
            """How many pixels to the right and down that is from there."""
            if not self.in_cells or self.view.viewport is None:
                return self.right, self.down
            return self.view.viewport.stepped(u_px, v_px, self.right, self.down)

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

    def pixel_at(self, column: int, row: int) -> tuple[int, int] | None:
        """The pixel that a cell shows; None if it shows none."""
        return None if self.viewport is None else self.viewport.pixel_of(column, row)

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
        if event.chain == 2 and self._under(event) is not None:
            self.post_message(self.Twice(self))

    def _point(self, event: events.MouseEvent) -> bool:
        pixel = self._under(event)
        if pixel is not None:
            self.post_message(self.Pointed(self, *pixel))
        return pixel is not None

    def _under(self, event: events.MouseEvent) -> tuple[int, int] | None:
        offset = event.get_content_offset(self)
        return None if offset is None else self.pixel_at(offset.x, offset.y)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show things larger."""
        event.stop()
        self.post_message(self.Zoomed(self, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show more of the picture."""
        event.stop()
        self.post_message(self.Zoomed(self, -1))

    def action_move(self, columns: int, rows: int) -> None:
        """Ask for the crosshair to move by what can be seen."""
        self.post_message(self.Moved(self, columns, rows, in_cells=True))

    def action_nudge(self, du_px: int, dv_px: int) -> None:
        """Ask for the crosshair to move by pixels."""
        self.post_message(self.Moved(self, du_px, dv_px, in_cells=False))
