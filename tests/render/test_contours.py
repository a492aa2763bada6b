"""Lines of equal distance: where they run, that they hold still, and that they are words for those without colour."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.render.cells import BLANK, GLYPH_BITS, GLYPHS, HALF_BITS, LOWER_MASK, OWN
from tui.render.colors import ColorMode, luminance
from tui.render.contours import ContourLine, Contours, ContourTracer, Drawn, Shading
from tui.render.glyphs import LINES
from tui.render.painter import DepthPainter
from tui.render.viewport import Viewport

HALF = Contours((ContourLine(0.5, "2m"),), 0.02)
SEVERAL = Contours((ContourLine(0.25, "4m"), ContourLine(0.5, "2m"), ContourLine(0.75, "1.3m")), 0.02)
VIEW = Viewport(60, 20, 600, 400)

fields = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9).map(lambda rows: 2 * rows), st.integers(1, 14)),
    elements=st.floats(-1, 2, width=32) | st.just(float("nan")),
)


def ramp(rows: int = 20, columns: int = 60) -> np.ndarray:
    return np.repeat(np.linspace(0, 1, columns, dtype=np.float32)[None], 2 * rows, axis=0)


def test_a_slope_is_crossed_by_one_straight_line_with_its_distance_on_it() -> None:
    traced = ContourTracer().trace(ramp(), HALF)
    drawn = [[LINES[arm] for arm in row] for row in traced.arms]
    assert {"".join(row) for row in drawn} == {" " * 30 + "│" + " " * 29} or {"".join(row) for row in drawn} == {
        " " * 29 + "│" + " " * 30
    }
    (label,) = traced.labels
    assert label.text == "2m"
    assert abs(label.column - 29) <= 1


def test_a_hill_is_ringed_by_a_closed_line() -> None:
    v, u = np.mgrid[0:40, 0:60].astype(np.float32)
    hill = np.exp(-(((u - 30) / 12) ** 2 + ((v - 20) / 12) ** 2)).astype(np.float32)
    arms = ContourTracer().trace(hill, HALF).arms
    assert {LINES[arm] for arm in np.unique(arms)} == set(" ─│╭╮╰╯")


@given(fields)
def test_lines_never_end_in_the_open(field: np.ndarray) -> None:
    """An arm of a cell meets its neighbour's, and without unknown cells no cell has a loose end."""
    arms = ContourTracer().trace(field, SEVERAL).arms
    assert ((arms[:, :-1] & 2 > 0) == (arms[:, 1:] & 8 > 0)).all()
    assert ((arms[:-1] & 4 > 0) == (arms[1:] & 1 > 0)).all()
    if np.isfinite(field).all():
        assert not set(np.unique(arms).tolist()) & {1, 2, 4, 8}


@given(fields)
def test_the_same_map_gives_the_same_lines_and_labels(field: np.ndarray) -> None:
    tracer = ContourTracer()
    first = tracer.trace(field, SEVERAL)
    again = tracer.trace(field, SEVERAL)
    assert (again.arms == first.arms).all()
    assert again.labels == first.labels


@given(fields)
def test_labels_stay_in_the_pane_and_touch_nobody(field: np.ndarray) -> None:
    traced = ContourTracer().trace(field, SEVERAL)
    taken = np.zeros(traced.arms.shape, int)
    for label in traced.labels:
        assert 0 <= label.column <= traced.arms.shape[1] - len(label.text)
        taken[label.row, label.column : label.column + len(label.text)] += 1
    assert taken.max(initial=0) <= 1


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_noise_within_the_margin_moves_no_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracer = ContourTracer()
    first = tracer.trace(ramp(), SEVERAL)
    for _ in range(4):
        noisy = ramp() + rng.uniform(-0.009, 0.009, (40, 60)).astype(np.float32)
        again = tracer.trace(noisy, SEVERAL)
        assert (again.arms == first.arms).all()
        assert again.labels == first.labels


def test_what_really_moves_is_followed() -> None:
    tracer = ContourTracer()
    first = tracer.trace(ramp(), HALF).arms
    moved = tracer.trace(ramp() + np.float32(0.2), HALF).arms
    assert np.flatnonzero(first[5])[0] - np.flatnonzero(moved[5])[0] == pytest.approx(12, abs=2)


def test_no_line_runs_round_what_is_unknown() -> None:
    field = np.full((40, 60), 1.0, np.float32)
    field[:, 20:30] = np.nan
    assert not ContourTracer().trace(field, HALF).arms.any()


@pytest.mark.parametrize("mode", list(ColorMode))
def test_lines_over_levels_can_be_read(mode: ColorMode) -> None:
    painter = DepthPainter(mode, shading=Shading.BOTH)
    painter.drawn = Drawn(SEVERAL)
    cells = painter.paint(ramp(200, 600), VIEW)
    glyphs = cells.codes >> GLYPH_BITS
    line = glyphs[5] == GLYPHS.index("│")
    assert line.sum() == 3
    text = "".join(GLYPHS[int(glyph)] if glyph > 0 else " " for glyph in glyphs.ravel())
    assert {"4m", "2m", "1.3m"} <= set(re.findall(r"[0-9.]+m", text))
    if mode is not ColorMode.MONO:
        codes = cells.codes[5][line]
        ink, paper = (codes >> HALF_BITS) & LOWER_MASK, codes & LOWER_MASK
        light = luminance(cells.table.rgb_of)
        assert (np.abs(light[ink] - light[paper]) > 80).all()


def test_lines_alone_leave_the_rest_to_the_widget() -> None:
    painter = DepthPainter(shading=Shading.LINES)
    painter.drawn = Drawn(HALF)
    values = ramp(200, 600)
    values[:, :100] = np.nan
    codes = painter.paint(values, VIEW).codes
    assert (codes[:, 12:25] == BLANK).all()
    assert GLYPHS[int(codes[5, 2] >> GLYPH_BITS)] == "░"
    line = codes[5][codes[5] >> GLYPH_BITS == GLYPHS.index("│")]
    assert [(code >> HALF_BITS & LOWER_MASK, code & LOWER_MASK) for code in line.tolist()] == [(OWN, OWN)]


def test_a_field_of_its_own_is_what_the_lines_are_of() -> None:
    painter = DepthPainter(shading=Shading.BOTH)
    field = np.ascontiguousarray(ramp(20, 40)[:, ::-1] ** 2)
    painter.lines_of = lambda _span, _before: Drawn(HALF, field)
    codes = painter.paint(ramp(200, 600), VIEW).codes
    at = np.flatnonzero(codes[5] >> GLYPH_BITS == GLYPHS.index("│"))
    assert at.tolist() == pytest.approx([60 * (1 - 0.5**0.5)], abs=2)
