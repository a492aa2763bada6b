"""A command of the user's, run when an alarm begins to ring or falls quiet."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import threading
from typing import IO

from tui.errors import InputError
from tui.records.bulletin import Bulletin
from tui.records.outlet import NotTaken
from tui.records.plain import event_plain

PATIENCE_S = 30.0
"""A command that takes longer is ended: the next alarm must not wait for it."""
_LATE_S = 300.0
_KEPT_BYTES, _READ_BYTES = 4096, 65_536
_LAST_WORDS_S = 2.0


def check_command(command: str) -> None:
    """See now whether it could be run, rather than when an alarm rings.

    Raises:
        InputError: it is no command, or there is none of that name.
    """
    name = CommandSink(command).words[0]
    if shutil.which(name) is None:
        raise InputError(f"--exec '{command}': there is no program {name}; name one in PATH, or its whole path")


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
            self.words = shlex.split(command)
        except ValueError as error:
            raise InputError(f"--exec '{command}': {error}") from error
        if not self.words or not self.words[0]:
            raise InputError("--exec: name a command")
        self.name = f"--exec {self.words[0]}"
        self._patience_s = patience_s

    def put(self, bulletin: Bulletin) -> None:
        """Run it for each event, and wait; what goes wrong is said and not tried again, as it may have half happened.

        Raises:
            NotTaken: it cannot be started, failed, or took too long and was ended.
        """
        wrong: list[NotTaken] = []
        for event in bulletin.events:
            try:
                self._run(json.dumps(event_plain(bulletin, event), ensure_ascii=False) + "\n")
            except NotTaken as error:  # the others are run all the same
                wrong.append(error)
        if wrong:
            raise wrong[0]

    def idle(self, now_s: float) -> None:
        """Nothing to do."""
        del now_s

    def close(self) -> None:
        """Nothing stays open."""

    def _run(self, text: str) -> None:
        try:
            process = subprocess.Popen(
                self.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise NotTaken(f"cannot be started: {getattr(error, 'strerror', None) or error}") from error
        assert process.stdin is not None and process.stderr is not None  # noqa: S101, PT018 - both are PIPE
        last = _LastWords(process.stderr)
        with contextlib.suppress(BrokenPipeError), process.stdin:  # it need not listen
            process.stdin.write(text.encode())
        try:
            # It has ended when it has itself: what it leaves running, a sound that plays, may hold its error stream.
            status = process.wait(self._patience_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise NotTaken(f"took longer than {self._patience_s:g} s and was ended") from None
        if status:
            words = last.words
            raise NotTaken(f"ended with {status}{f': {words}' if words else ''}")


class _LastWords:
    """Reads an error stream to its end, however much comes, and keeps the last of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._kept = stream, b""
        self._thread = threading.Thread(target=self._read, name="tui-exec", daemon=True)
        self._thread.start()

    @property
    def words(self) -> str:
        """Its last line, once the program has ended."""
        self._thread.join(_LAST_WORDS_S)
        return self._kept.decode(errors="replace").strip().rpartition("\n")[2][:200]

    def _read(self) -> None:
        with self._stream, contextlib.suppress(OSError):
            while found := self._stream.read(_READ_BYTES):
                self._kept = (self._kept + found)[-_KEPT_BYTES:]
