"""What `--bandwidth` says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.errors import InputError

_UNITS = {"": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "kib": 1_024, "mib": 1_048_576}
_PATTERN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*?)(?:/s)?", re.IGNORECASE)
LEAST_BYTES_PER_S = 2_000
"""Below this not even the readings keep up."""


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """How much may be sent."""

    bytes_per_s: float | None = None
    """The budget; None where the link itself sets it, or nothing does."""
    follows_link: bool = True
    """Whether the link is watched and not filled further than it empties."""

    @classmethod
    def parse(cls, text: str) -> Bandwidth:
        """Read `200kB`, `1.5MB`, `auto` or `off`.

        Raises:
            InputError: for anything else, or a budget too small to work with.
        """
        word = text.strip().lower()
        if word in {"auto", "off"}:
            return cls(None, word == "auto")
        match = _PATTERN.fullmatch(word)
        factor = _UNITS.get(match[2]) if match else None
        if match is None or factor is None:
            raise InputError(f"bandwidth '{text}': give bytes a second such as 200kB or 1.5MB, or auto, or off")
        rate = float(match[1]) * factor
        if rate < LEAST_BYTES_PER_S:
            raise InputError(f"bandwidth '{text}': at least {LEAST_BYTES_PER_S // 1000}kB a second are needed")
        return cls(rate, follows_link=False)
