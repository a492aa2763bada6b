"""A model of the terminal's screen, and the fewest bytes that make the terminal look as it should."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tui.terminal.cells import BLANK, CONTINUED, LOWER_HALF, UPPER_HALF, Cell, is_continued, is_picture, is_uneven
from tui.terminal.pen import DEFAULT_COLOR, DEFAULT_PEN, LINK_END, Pen, change, paper_code

_RESET = "\x1b[m"
_SWAPPED_GAIN = 4
"""Bytes that the other half block must save: fonts draw the two a little differently."""


class CellDiffer:
    """Remembers what the terminal shows and what it should show.

    Only cursor moves, SGR and OSC 8 are sent: what every terminal and multiplexer understands. Rows with characters
    that terminals may disagree on are always sent as a whole, each such character followed by an absolute move.
    """

    def __init__(self) -> None:
        self.width = self.height = 0
        self._wanted: list[list[Cell | None]] = []
        self._sent: list[list[Cell | None]] = []
        self._dirty: dict[int, tuple[int, int]] = {}
        """Row -> first column and one past the last that may differ."""
        self._uneven: set[int] = set()
        self._next_row = 0

    @property
    def pending(self) -> bool:
        """Whether there is anything to send."""
        return bool(self._dirty)

    @property
    def remaining(self) -> float:
        """Share of the rows that are still to be sent."""
        return len(self._dirty) / max(1, self.height)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size, and nobody knows what it shows now."""
        self.width, self.height = width, height
        self._wanted = [[None] * width for _ in range(height)]
        self._uneven.clear()
        self.forget()

    def forget(self) -> None:
        """Something else has drawn on the terminal: send everything again."""
        self._sent = [[None] * self.width for _ in range(self.height)]
        self._dirty = dict.fromkeys(range(self.height), (0, self.width))

    def rewrite(self, change: Callable[[list[Cell]], list[Cell]]) -> None:
        """What the screen should show is shown in another way from now on; each run of cells becomes one as long."""
        for y, row in enumerate(self._wanted):
            for x, run in list(_known_runs(row)):
                row[x : x + len(run)] = change(run)
            if not any(map(is_uneven, row)):
                self._uneven.discard(y)
        self.forget()

    def put(self, x: int, y: int, cells: list[Cell], *, uneven: bool = False) -> None:
        """The screen should show these cells from column `x` of row `y`; what lies outside is left away.

        Args:
            x: column of the first.
            y: row.
            cells: one a column.
            uneven: whether terminals may disagree on the width of some.
        """
        if not 0 <= y < self.height or x >= self.width or not cells:
            return
        if x < 0:
            cells, x = cells[-x:], 0
        room = self.width - x
        if len(cells) > room:
            whole = room
            while whole and is_continued(cells[whole]):
                whole -= 1
            cells = cells[:whole] + [(BLANK, cell[1].for_blank()) for cell in cells[whole:room]]
        row = self._wanted[y]
        if uneven or y in self._uneven:
            self._uneven.add(y)
            cells, x = _mended(row, x, cells)
        stop = x + len(cells)
        row[x:stop] = cells
        if self._sent[y][x:stop] != cells:
            first, last = self._dirty.get(y, (x, stop))
            self._dirty[y] = (min(first, x), max(last, stop))

    def emit(self, limit: int | None = None, *, text_only: bool = False) -> str:
        """What to send next, and take it as sent.

        Args:
            limit: stop after about this many bytes; None sends all.
            text_only: only cells that show or showed something other than half blocks and spaces.
        """
        writer = _Writer()
        for y in self._rows():
            first, last = self._dirty[y]
            if y in self._uneven:
                self._whole_row(y, writer)
                done = True
            elif text_only:
                done = self._text(y, first, last, writer)
            else:
                done = self._span(y, first, last, writer, limit)
            if done:
                del self._dirty[y]
            if limit is not None and writer.size >= limit:
                self._next_row = y
                break
        return writer.finish()

    def _rows(self) -> Iterator[int]:
        rows = sorted(self._dirty)
        yield from [row for row in rows if row >= self._next_row]
        yield from [row for row in rows if row < self._next_row]

    def _span(self, y: int, first: int, last: int, writer: _Writer, limit: int | None) -> bool:
        sent = self._sent[y]
        for x, cell in enumerate(self._wanted[y][first:last], first):
            if cell is None or cell == sent[x]:
                continue
            if limit is not None and writer.size >= limit:
                self._dirty[y] = (x, last)
                return False
            writer.cell(x, y, cell)
            sent[x] = cell
        return True

    def _text(self, y: int, first: int, last: int, writer: _Writer) -> bool:
        wanted, sent = self._wanted[y], self._sent[y]
        left, text_at = False, -2
        for x in range(first, last):
            cell = wanted[x]
            if cell is None or cell == sent[x]:
                continue
            shown = sent[x]
            if not is_picture(cell) or (shown is not None and not is_picture(shown)):
                text_at = x
            elif cell[0] != BLANK or text_at != x - 1:
                left = True
                continue
            else:
                text_at = x
            writer.cell(x, y, cell)
            sent[x] = cell
        return not left

    def _whole_row(self, y: int, writer: _Writer) -> None:
        wanted = self._wanted[y]
        for x, cell in enumerate(wanted):
            if cell is not None and cell[0] != CONTINUED:
                writer.cell(x, y, cell)
                if is_uneven(cell) or (x + 1 < len(wanted) and is_continued(wanted[x + 1])):
                    writer.lose_position()
        self._sent[y] = list(wanted)
        if not any(map(is_uneven, wanted)):
            self._uneven.discard(y)


def _known_runs(row: list[Cell | None]) -> Iterator[tuple[int, list[Cell]]]:
    """The runs of a row that are not unknown, and where they begin."""
    first = 0
    for x, cell in enumerate([*row, None]):
        if cell is None:
            if x > first:
                yield first, [each for each in row[first:x] if each is not None]
            first = x + 1


def _mended(row: list[Cell | None], x: int, cells: list[Cell]) -> tuple[list[Cell], int]:
    """New cells and where they begin, with spaces for what is left of characters that they cover in part."""
    cells = list(cells)
    for index, (text, pen) in enumerate(cells):
        if text != CONTINUED:
            break
        cells[index] = (BLANK, pen.for_blank())
    while x > 0 and is_continued(row[x]):
        x -= 1
        left = row[x]
        cells.insert(0, (BLANK, DEFAULT_PEN.for_blank() if left is None else left[1].for_blank()))
    for after in row[x + len(cells) :]:
        if after is None or not is_continued(after):
            break
        cells.append((BLANK, after[1].for_blank()))
    return cells, x


class _Writer:
    """Collects bytes for one update; starts and ends with the terminal's own pen."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._attributes, self._ink, self._paper, self._link = DEFAULT_PEN
        self._x = self._y = -1
        self.size = 0
        """In bytes, about."""

    def cell(self, x: int, y: int, cell: Cell) -> None:
        """Draw one cell. Pictures bring thousands a frame, so what these need stands here, without a call."""
        character, pen = cell
        attributes, ink, paper, link = pen
        if attributes or link or self._attributes or self._link:
            code, (self._attributes, self._ink, self._paper, self._link) = change(self._pen, pen)
        elif paper == self._paper:
            code = ""
            if ink and ink != self._ink:
                self._ink = ink
                code = f"\x1b[{ink}m"
        elif not ink or ink == self._ink:
            self._paper = paper
            code = f"\x1b[{paper_code(paper)}m"
        elif (ink == self._paper or paper == self._ink) and character == UPPER_HALF and DEFAULT_COLOR not in pen:
            code, character = self._cheaper_half(ink, paper)
        else:
            self._ink, self._paper = ink, paper
            code = f"\x1b[{ink};{paper_code(paper)}m"
        move = "" if x == self._x and y == self._y else self._move(x, y)
        text = f"{move}{code}{character}"
        self._out.append(text)
        self.size += len(text) if text.isascii() else len(text) + 2 * len(character)
        self._x, self._y = x + 1, y

    @property
    def _pen(self) -> Pen:
        return Pen(self._attributes, self._ink, self._paper, self._link)

    def _move(self, x: int, y: int) -> str:
        if y != self._y or x < self._x or self._x < 0:
            return f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H"
        gap = x - self._x
        return "\x1b[C" if gap == 1 else f"\x1b[{gap}C"

    def _cheaper_half(self, ink: str, paper: str) -> tuple[str, str]:
        """The code and the half block for two new colours, one of which the pen has in the other's place."""
        as_it_is = f"\x1b[{ink};{paper_code(paper)}m"
        if ink != self._paper:
            swapped = f"\x1b[{paper_code(ink)}m"
        elif paper != self._ink:
            swapped = f"\x1b[{paper}m"
        else:
            return "", LOWER_HALF
        if len(swapped) + _SWAPPED_GAIN > len(as_it_is):
            self._ink, self._paper = ink, paper
            return as_it_is, UPPER_HALF
        self._ink, self._paper = paper, ink
        return swapped, LOWER_HALF

    def lose_position(self) -> None:
        """The cursor may be anywhere now: the next cell needs an absolute move."""
        self._x = -1

    def finish(self) -> str:
        """All of it, the pen put back."""
        if self._pen.link:
            self._out.append(LINK_END)
        if self._pen._replace(link="") != DEFAULT_PEN:
            self._out.append(_RESET)
        return "".join(self._out)
