"""Dark and light: Textual's own, but for colours that words would be hard to read in."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

_HINT = "auto 75%"
"""Of what the paper asks for, black or white."""

_DARK = BUILTIN_THEMES["textual-dark"]
_LIGHT = BUILTIN_THEMES["textual-light"]
_AMBER = "#7A4400"
"""As dark as amber must be to be read on light grey."""

THEMES: tuple[Theme, ...] = (
    replace(
        _DARK,
        name="dark",
        variables={
            **_DARK.variables,
            "text-muted": _HINT,
            "text-disabled": _HINT,
            "input-selection-background": "#2F4A5C",
        },
    ),
    replace(
        _LIGHT,
        name="light",
        accent=_AMBER,
        variables={
            **_LIGHT.variables,
            "text-muted": _HINT,
            "text-disabled": _HINT,
            "input-selection-background": "#B4C6D6",
            "foreground-muted": "#1F1F1FBF",
            "text-accent": _AMBER,
            "text-warning": _AMBER,
        },
    ),
)
"""By the names that the settings know."""
