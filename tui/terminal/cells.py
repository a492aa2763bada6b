"""From Textual's segments to single cells that can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui.render.glyphs import SHADES, PictureGlyph, is_of_a_picture
from tui.terminal.pen import DEFAULT_COLOR, Pen, pen_of

Cell = tuple[str, Pen]
"""What one column shows. Text of several columns stands in its first; the others hold `CONTINUED`."""

CONTINUED = ""
BLANK = " "
UPPER_HALF, LOWER_HALF = "▀", "▄"
_PICTURE = frozenset({UPPER_HALF, BLANK, *SHADES})

_MOST_PENS = 1_000
"""Styles known at a time; each is held with its segment's colours, and a moving picture brings ever new ones."""
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160), *_DIRECTIONS]) | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
"""Control characters move the cursor or worse, and others turn the row round; Textual gives them no width, and they are
not sent. Halves of pairs, which stand for bytes of a name that are no text, have one, and are no character."""

_EVEN = frozenset(" ▀▄█░▒▓─│╭╮╰╯┼·±²°…←↑↓→█▁▂▃▅▆▇")
"""Characters beyond ASCII that are certainly one column wide, to save looking."""


class _Known(NamedTuple):
    """What one style makes of the commonest characters."""

    style: Style | None
    """Held, so that its identity belongs to no other."""
    pen: Pen
    blank: Cell
    upper: Cell
    """An upper half block."""
    picture: bool
    """Whether its characters are part of a picture."""


class CellReader:
    """Reads segments as cells; the same look always gives equal cells, however it is written.

    Args:
        color_system: what the terminal can show.
    """

    def __init__(self, color_system: ColorSystem) -> None:
        self._color_system = color_system
        self._known: dict[int, _Known] = {}

    def cells(self, segments: Iterable[Segment]) -> tuple[list[Cell], bool]:
        """Cells of one strip, as many as it is wide, and whether terminals may disagree on their widths."""
        cells: list[Cell] = []
        uneven = False
        known_styles = self._known
        for text, style, control in segments:
            if control or not text:
                continue
            known = known_styles.get(id(style))
            if known is None:
                known = self._learn(style)
            first = text[0]
            if first == UPPER_HALF and (length := len(text)) == text.count(UPPER_HALF):
                cells += [known.upper] * length if length > 1 else (known.upper,)
            elif first == BLANK and (length := len(text)) == text.count(BLANK):
                cells += [known.blank] * length
            elif known.picture:  # one column each
                cells += [half(PictureGlyph(character), known.pen, known.blank) for character in text]
            elif text.isascii() and text.isprintable():
                cells += [known.blank if character == BLANK else (character, known.pen) for character in text]
            elif _EVEN.issuperset(text):
                cells += [half(character, known.pen, known.blank) for character in text]
            else:
                read = _from_any(text, known.pen, known.blank)
                uneven = uneven or any(map(is_uneven, read))
                cells += read
        return cells, uneven

    def _learn(self, style: Style | None) -> _Known:
        if len(self._known) >= _MOST_PENS:
            self._known.clear()
        pen = pen_of(style, self._color_system)
        blank = (BLANK, pen.for_blank())
        known = self._known[id(style)] = _Known(style, pen, blank, half(UPPER_HALF, pen, blank), is_of_a_picture(style))
        return known


def single(character: str, style: Style, system: ColorSystem) -> Cell | None:
    """One character as `CellReader` reads it; None if it is not certainly one column wide by itself."""
    if ord(character) in _CONTROLS or get_character_cell_size(character) != 1:
        return None
    pen = pen_of(style, system)
    blank = (BLANK, pen.for_blank())
    if is_of_a_picture(style):
        return half(PictureGlyph(character), pen, blank)
    return half(character, pen, blank)


def half(character: str, pen: Pen, blank: Cell) -> Cell:
    """A lower half block is an upper one with the colours exchanged; one of a single colour is a space."""
    if character == BLANK:
        return blank
    if not pen.plain or DEFAULT_COLOR in {pen.ink, pen.paper} or character not in {UPPER_HALF, LOWER_HALF}:
        return character, pen
    if pen.ink == pen.paper:
        return blank
    return (UPPER_HALF, pen if character == UPPER_HALF else Pen((), pen.paper, pen.ink))


def _from_any(text: str, pen: Pen, blank: Cell) -> list[Cell]:
    """Cells of text with characters that may be two columns wide, or none."""
    text = text.translate(_CONTROLS)
    width = cell_len(text)
    cells: list[Cell] = []
    for character in text:
        columns = 1 if character in _EVEN else get_character_cell_size(character)
        if columns == 0 and cells:
            before = next(index for index in reversed(range(len(cells))) if cells[index][0])
            cells[before] = (cells[before][0] + character, pen)
        elif columns:
            cells.append(half(character, pen, blank))
            cells += [(CONTINUED, pen)] * (columns - 1)
    if len(cells) != width:
        # Joined emoji and the like: only the terminal knows how they come out. They stay together.
        cells = [(text, pen), *[(CONTINUED, pen)] * (width - 1)][:width]
    return cells


def is_uneven(cell: Cell | None) -> bool:
    """Whether terminals may disagree on how wide this is."""
    return cell is not None and len(cell[0]) != 1


def is_picture(cell: Cell | None) -> bool:
    """Whether this may be part of a picture: a half block, a shade, a space or a picture's glyph, no text."""
    return cell is not None and (cell[0] in _PICTURE or type(cell[0]) is PictureGlyph)


def is_continued(cell: Cell | None) -> bool:
    """Whether this column belongs to the character at its left."""
    return cell is not None and cell[0] == CONTINUED
