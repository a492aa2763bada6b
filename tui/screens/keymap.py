"""Keys of the user's own: from `[keys]` in the settings to what Textual binds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key, key_to_character

from tui.widgets.key_bar import key_name

_MODIFIERS = re.compile(r"(?:(?:ctrl|alt|shift|meta|super|hyper)\+)*")
_NAMED = {each.value for each in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}


def keymap_of(wanted: Mapping[str, str], bindings: Sequence[Binding]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What to bind, by id, and a clause on each wish that cannot be had.

    Args:
        wanted: keys, with commas between several, by the name of an action: `pin`, or whole, `main.pin`.
        bindings: all that there are, with their usual keys.
    """
    by_id = {each.id: each for each in bindings if each.id is not None}
    found: dict[str, str] = {}
    problems = []
    for name, text in wanted.items():
        known = _known(name, by_id)
        keys = [_key(each.strip()) for each in _divided(text)]
        if known is None:
            problems.append(f"there is no action {_short(name)!r}")
        elif None in keys or not keys:
            problems.append(f"{name} = {_short(text)!r} is no key")
        elif by_id[known].priority and any(each is not None and _is_typed(each) for each in keys):
            problems.append(f"{name} = {_short(text)!r} could not be typed any more")
        else:
            found[known] = ",".join(each for each in keys if each is not None)
    for known in list(found):
        other = _clash(known, found, by_id)
        if other:
            problems.append(f"{known} = {found[known]!r} is {other}")
            del found[known]
    return found, tuple(problems)


def bindings_of(kind: type[DOMNode]) -> list[Binding]:
    """The keys of a kind of widget, screen or app, without those that it inherits."""
    return [each for each in kind.BINDINGS if isinstance(each, Binding)]


def rebound(bindings: Iterable[Binding], keymap: Mapping[str, str]) -> list[Binding]:
    """Bindings with the user's keys, the first of several in `key`, all of them as they are shown."""
    return [_rebound(each, keymap.get(each.id or "")) for each in bindings]


def _rebound(binding: Binding, keys: str | None) -> Binding:
    first, *more = (keys or binding.key).split(",")
    if keys is None and binding.key_display:
        return replace(binding, key=first)
    shown = key_name(replace(binding, key=first, key_display=None))
    if keys is not None:
        names = [key_name(replace(binding, key=each, key_display=None)) for each in [first, *more]]
        shown = " ".join(name for name, key in zip(names, [first, *more], strict=True) if not _is_upper_twin(key))
    return replace(binding, key=first, key_display=shown)


def _known(name: str, by_id: Mapping[str, Binding]) -> str | None:
    name = name.strip().lower().replace("-", "_")
    places = ("", "main.", "app.", "picture.", "rows.")
    return next((f"{place}{name}" for place in places if f"{place}{name}" in by_id), None)


def _divided(text: str) -> list[str]:
    """At commas; one that stands alone is a key."""
    return [text] if text.strip() == "," else text.split(",")


def _key(text: str) -> str | None:
    """A key as Textual names it; None if there is none of this name."""
    modifiers = _MODIFIERS.match(text)
    head = modifiers[0] if modifiers else ""
    base = text[len(head) :]
    if len(base) == 1 and base.isprintable() and not base.isspace():
        if base.isalnum():
            return f"{head}{base}" if head or not base.isupper() else f"{base},shift+{base.lower()}"
        return head + _character_to_key(base)
    base = {"esc": "escape", "del": "delete", "pgup": "pageup", "pgdn": "pagedown", "return": "enter"}.get(base, base)
    return head + base if base in _NAMED or (base and key_to_character(base) is not None) else None


def _is_typed(key: str) -> bool:
    return "ctrl+" not in key and "alt+" not in key and key_to_character(key.partition(",")[0]) is not None


def _is_upper_twin(key: str) -> bool:
    """'shift+r' stands beside 'R', for terminals that say it so."""
    return re.fullmatch(r"shift\+[a-z]", key) is not None


def _clash(known: str, found: Mapping[str, str], by_id: Mapping[str, Binding]) -> str:
    """The words of another action that has one of these keys already, where both can be meant."""
    mine = set(found[known].split(","))
    for each, binding in by_id.items():
        places = {each.partition(".")[0], known.partition(".")[0]}
        if each == known or (len(places) == 2 and "rows" in places):  # in a table, its own keys come first
            continue
        if mine & set(found.get(each, binding.key).split(",")):
            return binding.description or each
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
