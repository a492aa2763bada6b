"""Rows of keys that a click presses: the screen's, generated from the bindings, and dialogs'; never cut in a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import ActiveBinding, Binding
from textual.keys import _character_to_key
from textual.strip import Strip
from textual.widget import Widget

_GAP = 2


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Some keys and what they do, in words."""

    keys: str
    words: str
    press: str
    """The key to simulate when the hint is clicked."""

    @property
    def width(self) -> int:
        """Cells it takes, without a gap."""
        return len(self.keys) + 1 + len(self.words)


_NAMES = {_character_to_key(chr(code)): chr(code) for code in range(33, 127)} | {
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "enter": "⏎",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "delete": "del",
    "escape": "esc",
}


def key_name(binding: Binding) -> str:
    """How a key is written for people: '⏎', 'shift ←', 'r'."""
    if binding.key_display:
        return binding.key_display
    *modifiers, key = binding.key.split("+")
    return " ".join([*modifiers, _NAMES.get(key, key)])


def hints(bindings: Iterable[Binding]) -> list[KeyHint]:
    """One hint for every run of bindings that share their words, in order, each binding once."""
    found: dict[str, KeyHint] = {}
    for binding in bindings:
        words = binding.group.description if binding.group else binding.description
        name = key_name(binding)
        if not words:
            continue
        if words not in found:
            found[words] = KeyHint(name, words, binding.key)
        elif name not in found[words].keys and not _is_twin(name, found[words].keys):
            found[words] = KeyHint(_joined(found[words].keys, name), words, found[words].press)
    return list(found.values())


def _is_twin(name: str, keys: str) -> bool:
    """'shift q' beside 'Q' is how some terminals say the same key."""
    modifier, _, key = name.partition(" ")
    return modifier == "shift" and len(key) == 1 and key.upper() in keys.split()


def _joined(keys: str, name: str) -> str:
    """'shift ←' and 'shift ↑' as 'shift ←↑'; 'pgup' and 'pgdn' as 'pgup pgdn'."""
    *modifiers, key = name.split(" ")
    if modifiers and keys.startswith(" ".join(modifiers)):
        name = key
    return keys + ("" if len(name) == 1 else " ") + name


def fit_hints(all_hints: list[KeyHint], always: list[KeyHint], width: int) -> list[KeyHint]:
    """As many hints as fit, in order, with room kept for those that must always be there."""
    left = width - sum(hint.width + _GAP for hint in always)
    chosen: list[KeyHint] = []
    for hint in all_hints:
        if hint in always:
            continue
        if hint.width + _GAP > left:
            break
        left -= hint.width + _GAP
        chosen.append(hint)
    return chosen + always


class Hints(Widget):
    """A row of keys; a click on one presses it, so that a mouse is enough."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--words"}

    DEFAULT_CSS = """
    Hints {
        height: 1;
        & > .keys--key { color: $text-accent; text-style: bold; }
        & > .keys--words { color: $foreground; }
    }
    """

    def __init__(self, hints: Sequence[KeyHint] = (), widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._hints = list(hints)

    def say(self, hints: Sequence[KeyHint]) -> None:
        """Show others."""
        self._hints = list(hints)
        self.refresh()

    def shown(self) -> list[KeyHint]:
        """Those that there is room for; how to leave always."""
        leaving = [hint for hint in self._hints if hint.press == "escape"]
        return fit_hints(self._hints, leaving, self.size.width - 1 + _GAP)

    def render_line(self, y: int) -> Strip:
        """The row itself."""
        width = self.size.width
        words_style = self.get_component_rich_style("keys--words")
        key_style = self.get_component_rich_style("keys--key")
        segments = [Segment(" ", words_style)]
        for hint in self.shown() if y == 0 else ():
            segments.append(Segment(hint.keys, key_style))
            segments.append(Segment(f" {hint.words}{' ' * _GAP}", words_style))
        return Strip(segments).adjust_cell_length(width, words_style)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        event.stop()
        x = 1
        for hint in self.shown():
            if x <= event.x < x + hint.width:
                self.app.simulate_key(hint.press)
                return
            x += hint.width + _GAP


class KeyBar(Hints):
    """The bottom row, generated from the bindings."""

    DEFAULT_CSS = """
    KeyBar {
        background: $panel;
        & > .keys--key { background: $panel; }
        & > .keys--words { background: $panel; }
    }
    """

    def __init__(self, always: tuple[str, ...] = (), widget_id: str | None = None) -> None:
        """Show the keys of the screen; `always` names the ids of bindings that stay when room is short."""
        super().__init__(widget_id=widget_id)
        self._always = always
        self._urged = ""

    def urge(self, binding_id: str) -> None:
        """Show this binding first, also if it is usually not shown; none if empty."""
        if binding_id != self._urged:
            self._urged = binding_id
            self.refresh()

    def on_mount(self) -> None:
        """Follow the focus: other widgets, other keys."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def shown(self) -> list[KeyHint]:
        """What works here, as much as fits; some of it always."""
        active: list[ActiveBinding] = list(self.screen.active_bindings.values())
        urged = [a.binding for a in active if self._urged and a.binding.id == self._urged and a.enabled]
        shown = urged + [a.binding for a in active if a.binding.show and a.enabled and a.binding not in urged]
        always = hints(b for b in shown if b.id in self._always)
        return fit_hints(hints(shown), always, self.size.width - 1)
