"""The guided calibration of the camera: the board's points over the live picture, what is covered, what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.camera.frame import Frame
from tui.errors import DepthTuiError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounted
from tui.pipeline.guided import Guided, GuidedStatus
from tui.render.colors import ColorMode
from tui.render.pointed import Mark
from tui.storage.intrinsics import save_intrinsics
from tui.targets.boards import BoardSpec
from tui.targets.coverage import Coverage
from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.picture import PictureView

_SHADES = " ░▒▓█"
_MOST_MARKS = 60
_LEAVE = KeyHint("esc", "leave", "escape")

Tap = Callable[[Callable[[Frame], None] | None], None]
"""Sends every captured frame to a function, or to none any more."""


class GuidedScreen(ModalScreen[Intrinsics | None]):
    """Shows the camera, keeps good views by itself, and solves; the result is the intrinsics that were accepted."""

    DEFAULT_CSS = """
    GuidedScreen {
        background: $background;
        & > Horizontal { height: 1fr; }
        & #guided-view { width: 1fr; border: round $accent; }
        & #guided-side { width: 44; padding: 1 2; }
        & #guided-advice { height: auto; text-style: bold; margin: 1 0; }
        & #guided-result { height: auto; margin: 1 0; }
        & #guided-result.-warning { color: $text-warning; }
        & #guided-name { display: none; height: 1; border: none; padding: 0 1; background: $accent 30%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "solve", "compute", id="guided.solve"),
        Binding("escape", "dismiss", "leave", id="guided.leave"),
    ]

    class Changed(Message):
        """The thread has looked at another frame."""

        def can_replace(self, message: Message) -> bool:
            """Never queue two."""
            return isinstance(message, GuidedScreen.Changed)

    def __init__(
        self,
        board: BoardSpec,
        tap: Tap,
        mode: ColorMode,
        name: str,
        camera: str = "",
        lens: str = "",
        mounted: Mounted | None = None,
    ) -> None:
        """`tap` gives the camera's frames; `name` is proposed for saving; the others are kept with it."""
        super().__init__()
        self._board = board
        self._tap = tap
        self._mode = mode
        self._proposed = name
        self._camera, self._lens = camera, lens
        self._mounted = None if mounted is None or mounted.plain else mounted
        self._guided = Guided(board, self._ring)

    def compose(self) -> ComposeResult:
        """Picture, coverage, advice, result."""
        with Horizontal():
            yield PictureView(mode=self._mode, id="guided-view")
            with Vertical(id="guided-side"):
                yield Static(f"Calibrating the camera with a {self._board}", markup=False)
                yield Static("show the whole board to the camera", id="guided-advice", markup=False)
                yield Static("", id="guided-coverage", markup=False)
                yield Static("", id="guided-result", markup=False)
                yield Input(self._proposed, id="guided-name", compact=True)
                yield Hints((KeyHint("⏎", "compute", "enter"), _LEAVE))

    def on_mount(self) -> None:
        """Take the camera's frames."""
        self.query_one(PictureView).border_title = "Camera"
        self._guided.start()
        self._tap(self._guided.submit)

    def on_unmount(self) -> None:
        """Give them back."""
        self._tap(None)
        self._guided.stop()

    def _ring(self) -> None:
        self.post_message(self.Changed())

    def on_guided_screen_changed(self) -> None:
        """Show what the thread found."""
        status = self._guided.status
        if status.frame is not None:
            view = self.query_one(PictureView)
            view.show_image(status.frame.image)
            view.set_marks(_marks(status))
        self.query_one("#guided-advice", Static).update(_advice(status))
        if status.offer is not None:
            self.query_one("#guided-coverage", Static).update(coverage_map(status.offer.coverage))
        result = self.query_one("#guided-result", Static)
        result.update(_result(status))
        result.set_class(bool(status.error) or (status.found is not None and not status.found.accepted), "-warning")
        if status.found is not None and not status.found.doubts and not self.query_one("#guided-name").display:
            name = self.query_one("#guided-name", Input)
            name.display = True
            self.query_one(Hints).say((KeyHint("⏎", "save under this name", "enter"), _LEAVE))
            self.set_focus(name)

    def action_solve(self) -> None:
        """Compute from the views that were kept."""
        self._guided.solve()

    @on(Input.Submitted, "#guided-name")
    def _save(self, event: Input.Submitted) -> None:
        found = self._guided.status.found
        if found is None or found.doubts:
            return
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            intrinsics = replace(
                found.intrinsics, created=now, camera=self._camera, lens=self._lens, mounted=self._mounted
            )
            save_intrinsics(event.value, intrinsics)
        except DepthTuiError as error:
            self.query_one("#guided-result", Static).update(str(error))
            return
        self.dismiss(intrinsics)


def coverage_map(coverage: Coverage) -> str:
    """How many views cover each part of the picture, two columns a cell; darker is fewer."""
    most = max(4, int(coverage.counts.max()))
    rows = [
        "".join(_SHADES[min(len(_SHADES) - 1, -(-int(count) * (len(_SHADES) - 1) // most))] * 2 for count in row)
        for row in coverage.counts
    ]
    return "\n".join([*(f"│{row}│" for row in rows), f"{coverage.filled:.0%} of the picture, {coverage.views} views"])


def _marks(status: GuidedStatus) -> list[Mark]:
    """The board's points, thinned out where there are many."""
    offer = status.offer
    if offer is None or offer.view is None:
        return []
    points = offer.view.corners_px
    step = max(1, len(points) // _MOST_MARKS)
    glyph = "●" if offer.accepted else "·"
    return [Mark(round(float(u_px)), round(float(v_px)), glyph) for u_px, v_px in points[::step]]


def _advice(status: GuidedStatus) -> str:
    if status.solving:
        return "computing ..."
    offer = status.offer
    if offer is None:
        return "show the whole board to the camera"
    return f"{offer.why}\n{offer.advice}"


def _result(status: GuidedStatus) -> str:
    if status.error:
        return status.error
    found = status.found
    if found is None:
        return ""
    camera = found.intrinsics
    if found.doubts:
        return f"not to be believed: {'; '.join(found.doubts)}\ngo on, then press enter again"
    words = "accepted" if found.accepted else f"could be better: {'; '.join(found.missing)}"
    focal = f"f {camera.fx_px:.1f}, {camera.fy_px:.1f} px   centre {camera.cx_px:.1f}, {camera.cy_px:.1f}"
    return f"rms {found.rms_px:.2f} px from {len(found.used)} views\n{focal}\n{words}"
