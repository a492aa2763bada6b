import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui.render.cells import BLANK, HALF_BITS, Cells, ColorTable, changed_rows
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache, build_row_with_overlays, build_rows
from tui.render.overlays import Overlay, banner, crosshair, mark, pin_glyph, reference_glyph
from tui.render.viewport import Viewport

TABLE = ColorTable(ColorMode.TRUECOLOR, np.array([(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)], np.uint8))
PAPER = Style.parse("on #123456")

codes = hnp.arrays(
    np.int64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=15),
    elements=st.just(BLANK) | st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda p: p[0] << HALF_BITS | p[1]),
)
texts = st.text(st.sampled_from("┼①a宽é "), max_size=4)
overlays = st.lists(
    st.builds(Overlay, st.integers(-3, 18), st.just(0), texts, st.just(Style.parse("bold red"))), max_size=5
)


def look(segments: list[Segment]) -> list[tuple[str, object, object]]:
    """What each cell shows: character, foreground, background."""
    cells: list[tuple[str, object, object]] = []
    for text, style, _ in segments:
        assert style is not None
        for character in text:
            cells.append((character, style.color if character != " " else None, style.bgcolor))
            cells += [("", None, style.bgcolor)] * (cell_len(character) - 1)
    return cells


@given(codes)
def test_rows_show_every_cell_and_widths_sum(array: np.ndarray) -> None:
    cache = SegmentCache(TABLE, PAPER)
    rows = build_rows(Cells(array, TABLE), range(len(array)), cache)
    for row, segments in zip(array.tolist(), rows, strict=True):
        shown = look(segments)
        assert len(shown) == array.shape[1]
        for code, (character, foreground, background) in zip(row, shown, strict=True):
            if code == BLANK:
                assert (character, background) == (" ", PAPER.bgcolor)
                continue
            upper, lower = TABLE.rgb(code >> HALF_BITS), TABLE.rgb(code & ((1 << HALF_BITS) - 1))
            assert tuple(background.triplet) == lower  # type: ignore[attr-defined]  # a rich color
            if upper == lower:
                assert character == " "
            else:
                assert character == "▀"
                assert tuple(foreground.triplet) == upper  # type: ignore[attr-defined]  # a rich color


@given(codes)
def test_runs_are_merged(array: np.ndarray) -> None:
    for row, segments in zip(
        array, build_rows(Cells(array, TABLE), range(len(array)), SegmentCache(TABLE, PAPER)), strict=True
    ):
        assert len(segments) == 1 + np.count_nonzero(np.diff(row))


@given(codes, overlays)
def test_overlays_change_only_their_own_cells(array: np.ndarray, marks: list[Overlay]) -> None:
    cells = Cells(array, TABLE)
    cache = SegmentCache(TABLE, PAPER)
    plain = look(build_rows(cells, [0], cache)[0])
    marked = look(build_row_with_overlays(cells, 0, marks, cache))
    assert len(marked) == len(plain)
    covered = {column for item in marks for column in range(item.column, item.column + cell_len(item.text))}
    for column, (before, after) in enumerate(zip(plain, marked, strict=True)):
        if column not in covered:
            assert before == after


def test_half_a_wide_character_becomes_a_space() -> None:
    cells = Cells(np.full((1, 4), BLANK, np.int64), TABLE)
    wide = Overlay(1, 0, "宽", PAPER)
    for column, expected in [(0, "b宽 "), (1, " b  "), (2, "  b "), (3, " 宽b")]:
        row = build_row_with_overlays(cells, 0, [wide, Overlay(column, 0, "b", PAPER)], SegmentCache(TABLE, PAPER))
        assert "".join(text for text, _, _ in row) == expected


def test_the_picture_shows_behind_a_mark() -> None:
    cells = Cells(np.full((1, 5), 1 << HALF_BITS | 2, np.int64), TABLE)
    row = build_row_with_overlays(cells, 0, [Overlay(2, 0, "┼", Style())], SegmentCache(TABLE, PAPER))
    text, style, _ = row[1]
    assert text == "┼"
    assert style is not None
    assert style.bgcolor is not None
    assert tuple(style.bgcolor.triplet or ()) == (0, 255, 0)
    assert tuple((style.color and style.color.triplet) or ()) == (0, 0, 0)


@given(codes, st.data())
def test_changed_rows_are_those_that_differ(array: np.ndarray, data: st.DataObject) -> None:
    other = array.copy()
    row = data.draw(st.integers(0, array.shape[0] - 1))
    columns = data.draw(st.lists(st.integers(0, array.shape[1] - 1), min_size=1))
    other[row, columns] = 3 << HALF_BITS | 99
    spans = changed_rows(Cells(array, TABLE), Cells(other, TABLE))
    assert [(span.row, span.first, span.stop) for span in spans] == [(row, min(columns), max(columns) + 1)]
    assert changed_rows(Cells(array, TABLE), Cells(array.copy(), TABLE)) == []


def test_panes_that_cannot_be_compared_are_drawn_whole() -> None:
    small, large = (Cells(np.zeros((rows, 7), np.int64), TABLE) for rows in (2, 3))
    assert [span.row for span in changed_rows(small, large)] == [0, 1, 2]
    assert len(changed_rows(None, large)) == 3
    other = Cells(large.codes, ColorTable(ColorMode.TRUECOLOR, TABLE.rgb_of))
    assert len(changed_rows(large, other)) == 3


def test_dimmed_is_grey_and_darker() -> None:
    cache = SegmentCache(TABLE, PAPER, dimmed=True)
    for index in range(4):
        red, green, blue = cache.rgb(index)
        assert red == green == blue
        assert red <= max(TABLE.rgb(index))


def test_the_cache_does_not_grow_without_end() -> None:
    table = ColorTable(ColorMode.TRUECOLOR, np.zeros((1 << 15, 3), np.uint8))
    cache = SegmentCache(table, PAPER)
    for first in range(0, 1 << 15, 256):
        build_rows(Cells((np.arange(first, first + 256, dtype=np.int64) << HALF_BITS)[None], table), [0], cache)
    assert len(cache) <= 8_000


def test_mono_has_no_colors_of_its_own() -> None:
    from tui.render.cells import GLYPH_RAMP, GLYPH_TABLE

    cells = Cells(np.array([[index << HALF_BITS | index for index in range(10)]]), GLYPH_TABLE)
    ink = Style.parse("white on black")
    segments = build_rows(cells, [0], SegmentCache(GLYPH_TABLE, ink))[0]
    assert "".join(text for text, _, _ in segments) == GLYPH_RAMP
    assert {(style or ink).clear_meta_and_links() for _, style, _ in segments} == {ink}
    turned = build_rows(cells, [0], SegmentCache(GLYPH_TABLE, ink, inverted=True))[0]
    assert "".join(text for text, _, _ in turned) == GLYPH_RAMP[::-1]


def test_crosshair_stands_on_its_pixel_and_inside_the_picture() -> None:
    view = Viewport(40, 20, 640, 480)
    for u, v in [(0, 0), (639, 479), (320, 240)]:
        marks = crosshair(view, u, v, Style(), Style())
        at = view.cell_of(u, v)
        assert at is not None
        assert (marks[-1].column, marks[-1].row, marks[-1].text) == (at.column, at.row, "┼")
        assert all(view.pixel_of(item.column, item.row) is not None for item in marks)
    assert len(crosshair(view, 320, 240, Style(), Style())) == 7
    assert crosshair(view, 700, 10, Style(), Style()) == []


def test_marks_stay_in_the_pane() -> None:
    view = Viewport(40, 15, 640, 480)
    assert [item.column for item in mark(view, 639, 0, "a12", Style())] == [37]
    assert mark(view, -1, 0, "a", Style()) == []


@pytest.mark.parametrize(("number", "pin", "reference"), [(1, "①", "a"), (20, "⑳", "t"), (27, "27", "a2")])
def test_glyphs(number: int, pin: str, reference: str) -> None:
    assert pin_glyph(number) == pin
    assert reference_glyph(number) == reference


@given(st.integers(1, 60), st.integers(1, 20), st.text(st.sampled_from("lost 4 s ag,x"), max_size=80))
def test_banner_fits(columns: int, rows: int, text: str) -> None:
    lines = banner(columns, rows, text, Style())
    assert all(cell_len(item.text) == columns and 0 <= item.row < rows for item in lines)


def test_banner_breaks_between_words() -> None:
    lines = banner(20, 10, "camera lost 4 s ago, trying again", Style())
    assert [item.text.strip() for item in lines] == ["", "camera lost 4 s", "ago, trying again", ""]


def test_a_mark_beside_the_picture_has_the_widgets_ink() -> None:
    """The terminal's own ink may be as bright as a light theme's paper."""
    ink = Style.parse("#202020").color
    cache = SegmentCache(TABLE, PAPER, ink=ink)
    cells = Cells(np.full((1, 3), BLANK, np.int64), TABLE)
    row = build_row_with_overlays(cells, 0, [Overlay(1, 0, "─", Style(bold=True))], cache)
    assert [style.color for text, style, _ in row if text == "─" and style is not None] == [ink]
