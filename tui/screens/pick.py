"""A dialog to pick one of several things, or to type another: sources, models, profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """What the user chose or typed."""

    value: str
    typed: bool


class PickDialog(ModalScreen[Picked | None]):
    """Choices to walk through and, below them, a field for anything else; escape changes nothing."""

    DEFAULT_CSS = """
    PickDialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; max-height: 90%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & OptionList { height: auto; max-height: 14; border: none; background: $surface; padding: 0; }
        & Input { height: 1; border: none; padding: 0 1; background: $surface-lighten-1; }
        & Input:focus { background: $accent 40%; }
        & Label { width: 1fr; color: $foreground-muted; }
        & #problem { color: $text-warning; display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "change nothing", id="pick.cancel")]

    def __init__(
        self, title: str, choices: Sequence[Choice], typing: str, problem: str = "", current: str | None = None
    ) -> None:
        """Ask for one of several things.

        Args:
            title: in the border.
            choices: the list.
            typing: what can be typed instead.
            problem: shown above the list: why the dialog opened.
            current: value of the choice that is in use; the list opens there.
        """
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._typing = typing
        self._problem = problem
        self._current = current

    def compose(self) -> ComposeResult:
        """Problem, list, field, keys."""
        with Vertical() as box:
            box.border_title = self._title
            problem = Label(self._problem, id="problem", markup=False)
            problem.display = bool(self._problem)
            yield problem
            yield OptionList(*(Option(self._prompt(each), id=f"choice-{n}") for n, each in enumerate(self._choices)))
            yield Label(self._typing, markup=False)
            yield Input(id="other", compact=True)
            yield Label("⏎ take   tab to the field and back   esc change nothing", markup=False)

    def on_mount(self) -> None:
        """Start where there is something to choose."""
        options = self.query_one(OptionList)
        if self._choices:
            self.set_focus(options)
            options.highlighted = next((n for n, each in enumerate(self._choices) if each.value == self._current), 0)
        else:
            options.display = False
            self.set_focus(self.query_one(Input))

    def _prompt(self, choice: Choice) -> str:
        label = choice.label.replace("[", "\\[")
        detail = choice.detail.replace("[", "\\[")
        return f"{label:<24} [dim]{detail}[/dim]" if detail else label

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Picked(self._choices[event.option_index].value, typed=False))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if text:
            self.dismiss(Picked(text, typed=True))
