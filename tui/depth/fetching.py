"""What every way of fetching a model shares: who is told of it, and that it can be stopped."""

from __future__ import annotations

from collections.abc import Callable

from tui.errors import ModelError

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and the bytes there will be, if known."""


class FetchCancelled(ModelError):
    """The user stopped it; what came is kept for the next time."""
