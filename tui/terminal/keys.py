"""From a terminal's bytes to Textual's events."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.terminal.framing import Framer, Pasted
from tui.terminal.surroundings import is_true_color

_FARTHEST = 10_000.0
"""No terminal has so many columns or rows; a mouse that is farther out is a garbled one."""


_NUMBERED = re.compile(r"\x1b\[(\d+)[\d;:]*[~A-FHPQS]")
"""A key by its number, which is small, or one of kitty's own; only what ends in u tells a character by its code."""
_LARGEST_NUMBER, _KITTYS_OWN = 34, 57344


class TrueColor(Message):
    """The terminal keeps colours of 24 bits."""


class TerminalInput:
    """Gives every whole unit to Textual's parser, for what it means; one that it does not know means nothing.

    Left to itself, that parser takes what it does not know apart into keys, and fails on what is not text.
    """

    def __init__(self) -> None:
        self._framer = Framer()
        self._parser = XTermParser()
        self._sizes_come = False

    @property
    def waits(self) -> bool:
        """Whether quiet alone will bring something."""
        return self._framer.waits

    def feed(self, data: bytes, quiet_s: float) -> Iterator[Message]:
        """The events that `data`, which came after `quiet_s` of nothing, completes."""
        return self._events(self._framer.feed(data, quiet_s))

    def rest(self, quiet_s: float) -> Iterator[Message]:
        """The events that `quiet_s` of nothing completes."""
        return self._events(self._framer.rest(quiet_s))

    def _events(self, units: list[str | Pasted]) -> Iterator[Message]:
        for unit in units:
            if isinstance(unit, Pasted):
                yield events.Paste(unit.text)
            elif unit.startswith("\x1bP"):
                if is_true_color(unit):
                    yield TrueColor()
            elif unit == "\x1b":
                yield events.Key("escape", unit)
            else:
                yield from filter(self._sound, self._meaning(unit))

    def _meaning(self, unit: str) -> list[Message]:
        parser = self._parser
        numbered = None if unit in ANSI_SEQUENCES_KEYS else _NUMBERED.fullmatch(unit)
        if numbered is not None and _LARGEST_NUMBER < int(numbered[1]) < _KITTYS_OWN:
            return []  # the parser would take 99 for a c, as which it was never typed
        try:
            found = list(parser.feed(unit))
            if parser._timeout_time is not None:  # noqa: SLF001 - it waits for more, but this was all
                if len(unit) == 2:
                    parser._timeout_time = 0.0  # noqa: SLF001 - so that it is a key with alt
                    found += [_silent(event) for event in parser.tick()]
                else:
                    self._begin_anew()
        except Exception:  # noqa: BLE001 - numbers that are no characters, sizes of nothing: it is not prepared for them
            self._begin_anew()
            return []
        return found

    def _begin_anew(self) -> None:
        """With what the parser knows of the terminal, but without what it had begun to read."""
        parser = self._parser
        parser._tokens.clear()  # noqa: SLF001 - it offers no way to make it forget
        parser._gen = parser.parse(parser._tokens.append)  # noqa: SLF001 - the same
        parser._awaiting = next(parser._gen)  # noqa: SLF001 - the same
        parser._timeout_time = None  # noqa: SLF001 - the same

    def _sound(self, message: Message) -> bool:
        if isinstance(message, InBandWindowResize):
            self._sizes_come = self._sizes_come or message.supported
        elif isinstance(message, events.Resize):
            return self._sizes_come and 0 < message.size.width < _FARTHEST and 0 < message.size.height < _FARTHEST
        elif isinstance(message, events.MouseEvent):
            return message.x < _FARTHEST and message.y < _FARTHEST
        elif isinstance(message, events.Key) and message.character is not None:
            return not any("\ud800" <= character <= "\udfff" for character in message.character)
        return True


def _silent(event: Message) -> Message:
    """A key with alt types nothing."""
    return events.Key(event.key, None) if isinstance(event, events.Key) and event.key.startswith("alt+") else event
