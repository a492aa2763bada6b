"""How the C library gives memory back."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD, _LARGE = -3, 256 * 1024
_ARENA_MAX, _ARENAS = -8, 2


def keep_memory_flat() -> None:
    """Give every large array pages of its own, and back as soon as it is not needed any more.

    Left alone, glibc raises the size from which it does so to that of the largest array freed so far (mallopt(3),
    M_MMAP_THRESHOLD), and frames then break up the heap: the app grew by 1.3 MB a minute. Elsewhere nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return  # another C library
    mallopt(_MMAP_THRESHOLD, _LARGE)
    mallopt(_ARENA_MAX, _ARENAS)  # else each thread has a heap of its own, with holes of its own
