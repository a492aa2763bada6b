"""Threads that compute stand back for the one that answers keys."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

_STEPS = 10


def stand_back() -> None:
    """Let this thread, and those that it starts, come after the interface's where there are too few cores for all.

    On Linux each thread has a nice value of its own (setpriority(2), "C library/kernel differences"); elsewhere it is
    the process's, which is left alone.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _STEPS)
