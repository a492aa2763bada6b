"""Libraries in C that write what they think of a file straight to the error stream, past every setting."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

_LOCK = threading.Lock()
_STDERR = 2


class _Held:
    inside = 0
    kept = -1


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Meanwhile the error stream leads nowhere; of several threads the last one puts it back."""
    with _LOCK:
        if _Held.inside == 0:
            with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none
                sys.stderr.flush()
                _Held.kept = os.dup(_STDERR)
                nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
                os.dup2(nowhere, _STDERR)
                os.close(nowhere)
        _Held.inside += 1
    try:
        yield
    finally:
        with _LOCK:
            _Held.inside -= 1
            if _Held.inside == 0 and _Held.kept >= 0:
                os.dup2(_Held.kept, _STDERR)
                os.close(_Held.kept)
                _Held.kept = -1
