"""One question to a terminal that no app has taken over, and its answer."""

from __future__ import annotations

import contextlib
import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator


def answer_to(question: str, fd: int, until: re.Pattern[bytes], wait_s: float) -> bytes:
    """What a terminal says to a question, up to what matches `until`; what has come by then, if it does not in time.

    Args:
        question: escape codes.
        fd: of the terminal.
        until: what the last of the answers looks like.
        wait_s: how long to wait.

    Raises:
        OSError: it is gone.
        termios.error: it is no terminal.
    """
    answer = b""
    with _unseen(fd):
        os.write(fd, question.encode())
        end_s = time.monotonic() + wait_s
        while not until.search(answer) and (left_s := end_s - time.monotonic()) > 0:
            if select.select([fd], [], [], left_s)[0]:
                answer += os.read(fd, 1024)
    return answer


@contextlib.contextmanager
def _unseen(fd: int) -> Iterator[None]:
    """Keys, and answers, as they come and unseen; as it was afterwards."""
    before = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)
