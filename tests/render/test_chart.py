"""Charts: everything is where its value is, nothing leaves the frame, and a small change moves little."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.chart import GUTTER, SPARKS, Ink, Row, Series, axis_of, chart, sparkline


def series_of(values: Sequence[float | None], width: float = 0.1, marked: int | None = None) -> Series:
    middle = np.array([np.nan if each is None else each for each in values])
    marks = np.zeros(len(values), bool)
    if marked is not None:
        marks[marked] = True
    return Series(
        middle,
        middle / (1 + width),
        middle * (1 + width),
        np.zeros(len(values), bool),
        np.ones(len(values), bool),
        marks,
    )


def lines(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(run.text for run in row) for row in rows]


def label(value: float) -> str:
    return f"{value:.2g} m"


def test_a_step_stands_where_it_is() -> None:
    rows = chart(series_of([1.0] * 10 + [2.0] * 10, width=0.05, marked=15), 12, label, [(0, "-20 s"), (19, "now")])
    text = lines(rows)
    assert len(text) == 12
    assert {len(line) for line in text} == {GUTTER + 20}
    top, bottom = text[0][GUTTER:], [line[GUTTER:] for line in text[:10]][-1]
    values = [[column for column in range(20) if line[GUTTER + column] in "▀▄█"] for line in text[:10]]
    first = next(row for row, columns in enumerate(values) if 0 in columns)
    last = next(row for row, columns in enumerate(values) if 19 in columns)
    assert last < first
    assert all({10} <= set(columns) for columns in values[last:first])  # the jump is joined
    assert (top.strip("░ "), bottom.strip("░ ")) == ("", "")
    assert text[10][GUTTER + 15] == "▲"
    assert text[11].startswith(" " * GUTTER + "-20 s")
    assert text[11].endswith("now")


@pytest.mark.parametrize("value", [0.3, 3.1, 1e3])
def test_the_band_of_a_reading_that_is_known_within_a_factor_of_2_is_shown_whole(value: float) -> None:
    found = series_of([value] * 20, width=2**0.5 - 1)
    text = [line[GUTTER:] for line in lines(chart(found, 22, lambda each: f"{each:.4g}"))[:20]]
    shown = [row for row, line in enumerate(text) if "░" in line or "▀" in line or "▄" in line]
    ticks = [float(line[: GUTTER - 2]) for line in lines(chart(found, 22, lambda each: f"{each:.4g}")) if "┤" in line]
    assert min(ticks) <= value / 2**0.5 < value * 2**0.5 <= max(ticks)
    assert len(shown) < 20  # some room is left beside it: it is not cut off


def test_a_gap_is_a_gap_and_says_so() -> None:
    rows = chart(series_of([1.0] * 8 + [None] * 4 + [1.0] * 8), 8, label)
    text = lines(rows)
    assert text[5][GUTTER + 8 : GUTTER + 12] == "\N{MULTIPLICATION SIGN}" * 4
    assert all(set(line[GUTTER + 8 : GUTTER + 12]) <= {" "} for line in text[:5])


def test_a_limit_is_drawn_and_what_is_doubted_has_an_ink_of_its_own() -> None:
    found = series_of([1.0] * 12)
    doubted = Series(found.middle, found.low, found.high, found.middle > 0, found.watched, found.marked)
    rows = chart(doubted, 10, label, limits=[1.2])
    inks = {run.ink for row in rows for run in row}
    assert {Ink.DOUBTED, Ink.LIMIT, Ink.BAND, Ink.AXIS} <= inks
    assert Ink.VALUE not in inks


def test_nothing_known_is_an_empty_frame_and_no_room_none() -> None:
    assert len(chart(series_of([None] * 12), 8, label)) == 8
    assert chart(series_of([1.0] * 12), 3, label) == ()
    assert chart(series_of([1.0] * 9), 12, label) == ()


@given(
    st.lists(st.one_of(st.none(), st.floats(1e-3, 1e4)), min_size=10, max_size=60),
    st.integers(4, 30),
    st.floats(0.0, 5.0),
)
def test_it_always_fits(values: list[float | None], rows: int, width: float) -> None:
    found = series_of(values, width)
    open_ended = Series(
        found.middle,
        found.low,
        np.where(found.high > 100, np.inf, found.high),
        found.doubted,
        found.watched,
        found.marked,
    )
    text = lines(chart(open_ended, rows, label, [(5, "here")], [1.0]))
    assert len(text) == rows
    assert all(len(line) == GUTTER + len(values) for line in text)


@given(st.floats(1e-3, 1e4), st.floats(0, 1e4), st.integers(1, 10))
def test_an_axis_holds_what_it_is_for_between_round_numbers(low: float, more: float, ticks: int) -> None:
    axis = axis_of(low, low + more, ticks)
    assert axis.least <= low * (1 + 1e-6)
    assert axis.most >= (low + more) * (1 - 1e-6)
    assert axis.ticks[0] == axis.least
    assert axis.ticks[-1] == axis.most
    assert 2 <= len(axis.ticks) <= ticks + 3


def test_sparks_rise_with_the_value_and_rest_where_it_rests() -> None:
    rising = sparkline(np.linspace(1, 2, 8))
    assert [SPARKS.index(each) for each in rising] == sorted(SPARKS.index(each) for each in rising)
    assert (rising[0], rising[-1]) == (SPARKS[0], SPARKS[-1])
    noise = 1.5 * (1 + 0.001 * np.random.default_rng(0).normal(size=30))
    assert len(set(sparkline(noise))) <= 2
    assert sparkline(np.array([1.0, np.nan, 2.0]))[1] == " "
    assert sparkline(np.full(3, np.nan)) == "   "


@pytest.mark.parametrize("columns", [40, 150])
def test_time_that_passes_moves_what_was_there_and_changes_nothing_else(columns: int) -> None:
    values: list[float | None] = list(2 + 0.3 * np.sin(np.arange(columns + 1) / 9))
    before = lines(chart(series_of(values[:-1]), 14, label))
    after = lines(chart(series_of(values[1:]), 14, label))
    same = sum(a[GUTTER + 2 : -1] == b[GUTTER + 1 : -2] for a, b in zip(before[:12], after[:12], strict=True))
    assert same >= 10


def test_a_limit_is_seen_through_the_band_and_gives_way_to_the_value() -> None:
    count = 20
    middle = np.linspace(1.0, 2.0, count)
    no = np.zeros(count, bool)
    series = Series(middle, middle - 0.5, middle + 0.5, no, ~no, no)
    rows = chart(series, 14, lambda value: f"{value:g}", limits=[1.5])
    (limit,) = [row for row in rows if any(run.ink is Ink.LIMIT for run in row)]
    dashes = sum(len(run.text) for run in limit if run.ink is Ink.LIMIT)
    values = sum(len(run.text) for run in limit if run.ink is Ink.VALUE)
    assert values >= 1
    assert dashes + values == count
