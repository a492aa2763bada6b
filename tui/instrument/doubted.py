"""An answer that should be looked at once more before it is taken."""

from __future__ import annotations

from tui.errors import InputError


class Doubted(InputError):
    """What was typed is not what is expected there, or must be seen first; the same answer again is taken.

    Args:
        words: why.
        outline_px: corners of what it is about in the picture, (column, row) each; none where it is a pixel alone.
    """

    def __init__(self, words: str, outline_px: tuple[tuple[float, float], ...] = ()) -> None:
        super().__init__(words)
        self.outline_px = outline_px
