"""Targets to be printed, to scale: what is black on a page, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui.calibration.written import in_digits
from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.targets.boards import BoardKind, BoardSpec
from tui.targets.dictionary import load_dictionary
from tui.targets.sheets import SIZES
from tui.targets.spec import MarkerSpec

PAGES_MM = {name: (1000 * SIZES[name][0], 1000 * SIZES[name][1]) for name in ("A4", "A3", "Letter", "Legal")}
BAR_MM = 100.0
"""Of the bar by which the printer is checked."""

_MARGIN_MM = 10.0
"""At the page's edges, where printers do not print."""
_FOOT_MM = 24.0
"""Below, for the bar and the words."""
_TEXT_MM = 3.0
_LEAST_CELL_MM = 0.5
_TICKS_MM = ((10.0, 12.0), (5.0, 8.5), (1.0, 6.0))
"""Of a ruler: every so many millimetres a line so long."""
_LINE_MM = 0.2
_CHECK = f"This bar is {BAR_MM:g} mm. If it is not, print again at 100 %, not fitted to the page."


@dataclass(frozen=True, slots=True)
class Bar:
    """A black rectangle; millimetres from the page's top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text that begins there, on its base line."""

    left: float
    base: float
    text: str
    height: float = _TEXT_MM


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    words: tuple[Words, ...]


def marker_page(spec: MarkerSpec, paper: str) -> Page:
    """One marker in the middle of a page.

    Raises:
        InputError: no single one is meant, or it does not fit.
    """
    if spec.number is None:
        raise InputError(
            f"{spec}: write which marker, such as {spec.dictionary}:0={in_digits(1000 * spec.size_m, 6)}mm"
        )
    dictionary = load_dictionary(spec.dictionary)
    side = 1000 * spec.size_m
    cells = int(dictionary.markerSize) + 2
    bars = _marker(dictionary, spec.number, 0.0, 0.0, side)
    words = f"{spec.dictionary}, marker {spec.number}: its black square is {in_digits(side, 6)} mm wide"
    return _page(paper, (side, side), bars, words, f"depth-tui measure ... --marker {spec}", quiet=side / cells)


def board_page(board: BoardSpec, paper: str) -> Page:
    """A chessboard, a ChArUco board or a board of markers.

    Raises:
        InputError: it does not fit.
    """
    square, marker = 1000 * board.square_m, 1000 * board.marker_m
    inner = board.kind is BoardKind.CHESSBOARD
    columns, rows = (board.columns + 1, board.rows + 1) if inner else (board.columns, board.rows)
    size = (columns * square, rows * square)
    words = f"{board}: squares of {in_digits(square, 6)} mm"
    bars: list[Bar] = []
    if board.kind is BoardKind.ARUCO_BOARD:
        gap = square - marker
        size = (size[0] - gap, size[1] - gap)
        words = f"{board}: markers of {in_digits(marker, 6)} mm, gaps of {in_digits(gap, 6)} mm, {board.dictionary}"
    else:
        bars += [
            Bar(column * square, row * square, square, square)
            for row in range(rows)
            for column in range(columns)
            if (row + column) % 2 == 0
        ]
    if not inner:
        bars += _markers_of(board)
    if board.kind is BoardKind.CHARUCO:
        words = f"{words}, markers of {in_digits(marker, 6)} mm, {board.dictionary}"
    return _page(paper, size, bars, words, "paste it onto something flat", quiet=0.5 * square if inner else 0.0)


def ruler_page(length_mm: float, paper: str) -> Page:
    """A ruler whose lines are millimetres.

    Raises:
        InputError: it does not fit.
    """
    bars, words = [], []
    for number in range(round(length_mm) + 1):
        long = next(each for step, each in _TICKS_MM if number % step == 0)
        bars.append(Bar(number - _LINE_MM / 2, 0.0, _LINE_MM, long))
        if number % 10 == 0:
            words.append(Words(number - 1.0, 16.5, f"{number // 10}"))
    said = f"a ruler of {in_digits(length_mm / 10, 6)} cm; its lines are millimetres"
    return _page(paper, (length_mm, 17.0), bars, said, "cut it out along its upper edge", more=words)


def _page(
    paper: str,
    size: tuple[float, float],
    bars: list[Bar],
    said: str,
    then: str,
    *,
    quiet: float = 0.0,
    more: list[Words] | None = None,
) -> Page:
    """It in the middle of a page, upright or lying, whichever it fits, with a bar to check the printer by.

    `quiet` is what must stay white around it; the page's margin does for that.
    """
    upright, edge = PAGES_MM[paper], max(_MARGIN_MM, quiet)
    for width, height in (upright, upright[::-1]):
        room = (width - 2 * edge, height - 2 * edge - _FOOT_MM)
        if size[0] <= room[0] + 1e-9 and size[1] <= room[1] + 1e-9:
            break
    else:
        larger = "" if paper == "A3" else "; --paper A3 has more room"
        most = tuple(each - 2 * edge for each in upright)
        raise InputError(
            f"{in_digits(size[0], 6)} x {in_digits(size[1], 6)} mm does not fit {paper}, which has room for "
            f"{most[0]:.0f} x {most[1] - _FOOT_MM:.0f} mm{larger}"
        )
    left, top = (width - size[0]) / 2, (height - _FOOT_MM - size[1]) / 2
    foot = height - _MARGIN_MM - _FOOT_MM + 6.0
    placed = [Bar(left + each.left, top + each.top, each.width, each.height) for each in bars]
    check = [
        Bar(_MARGIN_MM, foot, BAR_MM, 1.0),
        *(Bar(_MARGIN_MM + at, foot - 1.5, 0.2, 4.0) for at in (0.0, BAR_MM - 0.2)),
    ]
    words = [
        Words(_MARGIN_MM, foot + 6.0, _CHECK),
        Words(_MARGIN_MM, foot + 10.5, said),
        Words(_MARGIN_MM, foot + 15.0, then),
        *(Words(left + each.left, top + each.base, each.text, each.height) for each in more or ()),
    ]  # fmt: skip
    return Page(width, height, (*placed, *check), tuple(words))


def _markers_of(board: BoardSpec) -> list[Bar]:
    """A ChArUco board's, or a board's, each where OpenCV looks for it."""
    aruco = load_cv2().aruco
    dictionary = load_dictionary(board.dictionary)
    size = (board.columns, board.rows)
    layout: Any
    if board.kind is BoardKind.CHARUCO:
        layout = aruco.CharucoBoard(size, board.square_m, board.marker_m, dictionary)
    else:
        layout = aruco.GridBoard(size, board.marker_m, board.square_m - board.marker_m, dictionary)
    bars: list[Bar] = []
    for number, corners in zip(np.asarray(layout.getIds()).ravel(), layout.getObjPoints(), strict=True):
        left, top = 1000 * np.asarray(corners, np.float64).reshape(-1, 3)[:, :2].min(axis=0)
        bars += _marker(dictionary, int(number), float(left), float(top), 1000 * board.marker_m)
    return bars


def _marker(dictionary: Any, number: int, left: float, top: float, side: float) -> list[Bar]:  # noqa: ANN401 - OpenCV's
    """Its black cells, those of a row that touch in one."""
    cells = int(dictionary.markerSize) + 2
    cell = side / cells
    if cell < _LEAST_CELL_MM:
        raise InputError(f"a marker of {in_digits(side, 6)} mm has cells of {cell:.2g} mm, which no camera sees")
    black = np.asarray(load_cv2().aruco.generateImageMarker(dictionary, number, cells)) == 0
    bars = []
    for row, line in enumerate(black):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(np.int8), [0]])))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            bars.append(Bar(left + start * cell, top + row * cell, (end - start) * cell, cell))
    return bars
