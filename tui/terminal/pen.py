"""How a cell is drawn: attributes, colours, link; and the shortest escape code from one way to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import Strip

from tui.terminal.nearest import fitting

DEFAULT_COLOR = "39"

_SEEN_ON_BLANK = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that can be seen on a space: underlines, reverse, strike, frames, overline."""
_EXTENDED = "38"


class Pen(NamedTuple):
    """One way to draw a cell. Both colours are written as foreground codes, so that they can change places."""

    attributes: tuple[str, ...] = ()
    ink: str = DEFAULT_COLOR
    """Empty if it does not matter: a space shows none."""
    paper: str = DEFAULT_COLOR
    link: str = ""
    """What opens the hyperlink; empty without one."""

    def for_blank(self) -> Pen:
        """The same for a space: what cannot be seen on it is left open."""
        if self.link or not _SEEN_ON_BLANK.isdisjoint(self.attributes):
            return self
        return Pen((), "", self.paper)

    @property
    def plain(self) -> bool:
        """Whether colours are all there is to it."""
        return not (self.attributes or self.link)


DEFAULT_PEN = Pen()
LINK_END = "\x1b]8;;\x1b\\"


@lru_cache(maxsize=4096)
def paper_code(color: str) -> str:
    """The code that makes a foreground code's colour the background."""
    if color.startswith(_EXTENDED):
        return "48" + color[2:]
    return str(int(color) + 10)


def _parse(ansi: str) -> Pen:
    """Read the parameters of one SGR sequence as Textual writes them: attributes, foreground, background."""
    attributes: list[str] = []
    ink = paper = DEFAULT_COLOR
    codes = iter(ansi.split(";") if ansi else ())
    for code in codes:
        number = int(code)
        if number in {38, 48}:
            kind = next(codes)
            color = ";".join((_EXTENDED, kind, *(next(codes) for _ in range(1 if kind == "5" else 3))))
        elif 30 <= number <= 49 or 90 <= number <= 107:
            color = str(number - 10 if 40 <= number <= 49 or number >= 100 else number)
        else:
            attributes.append(code)
            continue
        if 30 <= number <= 39 or 90 <= number <= 97:
            ink = color
        else:
            paper = color
    return Pen(tuple(attributes), ink, paper)


@lru_cache(maxsize=1024)
def color_code(color: Color, color_system: ColorSystem) -> str:
    """A colour as foreground code, in the colours of this terminal."""
    own, _ = fitting(color, None, color_system)
    return ";".join((own or color).downgrade(color_system).get_ansi_codes())


def pen_of(style: Style | None, color_system: ColorSystem) -> Pen:
    """The pen for a style, in the colours of this terminal.

    Args:
        style: as in a segment; None is the terminal's own.
        color_system: what the terminal can show.
    """
    if style is None:
        return DEFAULT_PEN
    ink, paper = fitting(style.color, style.bgcolor, color_system)
    if style._set_attributes or style._link:  # noqa: SLF001 - the cheapest way to know
        pen = _parse(Strip.render_ansi(style + Style.from_color(ink, paper), color_system))
    else:
        pen = Pen(
            (),
            DEFAULT_COLOR if ink is None else color_code(ink, color_system),
            DEFAULT_COLOR if paper is None else color_code(paper, color_system),
        )
    if style.link:
        pen = pen._replace(link=f"\x1b]8;id={style.link_id};{style.link}\x1b\\")
    return pen


def change(now: Pen, then: Pen) -> tuple[str, Pen]:
    """The escape code that takes the terminal from one pen to another.

    Returns:
        The code, and the pen that the terminal then has: where `then` leaves the ink open, it keeps the old one.
    """
    codes: list[str] = []
    link = ""
    if now.link != then.link:
        link = then.link or LINK_END
    open_ink = not then.ink
    attributes = then.attributes
    if open_ink and _SEEN_ON_BLANK.isdisjoint(now.attributes):
        attributes = now.attributes
    if now.attributes != attributes:
        if not set(now.attributes) <= set(attributes):
            codes.append("0")
            now = DEFAULT_PEN
        codes += [code for code in attributes if code not in now.attributes]
    ink = now.ink if open_ink else then.ink
    if now.ink != ink:
        codes.append(ink)
    if now.paper != then.paper:
        codes.append(paper_code(then.paper))
    code = "" if not codes else "\x1b[m" if codes == ["0"] else f"\x1b[{';'.join(codes)}m"
    return link + code, Pen(attributes, ink, then.paper, then.link)
