"""Which tips this machine's user has seen: each is said once."""

from __future__ import annotations

import contextlib

from tui.storage.paths import data_dir

TOUR = "tour"


def was_said(tip: str) -> bool:
    """Whether a tip has been said before."""
    return (data_dir() / "tips" / tip).exists()


def first_time(tip: str) -> bool:
    """Whether a tip has not been said before; it counts as said from now on.

    Where nothing can be written it is said at every start.
    """
    path = data_dir() / "tips" / tip
    if path.exists():
        return False
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return True
