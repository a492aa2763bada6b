"""What the app's process does with its error stream: before the app, so that it is the screen's alone, and after it."""

from __future__ import annotations

import os
import sys

from tui.storage.faults import without_logins, write_fault


def keep_drivers_off_the_screen() -> None:
    """Drivers and decoders in C write warnings to descriptor 2, which is the screen: let those go nowhere.

    Textual draws on what `sys.__stderr__` is, so that is moved to a descriptor of its own first.
    """
    own = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
    sys.stderr = sys.__stderr__ = own  # type: ignore[misc]  # final only for those who do not own the process
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def fault_line(error: Exception) -> str:
    """One line on a fault of the program itself; its details go to a file that the line names."""
    path = write_fault(error)
    text = without_logins(" ".join(str(error).split()))
    what = f"a fault of depth-tui itself: {type(error).__name__}: {text}"[:300]
    return f"{what} (details: {path})" if path else what


def say(line: str) -> None:
    """One line after the app, with control characters shown, not obeyed."""
    shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)
    sys.stderr.write(f"depth-tui: {shown}\n")
