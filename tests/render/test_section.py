"""A section's chart: ends and pins below, values where they are, in the user's unit."""

from __future__ import annotations

import pytest

from tests.calibration.test_section import section_of
from tui.calibration.units import DistanceUnit
from tui.render.chart import GUTTER, Ink, Row
from tui.render.section import section_chart


def lines(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(run.text for run in row) for row in rows]


def test_a_step_its_ends_and_a_pin_on_the_line() -> None:
    section = section_of([1.0] * 50 + [2.0] * 50)
    rows = section_chart(section, 12, GUTTER + 50, DistanceUnit.METRES, [((50, 7), "②"), ((50, 30), "③")])
    text = lines(rows)
    assert {len(line) for line in text} == {GUTTER + 50}
    assert text[-1].split() == ["(0,7)", "②", "(99,7)"]
    assert text[-1].index("②") == GUTTER + 25
    assert text[-2][GUTTER + 25] == "▲"
    assert text[-2].count("▲") == 1
    assert any(line.startswith(" 1.5 m") for line in text)
    strong = [[column for column in range(50) if line[GUTTER + column] in "▀▄█"] for line in text[:-2]]
    assert sorted(column for row in strong for column in set(row) if column not in (24, 25)) == [
        *range(24),
        *range(26, 50),
    ]


def test_a_pin_at_the_end_stands_with_its_coordinates() -> None:
    rows = section_chart(section_of([1.0] * 60), 8, GUTTER + 60, DistanceUnit.METRES, [((0, 7), "①"), ((59, 7), "②")])
    assert " ".join(lines(rows)[-1].split()) == "① (0,7) ② (59,7)"


def test_feet_have_round_ticks_and_doubt_its_ink() -> None:
    section = section_of([1.0, None] * 20)
    rows = section_chart(section, 10, GUTTER + 20, DistanceUnit.FEET)
    assert any(" ft " in line[:GUTTER] for line in lines(rows))
    inks = {run.ink for row in rows for run in row}
    assert Ink.DOUBTED in inks
    assert Ink.VALUE not in inks


@pytest.mark.parametrize(("rows", "columns"), [(3, 80), (10, GUTTER + 9), (0, 0)])
def test_without_room_there_is_none(rows: int, columns: int) -> None:
    assert section_chart(section_of([1.0] * 9), rows, columns, DistanceUnit.METRES) == ()
