"""What terminals, tmux and locales say of themselves, and what is drawn then."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal import Terminal
from tui.render.glyphs import LINES, SHADES, PictureGlyph
from tui.terminal.cells import CONTINUED, Cell
from tui.terminal.framing import Framer
from tui.terminal.keys import TerminalInput, TrueColor
from tui.terminal.measure import app_command
from tui.terminal.pen import Pen
from tui.terminal.plain import plain, plain_letter
from tui.terminal.surroundings import is_true_color, locale_is_utf8, may_ask_colors, reads_utf8
from tui.terminal.tmux import ask_tmux, through_tmux

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
PEN = Pen((), "31", "42")


@pytest.mark.parametrize(
    ("environment", "utf8"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "de_DE@euro"}, True),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "de_DE.utf8@euro"}, True),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_CTYPE": "", "LC_ALL": ""}, True),
    ],
)
def test_locales(environment: dict[str, str], utf8: bool) -> None:
    assert locale_is_utf8(environment) == utf8


@pytest.mark.parametrize(
    "answer",
    [
        "\x1bP1$r0;48;2;1;2;3m\x1b\\",
        "\x1bP1$r0;48:2:1:2:3m\x1b\\",
        "\x1bP1$r48:2::1:2:3m\x1b\\",
        "\x1bP1+r524742=382F382F38\x1b\\",
        "\x1bP1+r524742\x1b\\",
    ],
)
def test_terminals_of_true_colors_are_known_by_any_of_their_answers(answer: str) -> None:
    """xterm, foot, VTE and kitty write the same thing differently."""
    assert is_true_color(answer)
    assert [type(each) for each in TerminalInput().feed(answer.encode(), 0.0)] == [TrueColor]
    for cut in range(1, len(answer)):
        framer = Framer()
        assert framer.feed(answer[:cut].encode(), 0.0) + framer.feed(answer[cut:].encode(), 0.0) == [answer]


@pytest.mark.parametrize(
    "answer",
    [
        "\x1bP0$r\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1bP1$r0;48;5;16m\x1b\\",
        "\x1bP0+r524742\x1b\\",
        "\x1bP1$r0;48;2;1;2;30m\x1b\\",
    ],
)
def test_other_answers_are_nothing(answer: str) -> None:
    assert not is_true_color(answer)
    assert next(iter(TerminalInput().feed(answer.encode() + b"x", 0.0))).key == "x"  # type: ignore[attr-defined]  # it is a key


def test_whoever_cannot_answer_is_not_asked() -> None:
    assert may_ask_colors({"TERM": "xterm-256color"})
    for environment in ({"TERM": "linux"}, {"TERM": "screen.xterm"}, {"TERM": "xterm", "STY": "1"}, {"TMUX": "x"}):
        assert not may_ask_colors(environment)


def test_the_cursor_tells_how_two_bytes_were_read() -> None:
    assert reads_utf8("\x1b[5;2R") is True
    assert reads_utf8("\x1bP0$r\x1b\\\x1b[5;3R") is False
    assert reads_utf8("\x1b[1;1R") is None
    assert reads_utf8("") is None


@given(st.text(min_size=1, max_size=3))
def test_one_column_stays_one_of_ascii(text: str) -> None:
    assert len(plain_letter(text)) == 1 or text.isascii()
    assert plain_letter(text).isascii()


def test_each_glyph_of_pictures_has_a_letter_of_its_kind() -> None:
    assert "?" not in {plain_letter(glyph) for glyph in SHADES + LINES}
    assert [plain_letter(glyph) for glyph in ("⠀", "⠁", "⣿", "①", "ü", "漢")] == [" ", ".", "@", "1", "u", "?"]


def test_half_blocks_become_their_lower_half_and_wide_letters_stay_two_columns() -> None:
    row: list[Cell] = [("▀", PEN), ("漢", PEN), (CONTINUED, PEN), (PictureGlyph("─"), PEN)]
    done = plain(row)
    assert [text for text, _ in done] == [" ", "?", " ", "-"]
    assert done[0][1].paper == "42"
    assert isinstance(done[3][0], PictureGlyph)


def test_plus_or_minus_takes_the_blanks_around_it_and_no_more() -> None:
    def said(text: str) -> str:
        return "".join(letter for letter, _ in plain([(letter, PEN) for letter in text]))

    assert said("1.83 ± 0.09 m") == "1.83+/-0.09 m"
    assert said("1.83±0.09") == "1.83~0.09"
    assert said("  ⏎ pin") == " CR pin"
    assert said("61.9° ") == "61.9dg"


def test_what_is_wrapped_for_tmux_has_its_escapes_twice() -> None:
    assert through_tmux("\x1b_Gi=1\x1b\\") == "\x1bPtmux;\x1b\x1b_Gi=1\x1b\x1b\\\x1b\\"


def test_outside_of_tmux_there_is_nothing_to_ask() -> None:
    assert ask_tmux({}) is None


def test_a_tmux_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    said = ask_tmux({"TMUX": "/nowhere,1,0", "PATH": str(tmp_path)})
    assert said is not None
    assert said.utf8 is None
    assert not said.passthrough


def in_terminal(answer: bytes, question: bytes, env: dict[str, str]) -> Iterator[Terminal]:
    """The demo in a terminal that answers one question, once."""
    with Terminal(
        ["--source", "demo", "--model", "exact", "--fps", "2"], env=env, rows=36, columns=120, answers=False
    ) as terminal:
        end_s = time.monotonic() + 60
        while question not in terminal.received:
            assert time.monotonic() < end_s, "never asked"
            terminal.pump(0.01)
        more = terminal.received.count(b"\x1b[6n") - 1  # what came in the same piece, it answers as ever
        terminal._answers = True
        terminal.send(answer + b"\x1b[1;1R" * more)
        yield terminal
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.restored()


def test_a_terminal_that_reads_bytes_gets_ascii_and_a_number() -> None:
    for terminal in in_terminal(b"\x1b[1;3R", "é".encode(), {"COLORTERM": "", "TERM": "xterm-256color"}):
        terminal.wait_text("drawn in ASCII")
        terminal.wait_text("true .* m")
        assert terminal.text.isascii()
        terminal.keys("r2m\r")
        terminal.wait_text(r"2\.000? m|2 m|\+/-")


def test_true_colors_are_taken_where_nothing_announced_them() -> None:
    env = {"COLORTERM": "", "TERM": "xterm-256color"}
    for terminal in in_terminal(b"\x1bP1$r0;48:2:1:2:3m\x1b\\\x1b[1;2R", "é".encode(), env):
        terminal.wait_text("true .* m")
        end_s = time.monotonic() + 30
        while len(re.findall(rb"[34]8;2;", terminal.received)) < 100:
            assert time.monotonic() < end_s, "no true colours"
            terminal.pump(0.05)
        terminal.wait_text("Calibration")
        papers = {terminal._screen.buffer[row][1].bg for row in (0, 30, 35)}
        assert papers == {"242f38", "121212"}, "surfaces drawn before it answered are of the same colours"


@needs_tmux
@pytest.mark.parametrize("utf8", [False, True])
def test_in_tmux_what_tmux_writes_decides(utf8: bool, tmux_socket: Path) -> None:
    command = ["tmux", "-S", str(tmux_socket), "-f", os.devnull, *(["-u"] if utf8 else []), "new-session"]
    app = " ".join(app_command("--source", "demo", "--model", "exact", "--fps", "2"))
    with Terminal(command=[*command, app], env={"LANG": "C", "LC_ALL": "C"}, rows=36, columns=120) as terminal:
        terminal.wait_text("true .* m")
        if utf8:
            assert "▀" in terminal.text
        else:
            terminal.wait_text("tmux -u in tmux")
            shown = terminal.text
            assert shown.isascii()
            assert "_____" not in shown
        terminal.keys("q")
        terminal.wait_exit()
