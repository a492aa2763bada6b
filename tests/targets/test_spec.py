"""Targets as they are written on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.errors import InputError
from tui.targets.dictionary import dictionary_size, load_dictionary, predefined_names
from tui.targets.spec import RULER_SIGMA_M, CharucoSpec, MarkerSpec, parse_grid, parse_target


def test_a_marker() -> None:
    assert parse_target("DICT_4X4_50:0=80mm") == MarkerSpec("DICT_4X4_50", 0, 0.08, RULER_SIGMA_M)
    assert parse_target("DICT_APRILTAG_36H11:*=16cm±1mm") == MarkerSpec("DICT_APRILTAG_36H11", None, 0.16, 0.001)
    assert str(parse_target("DICT_4X4_50:7=80mm")) == "DICT_4X4_50:7=80mm"


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
    for text in ("9", "9x", "x6", "9x6x2", "-9x6"):
        with pytest.raises(InputError, match="such as --board 9x6"):
            parse_grid(text)


@pytest.mark.parametrize("text", ["DICT_4X4_50:0=80mm", "DICT_APRILTAG_36H11:*=16cm±1mm", "DICT_6X6_250:5x7=40mm/20mm"])
def test_the_whole_text_of_a_target_gives_the_same_target(text: str) -> None:
    assert parse_target(parse_target(text).whole) == parse_target(text)
