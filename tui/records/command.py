"""A command of the user's, run when an alarm begins to ring or falls quiet."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess

from tui.errors import InputError
from tui.records.bulletin import Bulletin
from tui.records.outlet import NotTaken
from tui.records.plain import event_plain

PATIENCE_S = 30.0
"""A command that takes longer is ended: the next alarm must not wait for it."""
_LATE_S = 300.0


class CommandSink:
    """Runs the command once an event, one after the other, the event as JSON on its standard input; no shell."""

    late_s = _LATE_S
    events_only = True

    def __init__(self, command: str, patience_s: float = PATIENCE_S) -> None:
        """`command` is split into words as a shell does.

        Raises:
            InputError: there is no word in it, or a quote stays open.
        """
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise InputError(f"--exec '{command}': {error}") from error
        if not self._words:
            raise InputError("--exec: name a command")
        self.name = f"--exec {self._words[0]}"
        self._patience_s = patience_s

    def put(self, bulletin: Bulletin) -> None:
        """Run it for each event, and wait; what goes wrong is said and not tried again, as it may have half happened.

        Raises:
            NotTaken: it cannot be started, failed, or took too long and was ended.
        """
        for event in bulletin.events:
            self._run(json.dumps(event_plain(bulletin, event), ensure_ascii=False) + "\n")

    def idle(self, now_s: float) -> None:
        """Nothing to do."""
        del now_s

    def close(self) -> None:
        """Nothing stays open."""

    def _run(self, text: str) -> None:
        try:
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise NotTaken(f"cannot be started: {getattr(error, 'strerror', None) or error}") from error
        try:
            _, said = process.communicate(text.encode(), self._patience_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stderr):
                if pipe is not None:
                    pipe.close()
            raise NotTaken(f"took longer than {self._patience_s:g} s and was ended") from None
        if process.returncode:
            last = said.decode(errors="replace").strip().rpartition("\n")[2][:200]
            raise NotTaken(f"ended with {process.returncode}{f': {last}' if last else ''}")
