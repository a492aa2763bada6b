"""From bytes to Textual's events: the same for what is whole as Textual's own parser, and nothing for the rest."""

from __future__ import annotations

import pytest
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS, IGNORE_SEQUENCE
from textual._xterm_parser import XTermParser
from textual.message import Message

from tests.terminal_.noise import noise
from tui.terminal.framing import LONE_ESCAPE_S, OVER_S
from tui.terminal.keys import TerminalInput


def told(data: bytes) -> list[Message]:
    keyboard = TerminalInput()
    return [*keyboard.feed(data, 0.0), *keyboard.rest(OVER_S)]


def keys(data: bytes) -> list[str]:
    return [message.key for message in told(data) if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    "sequence",
    [s for s, key in ANSI_SEQUENCES_KEYS.items() if len(s) > 2 and key is not IGNORE_SEQUENCE],
)
def test_every_key_that_textual_knows_is_that_key(sequence: str) -> None:
    usual = [message.key for message in XTermParser().feed(sequence) if isinstance(message, events.Key)]
    assert keys(sequence.encode()) == usual


def test_kitty_s_keys_reports_and_focus() -> None:
    assert keys(b"\x1b[99;5u\x1b[113u\x1b[97;2;65u") == ["ctrl+c", "q", "A"]
    assert [type(message) for message in told(b"\x1b[I\x1b[O\x1b[5;7R")] == [
        events.AppFocus, events.AppBlur, events.CursorPosition,
    ]  # fmt: skip
    (mouse,) = told(b"\x1b[<0;10;20M")
    assert isinstance(mouse, events.MouseDown)
    assert (mouse.x, mouse.y) == (9, 19)


def test_a_key_with_alt_types_nothing() -> None:
    (key,) = told(b"\x1bx")
    assert isinstance(key, events.Key)
    assert (key.key, key.character) == ("alt+x", None)


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b[99999999;5u", b"\x1b[97;1;55296u", b"\x1b[<0;99999999;3M", b"\x1b[48;24;80;480;800t", b"\x1b[38;5z",
        b"\x1b[99~", b"\x1b[99;5~", b"\x1b[113;1F", b"\x1b[113Q",
        b"\x1b[?62;4c", b"\x1b[" + b"9" * 5000 + b"u", b"\x1b[M \xff\xff",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_nothing_and_the_next_key_is_one(data: bytes) -> None:
    assert [str(message) for message in told(data)] == []
    keyboard = TerminalInput()
    assert list(keyboard.feed(data, 0.0)) == []
    assert [m.key for m in keyboard.feed(b"q", LONE_ESCAPE_S) if isinstance(m, events.Key)] == ["q"]


def test_sizes_are_taken_from_terminals_that_offer_them() -> None:
    offered = told(b"\x1b[?2048;2$y\x1b[48;24;80;480;800t")
    assert [m.size for m in offered if isinstance(m, events.Resize)] == [(80, 24)]


def test_ten_thousand_pieces_of_noise_are_events_or_nothing() -> None:
    keyboard = TerminalInput()
    for number, piece in enumerate(noise(10_000, seed=2)):
        for message in keyboard.feed(piece or b"x", OVER_S if number % 7 == 0 else 0.0):
            if isinstance(message, events.Key | events.Paste):
                text = message.character if isinstance(message, events.Key) else message.text
                (text or "").encode()  # no half of a pair, which could not be written anywhere
    assert [m.key for m in keyboard.feed(b"q", OVER_S) if isinstance(m, events.Key)][-1:] == ["q"]
