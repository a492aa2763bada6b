"""Names that hold what terminals obey are shown, and never sent as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.color import ColorSystem
from rich.segment import Segment

from tests.terminal import Terminal
from tui.terminal.cells import CellReader

OBEYED = "\x1b]0;owned\x07\x1b[31;5m\r\x9b2J\u202e\u2066"


def test_a_file_s_name_is_shown_and_not_obeyed(picture_bytes: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    named = os.fsencode(f"a{OBEYED}name") + b"\xff.png"
    (Path(os.fsdecode(bytes(folder) + b"/" + named))).write_bytes(picture_bytes)
    with Terminal(["--source", str(folder)], env={"LANG": "C.UTF-8"}) as terminal:
        terminal.wait_text("a␛]0;owned")
        terminal.keys("s")
        terminal.wait_text("Source")
        terminal.keys("\x1b[27u")
        assert_nothing_obeyed(terminal)


def test_a_source_that_is_not_there_is_named_and_its_name_not_obeyed(tmp_path: Path) -> None:
    with Terminal(["--source", str(tmp_path / f"missing{OBEYED}.png")]) as terminal:
        terminal.wait_text(r"missing[␛?]\]0;owned")
        assert_nothing_obeyed(terminal)


def assert_nothing_obeyed(terminal: Terminal) -> None:
    terminal.keys("q")
    terminal.wait_exit()
    assert terminal.exit_code == 0
    received = bytes(terminal.received)
    for code in (b"\x1b]0", b"owned\x07", b"\x1b[31;5m", "\x9b".encode(), "\u202e".encode(), "\u2066".encode()):
        at = received.find(code)
        assert at < 0, received[max(0, at - 60) : at + 20]
    received.decode()  # nothing but text


@pytest.mark.parametrize("text", [OBEYED, f"plain{OBEYED}", f"漢字{OBEYED}", "\udcff\ud83d", "é\x85\u2028"])
def test_cells_hold_nothing_that_is_obeyed(text: str) -> None:
    cells, _ = CellReader(ColorSystem.TRUECOLOR).cells([Segment(f"<{text}>")])
    shown = "".join(character for character, _ in cells)
    assert shown.isprintable()
    assert shown[0] + shown[-1] == "<>"
    shown.encode()


@pytest.fixture
def picture_bytes() -> bytes:
    import cv2
    import numpy as np

    return cv2.imencode(".png", np.zeros((48, 64, 3), np.uint8))[1].tobytes()
