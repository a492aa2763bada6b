"""Everything that can be done, with its keys, and what the words mean: one list to search, run by enter or a click."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.keymap import bindings_of, rebound
from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.visible import visible

_KEYS = (
    KeyHint("⏎", "do it", "enter"),
    KeyHint("tab", "other page", "tab"),
    KeyHint("esc", "close", "escape"),
)
_WALK = {"up": "cursor_up", "down": "cursor_down", "page_up": "page_up", "page_down": "page_down"}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done."""

    words: str
    keys: str
    """As they are shown: 'R', 'shift ←'."""
    place: str
    """Where its key works."""
    run: str
    """Textual's action."""


def actions_of(places: Iterable[tuple[str, type[DOMNode]]], keymap: Mapping[str, str]) -> list[Action]:
    """What can be done in places, each with its words and the kind of widget, screen or app whose keys do it."""
    return [
        Action(binding.description, binding.key_display or "", place, _whole(binding.action, kind))
        for place, kind in places
        for binding in rebound(bindings_of(kind), keymap)
        if binding.description
    ]


def _whole(action: str, kind: type[DOMNode]) -> str:
    """An action with its place where that is the app."""
    return f"app.{action}" if issubclass(kind, App) and "." not in action else action


class PaletteDialog(ModalScreen[Action | None]):
    """Two pages under one field: actions, and words; tab or a click turns the page. The answer is the action to run."""

    DEFAULT_CSS = """
    PaletteDialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 100%; height: 40; max-height: 100%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & Input { height: 1; border: none; padding: 0 1; background: $accent 30%; }
        & Horizontal { height: 1; }
        & .page { width: auto; padding: 0 2 0 0; color: $foreground-muted; }
        & .page.-shown { color: $text-accent; text-style: bold; }
        & OptionList { height: 1fr; border: none; background: $surface; padding: 0; }
        & OptionList, & VerticalScroll {
            scrollbar-color: $accent 50%; scrollbar-background: $surface; scrollbar-size-vertical: 1;
        }
        & OptionList > .option-list--option-highlighted {
            color: $foreground; background: $accent 12%; text-style: bold;
        }
        & VerticalScroll { height: 1fr; display: none; }
        & VerticalScroll Static { width: 100%; }
        &.-words VerticalScroll { display: block; }
        &.-words OptionList { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss", "close", id="palette.close"),
        Binding("tab,shift+tab", "turn", "other page", id="palette.turn"),
        Binding("up", "walk('up')", "walk", id="palette.up"),
        Binding("down", "walk('down')", "walk", id="palette.down"),
        Binding("pageup", "walk('page_up')", "walk", id="palette.page_up"),
        Binding("pagedown", "walk('page_down')", "walk", id="palette.page_down"),
    ]

    def __init__(
        self, actions: Sequence[Action], words: Sequence[tuple[str, str]], row: tuple[str, str] | None
    ) -> None:
        """Ask what to do.

        Args:
            actions: all of them.
            words: each with what it means.
            row: what the row that has the focus is, and says; None where none has it.
        """
        super().__init__()
        self._actions = tuple(actions)
        self._shown = self._actions
        self._entries = tuple(([row] if row is not None else []) + list(words))
        self._row = row

    def compose(self) -> ComposeResult:
        """Field, pages, list."""
        with Vertical() as box:
            box.border_title = "What to do"
            with Horizontal():
                yield Static("All keys", id="page-actions", classes="page -shown", markup=False)
                about = "This row, and the words" if self._row is not None else "What the words mean"
                yield Static(about, id="page-words", classes="page", markup=False)
            yield Input(placeholder="type to search", compact=True)
            choices = OptionList()
            choices.can_focus = False
            yield choices
            with VerticalScroll(can_focus=False):
                yield Static("", id="words", markup=False)
            yield Hints(_KEYS)

    def on_mount(self) -> None:
        """Everything, to begin with."""
        self._search("")
        self.set_focus(self.query_one(Input))

    @property
    def _reads_words(self) -> bool:
        return self.has_class("-words")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, text: str) -> None:
        """Show what holds every word that is typed; a key that is typed comes first."""
        wanted = text.casefold().split()

        def holds(*texts: str) -> bool:
            whole = " ".join(texts).casefold()
            return all(each in whole for each in wanted)

        found = [each for each in self._actions if holds(each.words, each.keys, each.place)]
        self._shown = tuple(sorted(found, key=lambda each: each.keys != text.strip()))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(each)) for each in self._shown)
        options.highlighted = 0 if self._shown else None
        entries = [each for each in self._entries if holds(*each)]
        paragraphs = [
            Content.assemble((visible(word), "bold $text-accent"), "\n", visible(meaning)) for word, meaning in entries
        ]
        nothing = Content("Nothing holds what is typed.")
        self.query_one("#words", Static).update(Content("\n\n").join(paragraphs) if paragraphs else nothing)
        self.query_one(VerticalScroll).scroll_home(animate=False)
        if not self._shown and not self._reads_words and entries:
            self.action_turn()

    def action_turn(self) -> None:
        """The other page."""
        self.toggle_class("-words")
        self.query_one("#page-words").set_class(self._reads_words, "-shown")
        self.query_one("#page-actions").set_class(not self._reads_words, "-shown")

    def action_walk(self, step: str) -> None:
        """Move in the list, or through the words."""
        if not self._reads_words:
            getattr(self.query_one(OptionList), f"action_{_WALK[step]}")()
            return
        words = self.query_one(VerticalScroll)
        rows = words.size.height - 1 if "page" in step else 1
        words.scroll_relative(y=rows if "down" in step else -rows, animate=False)

    @on(events.Click, ".page")
    def _turned(self, event: events.Click) -> None:
        event.stop()
        if (event.widget is not None and event.widget.id == "page-words") is not self._reads_words:
            self.action_turn()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        row = self.query_one(OptionList).highlighted
        if not self._reads_words and row is not None:
            self._take(row)

    def _take(self, row: int) -> None:
        if self.is_current:  # not twice, by a double click
            self.dismiss(self._shown[row])


def _line(action: Action) -> Content:
    pad = " " * max(1, 10 - cell_len(action.keys))
    return Content.assemble(
        (f" {action.keys}{pad}", "bold $text-accent"),
        f" {action.words}",
        (f"   {action.place}" if action.place else "", "$foreground-muted"),
    )
