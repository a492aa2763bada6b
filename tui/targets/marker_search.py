"""Why a printed marker or a board that was asked for is not used, by what the picture shows in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.targets.boards import BoardSpec, charuco_detector, charuco_points
from tui.targets.dictionary import load_dictionary
from tui.targets.markers import Marker
from tui.targets.spec import CharucoSpec, MarkerSpec

_COMMON = (
    "DICT_APRILTAG_36H11",
    *(f"DICT_{side}X{side}_{count}" for side in (7, 6, 5, 4) for count in (50, 100, 250, 1000)),
    "DICT_ARUCO_ORIGINAL",
)
"""Dictionaries that are printed: first those of many cells, which chance hits least, and of those of one size the
smallest, which the others begin with."""
_MOST_NAMED = 4

Grey = npt.NDArray[np.uint8]


def why_no_marker(spec: MarkerSpec | CharucoSpec, grey: Grey, used: Sequence[Marker] = ()) -> str:
    """What stands behind 'not seen in this picture': what is there instead, with the remedy; empty where nothing is.

    Args:
        spec: what was looked for.
        grey: picture, shape (H, W).
        used: what was asked for besides, and is seen.
    """
    known = {each.key for each in used}
    found = Counter(each for each in _numbers(spec.dictionary, grey) if f"{spec.dictionary}:{each}" not in known)
    if isinstance(spec, CharucoSpec):
        turned = replace(spec, columns=spec.rows, rows=spec.columns)
        if turned != spec and _has_board(turned, grey):
            return f"a board of {turned.columns}x{turned.rows} squares is: write that"
        if found:
            return f"{_named(found)} there, but no such board: check its columns x rows, and show all of it"
    elif found:
        twice = [number for number, count in found.items() if count > 1 and spec.number in (None, number)]
        if twice:
            return f"{_named(twice)} there more than once, and nobody knows which is meant: cover all but one"
        if spec.number is not None and spec.number not in found:
            return f"{_named(found)} there: write the number that is printed"
    others = {} if used else {name: _numbers(name, grey) for name in _COMMON}
    most = max(others, key=lambda name: len(others[name]), default="")
    if others.get(most):
        return f"{_named(others[most])} there, of {most}: write that dictionary"
    if _numbers(spec.dictionary, np.ascontiguousarray(grey[:, ::-1])):
        return "it is there mirrored: turn the camera's mirror mode off, or mirror the picture"
    if _numbers(spec.dictionary, 255 - grey):
        return "it is there white on black: print it black on white"
    return ""


def _numbers(dictionary: str, grey: Grey) -> list[int]:
    """Ids of the markers in a picture whose cells are all right: less is seen by chance in what is no marker."""
    aruco: Any = load_cv2().aruco
    parameters = aruco.DetectorParameters()
    parameters.errorCorrectionRate = 0.0
    parameters.maxErroneousBitsInBorderRate = 0.0
    _, numbers, _ = aruco.ArucoDetector(load_dictionary(dictionary), parameters).detectMarkers(grey)
    return [] if numbers is None else [int(number) for number in np.asarray(numbers).ravel()]


def _has_board(spec: CharucoSpec, grey: Grey) -> bool:
    board = BoardSpec.charuco(spec.columns, spec.rows, spec.square_m, spec.marker_m, spec.dictionary)
    points = charuco_points(charuco_detector(board), grey)
    return points is not None and len(points[0]) >= (spec.columns - 1) * (spec.rows - 1) / 2


def _named(numbers: Counter[int] | list[int]) -> str:
    """'marker 3 is', 'markers 0, 1, 2, 3 ... are'."""
    shown = sorted(set(numbers))
    if len(shown) == 1:
        return f"marker {shown[0]} is"
    return f"markers {', '.join(map(str, shown[:_MOST_NAMED]))}{' ...' if len(shown) > _MOST_NAMED else ''} are"
