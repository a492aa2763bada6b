import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from tui.render.colors import ColorMode, luminance
from tui.render.halfblocks import SegmentCache
from tui.render.legend import build_legend, tick_labels
from tui.render.levels import ValueRange
from tui.render.palette import depth_palette

PAPER = Style.parse("white on #123456")
SPAN = ValueRange(0.2, 2.0)


def metres(value: float) -> str:
    return f"{1 / value:.2f} m"


@given(st.integers(1, 200), st.sampled_from(list(ColorMode)))
def test_exactly_as_wide_as_asked(columns: int, mode: ColorMode) -> None:
    palette = depth_palette(mode=mode)
    segments = build_legend(columns, palette, SPAN, metres, SegmentCache(palette.table, PAPER))
    assert sum(cell_len(text) for text, _, _ in segments) == columns


@given(st.integers(0, 30), st.integers(1, 150), st.integers(1, 20))
def test_labels_never_touch(begin: int, width: int, length: int) -> None:
    labels = tick_labels(begin, begin + width, SPAN, lambda _: "x" * length)
    stop = begin - 3
    for column, text in labels:
        assert column >= stop + 3
        stop = column + len(text)
    assert not labels or stop == begin + width


def test_ends_and_middle_say_their_value() -> None:
    labels = dict(tick_labels(0, 100, ValueRange(0.0, 1.0), lambda value: f"{value:.2f}"))
    assert labels[0] == "1.00"
    assert labels[96] == "0.00"
    assert labels[48] == "0.50"


def test_near_is_on_the_left_and_bright() -> None:
    palette = depth_palette()
    segments = build_legend(80, palette, None, metres, SegmentCache(palette.table, PAPER))
    text = "".join(segment.text for segment in segments)
    assert text.startswith(" near ")
    assert text.endswith(" far ")
    bar = [tuple(style.bgcolor.triplet or ()) for _, style, _ in segments[1:-1] if style and style.bgcolor]
    import numpy as np

    assert (np.diff(luminance(np.array(bar))) < 0).all()
    assert len(bar) == palette.count


@pytest.mark.parametrize("mode", list(ColorMode))
def test_labels_are_shown(mode: ColorMode) -> None:
    palette = depth_palette(mode=mode)
    segments = build_legend(80, palette, SPAN, metres, SegmentCache(palette.table, PAPER))
    text = "".join(segment.text for segment in segments)
    assert "0.50 m" in text
    assert "5.00 m" in text
