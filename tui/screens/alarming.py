"""Alarms are set in the prompt, listed and removed in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.calibration.units import DistanceUnit
from tui.calibration.wording import figure_of, status_in_words
from tui.errors import InputError
from tui.instrument.alarms import with_alarm, without_alarms
from tui.instrument.instrument import Instrument
from tui.records.observation import Observation, observations
from tui.records.rule import Rule, parse_rule
from tui.screens.alarm_words import rule_words, stage_words
from tui.screens.understood import NOT_YET
from tui.screens.watching import Watching
from tui.widgets.key_bar import Hints, KeyHint
from tui.widgets.question import Question
from tui.widgets.row_list import RowList
from tui.widgets.words import Words

ALARM = "alarm"
"""Under which conditions are remembered."""
_EXAMPLE = "surely nearer than 1m for 2s"
_OFF = {"off", "none"}
_KEYS = (
    KeyHint("⏎", "change", "enter"),
    KeyHint("del", "remove", "delete"),
    KeyHint("↑↓", "walk", "down"),
    KeyHint("esc", "close", "escape"),
)


def alarm_question(instrument: Instrument, watching: Watching, place: str, instead: Rule | None = None) -> Question:
    """What asks for an alarm on a pin or region, or for another one in the place of one."""

    def take(text: str) -> None:
        if text.lower() in _OFF:
            remove_alarms(instrument, watching, *(each.rule for each in watching.alarms_of(place)))
        else:
            rule = rule_on(place, text)
            _replace_given(watching, instead)
            before = "" if instead is None else instead.text
            instrument.update(with_alarm(instrument.session, rule.text, before))
        watching.look()

    def means(text: str) -> str:
        return _understood(instrument, watching, place, text)

    start = "" if instead is None else instead.words
    off = ", or off" if watching.alarms_of(place) else ""
    return Question(
        ALARM, lambda: f"alarm on {place}{off}:", _EXAMPLE, take, means, lambda: f"{place}{off}:", start=start
    )


def rule_on(place: str, text: str) -> Rule:
    """What is typed as an alarm on a place, with its name before it or without.

    Raises:
        InputError: shows the form.
    """
    head, colon, rest = text.partition(":")
    condition = rest if colon and head.strip().casefold() == place.casefold() else text
    try:
        return parse_rule(f"{place}: {condition.strip()}", "alarm")
    except InputError as error:
        raise InputError(str(error).replace("NAME: ", "")) from error


def remove_alarms(instrument: Instrument, watching: Watching, *rules: Rule) -> None:
    """Without these, whoever set them; those of the user come back by undo."""
    watching.given = tuple(each for each in watching.given if each not in rules)
    instrument.update(without_alarms(instrument.session, *(each.text for each in rules)))


def adopt_given(instrument: Instrument, watching: Watching, place: str) -> None:
    """Alarms of a place that came with the start are the user's now: they follow it to another name, and back."""
    for rule in (each for each in watching.given if each.place == place):
        instrument.update(with_alarm(instrument.session, rule.text))
    watching.given = tuple(each for each in watching.given if each.place != place)


def _replace_given(watching: Watching, instead: Rule | None) -> None:
    watching.given = tuple(each for each in watching.given if each != instead)


def _understood(instrument: Instrument, watching: Watching, place: str, text: str) -> str:
    """What would be watched, and whether it is so now."""
    if not text:
        set_now = [each.rule.words for each in watching.alarms_of(place)]
        return f"set: {'; '.join(set_now)}" if set_now else ""
    if text.lower() in _OFF:
        return "no alarm there any more"
    try:
        rule = rule_on(place, text)
    except InputError as error:
        asked = str(error).rpartition(": ")[2]
        return asked if "?" in asked else NOT_YET  # half of a word is no mistake yet
    seen = next((each for each in observations(instrument.reading) if each.name == place), None)
    return f"= {rule.words}{_now(seen, instrument.session.unit)}"


def _now(seen: Observation | None, unit: DistanceUnit) -> str:
    if seen is None:
        return ""
    figure = figure_of(seen.reading, unit)
    return f"   reads {status_in_words(seen.reading) if figure is None else figure.whole} now"


class AlarmList(ModalScreen[Rule | None]):
    """All alarms and how they stand; the answer is the one that is to be changed."""

    DEFAULT_CSS = """
    AlarmList {
        align: center middle;
        & > Vertical {
            width: 90; max-width: 96%; height: auto; max-height: 90%;
            border: round $accent; background: $surface; padding: 0 1;
        }
        & RowList { height: 8; }
        & Words { color: $foreground-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,W", "leave", "close", id="alarms.close")]

    def __init__(self, watching: Watching, unit: DistanceUnit, remove: Callable[[Rule], object]) -> None:
        """Show them.

        Args:
            watching: knows them.
            unit: of limits.
            remove: takes one away.
        """
        super().__init__()
        self._watching = watching
        self._unit = unit
        self._remove = remove
        self._rules: tuple[Rule, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, or what to do where there is none."""
        with Vertical() as box:
            box.border_title = "Alarms"
            yield Words()
            yield RowList("   place: condition, and how it stands", widget_id="alarms")
            yield Hints(_KEYS)

    def on_mount(self) -> None:
        """They change while one looks."""
        self._look()
        self.set_interval(0.5, self._look)
        self.query_one(RowList).focus()

    def action_leave(self) -> None:
        """Nothing is to be changed."""
        if self.is_current:
            self.dismiss(None)

    def _look(self) -> None:
        alarms, waiting = self._watching.alarms, self._watching.waiting
        self._rules = (*(each.rule for each in alarms), *waiting)
        rows = [f"{each.rule.place}: {rule_words(each.rule, self._unit)}   {stage_words(each)}" for each in alarms]
        rows += [f"{each.place}: {rule_words(each, self._unit)}   there is no {each.place} here" for each in waiting]
        warnings = frozenset(index for index, each in enumerate(alarms) if each.ringing)
        self.query_one(RowList).show(rows, warnings)
        self.query_one(Words).say("" if rows else "there is none: A sets one on a pin or a region")
        self.query_one(Words).display = not rows

    @on(RowList.Removed)
    def _removed(self, event: RowList.Removed) -> None:
        event.stop()
        if event.index < len(self._rules):
            self._remove(self._rules[event.index])
            self._look()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        if event.index < len(self._rules) and self.is_current:
            self.dismiss(self._rules[event.index])
