"""Standard input as a source, where no keys are needed: a picture, or a stream as a command writes it."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Iterator
from io import UnsupportedOperation
from typing import BinaryIO

from tui.camera.command import Pictures, PipeSource
from tui.camera.frame import FrameSource, SourceInfo
from tui.camera.imread import Picture, decode_noted
from tui.camera.pipe import PipeReader
from tui.camera.played import left_out
from tui.camera.stills import StillSource
from tui.camera.stream_kind import PictureStream, Undecoded
from tui.errors import InputError, SourceEnded, SourceError
from tui.geometry.arrays import RGBImage

STANDARD_INPUT = "-"
_NAME = "standard input"
_HOW = "as in: ffmpeg -loglevel error -i CLIP -f mjpeg - | depth-tui"
_MOST_PICTURE_BYTES = 500_000_000
_READ_BYTES = 1024 * 1024
_MOST_IN_A_FILE = 2
"""A picture and its preview."""
_ALONE_S = 0.5
"""After a first picture: without an end or a second one until then, it stands for itself, or a slow stream begins."""
_USUAL_RATE_HZ = 25.0
_END_HELD_S = 2.0
"""So long is the last picture of a stream as good as any other."""


def open_standard_input() -> FrameSource:
    """Its newest picture, as of a command; one that comes alone is a still.

    Raises:
        SourceError: it is a terminal, or closed; no pictures come.
    """
    reader = PipeReader(_file())
    pictures = Pictures(reader, _NAME, threading.Event())
    pictures.wait_known()
    deadline_s = time.monotonic() + _ALONE_S
    while reader.count < 2 and not reader.finished and time.monotonic() < deadline_s:
        time.sleep(_ALONE_S / 50)
    if reader.finished:
        if reader.count == 0:
            raise SourceError(f"{_NAME}: no picture came; {_HOW} watch --source - --at 120,200")
        if reader.count == 1 and (image := pictures.next()) is not None:
            return StillSource(SourceInfo(STANDARD_INPUT, _NAME, live=False, still=True), image)
    return PipeSource(SourceInfo(STANDARD_INPUT, _NAME, live=True), lambda stopping: _Producer(reader, stopping))


def read_standard_input() -> Picture:
    """One picture: the file that comes, or the first picture of a stream, without waiting for its end.

    Raises:
        InputError: nothing comes, or nothing that can be read.
    """
    file = None if sys.stdin is None else sys.stdin.buffer
    stream: PictureStream | None = PictureStream()
    first, count, data = None, 0, bytearray()
    while file is not None and (chunk := _chunk(file, _ALONE_S if count else None)):
        if len(data) + len(chunk) > _MOST_PICTURE_BYTES:
            raise InputError(f"{_NAME}: more than {_MOST_PICTURE_BYTES // 1_000_000} MB, too much for one picture")
        data += chunk
        try:
            found = stream.feed(chunk) if stream else []
        except SourceError:  # a picture that no stream is made of, or none; its reader says more
            stream, found = None, []
        count += len(found)
        first = first or next(iter(found), None)
        if first and stream and (count > _MOST_IN_A_FILE or not stream.holds_files):
            return Picture(first.decode(first.data, _NAME))
    if not data:
        raise InputError(f"{_NAME}: no picture came; as in: cat desk.jpg | depth-tui measure - --at 120,200")
    return decode_noted(bytes(data), _NAME)


class EveryPicture:
    """The pictures of standard input from the first to the last; whoever writes them waits. As `tui.camera.once.Once`.

    Raises:
        SourceError: it is a terminal, or closed; what comes is no stream of pictures.
    """

    def __init__(self) -> None:
        self._input = _file()
        self._stream = PictureStream()
        self._waiting: list[Undecoded] = []
        self._ended = False
        self.faults = ""
        """What is missing, in one line; empty if nothing is."""
        self.notes: tuple[str, ...] = ()
        """What else there is to say: nothing."""
        self._advance()
        if not self._waiting:
            raise SourceError(f"{_NAME}: no picture came; {_HOW} depth - --out maps")
        self.rate_hz = self._stream.rate_hz
        """Frames a second as the stream says, 0 where it does not."""

    def __iter__(self) -> Iterator[tuple[float, RGBImage]]:
        """(seconds from the start, RGB, uint8, shape (H, W, 3)) of each.

        Raises:
            SourceError: what comes is no stream of pictures.
        """
        damaged, count = 0, 0
        rate_hz = self.rate_hz or _USUAL_RATE_HZ
        while self._waiting:
            for number, each in enumerate(self._waiting, count):
                try:
                    yield number / rate_hz, each.decode(each.data, _NAME)
                except InputError:
                    damaged += 1
            count += len(self._waiting)
            self._advance()
        if damaged:
            self.faults = f"{_NAME}: {left_out(damaged)}"

    def _advance(self) -> None:
        """Wait for the next pictures; there are none at the end."""
        self._waiting = []
        while not self._waiting and not self._ended:
            data = os.read(self._input.fileno(), _READ_BYTES)
            self._ended = not data
            try:
                self._waiting = self._stream.feed(data) if data else self._stream.finish()
            except SourceError as error:
                raise SourceError(f"{_NAME}: {error}") from error


class _Producer:
    def __init__(self, reader: PipeReader, stopping: threading.Event) -> None:
        self._reader, self._stopping = reader, stopping
        self._pictures = Pictures(reader, _NAME, stopping)
        self._delivered = False

    def next(self) -> RGBImage:
        image = self._pictures.next()
        if image is not None:
            self._delivered = True
            return image
        if not self._delivered:
            raise SourceError(f"{_NAME}: no picture came that can be read")
        self._stopping.wait(_END_HELD_S)
        raise SourceEnded(f"{_NAME}: its end")

    def close(self) -> None:
        self._reader.stop()


def _file() -> BinaryIO:
    if sys.stdin is None or sys.stdin.closed:
        raise SourceError(f"{_NAME}: is closed")
    if sys.stdin.isatty():
        raise SourceError(f"{_NAME}: is a terminal; pipe pictures into it, {_HOW} ...")
    return sys.stdin.buffer


def _chunk(file: BinaryIO, wait_s: float | None) -> bytes:
    """What there is, as soon as there is something; empty at the end, or where nothing comes in time."""
    try:
        number = file.fileno()
    except UnsupportedOperation:  # not a file of the system's
        return file.read(_READ_BYTES)
    if wait_s is not None and not select.select([number], [], [], wait_s)[0]:
        return b""
    return os.read(number, _READ_BYTES)
