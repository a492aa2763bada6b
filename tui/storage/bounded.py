"""Small files, whatever lies there: a device without an end, a pipe into which nobody writes."""

from __future__ import annotations

import os
import select
import stat
import time
from pathlib import Path

_BLOCK_BYTES = 1 << 20
_LOOK_EVERY_S = 0.02
PIPE_S = 5.0
"""How long a pipe may be silent: what `<(command)` writes begins later than it is opened."""


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """All of a file, but of a larger one `most_bytes` and one more, by which it is told.

    Raises:
        OSError: it cannot be read, or is a pipe that stays silent; says why.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe without a writer keeps nobody waiting
    with os.fdopen(handle, "rb", buffering=0) as file:
        waits = stat.S_ISFIFO(os.fstat(handle).st_mode)
        found = bytearray()
        deadline_s = time.monotonic() + PIPE_S
        while len(found) <= most_bytes:
            block = file.read(min(_BLOCK_BYTES, most_bytes + 1 - len(found)))
            if block:
                found += block
                deadline_s = time.monotonic() + PIPE_S
            elif block is not None and (found or not waits):
                break
            elif time.monotonic() > deadline_s:
                raise TimeoutError("a pipe into which nobody writes")
            elif block is None:
                select.select([handle], [], [], _LOOK_EVERY_S)
            else:  # its writer has not come yet
                time.sleep(_LOOK_EVERY_S)
    return bytes(found)
