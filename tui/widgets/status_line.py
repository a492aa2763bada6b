"""One row of facts; what does not fit is left out whole, least important first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.visible import visible
from tui.widgets.words import with_dots

_GAP = "  "


class Tone(StrEnum):
    """What a field's colour means."""

    PLAIN = "status--plain"
    DIM = "status--dim"
    ACCENT = "status--accent"
    WARNING = "status--warning"


@dataclass(frozen=True, slots=True)
class Field:
    """One fact in the status line."""

    text: str
    priority: int
    """Fields with the highest number are left out first."""
    tone: Tone = Tone.PLAIN
    right: bool = False
    """Whether it stands at the right end."""
    shrinks: bool = False
    """Whether it may be shortened with an ellipsis instead of being left out (an error's text)."""
    restless: bool = False
    """Whether it is a number that is another one at every look; nobody could read it at that pace."""

    @property
    def lasting(self) -> tuple[object, ...]:
        """What it says apart from the number, if it is one."""
        return bool(self.text) if self.restless else self.text, self.priority, self.tone, self.right


def fit_fields(fields: Sequence[Field], width: int) -> list[Field]:
    """The fields that fit into `width` cells together, in their order.

    The most important ones are placed first; one that may shrink takes what is left.
    """
    chosen: list[Field] = []
    left = width
    for field in sorted((f for f in fields if f.text), key=lambda f: f.priority):
        need = len(field.text) + len(_GAP)
        if need <= left:
            chosen.append(field)
            left -= need
        elif field.shrinks and left > 12:
            text = with_dots(field.text, left - len(_GAP))
            chosen.append(Field(text, field.priority, field.tone, field.right))
            left -= len(text) + len(_GAP)
    order = {id(field): number for number, field in enumerate(fields)}
    priorities = {field.priority: order[id(field)] for field in fields}
    return sorted(chosen, key=lambda f: priorities[f.priority])


class StatusLine(Widget):
    """The top row: what is shown, by which model, how fast, and what went wrong last."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {tone.value for tone in Tone}

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $panel;
        & > .status--plain { color: $foreground; background: $panel; }
        & > .status--dim { color: $foreground-muted; background: $panel; }
        & > .status--accent { color: $text-accent; background: $panel; text-style: bold; }
        & > .status--warning { color: $text-warning; background: $panel; text-style: bold; }
    }
    """

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._fields: tuple[Field, ...] = ()

    def show(self, fields: Sequence[Field], *, numbers: bool = True) -> None:
        """Show these fields; priorities must differ from each other.

        Without `numbers`, the row is left as it is if only restless ones would change: each time the row is drawn
        again costs the interface as much as a key does.
        """
        new = tuple(replace(field, text=visible(field.text)) for field in fields)
        if numbers or [field.lasting for field in new] != [field.lasting for field in self._fields]:
            if new != self._fields:
                self.refresh()
            self._fields = new

    @property
    def text(self) -> str:
        """What the row says now, as plain text."""
        return self.render_line(0).text

    def render_line(self, y: int) -> Strip:
        """The row itself."""
        width = self.size.width
        if y or not width:
            return Strip.blank(width, self.rich_style)
        chosen = fit_fields(self._fields, width - 1)
        left = [f for f in chosen if not f.right]
        right = [f for f in chosen if f.right]
        segments = [Segment(" ", self._style(Tone.PLAIN)), *self._segments(left)]
        tail = self._segments(right)
        used = sum(segment.cell_length for segment in (*segments, *tail))
        fill = Segment(" " * max(0, width - used), self._style(Tone.PLAIN))
        return Strip([*segments, fill, *tail]).adjust_cell_length(width)

    def _style(self, tone: Tone) -> Style:
        return self.get_component_rich_style(tone.value)

    def _segments(self, fields: Sequence[Field]) -> list[Segment]:
        gap = Segment(_GAP, self._style(Tone.PLAIN))
        return [part for field in fields for part in (Segment(field.text, self._style(field.tone)), gap)]
