"""The screen in ASCII, for terminals that make something else of UTF-8: one column stays one column."""

# ruff: noqa: RUF001 - letters that look alike are what it is about

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from tui.render.glyphs import PictureGlyph
from tui.terminal.cells import BLANK, CONTINUED, LOWER_HALF, UPPER_HALF, Cell
from tui.terminal.pen import Pen

_BRAILLE = range(0x2800, 0x2900)
_INK = " .:-=+*#@"
"""By how many of eight dots are set."""
_LETTERS = {
    **dict.fromkeys("─━═╶╴╌┄–—", "-"),
    **dict.fromkeys("│┃║╷╵╎┆", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+"),
    **dict(zip("░▒▓█", ".:%#", strict=True)),
    **dict(zip("▁▂▃▄▅▆▇", "__..-==", strict=True)),
    **dict(zip("←↑↓→", "<^v>", strict=True)),
    **dict.fromkeys("·•∙", "."),
    **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("✓✔", "*"),
    **dict.fromkeys("×✗", "x"),
    "…": ".",
    "°": "'",
    "±": "~",
    "⏎": "<",
    "⌫": "<",
    "▲": "^",
    "▼": "v",
    "◰": "#",
    "≈": "~",
    "≤": "<",
    "≥": ">",
    "−": "-",
    "▶": ">",
    "◀": "<",
}
_WORDS = {"±": ("+/-", 1, 1), "⏎": ("CR", 1, 0), "°": ("dg", 0, 1)}
"""What says more than a letter can, with how many blanks before and after it are written over where they are there."""


@lru_cache(maxsize=4096)
def plain_letter(character: str) -> str:
    """One character of ASCII for one column."""
    if character.isascii():
        return character
    if (found := _LETTERS.get(character)) is not None:
        return found
    if len(character) == 1 and ord(character) in _BRAILLE:
        return _INK[(ord(character) - _BRAILLE.start).bit_count()]
    if len(character) == 1 and unicodedata.category(character) == "No":
        value = unicodedata.numeric(character)
        return str(int(value)) if value in range(10) else "#"
    base = unicodedata.normalize("NFKD", character)[:1]
    return base if base.isascii() and base.isprintable() else "?"


def plain(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of one row as ASCII; of a half block the lower half fills the cell."""
    done = [_plain_cell(text, pen) for text, pen in cells]
    for column, (text, pen) in enumerate(cells):
        if text not in _WORDS or type(text) is PictureGlyph:
            continue
        word, before, after = _WORDS[text]
        first, stop = column - before, column + after + 1
        if first < 0 or stop > len(cells):
            continue
        around = [*done[first:column], *done[column + 1 : stop]]
        if all(each == BLANK and their.paper == pen.paper for each, their in around):
            done[first:stop] = [(letter, pen) for letter in word]
    return done


def _plain_cell(text: str, pen: Pen) -> Cell:
    if text == CONTINUED:
        return BLANK, pen.for_blank()
    if text in {UPPER_HALF, LOWER_HALF} and pen.plain:
        return BLANK, Pen((), "", pen.paper if text == UPPER_HALF else pen.ink)
    letter = plain_letter(text)
    if letter == BLANK:
        return BLANK, pen.for_blank()
    return (PictureGlyph(letter) if type(text) is PictureGlyph else letter), pen
