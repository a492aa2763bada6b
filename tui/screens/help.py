"""All keys, generated from the bindings, so that the list cannot go stale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.widgets.key_bar import KeyHint

_WIDE = 80
"""Columns of the terminal from which there are two columns of keys."""


class HelpDialog(ModalScreen[None]):
    """Keys by place; any of the usual keys closes it."""

    DEFAULT_CSS = """
    HelpDialog {
        align: center middle;
        & > VerticalScroll {
            width: 76; max-width: 96%; height: auto; max-height: 96%;
            border: round $accent; background: $surface; padding: 0 1;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "close", id="help.close", key_display="esc"),
    ]

    def __init__(self, sections: Sequence[tuple[str, Sequence[KeyHint]]]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """One table, in two columns where they fit."""
        rows: list[tuple[str, Text | str]] = []
        for number, (title, key_hints) in enumerate(self._sections):
            rows += [("", "")] * bool(number)
            rows.append(("", Text(title, style="underline")))
            rows += [(hint.keys, hint.words) for hint in key_hints]
        columns = 2 if self.app.size.width >= _WIDE else 1
        height = -(-len(rows) // columns)
        rows += [("", "")] * (columns * height - len(rows))
        with VerticalScroll() as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            table = Table.grid(padding=(0, 2))
            for _ in range(columns):
                table.add_column(justify="right", style="bold", no_wrap=True)
                table.add_column()
            for row in range(height):
                table.add_row(*(part for column in range(columns) for part in rows[column * height + row]))
            yield Static(table)
