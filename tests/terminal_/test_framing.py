"""Whole keys, reports and pastes, from bytes that come whole, cut at any place, or garbled."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.terminal_.noise import WHOLE, noise
from tui.terminal.framing import LONE_ESCAPE_S, OVER_S, Framer, Pasted

AT_ONCE, SOON = 0.0, LONE_ESCAPE_S * 1.5
"""Quiet between two pieces: none, and long enough to tell that something is cut off."""

ALONE = (
    b"\x1b[A", b"\x1b[1;5D", b"\x1bOP", b"\x1b[[A", b"\x1b[3~", b"\x1b[I", b"\x1b[24;80R", b"\x1b[<35;10;20M",
    b"\x1b[<0;90;30m", b"\x1b[32;10;10M", b"\x1b[97;2;65u", b"\x1b[?2026;2$y", b"\x1b[48;24;80;480;800t",
)  # fmt: skip
"""Sequences that are one unit each."""


def units(*pieces: tuple[bytes, float]) -> list[str | Pasted]:
    """What comes of pieces, each after its quiet, and of the quiet at the end."""
    framer = Framer()
    told = [unit for data, quiet_s in pieces for unit in framer.feed(data, quiet_s)]
    return told + framer.rest(OVER_S)


@pytest.mark.parametrize("sequence", ALONE)
def test_a_sequence_is_one_unit_whatever_it_comes_in(sequence: bytes) -> None:
    assert units((sequence, AT_ONCE)) == [sequence.decode()]
    assert units(*((sequence[n : n + 1], AT_ONCE) for n in range(len(sequence)))) == [sequence.decode()]


@pytest.mark.parametrize("sequence", ALONE)
def test_cut_anywhere_by_a_pause_neither_half_is_a_letter(sequence: bytes) -> None:
    for cut in range(1, len(sequence)):
        told = units((sequence[:cut], AT_ONCE), (sequence[cut:], SOON))
        assert set(told) <= {sequence.decode(), "\x1b"}


@pytest.mark.parametrize("sequence", ALONE)
def test_a_key_typed_after_a_torn_sequence_is_a_key(sequence: bytes) -> None:
    for cut, key in itertools.product(range(1, len(sequence)), ("q", "\x03")):
        assert units((sequence[:cut], AT_ONCE), (key.encode(), SOON))[-1:] == [key]
        assert units((sequence[:cut], AT_ONCE), (key.encode(), OVER_S))[-1:] == [key]


def test_garbage_after_a_torn_report_is_no_key() -> None:
    assert units((b"\x1b[<35;", AT_ONCE), (b"zq\xffquit", AT_ONCE), (b"x", SOON)) == ["x"]
    assert units((b"\x1b[<35;", AT_ONCE), (b"quit", SOON), (b"x", SOON)) == ["x"]
    assert units((b"\x1b[<35;qqq\x1b[A", AT_ONCE)) == ["\x1b[A"]


def test_the_rest_of_a_report_that_comes_late_completes_it() -> None:
    assert units((b"\x1b[<35;", AT_ONCE), (b"10;20Mx", SOON)) == ["\x1b[<35;10;20M", "x"]


@pytest.mark.parametrize("place", [b" !!", b" \xf0\xc1", b"\x60\xff\x80", b"#\x00\x00", b" qq", b" \x03q"])
def test_an_x10_mouse_report_is_nothing_whatever_its_bytes(place: bytes) -> None:
    assert units((b"\x1b[M" + place + b"x", AT_ONCE)) == ["x"]


@pytest.mark.parametrize("data", [b"\xff", b"\xe4", b"\xf0\x9f", b"\xed\xa0\x80", b"\x80"])
def test_what_is_not_utf_8_is_a_sign_that_says_so_and_the_next_key_is_one(data: bytes) -> None:
    told = units((data, AT_ONCE), (b"q", SOON))
    assert set(told) == {"\N{REPLACEMENT CHARACTER}", "q"}
    assert told[-1] == "q"
    assert units((data + b"\x1b[A", AT_ONCE))[-1] == "\x1b[A"


def test_a_letter_of_several_bytes_may_come_in_pieces() -> None:
    assert units((b"\xc3", AT_ONCE), (b"\xa4", AT_ONCE)) == ["ä"]


def test_escape_alone_is_a_key_and_with_a_letter_that_letter_with_alt() -> None:
    assert units((b"\x1b", AT_ONCE)) == ["\x1b"]
    assert units((b"\x1b\x1b", AT_ONCE)) == ["\x1b", "\x1b"]
    assert units((b"\x1bx", AT_ONCE)) == ["\x1bx"]
    assert units((b"\x1b", AT_ONCE), (b"x", SOON)) == ["\x1b", "x"]


def test_answers_that_come_too_late_are_no_keys() -> None:
    late = b"\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP>|tmux 3.4\x1b\\\x1b_Gi=31;OK\x1b\\\x1b]0;title\x07"
    assert units((late + b"x", AT_ONCE)) == ["x"]


def test_a_paste_is_text_without_what_terminals_obey() -> None:
    pasted = b"\x1b[200~two\r\nlines\x1b[31m\x00 \xff\x9b\x1b[201~q"
    assert units((pasted, AT_ONCE)) == [
        Pasted("two\nlines[31m \N{REPLACEMENT CHARACTER}" * 1 + "\N{REPLACEMENT CHARACTER}"),
        "q",
    ]


def test_the_end_of_a_paste_may_be_cut() -> None:
    pasted = b"\x1b[200~text\x1b[201~"
    for cut in range(1, len(pasted)):
        assert units((pasted[:cut], AT_ONCE), (pasted[cut:], AT_ONCE)) == [Pasted("text")]


def test_a_paste_that_never_ends_is_over_after_a_second_or_by_a_key() -> None:
    assert units((b"\x1b[200~text", AT_ONCE), (b"q", OVER_S)) == [Pasted("text"), "q"]
    for key in ("q", "\x03", "\x1b[99;5u"):
        assert units((b"\x1b[200~text", AT_ONCE), (key.encode(), OVER_S / 2)) == [Pasted("text"), key]


def test_a_paste_may_be_large_but_not_endless() -> None:
    framer = Framer()
    assert framer.feed(b"\x1b[200~", AT_ONCE) == []
    for _ in range(40):
        assert framer.feed(b"x" * 100_000, AT_ONCE) == []
    (told,) = framer.feed(b"\x1b[201~", AT_ONCE)
    assert isinstance(told, Pasted)
    assert 1_000_000 < len(told.text) < 1_100_000


@given(st.lists(st.tuples(st.one_of(st.sampled_from(WHOLE), st.binary(min_size=1, max_size=8)), st.floats(0, 2))))
@settings(max_examples=300, deadline=None)
def test_after_anything_and_a_second_of_quiet_keys_are_keys(pieces: list[tuple[bytes, float]]) -> None:
    framer = Framer()
    for data, quiet_s in pieces:
        framer.feed(data, quiet_s)
    assert framer.rest(OVER_S) == [] or not framer.waits
    assert framer.feed(b"q", OVER_S)[-1:] == ["q"]
    assert framer.feed(b"\x03", AT_ONCE) == ["\x03"]


def test_ten_thousand_pieces_of_noise_leave_nothing_behind() -> None:
    framer = Framer()
    for piece in noise(10_000, seed=1):
        framer.feed(piece, AT_ONCE if piece else SOON) if piece else framer.rest(SOON)
    framer.rest(OVER_S)
    assert framer.feed(b"q", AT_ONCE) == ["q"]
