"""`depth-tui print`: markers, boards and a ruler to scale."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.errors import InputError

if TYPE_CHECKING:
    from tui.targets.printed import Page


class What(StrEnum):
    """What is printed."""

    MARKER = "marker"
    BOARD = "board"
    RULER = "ruler"


class Paper(StrEnum):
    """What it is printed on."""

    A4 = "A4"
    LETTER = "Letter"
    A3 = "A3"
    LEGAL = "Legal"


_FORMS = {
    What.MARKER: "DICT_4X4_50:0=80mm",
    What.BOARD: "'9x6 25mm' or '5x7 36mm/27mm DICT_4X4_50'",
    What.RULER: "18cm",
}
_LONGEST_RULER_M = 0.4


def print_target(
    what: Annotated[What, typer.Argument(help="A marker, a calibration board, or a ruler.")],
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="[WHICH]",
            help="A marker as --marker takes it, DICT_4X4_50:0=80mm; a board as the app takes it, '9x6 25mm' (a "
            "chessboard) or '5x7 36mm/27mm DICT_4X4_50' (ChArUco); of a ruler its length, 18cm.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to: .svg, or .pdf (600 dots an inch).")
    ] = None,
    paper: Annotated[Paper, typer.Option("--paper", case_sensitive=False, help="What it is printed on.")] = Paper.A4,
) -> None:
    """Write a page to be printed, to scale: a marker, a calibration board, a ruler.

    Its size stands on it, and a bar of 100 mm by which the printer is checked.
    """
    if out is None or out.suffix.lower() not in {".svg", ".pdf"}:
        raise InputError(f"--out {'is missing' if out is None else repr(str(out))}: write a file .svg or .pdf")
    if text is None and what is not What.RULER:
        raise InputError(f"which {what}? such as depth-tui print {what} {_FORMS[what]} --out {what}.svg")
    from tui.cli.output import say
    from tui.storage.atomic import write_atomically
    from tui.targets.printing import pdf_of, svg_of

    page = _page(what, text or "18cm", paper)
    write_atomically(out, svg_of(page) if out.suffix.lower() == ".svg" else pdf_of(page))
    say(f"{out}: print it at 100 %, then measure its bar: 100 mm")


def _page(what: What, text: str, paper: Paper) -> Page:
    from tui.calibration.units import parse_distance
    from tui.targets.board_text import parse_board
    from tui.targets.printed import board_page, marker_page, ruler_page
    from tui.targets.spec import MarkerSpec, parse_target

    match what:
        case What.MARKER:
            spec = parse_target(text, "marker")
            if not isinstance(spec, MarkerSpec):
                raise InputError(f"marker '{text}': write one marker, such as {_FORMS[what]}; boards: print board")
            return marker_page(spec, paper)
        case What.BOARD:
            return board_page(parse_board(text), paper)
        case What.RULER:
            length_m = parse_distance(text, likely_m=_LONGEST_RULER_M, bare=False)
            if not 0.02 <= length_m <= _LONGEST_RULER_M:
                raise InputError(f"ruler '{text}': between 2 cm and {_LONGEST_RULER_M * 100:g} cm, such as 18cm")
            return ruler_page(round(1000 * length_m), paper)
