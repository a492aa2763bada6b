"""The points of the picture, turned and moved by keys; live or frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.instrument.instrument import Instrument
from tui.instrument.points import PointsSeen, points_of
from tui.render.cloud_seen import Pose
from tui.render.quality import FINEST, LADDER, Quality
from tui.screens.look import color_mode_of
from tui.terminal.compositor import CellsScreen
from tui.terminal.wire import Wire
from tui.widgets.cloud_view import CloudView
from tui.widgets.key_bar import KeyBar
from tui.widgets.status_line import Field, StatusLine, Tone

_EVERY_S = 0.05
"""How often is looked whether there is something else to show."""
_STEP_DEG, _LARGE_DEG = 5, 30
_MOVE = 0.05
"""Of the pane's smaller side."""
_TURN, _ZOOM = Binding.Group("turn", compact=True), Binding.Group("zoom", compact=True)
_SHIFT = Binding.Group("move", compact=True)


def _turns(key: str, right: int, up: int) -> tuple[Binding, Binding]:
    return (
        Binding(key, f"turn({right * _STEP_DEG}, {up * _STEP_DEG})", "turn", id=f"cloud.{key}", group=_TURN),
        Binding(
            f"shift+{key}", f"turn({right * _LARGE_DEG}, {up * _LARGE_DEG})", "turn far", id=f"cloud.far_{key}",
            show=False,
        ),
    )  # fmt: skip


class CloudScreen(CellsScreen):
    """Looks at what the instrument shows, from elsewhere.

    Args:
        instrument: whose newest frame is shown.
        wire: how fast, and how finely, may be painted.
        freeze: holds the picture, or lets it go on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *_turns("left", -1, 0),
        *_turns("right", 1, 0),
        *_turns("up", 0, 1),
        *_turns("down", 0, -1),
        Binding("plus,equals_sign", "zoom(1)", "zoom in", id="cloud.zoom_in", key_display="+", group=_ZOOM),
        Binding("minus", "zoom(-1)", "zoom out", id="cloud.zoom_out", key_display="-", group=_ZOOM),
        Binding("h", "move(-1, 0)", "move left", id="cloud.move_left", group=_SHIFT),
        Binding("j", "move(0, 1)", "move down", id="cloud.move_down", group=_SHIFT),
        Binding("k", "move(0, -1)", "move up", id="cloud.move_up", group=_SHIFT),
        Binding("l", "move(1, 0)", "move right", id="cloud.move_right", group=_SHIFT),
        Binding("0", "reset", "reset", id="cloud.reset"),
        Binding("space", "freeze", "freeze", id="cloud.freeze"),
        Binding("escape,q,P,shift+p", "close", "back", id="cloud.close", key_display="esc"),
    ]

    def __init__(self, instrument: Instrument, wire: Wire, freeze: Callable[[], object]) -> None:
        super().__init__()
        self._instrument, self._wire, self._freeze = instrument, wire, freeze
        self.pose = Pose()
        """From where it is seen."""
        self.seen = PointsSeen(None, False, "", "")
        """What is shown."""
        self._result: object = None
        self._rest: tuple[object, ...] = ()
        """What that was made of."""
        self.posed: Pose | None = None
        """From where it was painted last: behind `pose` while the link has no room."""
        self._quality: Quality | None = None
        """How it was."""

    def compose(self) -> ComposeResult:
        """What it is, the cloud, the keys."""
        yield StatusLine(widget_id="cloud-status")
        yield CloudView(color_mode_of(self.app), widget_id="cloud")
        yield KeyBar(("cloud.close",), widget_id="cloud-keys")

    def on_mount(self) -> None:
        """Show the newest, now and from now on."""
        self.call_after_refresh(self._look)
        self.set_interval(_EVERY_S, self._look)

    def _look(self) -> None:
        """Paint another frame, for which the link has had room already; or another pose, as soon as it has."""
        reading, session = self._instrument.reading, self._instrument.session
        rest = (reading.calibration, reading.stale, reading.silent, reading.warnings, session.intrinsics)
        anew = reading.result is not self._result or rest != self._rest
        if anew:
            self._result, self._rest = reading.result, rest
            self.seen = points_of(reading, session)
        info = self._instrument.snapshot.capture.info
        still = info is not None and info.still
        stands = session.frozen or still
        quality = FINEST if stands and self.pose == self.posed else LADDER[self._wire.quality]
        if anew or ((self.pose, quality) != (self.posed, self._quality) and self._wire.frame_turn()):
            self.posed, self._quality = self.pose, quality
            view = self.query_one(CloudView)
            view.show(self.seen.cloud, self.pose, color_mode_of(self.app), quality)
        self._say(frozen=session.frozen, still=still)

    def _say(self, *, frozen: bool, still: bool) -> None:
        seen, pose = self.seen, self.pose
        flying = 0 if seen.cloud is None else seen.cloud.flying
        self.query_one(StatusLine).show(
            (
                Field("points", 0, Tone.ACCENT),
                Field(seen.words, 1, Tone.PLAIN if seen.metres else Tone.WARNING),
                Field(seen.warnings[0] if seen.warnings else "", 3, Tone.WARNING, shrinks=True),
                Field(seen.camera, 2),
                Field(f"turned {pose.yaw_deg}°, up {pose.pitch_deg}°, {pose.zoom:.2g}x", 4, Tone.DIM),
                Field(f"{flying} at edges left out" if flying else "", 6, Tone.DIM, restless=True),
                Field(
                    "FROZEN" if frozen else "STILL" if still else "LIVE",
                    5,
                    Tone.WARNING if frozen else Tone.ACCENT,
                    right=True,
                ),
            )
        )

    def _see(self, pose: Pose) -> None:
        self.pose = pose
        self._look()

    def action_turn(self, right_deg: int, up_deg: int) -> None:
        """Go around it."""
        self._see(self.pose.turned(right_deg, up_deg))

    def action_zoom(self, steps: int) -> None:
        """Larger, or smaller."""
        self._see(self.pose.zoomed(steps))

    def action_move(self, right: int, down: int) -> None:
        """Move the picture."""
        self._see(self.pose.moved(_MOVE * right, _MOVE * down))

    def action_reset(self) -> None:
        """As the camera sees it."""
        self._see(Pose())

    def action_freeze(self) -> None:
        """Hold the picture, or let it go on."""
        self._freeze()
        self._look()

    def action_close(self) -> None:
        """Back to the pictures."""
        self.app.pop_screen()
