"""A calibration board from what is typed: on the command line, in a dialog."""

from __future__ import annotations

from tui.errors import InputError
from tui.targets.boards import BoardKind, BoardSpec
from tui.targets.spec import parse_grid, parse_side


def board_from(
    board: str,
    square: str | None = None,
    marker: str | None = None,
    dictionary: str | None = None,
    kind: BoardKind | None = None,
    gap: str | None = None,
) -> BoardSpec:
    """A board by its size and sides, as in `9x6` and `25mm`; what kind it is follows from what is given.

    A gap, or a marker without a square, makes it a board of markers; a marker or a dictionary a ChArUco board; a
    square alone a chessboard.

    Args:
        board: columns x rows; inner corners of a chessboard, squares of a ChArUco board, markers of a board of them.
        square: side of a square; of a board of markers, the distance from one to the next, instead of the gap.
        marker: side of a marker.
        dictionary: of the markers; its name or file.
        kind: instead of the guess.
        gap: between the markers of a board of them.

    Raises:
        InputError: something is missing, or cannot be.
    """
    columns, rows = parse_grid(board)
    if kind is None:
        if gap is not None or (marker is not None and square is None):
            kind = BoardKind.ARUCO_BOARD
        else:
            kind = BoardKind.CHESSBOARD if marker is None and dictionary is None else BoardKind.CHARUCO
    if kind is BoardKind.CHESSBOARD:
        return BoardSpec.chessboard(columns, rows, _side(square, "--square", "25mm", kind))
    if dictionary is None:
        raise InputError(f"{_a(kind)} needs the dictionary of its markers: --dict DICT_6X6_250")
    marker_m = _side(marker, "--marker", "18mm", kind)
    if kind is BoardKind.CHARUCO:
        return BoardSpec.charuco(columns, rows, _side(square, "--square", "25mm", kind), marker_m, dictionary)
    if gap is None and square is not None:
        return BoardSpec.markers(
            columns, rows, marker_m, _side(square, "--square", "25mm", kind) - marker_m, dictionary
        )
    return BoardSpec.markers(columns, rows, marker_m, _side(gap, "--gap", "5mm", kind), dictionary)


def _side(text: str | None, option: str, example: str, kind: BoardKind) -> float:
    if text is None:
        raise InputError(f"{_a(kind)} needs {option}, such as {option} {example}")
    try:
        return parse_side(text)[0]
    except InputError as error:
        raise InputError(f"{option} {error}") from error


def _a(kind: BoardKind) -> str:
    return f"{'an' if kind is BoardKind.ARUCO_BOARD else 'a'} {kind}"
