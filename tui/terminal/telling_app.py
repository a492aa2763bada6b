"""An app that learns while it runs what its terminal shows; one that does not answer costs nothing."""

from __future__ import annotations

import os
import threading
from typing import TypeVar

from rich.color import ColorSystem

from tui.terminal.app import WireApp
from tui.terminal.bandwidth import Bandwidth
from tui.terminal.colors import NO_COLOR
from tui.terminal.driver import WireDriver
from tui.terminal.surroundings import TWO_BYTES_APART, locale_is_utf8, may_ask_colors
from tui.terminal.tmux import ask_tmux

Result = TypeVar("Result")

_SILENT_S = 1.5
"""After so long without an answer, the locale's word is taken."""


class TellingApp(WireApp[Result]):
    """Draws in ASCII where UTF-8 does not arrive, and in 24-bit colours where they do although nothing announced them.

    Args:
        bandwidth: as for `WireApp`.
        fps: as for `WireApp`.
        colors: what the user says of the colours; asked is only where this is `auto`.
    """

    def __init__(self, bandwidth: Bandwidth | None = None, fps: float = 10.0, colors: str = "auto") -> None:
        super().__init__(bandwidth, fps)
        self._ask_colors = colors == "auto" and NO_COLOR not in os.environ and may_ask_colors(os.environ)
        self._from_tmux = colors == "auto" and NO_COLOR not in os.environ
        self._in_tmux = bool(os.environ.get("TMUX"))
        self._utf8: bool | None = None
        """Whether it arrives; None while that is not known."""

    def on_plain(self) -> None:
        """The screen is in ASCII from now on; to be overridden."""

    def on_more_colors(self) -> None:
        """There are 24-bit colours from now on; to be overridden."""

    @property
    def asks_colors(self) -> bool:
        """Whether it is worth asking the terminal for its colours."""
        return self._ask_colors and self.console._color_system is not ColorSystem.TRUECOLOR  # noqa: SLF001 - as in `impose`

    def ask_around(self) -> None:
        """Find out what the terminal does not tell by itself; once the app runs."""
        if not isinstance(self._driver, WireDriver):
            return
        if self._in_tmux:
            threading.Thread(target=self._listen_to_tmux, name="tui-tmux", daemon=True).start()
        else:
            self.set_timer(_SILENT_S, self._take_locale)

    def told_width(self, columns: int) -> None:
        """The terminal has moved its cursor so far for a letter of two bytes; called in the app's loop."""
        if not self._in_tmux and columns:  # tmux reads UTF-8 itself, whatever it writes then
            self._utf8 = columns < TWO_BYTES_APART
            if not self._utf8:
                self._be_plain()

    def told_true_color(self) -> None:
        """The terminal keeps 24-bit colours; called in the app's loop."""
        if self.console._color_system in {None, ColorSystem.TRUECOLOR}:  # noqa: SLF001 - as in `impose`
            return
        self.console._color_system = ColorSystem.TRUECOLOR  # noqa: SLF001 - as in `impose`
        self.on_more_colors()
        self.screen.refresh(layout=True)

    def _listen_to_tmux(self) -> None:
        said = ask_tmux(os.environ)
        if said is None:
            return
        self.call_later(self._take_tmux, said.utf8, "RGB" in said.features)

    def _take_tmux(self, utf8: bool | None, true_color: bool) -> None:
        self._utf8 = utf8
        if true_color and self._from_tmux:
            self.told_true_color()
        self._take_locale()

    def _take_locale(self) -> None:
        if self._utf8 is False or (self._utf8 is None and not locale_is_utf8(os.environ)):
            self._be_plain()

    def _be_plain(self) -> None:
        if not self.wire.plain:
            self.wire.be_plain()
            self.on_plain()
            self._send()
