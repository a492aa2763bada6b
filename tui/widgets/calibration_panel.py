"""The calibration panel: references with true and fitted distance, the fit, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label

from tui.widgets.row_list import RowList
from tui.widgets.words import Words, set_height, set_most

_MOST_FIT, _MOST_ADVICE = 3, 6
"""Rows."""


def _nothing(_text: str) -> str:
    return ""


class CalibrationPanel(Vertical):
    """References and the fit; the prompt for a new one opens inside, so that the pictures stay in sight."""

    DEFAULT_CSS = """
    CalibrationPanel {
        & #prompt { height: 1; display: none; }
        & #understood { height: 1; display: none; color: $foreground-muted; }
        & #prompt.-open, & #understood.-open { display: block; }
        & #prompt Label { width: auto; padding: 0 1 0 0; }
        & #prompt Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $accent 40%; }
        & #fit { height: auto; max-height: 3; }
        & #advice { height: auto; color: $foreground-muted; }
        & #advice.-warning { color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back to the picture", id="calibration.leave", show=False),
    ]

    class Entered(Message):
        """The user answered the open prompt; the text is as it was typed."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Left(Message):
        """The user wants the focus back on the picture."""

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._purpose = ""
        self._understood: Callable[[str], str] = _nothing
        self._own = 0
        """Rows that the user has given; markers in sight follow."""

    def compose(self) -> ComposeResult:
        """Prompt, references, fit, advice."""
        with Horizontal(id="prompt"):
            yield Label("", id="question")
            yield Input(id="answer", compact=True)
        yield Words(id="understood")
        yield RowList("", widget_id="references")
        yield Words(id="fit")
        yield Words(id="advice")

    def ask(
        self,
        purpose: str,
        question: str,
        placeholder: str,
        value: str = "",
        understood: Callable[[str], str] | None = None,
    ) -> None:
        """Open the prompt; the answer comes as `Entered` with the same `purpose`.

        `understood` says what is meant by what was typed so far, in the row below; without it there is no such row.
        """
        self._purpose, self._understood = purpose, understood or _nothing
        self.query_one("#understood", Words).say(self._understood(value))
        self.query_one("#understood").set_class(understood is not None, "-open")
        self.query_one("#question", Label).update(question)
        answer = self.query_one("#answer", Input)
        answer.placeholder = placeholder
        answer.value = value
        self.query_one("#prompt").add_class("-open")
        self.screen.set_focus(answer)

    def close_prompt(self) -> None:
        """Close the prompt; what was typed into it is forgotten."""
        self.query_one("#prompt").remove_class("-open")
        self.query_one("#understood").remove_class("-open")

    @property
    def rows(self) -> tuple[str, ...]:
        """The references as they are shown, whole."""
        return self.query_one("#references", RowList).rows

    @property
    def prompt_open(self) -> bool:
        """Whether a question waits for its answer."""
        return self.query_one("#prompt").has_class("-open")

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

    @on(Input.Changed, "#answer")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#understood", Words).say(self._understood(event.value))

    def rows_in(self, columns: int) -> int:
        """How many rows it takes where it has so many columns."""
        words = self._fit_rows(columns) + min(_MOST_ADVICE, self.query_one("#advice", Words).rows_in(columns))
        return self.query_one("#references", RowList).height_wanted(columns) + words

    def _fit_rows(self, columns: int) -> int:
        return min(_MOST_FIT, self.query_one("#fit", Words).rows_in(columns))

    def fit(self, rows: int) -> None:
        """So many rows there are: where they are few, what is said leaves some to the references."""
        columns, references, advice = (
            self.content_size.width,
            self.query_one("#references", RowList),
            self.query_one("#advice", Words),
        )
        left = rows - self._fit_rows(columns)
        most = max(1, min(_MOST_ADVICE, left - references.height_least(columns)))
        set_most(advice, most)
        set_height(references, min(references.height_wanted(columns), left - min(most, advice.rows_in(columns))))

    @on(Input.Submitted, "#answer")
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered(self._purpose, event.value.strip()))

    def action_leave(self) -> None:
        """Close the prompt, or leave the panel."""
        self.close_prompt()
        self.post_message(self.Left())
