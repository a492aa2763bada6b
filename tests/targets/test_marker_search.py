"""What is said of a marker or board that was asked for, where the picture shows something else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tui.geometry.intrinsics import Intrinsics
from tui.targets.dictionary import load_dictionary
from tui.targets.marker_search import Grey, why_no_marker
from tui.targets.markers import MarkerDetector
from tui.targets.sheet_finder import why_unseen
from tui.targets.sheets import SheetSpec
from tui.targets.spec import parse_target

CAMERA = Intrinsics(600, 600, 319.5, 239.5, 640, 480)


def _with(dictionary: str, *numbers: int) -> Grey:
    """Markers beside each other on white."""
    picture = np.full((480, 640), 255, np.uint8)
    for place, number in enumerate(numbers):
        marker = np.asarray(load_dictionary(dictionary).generateImageMarker(number, 120))
        picture[180:300, 60 + 180 * place : 180 + 180 * place] = marker
    return picture


BOARD = np.pad(
    np.asarray(
        cv2.aruco.CharucoBoard((5, 7), 0.04, 0.02, load_dictionary("DICT_6X6_250")).generateImage((300, 420)), np.uint8
    ),
    30,
    constant_values=255,
)


@pytest.mark.parametrize(
    ("picture", "asked", "told"),
    [
        (_with("DICT_4X4_50", 3, 3), "DICT_4X4_50:3=80mm", "marker 3 is there more than once"),
        (_with("DICT_4X4_50", 3, 3), "DICT_4X4_50:*=80mm", "cover all but one"),
        (_with("DICT_4X4_50", 3, 7), "DICT_4X4_50:5=80mm", "markers 3, 7 are there: write the number"),
        (_with("DICT_4X4_50", 3)[:, ::-1], "DICT_4X4_50:3=80mm", "turn the camera's mirror mode off"),
        (255 - _with("DICT_4X4_50", 3), "DICT_4X4_50:3=80mm", "print it black on white"),
        (_with("DICT_6X6_100", 60), "DICT_4X4_50:3=80mm", "marker 60 is there, of DICT_6X6_100: write that"),
        (_with("DICT_APRILTAG_36H11", 3), "DICT_5X5_50:*=80mm", "of DICT_APRILTAG_36H11"),
        (BOARD, "DICT_6X6_250:7x5=40mm/20mm", "a board of 5x7 squares is: write that"),
        (BOARD, "DICT_6X6_250:9x4=40mm/20mm", "no such board: check its columns x rows"),
    ],
)
def test_what_is_there_instead_is_said(picture: Grey, asked: str, told: str) -> None:
    image = np.ascontiguousarray(np.repeat(picture[:, :, None], 3, axis=2))
    spec = parse_target(asked)
    assert MarkerDetector([spec]).detect(image, CAMERA) == (), "nothing that is used"
    words = why_unseen(spec, image, CAMERA)
    assert words.startswith("not seen in this picture; ")
    assert told in words


def test_nothing_is_said_of_what_was_asked_for_besides_or_is_no_marker() -> None:
    asked, other = parse_target("DICT_4X4_50:5=80mm"), parse_target("DICT_4X4_50:3=80mm")
    assert not isinstance(asked, SheetSpec)
    picture = _with("DICT_4X4_50", 3)
    used = MarkerDetector([other]).detect(np.repeat(picture[:, :, None], 3, axis=2), CAMERA)
    assert len(used) == 1
    assert why_no_marker(asked, picture, used) == ""
    assert why_no_marker(asked, np.full((480, 640), 200, np.uint8)) == ""
