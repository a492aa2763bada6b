"""Real pixels in the terminal: sixel and kitty graphics, made by the package textual-image where it is installed."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import re
import struct
import sys
import termios
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from rich.segment import Segment

from tui.errors import InputError
from tui.extras import GRAPHICS, why_not
from tui.terminal.raw import answer_to
from tui.terminal.tmux import Tmux, ask_tmux, through_tmux

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from rich.console import Console

_ASK_KITTY, _ASK_PLAIN = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\", "\x1b[c"
"""Kitty's own question, then the one that every terminal answers: when that answer is there, no other will come."""
_ANSWERED = re.compile(rb"\x1b\[\?([0-9;]*)c")
_KITTY_ANSWER = b"_Gi=31;OK"
_KITTY_ORDER = re.compile(r"\x1b_G[^\x1b]*\x1b\\")
_LIKE_KITTY = ("kitty", "ghostty")
"""Terminals that place pictures by letters that stand for them, as tmux needs it."""
_KITTY_COLUMNS = 250
"""Of one picture: the letters that stand for its cells are 297."""
_SIXEL_FEATURE = b"4"
_WAIT_S = 2.0
_USUAL_CELL_PX = (10, 20)


class Protocol(StrEnum):
    """How pixels are sent."""

    SIXEL = "sixel"
    KITTY = "kitty"


@dataclass(frozen=True, slots=True)
class Canvas:
    """A terminal that shows pixels."""

    protocol: Protocol
    cell_width_px: int
    cell_height_px: int
    in_tmux: bool = False
    """Whether what tmux does not know must be wrapped to get through it."""


def choose(wanted: str, fd: int = 2) -> Canvas | None:
    """What pictures are drawn with: None for half-blocks. Asks the terminal, so it must not have been taken over yet.

    Args:
        wanted: `halfblocks`, `auto`, `sixel` or `kitty`.
        fd: of the terminal.

    Raises:
        InputError: for a protocol without its package, or that the terminal does not have; names the remedy.
    """
    if wanted == "halfblocks":
        return None
    if GRAPHICS.missing:
        if wanted == "auto":
            return None
        raise InputError(f"--graphics {wanted} {why_not(GRAPHICS)}, or leave --graphics away for half-blocks")
    tmux = ask_tmux(os.environ)
    offered = ask(fd, tmux)
    best = [protocol for protocol in (Protocol.KITTY, Protocol.SIXEL) if protocol in offered]
    if wanted == "auto":
        return Canvas(best[0], *cell_size_px(fd), in_tmux=tmux is not None) if best else None
    if wanted not in offered:
        if tmux is not None and not tmux.passthrough and wanted == Protocol.KITTY:
            raise InputError("tmux keeps kitty graphics to itself: tmux set -g allow-passthrough on, then try again")
        others = f"it has {best[0].value}: --graphics {best[0].value}" if best else "leave --graphics away"
        raise InputError(f"this terminal does not say that it shows {wanted} graphics; {others}, or use another one")
    return Canvas(Protocol(wanted), *cell_size_px(fd), in_tmux=tmux is not None)


def ask(fd: int, tmux: Tmux | None = None) -> frozenset[Protocol]:
    """What a terminal says that it can show; nothing, if it does not answer in time.

    Args:
        fd: of the terminal.
        tmux: what it is shown in. That shows sixels itself where it can; what it passes on reaches kitty, whose
            answer may not come back.
    """
    answer = answer_to(_ASK_PLAIN if tmux is not None else _ASK_KITTY + _ASK_PLAIN, fd, _ANSWERED, _WAIT_S)
    answered = _ANSWERED.search(answer)
    found = set()
    if answered and _SIXEL_FEATURE in answered[1].split(b";")[1:]:
        found.add(Protocol.SIXEL)
    if _KITTY_ANSWER in answer or (tmux is not None and tmux.passthrough and tmux.kind.startswith(_LIKE_KITTY)):
        found.add(Protocol.KITTY)
    return frozenset(found)


def cell_size_px(fd: int) -> tuple[int, int]:
    """Width and height of one cell, as far as the terminal tells; else what is usual."""
    try:
        rows, columns, width, height = struct.unpack("HHHH", fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        return _USUAL_CELL_PX
    if not (rows and columns and width >= columns and height >= rows):
        return _USUAL_CELL_PX
    return width // columns, height // rows


class Encoder:
    """Turns pictures into escape codes; may be used from any thread, one picture at a time.

    Args:
        canvas: the terminal.
    """

    _lock = threading.Lock()

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self._shown: dict[str, list[Any]] = {}
        """What must be told to free its memory in the terminal, by place."""

    def encode(self, place: str, picture: npt.NDArray[np.uint8], x: int, y: int) -> str:
        """Escape codes that show a picture with its top left corner on a cell.

        Args:
            place: a name; the picture that was encoded for it before is given up.
            picture: RGB, uint8, shape (rows * cell_height_px, columns * cell_width_px, 3).
            x: column of the cell.
            y: row of the cell.
        """
        from PIL import Image
        from rich.console import Console

        (cell_width, cell_height), kitty = self._cell, self.canvas.protocol is Protocol.KITTY
        rows, columns = picture.shape[0] // cell_height, picture.shape[1] // cell_width
        widest = _KITTY_COLUMNS if kitty else columns
        data, made = "", []
        with self._lock, _package_out(self.canvas) as out:
            for left in range(0, columns, widest):
                wide = min(widest, columns - left)
                tile = picture[:, left * cell_width : (left + wide) * cell_width]
                renderable = _renderable(self.canvas.protocol)(Image.fromarray(tile), wide, rows)
                console = Console(file=io.StringIO(), width=wide, height=rows, color_system="truecolor")
                parts = [part for part in _render(renderable, console) if isinstance(part, Segment)]
                shown = self._kitty(parts, x + left, y) if kitty else self._sixel(parts, x + left, y)
                data += self._through(_taken(out)) + shown
                made.append(renderable)
            for before in self._shown.pop(place, ()):
                before.cleanup()
            self._shown[place] = made
            return data + self._through(_taken(out))

    @property
    def _cell(self) -> tuple[int, int]:
        return self.canvas.cell_width_px, self.canvas.cell_height_px

    def _through(self, orders: str) -> str:
        """Orders to kitty, wrapped where tmux stands between; the letters that stand for pictures stay as they are."""
        if not self.canvas.in_tmux or self.canvas.protocol is not Protocol.KITTY:
            return orders
        return _KITTY_ORDER.sub(lambda order: through_tmux(order[0]), orders)

    def _sixel(self, parts: list[Segment], x: int, y: int) -> str:
        return f"\x1b[{y + 1};{x + 1}H" + next(part.text for part in parts if part.text.startswith("\x1bP"))

    def _kitty(self, parts: list[Segment], x: int, y: int) -> str:
        lines = []
        for row, part in enumerate(parts):
            color = part.style.color if part.style is not None else None
            triplet = color.get_truecolor() if color is not None else (0, 0, 0)
            pen = "\x1b[38;2;{};{};{}m".format(*triplet)
            lines.append(f"\x1b[{y + row + 1};{x + 1}H{pen}{part.text.rstrip()}\x1b[m")
        return "".join(lines)


def _taken(out: io.StringIO) -> str:
    """What was written, which is there no more."""
    text = out.getvalue()
    out.truncate(0)
    out.seek(0)
    return text


def _renderable(protocol: Protocol) -> Any:  # noqa: ANN401 - a class of a package that may be absent
    from textual_image.renderable import SixelImage, TGPImage

    return SixelImage if protocol is Protocol.SIXEL else TGPImage


def _render(renderable: Any, console: Console) -> list[object]:  # noqa: ANN401 - as above
    return list(
        renderable.__rich_console__(console, console.options.update(width=console.width, height=console.height))
    )


@contextlib.contextmanager
def _package_out(canvas: Canvas) -> Iterator[io.StringIO]:
    """What the package writes on the standard output by itself: questions are not let out, messages are caught.

    It asks the terminal when it is imported and when it first needs the size of a cell. Textual reads the input by
    then, so the answer that is known already is given in its place.
    """
    out = io.StringIO()
    before = sys.__stdout__
    os.environ["TEXTUAL_CELL_WIDTH"] = str(canvas.cell_width_px)
    os.environ["TEXTUAL_CELL_HEIGHT"] = str(canvas.cell_height_px)
    sys.__stdout__ = cast("Any", out)  # type: ignore[misc]  # final only for those who do not own the process
    try:
        yield out
    finally:
        sys.__stdout__ = before  # type: ignore[misc]  # as above
