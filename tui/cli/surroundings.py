"""What the program is started in: standard streams, signals, and what the environment says of the terminal's size."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

_SIZES = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
_MOST_DIGITS = 4


def settle() -> None:
    """Make the best of them, before anything else looks at them."""
    open_streams()
    forget_wrong_sizes()
    end_on_signals()


def open_streams() -> None:
    """Open on nothing what was closed (`>&-`, cron, a daemon).

    Otherwise the next file that is opened is given the number of a standard stream, and what C libraries print goes
    into that file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
                os.set_inheritable(opened, True)
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                mode = "r" if number == 0 else "w"
                stream = open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115  # for good
                setattr(sys, name, stream)
                setattr(sys, f"__{name}__", stream)


def forget_wrong_sizes() -> None:
    """Where the exported size of the terminal is no size, ask the terminal."""
    for name in _SIZES:
        size = os.environ.get(name, "1")
        if not (size.isascii() and size.isdigit() and len(size) <= _MOST_DIGITS and int(size) > 0):
            del os.environ[name]


def forget_sizes() -> None:
    """The terminal itself knows better what is exported: it may have been made larger since."""
    with contextlib.suppress(OSError):
        size = os.get_terminal_size(1)
        if size.columns > 0 and size.lines > 0:
            for name in _SIZES:
                os.environ.pop(name, None)


def end_on_signals() -> None:
    """End in order when asked to, as on ctrl+c: what is open is closed, what was measured is written.

    What whoever started the program wants ignored (nohup) stays ignored.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, lambda *_: os._exit(128 + number))  # asked twice: something hangs
    raise SystemExit(128 + number)
