"""What `--bandwidth` says."""

from __future__ import annotations

from dataclasses import dataclass

from tui.calibration.sizes import parse_size

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
        form = "give bytes a second such as 200kB or 1.5MB, or auto, or off"
        rate = parse_size(word.removesuffix("/s"), f"--bandwidth '{text}'", least=LEAST_BYTES_PER_S, form=form)
        return cls(rate, follows_link=False)
