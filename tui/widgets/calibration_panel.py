"""The calibration panel: references with true and fitted distance, the fit, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from tui.widgets.row_list import RowList
from tui.widgets.words import Words, set_height, set_most

_MOST_FIT, _MOST_ADVICE = 3, 6
"""Rows."""


class CalibrationPanel(Vertical):
    """References and the fit."""

    DEFAULT_CSS = """
    CalibrationPanel {
        & #fit { height: auto; max-height: 3; }
        & #advice { height: auto; color: $foreground-muted; }
        & #advice.-warning { color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back to the picture", id="calibration.leave", show=False),
    ]

    class Left(Message):
        """The user wants the focus back on the picture."""

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._own = 0
        """Rows that the user has given; markers in sight follow."""

    def compose(self) -> ComposeResult:
        """References, fit, advice."""
        yield RowList("", widget_id="references")
        yield Words(id="fit")
        yield Words(id="advice")

    @property
    def rows(self) -> tuple[str, ...]:
        """The references as they are shown, whole."""
        return self.query_one("#references", RowList).rows

    def show(
        self,
        header: str,
        rows: Sequence[str],
        fit: str,
        advice: str,
        *,
        warning: bool,
        suspects: frozenset[int],
        own: int,
    ) -> None:
        """Show the references (those in `suspects` stand out), the fit, and advice; the first `own` were given."""
        newest = own - 1 if own > self._own else None
        self._own = own
        self.query_one("#references", RowList).show(rows, suspects, header, newest)
        for selector, text in (("#fit", fit), ("#advice", advice)):
            words = self.query_one(selector, Words)
            words.say(text)
            words.display = bool(text)
        self.query_one("#advice").set_class(warning, "-warning")

    def rows_in(self, columns: int) -> int:
        """How many rows it takes where it has so many columns."""
        words = self._fit_rows(columns) + min(_MOST_ADVICE, self.query_one("#advice", Words).rows_in(columns))
        return self.query_one("#references", RowList).height_wanted(columns) + words

    def _fit_rows(self, columns: int) -> int:
        return min(_MOST_FIT, self.query_one("#fit", Words).rows_in(columns))

    def fit(self, rows: int, columns: int) -> None:
        """So much room there is inside: where rows are few, what is said leaves some to the references."""
        references, advice = self.query_one("#references", RowList), self.query_one("#advice", Words)
        left = rows - self._fit_rows(columns)
        most = max(1, min(_MOST_ADVICE, left - references.height_least(columns)))
        set_most(advice, most)
        set_height(references, min(references.height_wanted(columns), left - min(most, advice.rows_in(columns))))

    def action_leave(self) -> None:
        """Leave the panel."""
        self.post_message(self.Left())
