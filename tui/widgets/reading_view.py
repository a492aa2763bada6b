"""The hero of the screen: one reading, large, with its interval, or the words that stand in its place."""

from __future__ import annotations

import re

import rich.console
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical
from textual.renderables.digits import Digits as DigitsRenderable
from textual.widgets import Digits

from tui.calibration.figures import UNKNOWN
from tui.calibration.wording import ReadingText
from tui.widgets.words import Words, set_most

_GLYPHS = {"±": (" ╷ ", "╶┼╴", "╶─╴"), "?": ("╶─╮", " ╭╯", " • ")}
"""What the large font lacks, three rows each."""


class Large(DigitsRenderable):
    """The large font, with what it lacks."""

    def render(self, style: Style) -> rich.console.RenderResult:
        """With the given style."""
        rows = ["", "", ""]
        for part in re.split(f"([{''.join(_GLYPHS)}])", self._text):
            drawn = _GLYPHS.get(part) or [
                each.text
                for each in DigitsRenderable(part).render(style)
                if isinstance(each, Segment) and each.text != "\n"
            ]
            rows = [row + more for row, more in zip(rows, drawn, strict=True)]
        for row in rows:
            yield Segment(row, style + Style(meta={"offset": (0, 0)}))
            yield Segment.line()


class Hero(Digits):
    """Digits whose room does not depend on what they say, so that no new layout of the screen is needed for them."""

    def update(self, value: str) -> None:
        """Show another value."""
        self._value = value
        self.refresh()

    def render(self) -> RenderResult:
        """In the large font."""
        return Large(self.value, self.rich_style)


DIGITS_COLUMNS = 31
"""For the digits and a blank; what is said of them stands at their right."""
_DIGITS_ROWS = 3
_MOST_ROWS = 3
"""Of one sentence."""


class ReadingView(Horizontal):
    """Large digits where there is room, one bold line where there is not (class `-compact`)."""

    DEFAULT_CSS = """
    ReadingView {
        height: auto;
        & #reading-digits { height: 3; width: 31; color: $foreground; }
        & #reading-words { height: auto; width: 1fr; }
        & #reading-line { height: 1; display: none; text-style: bold; }
        & #reading-interval, & #reading-others, & #reading-truth { height: auto; max-height: 3; }
        & #reading-others { color: $foreground-muted; }
        & #reading-place { height: auto; max-height: 3; color: $foreground-muted; display: none; }
        & #reading-truth { color: $text-accent; display: none; }
        & #reading-advice { height: auto; max-height: 3; color: $text-warning; display: none; }
        &.-compact #reading-digits { display: none; }
        &.-compact #reading-line { display: block; }
        &.-doubtful #reading-digits, &.-doubtful #reading-line { color: $text-warning; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes=classes)
        names = ("interval", "advice", "others", "place", "truth")
        self._said = {name: Words("no reading yet" if name == "advice" else "", id=f"reading-{name}") for name in names}
        """Beside the number: where there is no room, the last are cut off."""

    def compose(self) -> ComposeResult:
        """Number, interval, advice, other units, truth (demo only)."""
        yield Hero("", id="reading-digits")
        with Vertical(id="reading-words"):
            yield Words(id="reading-line")
            yield from self._said.values()

    def show(self, text: ReadingText, truth: str = "", place: str = "") -> None:
        """Show a reading.

        Args:
            text: what to show.
            truth: how it compares with what is known to be true; only the demo knows.
            place: where it is in space, beyond its distance along the axis.
        """
        digits = self.query_one("#reading-digits", Hero)
        if digits.value != text.hero:
            digits.update(text.hero)
        why, _, more = text.advice.partition(":")
        self.query_one("#reading-line", Words).say(why if text.hero == UNKNOWN and more else text.hero)
        said = {"interval": text.interval, "others": text.others, "place": place, "truth": truth, "advice": text.advice}
        for name, sentence in said.items():
            self._said[name].say(sentence)
            if self._said[name].display != bool(sentence):
                self._said[name].display = bool(sentence)
        self.set_class(bool(text.advice), "-doubtful")

    def rows_in(self, columns: int, *, digits: bool) -> int:
        """How many rows it takes where it has so many columns.

        Args:
            columns: to the right of which nothing fits.
            digits: whether the number is written large.
        """
        left = columns - DIGITS_COLUMNS if digits else columns
        words = sum(min(_MOST_ROWS, each.rows_in(left)) for each in self._said.values())
        return max(_DIGITS_ROWS, words) if digits else 1 + words

    def fit(self, columns: int, rows: int) -> None:
        """So many columns and rows there are: what is said first has them."""
        set_most(self, rows)
        digits = not self.has_class("-compact")
        left, width = (rows, columns - DIGITS_COLUMNS) if digits else (rows - 1, columns)
        for each in self._said.values():
            most = max(0, min(_MOST_ROWS, left))
            set_most(each, most)
            left -= min(most, each.rows_in(width))
