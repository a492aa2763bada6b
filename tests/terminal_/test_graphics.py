"""Pixels in the terminal: what is asked, what is sent, and what is said where there are none."""

from __future__ import annotations

import base64
import io
import os
import pty
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.installed import hide
from tests.terminal import Terminal
from tui.errors import InputError
from tui.extras import GRAPHICS
from tui.terminal.graphics import Canvas, Encoder, Protocol, ask, choose
from tui.terminal.images import ImageLayer
from tui.terminal.measure import app_command
from tui.terminal.tmux import Tmux

needs_package = pytest.mark.skipif(bool(GRAPHICS.missing), reason="the extra 'graphics' is not installed")
QUESTION = b"\x1b[c"
SIXEL_ANSWER, KITTY_ANSWER, PLAIN_ANSWER = b"\x1b[?62;4;22c", b"\x1b_Gi=31;OK\x1b\\\x1b[?62;22c", b"\x1b[?64;1;22c"
PICTURE = np.repeat(np.repeat(np.array([[(255, 0, 0), (0, 0, 255)]], np.uint8), 40, axis=0), 20, axis=1)


@contextmanager
def terminal_that_answers(answer: bytes) -> Iterator[int]:
    """The inner end of a pseudo-terminal that answers one question."""
    outer, inner = pty.openpty()

    def serve() -> None:
        seen = b""
        while QUESTION not in seen:
            seen += os.read(outer, 1024)
        os.write(outer, answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield inner
    thread.join(5)
    os.close(inner)
    os.close(outer)


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        (SIXEL_ANSWER, {Protocol.SIXEL}),
        (KITTY_ANSWER, {Protocol.KITTY}),
        (PLAIN_ANSWER, set()),
        (b"\x1b[?4c", set()),
    ],
)
def test_terminals_say_what_they_show(answer: bytes, offered: set[Protocol]) -> None:
    with terminal_that_answers(answer) as fd:
        assert ask(fd) == offered


@needs_package
def test_auto_takes_what_is_there_and_half_blocks_ask_nothing() -> None:
    with terminal_that_answers(SIXEL_ANSWER) as fd:
        assert choose("auto", fd) == Canvas(Protocol.SIXEL, 10, 20)
    with terminal_that_answers(PLAIN_ANSWER) as fd:
        assert choose("auto", fd) is None
    assert choose("halfblocks", -1) is None


@needs_package
def test_what_the_terminal_lacks_is_said_with_a_remedy() -> None:
    with terminal_that_answers(KITTY_ANSWER) as fd, pytest.raises(InputError, match="it has kitty: --graphics kitty"):
        choose("sixel", fd)


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch)
    with pytest.raises(InputError) as caught:
        choose("kitty", -1)
    assert f"needs textual_image: run {GRAPHICS.install}, or leave" in str(caught.value)
    assert choose("auto", -1) is None


@needs_package
def test_sixels_stand_where_they_are_put() -> None:
    data = Encoder(Canvas(Protocol.SIXEL, 10, 20)).encode("camera", PICTURE, 4, 2)
    assert data.startswith("\x1b[3;5H\x1bP")
    assert '"1;1;40;40' in data
    assert data.endswith("\x1b\\")


@needs_package
def test_kitty_gets_the_picture_and_gives_up_the_one_before() -> None:
    encoder = Encoder(Canvas(Protocol.KITTY, 10, 20))
    first = encoder.encode("depth", PICTURE, 4, 2)
    payload = "".join(re.findall(r"\x1b_G[^;]*f=100[^;]*;([^\x1b]*)\x1b", first))
    assert (np.asarray(Image.open(io.BytesIO(base64.b64decode(payload))).convert("RGB")) == PICTURE).all()
    assert first.count("\U0010eeee") == 2 * 4
    assert "\x1b[3;5H" in first
    assert "\x1b[4;5H" in first
    assert "a=d" not in first
    assert "a=d" in encoder.encode("depth", PICTURE, 4, 2)


@needs_package
def test_on_a_very_wide_terminal_kitty_gets_tiles_and_gives_all_of_them_up() -> None:
    """The letters that place a picture are 297: one as wide as 400 cells is two, side by side."""
    encoder = Encoder(Canvas(Protocol.KITTY, 2, 4))
    wide = np.zeros((8, 800, 3), np.uint8)
    first = encoder.encode("camera", wide, 4, 2)
    assert first.count("\U0010eeee") == 2 * 400
    assert "\x1b[3;5H" in first
    assert "\x1b[3;255H" in first
    assert encoder.encode("camera", wide, 4, 2).count("a=d") == 2


KITTY_IN_TMUX = Tmux(True, frozenset({"RGB"}), "kitty(0.32.2)", passthrough=True)


@pytest.mark.parametrize(
    ("tmux", "answer", "offered"),
    [
        (KITTY_IN_TMUX, PLAIN_ANSWER, {Protocol.KITTY}),
        (replace(KITTY_IN_TMUX, kind="ghostty 1.0.1"), PLAIN_ANSWER, {Protocol.KITTY}),
        (replace(KITTY_IN_TMUX, passthrough=False), PLAIN_ANSWER, set()),
        (replace(KITTY_IN_TMUX, kind="XTerm(390)"), PLAIN_ANSWER, set()),
        (replace(KITTY_IN_TMUX, kind="XTerm(390)"), SIXEL_ANSWER, {Protocol.SIXEL}),
    ],
)
def test_in_tmux_kitty_counts_where_it_is_let_through(tmux: Tmux, answer: bytes, offered: set[Protocol]) -> None:
    with terminal_that_answers(answer) as fd:
        assert ask(fd, tmux) == offered


@needs_package
def test_a_tmux_that_keeps_pictures_to_itself_is_told_how_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = replace(KITTY_IN_TMUX, passthrough=False)
    monkeypatch.setattr("tui.terminal.graphics.ask_tmux", lambda _environment: kept)
    with terminal_that_answers(PLAIN_ANSWER) as fd, pytest.raises(InputError, match="allow-passthrough on"):
        choose("kitty", fd)


@needs_package
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_through_a_real_tmux_the_picture_reaches_the_terminal_whole(tmp_path: Path, tmux_socket: Path) -> None:
    """Its terminal says that it is kitty; what comes out at the other side is what kitty would get without tmux."""
    conf = tmp_path / "tmux.conf"
    conf.write_text("set -g allow-passthrough on\nset -g status off\n")
    app = " ".join(app_command("--source", "demo", "--model", "exact", "--fps", "2", "--graphics", "kitty"))
    command = ["tmux", "-u", "-S", str(tmux_socket), "-f", str(conf), "new-session", app]
    with Terminal(command=command, rows=36, columns=120) as terminal:
        end_s = time.monotonic() + 60
        while b"\x1b[>q" not in terminal.received:  # tmux asks its terminal what it is
            assert time.monotonic() < end_s, "never asked"
            terminal.pump(0.01)
        terminal.send(b"\x1b[?62;22c\x1bP>|kitty(0.32.2)\x1b\\")
        while len(re.findall(rb"\x1b_G[^;]*U=1", terminal.received)) < 2:
            assert time.monotonic() < end_s, f"no pictures\n{terminal.text}"
            terminal.pump(0.05)
        assert b"\x1bPtmux;" not in terminal.received
        terminal.pump(0.5)
        (first,) = re.findall(rb"\x1b_Gi=(\d+),", terminal.received)[:1]
        parts = re.findall(rb"\x1b_Gi=" + first + rb",[^;]*f=100[^;]*;([^\x1b]*)\x1b\\", terminal.received)
        assert Image.open(io.BytesIO(base64.b64decode(b"".join(parts)))).size[0] > 100
        assert "\U0010eeee".encode() in terminal.received
        terminal.keys("q")
        terminal.wait_exit()


def test_what_is_shown_already_is_not_sent_again() -> None:
    layer = ImageLayer()
    layer.put("camera", "one")
    layer.put("depth", "two")
    assert layer.take() == "onetwo"
    layer.put("camera", "one")
    assert layer.is_sent
    layer.remove("depth")
    layer.forget()
    assert layer.take() == "one"


@needs_package
@pytest.mark.parametrize(
    ("protocol", "answer", "code"),
    [("sixel", SIXEL_ANSWER, rb"\x1bP[0-9;]*q"), ("kitty", KITTY_ANSWER, rb"\x1b_G[^;]*U=1")],
)
def test_the_app_shows_both_pictures_in_pixels(protocol: str, answer: bytes, code: bytes) -> None:
    arguments = ["--source", "demo", "--model", "exact", "--fps", "2", "--graphics", protocol]
    with Terminal(arguments, rows=36, columns=120) as terminal:
        end_s = time.monotonic() + 60
        while QUESTION not in terminal.received:
            assert time.monotonic() < end_s, "never asked"
            terminal.pump(0.02)
        terminal.keys(answer.decode())
        for key, pictures in (("", 2), ("\x1b[C", 4)):  # the crosshair is in both
            terminal.keys(key)
            while len(re.findall(code, terminal.received)) < pictures:
                assert time.monotonic() < end_s, f"no pictures\n{bytes(terminal.received[-2000:])!r}"
                terminal.pump(0.05)
        assert "▀".encode() not in terminal.received
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.restored()


@needs_package
def test_a_terminal_without_it_gets_one_line() -> None:
    with Terminal(["--source", "demo", "--graphics", "kitty"]) as terminal:
        while QUESTION not in terminal.received:
            terminal.pump(0.02)
        terminal.keys(PLAIN_ANSWER.decode())
        terminal.wait_exit()
        assert terminal.exit_code == 2
        assert "does not say that it shows kitty graphics; leave --graphics away" in " ".join(terminal.text.split())
