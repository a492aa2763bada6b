"""What a range sensor's bytes come through: a command's output, or a serial port."""

from __future__ import annotations

import hashlib
import os
import re
import selectors
import shlex
import time
from pathlib import Path
from typing import Any, Protocol

from tui.camera.command import PREFIX as COMMAND
from tui.camera.command import is_command, status_words
from tui.camera.pipe import LastLine
from tui.camera.printable import printable_address
from tui.camera.process import Process
from tui.errors import InputError, SourceError
from tui.extras import SERIAL, why_not

PORT = "serial:"
USUAL_BAUD = 115_200
"""A TFmini's, and that of most."""
_READ_BYTES = 65_536
_LAST_WORDS_S = 0.5
_MOST_NAME = 30
_BAUD = re.compile(r"(?P<port>.+?)(?::(?P<baud>[0-9]{3,7}))?")


class Link(Protocol):
    """Open; one thread uses it."""

    def read(self, timeout_s: float) -> bytes | None:
        """What has come, empty if nothing did in time; None once it has ended well.

        Raises:
            SourceError: it has ended, and not well; says why, without naming the sensor.
        """
        ...

    def close(self) -> None:
        """Let go of it, and end what runs."""
        ...


def check_range_source(source: str) -> str:
    """The source as it is run: `exec:COMMAND` or `serial:/dev/ttyUSB0[:115200]`.

    Raises:
        InputError: it is neither.
    """
    text = source.strip()
    if is_command(text):
        try:
            words = shlex.split(text[len(COMMAND) :])
        except ValueError as error:
            raise InputError(f"the command cannot be split into words: {error}") from error
        if not words or not words[0]:
            raise InputError("exec: names no command, as in exec:./range.py")
        return COMMAND + text[len(COMMAND) :].strip()
    if text[: len(PORT)].casefold() == PORT:
        port, baud = _port_of(text)
        if not port.startswith("/"):
            raise InputError(
                f"serial: '{port}' is no port; write it as serial:/dev/ttyUSB0 or serial:/dev/ttyAMA0:9600"
            )
        if reason := why_not(SERIAL):
            raise InputError(f"a serial port {reason}")
        return f"{PORT}{port}" if baud == USUAL_BAUD else f"{PORT}{port}:{baud}"
    raise InputError(f"'{text}' is no range sensor; write exec:COMMAND or serial:/dev/ttyUSB0")


def label_of(source: str) -> str:
    """What a sensor is called: without the words of a command, which may hold a password."""
    if not is_command(source):
        port, _ = _port_of(source)
        return f"range {printable_address(Path(port).name)[:_MOST_NAME]}"
    words = shlex.split(source[len(COMMAND) :])
    digest = hashlib.sha256("\0".join(words).encode(errors="surrogateescape")).hexdigest()[:4]
    return f"range {printable_address(Path(words[0]).name)[:_MOST_NAME]} #{digest}"


def is_joined_late(source: str) -> bool:
    """Whether it writes all the time, so that listening begins in the middle."""
    return not is_command(source)


def open_link(source: str) -> Link:
    """Start the command, or open the port.

    Raises:
        SourceError: that cannot be done; does not name the sensor.
    """
    if is_command(source):
        return _CommandLink(shlex.split(source[len(COMMAND) :]))
    return _PortLink(*_port_of(source))


class _CommandLink:
    def __init__(self, words: list[str]) -> None:
        self._process = Process(words, Path(words[0]).name)
        self._said = LastLine()
        self._selector = selectors.PollSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._selector.register(self._process.stderr, selectors.EVENT_READ)
        self._ends_at_s = float("inf")

    def read(self, timeout_s: float) -> bytes | None:
        found = b""
        for key, _ in self._selector.select(timeout_s):
            data = os.read(key.fd, _READ_BYTES)
            if not data:
                self._selector.unregister(key.fileobj)
                if key.fileobj is self._process.stdout:
                    self._ends_at_s = time.monotonic() + _LAST_WORDS_S
            elif key.fileobj is self._process.stdout:
                found += data
            else:
                self._said.feed(data)
        if not found and (not self._selector.get_map() or time.monotonic() >= self._ends_at_s):
            self._check_ended_well()
            return None
        return found

    def close(self) -> None:
        self._process.end()
        self._selector.close()
        self._process.close()

    def _check_ended_well(self) -> None:
        until_s = time.monotonic() + _LAST_WORDS_S
        while not (by_itself := self._process.has_ended()) and time.monotonic() < until_s:
            time.sleep(0.01)
        status = self._process.end()
        if by_itself and status == 0:
            return
        said = str(self._said)
        what = f"it ended{status_words(status)}" if by_itself else "it writes no more"
        raise SourceError(f"{what}{f': {said}' if said else ''}")


class _PortLink:
    def __init__(self, port: str, baud: int) -> None:
        if reason := why_not(SERIAL):
            raise SourceError(f"a serial port {reason}")
        import serial

        self._lost: tuple[type[BaseException], ...] = (serial.SerialException, OSError)
        try:
            self._port: Any = serial.Serial(port, baud, timeout=0, exclusive=True)
            self._port.reset_input_buffer()
        except (*self._lost, ValueError) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            raise SourceError(f"{port} cannot be opened: {reason}") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            self._port.timeout = timeout_s
            found = bytes(self._port.read(1))
            if found and (more := self._port.in_waiting):
                found += bytes(self._port.read(more))
        except self._lost as error:
            raise SourceError(f"the port is lost: {error}") from error
        return found

    def close(self) -> None:
        self._port.close()


def _port_of(source: str) -> tuple[str, int]:
    found = _BAUD.fullmatch(source.strip()[len(PORT) :].strip())
    if found is None:
        return "", USUAL_BAUD
    return found["port"], int(found["baud"] or USUAL_BAUD)
