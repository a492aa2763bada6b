"""A pipe that is always drained: whoever writes into it never waits, and the newest picture wins."""

from __future__ import annotations

import os
import re
import selectors
import threading
import time
from typing import IO

from tui.camera.burst import Burst
from tui.camera.printable import printable_address
from tui.camera.stream_kind import PictureStream, Undecoded
from tui.errors import SourceError

_READ_BYTES = 1024 * 1024
_LOOK_EVERY_S = 0.1
_LAST_WORDS_S = 0.5
"""After the end of the pictures, for what is still said on the error stream: a program's child may hold it open."""
_MOST_LINE_BYTES = 4096
_MOST_SHOWN = 200
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+")


class LastLine:
    """The last line that was said, of a stream of them; holds no more than one."""

    def __init__(self) -> None:
        self._line = b""
        self._open = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes; a carriage return ends a line too, as of what shows how far it is."""
        lines = re.split(rb"[\r\n]+", bytes(self._open) + data)
        self._line = next((each for each in reversed(lines[:-1]) if each.strip()), self._line)[:_MOST_LINE_BYTES]
        self._open = bytearray(lines[-1][:_MOST_LINE_BYTES])

    def __str__(self) -> str:
        """Without escapes, passwords in addresses, and all that is too long to show."""
        line = bytes(self._open)  # once: another thread feeds it
        line = line if line.strip() else self._line
        text = _ESCAPE.sub("", line.decode("utf-8", "replace"))
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        text = _ADDRESS.sub(lambda found: printable_address(found[0]), text)
        return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


class PipeReader:
    """Reads a pipe of pictures, and the error stream beside it, in a thread of its own until both have ended."""

    def __init__(self, pictures: IO[bytes], words: IO[bytes] | None = None) -> None:
        self._pictures, self._words = pictures, words
        self._stream = PictureStream()
        self._changed = threading.Condition()
        self._newest: Undecoded | None = None
        self._burst = Burst()
        self._error: SourceError | None = None
        self._ended = False
        self._stopped = False
        self.count = 0
        """Of pictures so far."""
        self.said = LastLine()
        self._thread = threading.Thread(target=self._run, name="tui-pipe", daemon=True)
        self._thread.start()

    def take(self, timeout_s: float) -> Undecoded | None:
        """The newest picture that was not taken yet; None where there is none in time, or at the end.

        After a silence, that is the last of those that had been held up.

        Raises:
            SourceError: what comes is no stream of pictures; does not name the source.
        """
        with self._changed:
            until_s = time.monotonic() + timeout_s
            while not (self._ended or self._stopped):
                due_s = until_s if self._newest is None else self._burst.due_s
                left_s = min(due_s, until_s) - time.monotonic()
                if left_s <= 0:
                    break
                self._changed.wait(left_s)
            newest = None
            if self._newest is not None and (self._ended or self._burst.due_s <= time.monotonic()):
                newest, self._newest = self._newest, None
            if newest is None and self._error is not None:
                raise self._error
            return newest

    @property
    def known(self) -> bool:
        """Whether the first bytes have told what kind of pictures come."""
        return self._stream.known

    @property
    def unlike(self) -> str:
        """How what came so far is not like pictures: 'writes words'; empty where it may be, or nothing came."""
        return self._stream.unlike

    @property
    def finished(self) -> bool:
        """Whether the pipe has ended; the newest picture may wait still."""
        return self._ended

    @property
    def ended(self) -> bool:
        """Whether nothing will come any more."""
        with self._changed:
            return self._ended and self._newest is None

    def stop(self) -> None:
        """End the thread; the pipe may be closed after that."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._read()
        except OSError as error:
            self._fail(SourceError(f"cannot be read: {error.strerror or error}"))
        finally:
            self._finish()

    def _finish(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _fail(self, error: SourceError) -> None:
        self._error = self._error or error
        self._finish()

    def _read(self) -> None:
        with selectors.PollSelector() as selector:  # epoll refuses files
            selector.register(self._pictures, selectors.EVENT_READ)
            if self._words is not None:
                selector.register(self._words, selectors.EVENT_READ)
            until_s = float("inf")
            while not self._stopped and selector.get_map() and time.monotonic() < until_s:
                for key, _ in selector.select(_LOOK_EVERY_S):
                    data = os.read(key.fd, _READ_BYTES)
                    if key.fileobj is not self._pictures:
                        self.said.feed(data)
                    else:
                        self._cut(data)
                        until_s = until_s if data else time.monotonic() + _LAST_WORDS_S
                    if not data:
                        selector.unregister(key.fileobj)

    def _cut(self, data: bytes) -> None:
        if self._error is not None:  # drained all the same: who is to end must not wait for us
            return
        try:
            found = self._stream.feed(data) if data else self._stream.finish()
        except SourceError as error:
            self._fail(error)
            return
        if found:
            with self._changed:
                self._newest = found[-1]
                self._burst.came(time.monotonic())
                self.count += len(found)
                self._changed.notify_all()
