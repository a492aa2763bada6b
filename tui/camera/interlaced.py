"""Whether OpenCV has shown a frame at all: from 4.13 on it gives what lay in memory where a video is interlaced.

Its FFmpeg refuses to convert such a frame and says so to its log alone; the picture that is returned is black, or one
of before, perhaps of another video. So the log is listened to where that may be.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_REFUSAL = b"Cannot convert interlaced"
_ERROR, _LONGEST = 16, 1024
_LOCK = threading.Lock()
_SPECIES = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


class _Heard:
    thread = 0
    """That which asks: others may be refused something at the same time."""
    refused = False


def _hear(context: int | None, level: int, words: bytes | None, values: int | None) -> None:
    if level > _ERROR or words is None or threading.get_ident() != _Heard.thread:
        return
    line, begins = ctypes.create_string_buffer(_LONGEST), ctypes.c_int(1)
    here = (ctypes.c_void_p(context), level, words, ctypes.c_void_p(values))
    _logs()[0].av_log_format_line2(*here, line, _LONGEST, ctypes.byref(begins))
    if _REFUSAL in line.value:
        _Heard.refused = True


_HEAR = _SPECIES(_hear)
"""Never let go: another thread may still be about to call it."""


def is_refused(retrieve: Callable[[], object]) -> bool:
    """Whether FFmpeg refuses to convert a frame, as it is interlaced; False where its log cannot be listened to.

    Args:
        retrieve: has the frame converted, once more.
    """
    logs = _logs()
    if not logs:
        return False
    with _LOCK:
        _Heard.thread, _Heard.refused = threading.get_ident(), False
        for each in logs:
            each.av_log_set_callback(_HEAR)
        try:
            retrieve()
        finally:
            for each in logs:
                each.av_log_set_callback(each.av_log_default_callback)  # which says nothing at the level that is set
        return _Heard.refused


@lru_cache(maxsize=1)
def _logs() -> tuple[ctypes.CDLL, ...]:
    """The libraries of FFmpeg that this program has loaded by now."""
    try:
        lines = _MAPS.read_text("utf-8", "replace").splitlines()
    except OSError:  # not on Linux
        return ()
    names = {line.split(maxsplit=5)[-1] for line in lines if "/libavutil" in line}
    try:
        return tuple(ctypes.CDLL(each) for each in sorted(names))
    except OSError:
        return ()
