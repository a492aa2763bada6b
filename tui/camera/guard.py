"""Who ends a command when this program is killed, and can end nothing any more.

A bare shell of a session of its own waits at a pipe that this program alone holds open. However this program ends, the
system closes the pipe, and the shell kills the command's process group: the command and its children, whatever signals
they ignore and however silent they are. PR_SET_PDEATHSIG would reach the command alone, is lost to programs that
change user, and fires when the thread that started it ends. Out of reach is what has left the group (setsid, daemons).
"""

from __future__ import annotations

import contextlib
import os
import subprocess

# The first line is the group; what ends the second `read` is the end of the pipe, or of this program.
_WATCH = 'read -r group && { read -r _; kill -s KILL -- "-$group"; }'


class Guard:
    """Stands by before the command is started, so that there is no time without it; used by one thread at a time."""

    def __init__(self) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):  # no shell, or no process more: the command is worth having all the same
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd="/",
                env={},
                start_new_session=True,  # no ctrl+c and no hang-up of the terminal reaches it
            )

    def watch(self, group: int) -> None:
        """From now on, that process group does not outlive this program."""
        if self._shell is not None and self._shell.stdin is not None:
            with contextlib.suppress(OSError):
                os.write(self._shell.stdin.fileno(), b"%d\n" % group)

    def dismiss(self) -> None:
        """End it without a blow; while the group's first process is not waited for, lest its number be another's."""
        if self._shell is not None:
            self._shell.kill()
            self._shell.wait()
            if self._shell.stdin is not None:
                self._shell.stdin.close()
            self._shell = None
