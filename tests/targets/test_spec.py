"""Targets as they are written on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.targets.board_text import is_board, parse_board
from tui.targets.boards import BoardKind
from tui.targets.dictionary import dictionary_size, load_dictionary, predefined_names
from tui.targets.spec import RULER_SIGMA_M, CharucoSpec, MarkerSpec, parse_grid, parse_target


def test_a_marker() -> None:
    assert parse_target("DICT_4X4_50:0=80mm") == MarkerSpec("DICT_4X4_50", 0, 0.08, RULER_SIGMA_M)
    assert parse_target("DICT_APRILTAG_36H11:*=16cm±1mm") == MarkerSpec("DICT_APRILTAG_36H11", None, 0.16, 0.001)
    assert str(parse_target("DICT_4X4_50:7=80mm")) == "DICT_4X4_50:7=80mm"


def test_sides_in_other_words() -> None:
    assert parse_target("DICT_4X4_50:0=8±0.1cm") == MarkerSpec("DICT_4X4_50", 0, 0.08, 0.001)
    assert parse_target("DICT_4X4_50:0=80,000mm") == MarkerSpec("DICT_4X4_50", 0, 0.08, RULER_SIGMA_M)
    inches = parse_target("DICT_6X6_250:5\u00d77=1 1/2in/1in")
    assert isinstance(inches, CharucoSpec)
    assert (inches.columns, inches.rows) == (5, 7)
    assert (inches.square_m, inches.marker_m) == pytest.approx((0.0381, 0.0254))


@given(st.floats(0.004, 2.9), st.floats(0.0001, 0.1))
def test_what_is_kept_of_a_target_is_read_as_the_same(side_m: float, relative: float) -> None:
    spec = MarkerSpec("DICT_4X4_50", 3, side_m, relative * side_m)
    again = parse_target(spec.whole)
    assert isinstance(again, MarkerSpec)
    assert (again.size_m, again.size_sigma_m) == pytest.approx((side_m, relative * side_m))


@pytest.mark.parametrize(
    ("text", "kind", "square_m"),
    [
        ("9x6 25mm", BoardKind.CHESSBOARD, 0.025),
        ("9 \u00d7 6 25 mm", BoardKind.CHESSBOARD, 0.025),
        ("9x6 7/8 in", BoardKind.CHESSBOARD, 0.022225),
        ("5x7 40mm/20mm DICT_6X6_250", BoardKind.CHARUCO, 0.04),
        ("5x7 40 mm / 20 mm DICT_6X6_250", BoardKind.CHARUCO, 0.04),
    ],
)
def test_boards_as_they_are_typed(text: str, kind: BoardKind, square_m: float) -> None:
    assert is_board(text)
    board = parse_board(text)
    assert board.kind is kind
    assert board.square_m == pytest.approx(square_m)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9x6 25", "write its unit"),
        ("9x6 25m", "nothing larger than 3 m is printed"),
        ("9x6 1,500 mm", "1500 mm or 1.5 mm[?]"),
        ("5x7 40/20mm DICT_6X6_250", "write its unit"),
        ("9x6 far", "write a chessboard as 9x6 25mm"),
        ("5x7 40mm/20mm foo", "write it as|needs the dictionary"),
    ],
)
def test_a_board_that_may_be_another_is_asked_back(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_board(text)
    assert "\n" not in str(caught.value)


def test_a_board() -> None:
    found = parse_target("DICT_6X6_250:5x7=40mm/20mm")
    assert found == CharucoSpec("DICT_6X6_250", 5, 7, 0.04, RULER_SIGMA_M, 0.02)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write it as"),
        ("DICT_4X4_50", "write it as"),
        ("DICT_4X4_50:0", "write it as"),
        ("DICT_4X4_50=80mm", "write it as"),
        ("DICT_4X4_50:x=80mm", "write it as"),
        ("DICT_4X4_50:-1=80mm", "write it as"),
        ("DICT_4X4_50:50=80mm", "has markers 0 to 49"),
        ("DICT_9X9_50:0=80mm", "is not a dictionary of markers"),
        ("DICT_4X4_50:0=80 stone", "is not a distance"),
        ("DICT_4X4_50:0=-8mm", "is not a distance"),
        ("DICT_4X4_50:3=80", "write its unit"),
        ("DICT_4X4_50:3=0.08", "write its unit"),
        ("DICT_4X4_50:3=80m", "nothing larger than 3 m is printed"),
        ("DICT_4X4_50:3=1,800mm", "1800 mm or 1.8 mm[?] write one"),
        ("DICT_6X6_250:5x7=40/20mm", "write its unit"),
        ("DICT_6X6_250:5x7=40m/20mm", "nothing larger than 3 m is printed"),
        ("nowhere.yml:0=8cm", "no such file"),
        ("DICT_6X6_250:5x7=40mm", "sides of its squares and of its markers"),
        ("DICT_6X6_250:5x7=40mm/50mm", "smaller than the squares"),
        ("DICT_4X4_50:50x50=40mm/20mm", "cannot be made from the 50 markers"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_target(text)
    assert str(caught.value).startswith("--marker '")
    assert "\n" not in str(caught.value)


def test_every_predefined_dictionary_can_be_had() -> None:
    names = predefined_names()
    assert {"DICT_4X4_50", "DICT_APRILTAG_36H11", "DICT_ARUCO_ORIGINAL"} <= set(names)
    assert all(dictionary_size(name) > 0 for name in names)
    assert dictionary_size("tag36h11") == dictionary_size("DICT_APRILTAG_36h11")


def test_a_dictionary_from_a_file(shared: Path) -> None:
    path = shared / "media/targets/charuco/tutorial_dict.yml"
    assert dictionary_size(str(path)) == 35
    assert load_dictionary(str(path)).markerSize == 6
    assert parse_target(f"{path}:34=40mm") == MarkerSpec(str(path), 34, 0.04, RULER_SIGMA_M)


@pytest.mark.parametrize(
    "text", ["", "no", "%YAML:1.0\nnmarkers: 0\n", "\x00\x01", "%YAML:1.0\nnmarkers: 1\nmarkersize: 6\n"]
)
def test_a_file_that_is_no_dictionary_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "markers.yml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"markers\.yml"):
        load_dictionary(str(path))


def test_grids() -> None:
    assert parse_grid("9x6") == (9, 6)
    assert parse_grid(" 4 X 5 ") == (4, 5)
    assert (
        parse_grid("4 \u00d7 5") == parse_grid("4*5") == parse_grid("4 by 5") == parse_grid("\uff14x\uff15") == (4, 5)
    )
    for text in ("9", "9x", "x6", "9x6x2", "-9x6", "\u00b2x6"):
        with pytest.raises(InputError, match="such as --board 9x6"):
            parse_grid(text)


@pytest.mark.parametrize("text", ["DICT_4X4_50:0=80mm", "DICT_APRILTAG_36H11:*=16cm±1mm", "DICT_6X6_250:5x7=40mm/20mm"])
def test_the_whole_text_of_a_target_gives_the_same_target(text: str) -> None:
    assert parse_target(parse_target(text).whole) == parse_target(text)
