"""`--along`: the distance along a line, as a chart and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.calibration.section import Section, doubt_words, no_section_words, step_words
from tui.calibration.units import DistanceUnit
from tui.cli.camera_options import Pixel, parse_pair
from tui.cli.output import make_console
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.instrument.frame import FrameReading

_UNIT = DistanceUnit.METRES
_ROWS, _MOST_COLUMNS = 16, 200


def parse_line(text: str) -> tuple[Pixel, Pixel]:
    """The ends of a line from `120,200:402,120`.

    Raises:
        InputError: shows the form, or both ends are the same pixel.
    """
    start, end = parse_pair(text, "--along")
    if start == end:
        raise InputError(f"--along '{text}': both ends are the same pixel; give two")
    return start, end


def read_sections(reading: FrameReading, lines: Sequence[tuple[Pixel, Pixel]]) -> tuple[Section, ...]:
    """What one frame shows at every pixel of each line."""
    from tui.instrument.section import section_along

    return tuple(section_along(reading, *line) for line in lines)


def sections_plain(sections: Sequence[Section], reading: FrameReading) -> list[dict[str, object]]:
    """Nothing but what JSON knows."""
    from tui.calibration.report import reading_plain

    found: list[dict[str, object]] = []
    for each in sections:
        step = each.step(_longer_side_px(reading))
        found.append(
            {
                "from": list(each.start),
                "to": list(each.end),
                "step": None
                if step is None
                else {
                    "at": list(step.pixel),
                    "before": reading_plain(step.before),
                    "after": reading_plain(step.after),
                },
                "readings": [reading_plain(point) for point in each.points],
            }
        )
    return found


def show_sections(sections: Sequence[Section], reading: FrameReading) -> None:
    """Print each as a chart."""
    from rich.text import Text

    from tui.render.chart import Ink
    from tui.render.section import section_chart

    styles = {Ink.BAND: "dim", Ink.AXIS: "dim", Ink.DOUBTED: "yellow", Ink.VALUE: "bold", Ink.ALARM: "cyan"}
    console = make_console()
    for each in sections:
        console.print()
        console.print(Text(f" along {each.start} - {each.end}: {len(each.points)} pixels", "dim"))
        if not each.known:
            console.print(Text(f" {no_section_words(each)}", "yellow"))
            continue
        for row in section_chart(each, _ROWS, min(console.width, _MOST_COLUMNS), _UNIT):
            console.print(Text.assemble(*((run.text, styles.get(run.ink, "")) for run in row)))
        step = each.step(_longer_side_px(reading))
        if step is not None:
            console.print(Text(f" {step_words(step, _UNIT)}"))
        if words := doubt_words(each):
            console.print(Text(f" {words}", "yellow"))


def _longer_side_px(reading: FrameReading) -> int:
    return 0 if reading.result is None else max(reading.result.inverse_depth.shape)
