"""What went wrong in the program itself, in files that a report of it can be made from."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import traceback
from datetime import datetime
from pathlib import Path

from tui.errors import StorageError
from tui.storage.atomic import write_atomically
from tui.storage.paths import faults_dir
from tui.version import __version__

_MOST_FILES = 10
_MOST_CHARACTERS = 200_000
_LOGIN = re.compile(r"(?<=://)[^/\s'\"]*@")


def without_logins(text: str) -> str:
    """The text with user and password of every address in it left out."""
    return _LOGIN.sub("***@", text)


def write_fault(error: BaseException) -> Path | None:
    """Keep an error's traceback, without the logins of addresses; its file, or None if it could not be written.

    Only the newest files are kept.
    """
    now = datetime.now().astimezone()
    text = "".join(traceback.format_exception(error))
    text = without_logins(text.encode("utf-8", "backslashreplace").decode())[-_MOST_CHARACTERS:]
    path = faults_dir() / f"{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    head = f"depth-tui {__version__}, Python {platform.python_version()}, {platform.platform()}, {now.isoformat()}\n\n"
    try:
        write_atomically(path, head + text)
    except StorageError:
        return None
    with contextlib.suppress(OSError):
        for old in sorted(path.parent.glob("*.txt"))[:-_MOST_FILES]:
            old.unlink()
    return path
