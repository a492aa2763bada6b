"""What somebody wants to be told of: conditions on a distance's interval, and how they are written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from tui.calibration.durations import format_duration, parse_duration
from tui.calibration.units import parse_distance
from tui.calibration.written import in_digits, plain, readings
from tui.errors import InputError

CLEARS_BEYOND = 0.05
"""Of a limit, relative: how far behind it what rings has to be, to be quiet again, where the user says nothing."""

_MOST_BEYOND = 0.9
_LONGEST_S = 86_400.0
_FORM = (
    "write it as NAME: surely nearer than 1m for 2s; also perhaps nearer, surely farther, perhaps farther, "
    "changes by more than 10%, no reading for 10s"
)
_RULE = re.compile(
    r"(?:"
    r"(?P<sure>surely\s+|perhaps\s+)?(?P<side>nearer|closer|farther|further)(?:\s+than)?\s+(?P<limit>.+?)"
    r"|changed?s?\s+by\s+(?:more\s+than\s+)?(?P<share>[^%]+?)\s*%"
    r"|(?P<silent>no\s+reading|silent|stale)"
    r")(?:,?\s+for\s+(?P<hold>.+?))?(?:,?\s+clears?\s+at\s+(?P<clear>.+?)\s*%)?",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"(?P<number>[0-9.,]+)\s*(?P<unit>[a-z]+)")


class Condition(StrEnum):
    """What of a reading is watched."""

    SURELY_NEARER = "surely nearer"
    """All of the interval is nearer than the limit, and the reading can be believed."""
    PERHAPS_NEARER = "perhaps nearer"
    """The interval reaches nearer than the limit."""
    SURELY_FARTHER = "surely farther"
    PERHAPS_FARTHER = "perhaps farther"
    CHANGED = "changed"
    """The distance is another than it was, by more than a share. The errors of a calibration are the same before and
    after, so that this looks at the distance and not at its interval."""
    SILENT = "no reading"
    """There has been no distance for a time: lost, covered, stale, nothing there."""

    @property
    def sure(self) -> bool:
        """Whether it says what must be so, for which only what can be believed is evidence."""
        return self in {Condition.SURELY_NEARER, Condition.SURELY_FARTHER}

    @property
    def has_limit(self) -> bool:
        """Whether a distance belongs to it."""
        return self not in {Condition.CHANGED, Condition.SILENT}


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition on one place."""

    place: str
    """Name of a pin or region: 'pin 1', 'door'."""
    condition: Condition
    limit_m: float = 0.0
    """The distance that is compared with; of the conditions that have one."""
    share: float = 0.0
    """Of `CHANGED`: 0.1 for 10 %."""
    hold_s: float = 0.0
    """For how long it has to be so before it rings; of `SILENT` the time without a reading."""
    clears_beyond: float = CLEARS_BEYOND
    """Relative to the limit: so far behind it has to be to be quiet again."""
    limit_text: str = field(default="", compare=False)
    """The limit in the user's own unit, '80 cm'; empty for one that nobody has written."""

    @property
    def text(self) -> str:
        """As it can be written: 'door: surely nearer than 80 cm for 2 s'; `parse_rule` gives the same rule back."""
        return f"{self.place}: {self.words}"

    @property
    def words(self) -> str:
        """The same without its place."""
        hold = f" for {format_duration(self.hold_s)}" if self.hold_s else ""
        clears = "" if self.clears_beyond == CLEARS_BEYOND else f", clears at {100 * self.clears_beyond:.6g} %"
        if self.condition is Condition.CHANGED:
            what = f"changes by more than {100 * self.share:.6g} %"
        elif self.condition is Condition.SILENT:
            what, clears = "no reading", ""
        else:
            what = f"{self.condition.value} than {self.limit_words}"
        return f"{what}{hold}{clears}"

    @property
    def limit_words(self) -> str:
        """The limit as it was written, else in metres or millimetres: '80 cm'."""
        return self.limit_text or _in_metres(self.limit_m)


def parse_rule(text: str, option: str = "--alarm") -> Rule:
    """A rule from `door: surely nearer than 1m for 2s`.

    Also `perhaps nearer`, `farther`, `changes by more than 10%`, `no reading for 10s`, and at the end how far behind
    the limit it has to be to be quiet again: `, clears at 20 %`.

    Raises:
        InputError: shows the form of what is wrong in it.
    """
    named = f"{option} '{text}'"
    head, _, condition_text = text.partition(":")
    place = _as_names_are_kept(head)
    match = _RULE.fullmatch(plain(condition_text))
    if match is None or not place:
        raise InputError(f"{named}: {_FORM}")
    hold_s = parse_duration(match["hold"], f"{named}: '{match['hold']}'", _LONGEST_S) if match["hold"] else 0.0
    beyond = CLEARS_BEYOND
    if match["clear"]:
        beyond = _share(match["clear"], f"{named}: clears at {match['clear']} %", _MOST_BEYOND)
    if match["silent"]:
        if hold_s <= 0:
            raise InputError(f"{named}: say for how long, such as {place}: no reading for 10s")
        return Rule(place, Condition.SILENT, hold_s=hold_s)
    if match["share"]:
        share = _share(match["share"], f"{named}: {match['share']} %", 10.0)
        return Rule(place, Condition.CHANGED, share=share, hold_s=hold_s, clears_beyond=beyond)
    side = "nearer" if match["side"].lower() in {"nearer", "closer"} else "farther"
    if match["sure"] is None:
        raise InputError(
            f"{named}: surely {side} (all of the interval) or perhaps {side} (some of it)? write one of them"
        )
    try:
        limit_m = parse_distance(match["limit"])
    except InputError as error:
        raise InputError(f"{named}: {error}") from error
    condition = Condition(f"{match['sure'].strip().lower()} {side}")
    limit_text = _as_written(match["limit"])
    return Rule(place, condition, limit_m, hold_s=hold_s, clears_beyond=beyond, limit_text=limit_text)


def _share(text: str, what: str, most: float) -> float:
    found = [each / 100 for each in readings(text, point_divides=True) if 0 < each / 100 <= most]
    if not found:
        raise InputError(f"{what}: write a share between 0 and {100 * most:.0f} %")
    if len(found) > 1:
        both = " or ".join(f"{in_digits(100 * each)} %" for each in sorted(found, reverse=True))
        raise InputError(f"{what}: {both}? write one of them")
    return found[0]


def _as_names_are_kept(text: str) -> str:
    """A place as it stands in an alarm, in the form in which the names of regions are kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _as_written(limit: str) -> str:
    """A limit that was understood, with one blank before its unit: '80 cm'; in metres where none was written."""
    written = limit.strip().lower()
    simple = _LIMIT.fullmatch(written)
    if simple is not None:
        return f"{simple['number']} {simple['unit']}"
    return f"{written} m" if re.fullmatch(r"[0-9.,]+", written) else written


def _in_metres(limit_m: float) -> str:
    return f"{in_digits(limit_m, 6)} m" if limit_m >= 1 else f"{in_digits(1000 * limit_m, 6)} mm"
