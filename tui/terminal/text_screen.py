"""What stands on a terminal's screen, as plain text: enough to find the words that a program has put there."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from rich.cells import get_character_cell_size

_TOKEN = re.compile(
    r"\x1b\[(?P<private>[<=>?]?)(?P<numbers>[0-9;:]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b(?![\[\]P_^X])[ -/]*[0-~]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
)


class TextScreen:
    """Understands cursor moves, erasing and text; colours and modes are left away.

    Args:
        rows: of the terminal.
        columns: of the terminal.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        self._cells = [[" "] * columns for _ in range(rows)]
        self._x = self._y = 0
        self._rest = ""
        self._decoder = getincrementaldecoder("utf-8")("replace")

    @property
    def lines(self) -> list[str]:
        """One string a row; a character of two columns counts as one in it."""
        return ["".join(row) for row in self._cells]

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.lines)

    def feed(self, data: bytes) -> None:
        """Take over what the program has written; an escape code may be cut anywhere."""
        text, at = self._rest + self._decoder.decode(data), 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None:
                break
            at = token.end()
            if (words := token["text"]) is not None:
                self._write(words)
            elif (final := token["final"]) is not None:
                if not token["private"]:
                    self._order(final, token["numbers"])
            elif (control := token["control"]) is not None:
                self._control(control)
        self._rest = text[at:]

    def _write(self, words: str) -> None:
        for character in words:
            width = 1 if character.isascii() else get_character_cell_size(character)
            if width == 0 or self._x >= self._columns:
                continue
            row = self._cells[self._y]
            row[self._x] = character
            if width == 2 and self._x + 1 < self._columns:
                row[self._x + 1] = ""
            self._x += width

    def _control(self, control: str) -> None:
        if control == "\r":
            self._x = 0
        elif control == "\n":
            self._y = min(self._y + 1, self._rows - 1)
        elif control == "\b":
            self._x = max(0, self._x - 1)

    def _order(self, final: str, numbers: str) -> None:
        values = [int(number) if number.isdigit() else 0 for number in numbers.split(";")]
        if final in "Hf":
            column = values[1] if len(values) > 1 else 1
            self._y = min(max(values[0], 1), self._rows) - 1
            self._x = min(max(column, 1), self._columns) - 1
        elif final == "C":
            self._x = min(self._x + max(values[0], 1), self._columns - 1)
        elif final == "J" and values[0] == 2:
            self._cells = [[" "] * self._columns for _ in range(self._rows)]
        elif final == "K" and values[0] == 0:
            self._cells[self._y][self._x :] = [" "] * (self._columns - self._x)
