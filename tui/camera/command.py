"""Commands that write pictures to their standard output."""

from __future__ import annotations

import hashlib
import shlex
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.camera.frame import SourceInfo
from tui.camera.live import LiveSource, NotYet, Producer
from tui.camera.pipe import PipeReader
from tui.camera.printable import printable_address
from tui.camera.process import Process
from tui.errors import InputError, SourceEnded, SourceError
from tui.geometry.arrays import RGBImage

PREFIX = "exec:"
_HOW = "as in: --source 'exec:ffmpeg -loglevel error -i CLIP -f mjpeg -'"
_STALL_S = 10.0
_OPEN_S = 3.0
"""Then it is left to `read`, which can be broken off."""
_FIRST_S = 5.0
"""Longer than `_STALL_S` does `LiveSource` wait: what is amiss is then said here, with the program's own words."""
_LOOK_S = 0.1
_EXIT_S = 0.5
"""A program's pipes are closed a moment before it has ended."""
_MOST_NAME = 30
_MAX_BAD_PICTURES = 10


def is_command(spec: str) -> bool:
    """Whether opening it starts a program of the user's choice: to be taken from their own hands only."""
    return spec.strip()[: len(PREFIX)].casefold() == PREFIX


def open_command(spec: str) -> LiveSource:
    """Start `exec:COMMAND`, split into words as a shell does, without a shell; blocks for seconds at most.

    Raises:
        SourceError: it cannot be started, or writes no pictures. One that ends or delivers nothing is no such case: its
            `read` says so, as of a camera that was lost.
    """
    text = spec.strip()[len(PREFIX) :]
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise SourceError(f"exec: the command cannot be split into words: {error}; {_HOW}") from error
    if not words or not words[0]:
        raise SourceError(f"exec: names no command; {_HOW}")
    # The words may hold a password; yet two commands are two cameras.
    digest = hashlib.sha256("\0".join(words).encode(errors="surrogateescape")).hexdigest()[:4]
    name = printable_address(Path(words[0]).name)[:_MOST_NAME] or "exec"
    source = start(words, SourceInfo(spec, f"{name} #{digest}", live=True))
    source.wait_open()
    return source


def start(words: Sequence[str], info: SourceInfo, note_of: Callable[[RGBImage], str] | None = None) -> LiveSource:
    """Start a program, words and all, to read its pictures; `LiveSource.wait_open` tells whether it writes any.

    Args:
        words: the program and its arguments.
        info: what the source is.
        note_of: what there is to say of the first picture; it goes along with that.
    """
    notes: deque[str] = deque()

    def first(image: RGBImage) -> None:
        if note_of is not None and (note := note_of(image)):
            notes.append(note)

    return PipeSource(info, lambda stopping: _CommandProducer(words, info.label, stopping, first), notes)


class PipeSource(LiveSource):
    """Tells its producer when it is closed, which then need not wait for what may never come."""

    def __init__(
        self,
        info: SourceInfo,
        open_producer: Callable[[threading.Event], Producer],
        notes: deque[str] | None = None,
    ) -> None:
        self._stopping = threading.Event()
        super().__init__(
            info,
            lambda: open_producer(self._stopping),
            open_timeout_s=_OPEN_S,
            stall_s=_STALL_S + _FIRST_S,
            patient=True,
            notes=notes,
        )

    def close(self) -> None:
        """As `LiveSource.close`; the program is asked to end at once."""
        self._stopping.set()
        super().close()


class Pictures:
    """Decodes the newest picture of a pipe, again and again."""

    def __init__(self, reader: PipeReader, label: str, stopping: threading.Event) -> None:
        self._reader, self._label, self._stopping = reader, label, stopping
        self._bad = 0
        self.bad = ""
        """What was wrong with the last of those that cannot be read, without the name of the source; else empty."""

    def next(self) -> RGBImage | None:
        """The next picture; None at the end.

        Raises:
            SourceError: none that can be read; none in time.
        """
        deadline_s = time.monotonic() + _STALL_S
        while True:
            try:
                picture = self._reader.take(_LOOK_S)
            except SourceError as error:
                raise SourceError(f"{self._label}: {error}") from error
            if self._stopping.is_set():
                raise SourceEnded(f"{self._label}: closed")
            if picture is not None:
                try:
                    image = picture.decode(picture.data, self._label)
                except InputError as error:
                    self._bad += 1
                    self.bad = str(error).removeprefix(f"{self._label}: ")
                    if self._bad >= _MAX_BAD_PICTURES:
                        raise SourceError(f"{error}; {self._bad} pictures in a row were like that") from error
                    continue
                self._bad = 0
                return image
            if self._reader.ended:
                return None
            if time.monotonic() > deadline_s:
                raise self._nothing()

    def wait_known(self) -> None:
        """Until the first bytes have told what comes, something is wrong, or it is closed.

        Raises:
            SourceError: what comes is no stream of pictures.
        """
        deadline_s = time.monotonic() + _STALL_S
        while not (self._reader.known or self._reader.ended or self._stopping.is_set()):
            self._stopping.wait(_LOOK_S / 10)
            if time.monotonic() > deadline_s:
                raise self._nothing()
        if self._reader.ended and not self._reader.known:
            try:
                self._reader.take(0)
            except SourceError as error:
                raise SourceError(f"{self._label}: {error}") from error

    def _nothing(self) -> NotYet:
        said = str(self._reader.said) or self._reader.unlike
        return NotYet(f"{self._label}: no picture for {_STALL_S:g} s{f': {said}' if said else ''}")


class _CommandProducer:
    def __init__(
        self, words: Sequence[str], label: str, stopping: threading.Event, first: Callable[[RGBImage], None]
    ) -> None:
        self._label = label
        self._first: Callable[[RGBImage], None] | None = first
        self._process = Process(words, label)
        self._reader = PipeReader(self._process.stdout, self._process.stderr)
        self._pictures = Pictures(self._reader, label, stopping)
        self._delivered = False
        try:
            self._pictures.wait_known()
        except BaseException:
            self.close()
            raise

    def next(self) -> RGBImage:
        image = self._pictures.next()
        if image is None:
            raise NotYet(self._why_ended())
        self._delivered = True
        if self._first is not None:
            self._first(image)
            self._first = None
        return image

    def close(self) -> None:
        self._process.end()  # with its pipe still drained: it may have more to write before it ends
        self._reader.stop()
        self._process.close()

    def _why_ended(self) -> str:
        until_s = time.monotonic() + _EXIT_S
        while not (by_itself := self._process.has_ended()) and time.monotonic() < until_s:
            time.sleep(_LOOK_S / 10)
        status = self._process.end()
        what = f"ended{status_words(status)}" if by_itself else "writes no more pictures"
        if not self._delivered:
            what += " without a picture"
            what += f" that can be read ({bad})" if (bad := self._pictures.bad) else ""
        said = str(self._reader.said)
        return f"{self._label}: {what}{f': {said}' if said else ''}"


def status_words(status: int) -> str:
    """How a program ended, by its exit status: ' with exit code 3', ' by SIGKILL'; empty where it ended well."""
    if status == 0:
        return ""
    if status > 0:
        return f" with exit code {status}"
    try:
        return f" by {signal.Signals(-status).name}"
    except ValueError:
        return f" by signal {-status}"
