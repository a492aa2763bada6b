"""A dialog to pick one of several things, or to type another: sources, models, profiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.typed import completion
from tui.widgets.visible import visible

_COMPLETE = KeyHint("tab", "complete", "tab")
_KEYS = (
    KeyHint("⏎", "take", "enter"),
    KeyHint("↑↓", "walk", "down"),
    _COMPLETE,
    KeyHint("esc", "change nothing", "escape"),
)
_MUTED = "$foreground-muted"
_WIDEST_LABEL = 24
"""Columns of labels behind which the details stand in one line."""
_MOST_ROWS, _OTHER_ROWS = 30, 9
"""Rows of the list; rows of the terminal that are for the rest."""
_MOST_NAMED = 300
"""Characters of choices that are named."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    value: str
    label: str
    detail: str = ""
    """Beside it; what follows a line break stands below."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What the user chose or typed."""

    value: str
    typed: bool


class PickDialog(ModalScreen[Picked | None]):
    """Choices to walk through and, below them, a field for anything else; escape changes nothing.

    The field always has the focus: what is typed goes there and narrows the list, arrows walk in the list meanwhile.
    Enter takes the row that the user walked to, else what was typed, else the choice that is in use.
    """

    DEFAULT_CSS = """
    PickDialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; max-height: 100%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & OptionList {
            height: auto; border: none; background: $surface; padding: 0;
            scrollbar-color: $accent 50%; scrollbar-background: $surface; scrollbar-size-vertical: 1;
        }
        & OptionList > .option-list--option-highlighted {
            color: $foreground; background: $accent 12%; text-style: bold;
        }
        & Input { height: 1; border: none; padding: 0 1; background: $surface-lighten-1; }
        & Input:focus { background: $accent 30%; }
        & Label { width: 1fr; color: $foreground-muted; }
        & #said { color: $foreground; display: none; }
        & #problem { color: $text-warning; display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "change nothing", id="pick.cancel"),
        Binding("up", "walk('up')", "walk", id="pick.up"),
        Binding("down", "walk('down')", "walk", id="pick.down"),
        Binding("pageup", "walk('page_up')", "walk", id="pick.page_up"),
        Binding("pagedown", "walk('page_down')", "walk", id="pick.page_down"),
        Binding("tab", "complete", "complete", id="pick.complete"),
        Binding("shift+tab", "stay", "stay", id="pick.stay", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        typing: str,
        current: str | None = None,
        complete: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        """Ask for one of several things.

        Args:
            title: in the border.
            choices: the list.
            typing: what can be typed instead.
            current: value of the choice that is in use; only that one is highlighted before the user walks.
            complete: what a typed text may be the beginning of, for the tab key.
        """
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._shown = self._choices
        self._pad = min(_WIDEST_LABEL, max((len(each.label) for each in choices if each.detail), default=0))
        self._typing = typing
        self._current = current
        self._complete = complete
        self._walked = False

    def compose(self) -> ComposeResult:
        """Problem, list, field, keys."""
        with Vertical() as box:
            box.border_title = self._title
            yield Label("", id="problem", markup=False)
            choices = OptionList()
            choices.can_focus = False
            yield choices
            yield Label(self._typing, markup=False)
            yield Input(id="other", compact=True, select_on_focus=False)
            yield Label("", id="said", markup=False)
            yield Hints(_KEYS if self._complete is not None else [each for each in _KEYS if each is not _COMPLETE])

    def on_mount(self) -> None:
        """Start at what is in use."""
        self._say("")
        self._list("")
        self.set_focus(self.query_one(Input))

    def on_resize(self, event: events.Resize) -> None:
        """The list leaves room for the rest."""
        self.query_one(OptionList).styles.max_height = max(2, min(_MOST_ROWS, event.size.height - _OTHER_ROWS))

    def on_key(self, event: events.Key) -> None:
        """What is printable goes to the field, whatever has the focus."""
        field = self.query_one(Input)
        if event.is_printable and event.character and not field.has_focus:
            event.stop()
            field.focus()
            field.insert_text_at_cursor(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted as well; the field itself takes it where it has the focus."""
        field = self.query_one(Input)
        lines = event.text.splitlines()
        if lines and not field.has_focus:
            event.stop()
            field.focus()
            field.insert_text_at_cursor(lines[0])

    def _list(self, wanted: str) -> None:
        """Show the choices that hold what is typed."""
        wanted = wanted.strip().casefold()
        self._shown = tuple(
            each for each in self._choices if wanted in f"{each.value}\n{each.label}\n{each.detail}".casefold()
        )
        self._walked = False
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(self._prompt(each)) for each in self._shown)
        options.display = bool(self._shown)
        values = [each.value for each in self._shown]
        options.highlighted = values.index(self._current) if not wanted and self._current in values else None

    def _prompt(self, choice: Choice) -> Content:
        label, (beside, _, below) = visible(choice.label), choice.detail.partition("\n")
        parts: list[str | tuple[str, str]] = [f"{label:<{self._pad}} " if beside else label, (visible(beside), _MUTED)]
        if below:
            parts += [("\n  " + visible(below), _MUTED)]
        return Content.assemble(*parts)

    def _say(self, problem: str) -> None:
        label = self.query_one("#problem", Label)
        label.update(visible(problem))
        label.display = bool(problem)

    def action_walk(self, step: str) -> None:
        """Move in the list; what was typed stays."""
        if self._shown:
            self._walked = True
            getattr(self.query_one(OptionList), f"action_{'cursor_' * (step in {'up', 'down'})}{step}")()

    def action_stay(self) -> None:
        """The field keeps the focus."""

    def action_complete(self) -> None:
        """Complete what is typed as far as there is no choice; name the choices."""
        field = self.query_one(Input)
        if self._complete is None or not field.value.strip():
            return
        field.value, names = completion(field.value, self._complete(field.value))
        field.cursor_position = len(field.value)
        self.call_after_refresh(self._name_choices, names)

    def _name_choices(self, names: str) -> None:
        said = self.query_one("#said", Label)
        said.update(visible(names if len(names) <= _MOST_NAMED else f"{names[:_MOST_NAMED]} …"))
        said.display = bool(names)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._say("")
        self._name_choices("")
        self._list(event.value)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._take(Picked(self._shown[event.option_index].value, typed=False))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        text, row = event.value.strip(), self.query_one(OptionList).highlighted
        if row is not None and (self._walked or not text):
            self._take(Picked(self._shown[row].value, typed=False))
        elif text:
            self._take(Picked(text, typed=True))
        else:
            walk = "walk to a row with ↑↓, or " if self._shown else ""
            self._say(f"nothing is chosen: {walk}type {'something else' if walk else 'something'}")

    def _take(self, picked: Picked) -> None:
        if self.is_current:  # not twice, by a double click
            self.dismiss(picked)
