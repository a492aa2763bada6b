"""The steps from fine to coarse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui.render.cells import BLANK, HALF_BITS, LOWER_MASK
from tui.render.colors import ColorMode
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.palette import depth_palette
from tui.render.quality import LADDER, Quality
from tui.render.viewport import Viewport
from tui.terminal.wire import COARSEST

VIEW = Viewport(75, 27, 640, 480)


def picture(shared: Path) -> np.ndarray:
    import cv2

    bgr = cv2.imread(str(shared / "media" / "photos" / "opencv_fruits.jpg"))
    assert bgr is not None
    return np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8)


def test_every_step_that_the_wire_knows_is_there() -> None:
    assert len(LADDER) == COARSEST + 1


def test_each_step_has_fewer_changes_of_color(shared: Path) -> None:
    image = picture(shared)
    view = Viewport(75, 27, image.shape[1], image.shape[0])
    runs = []
    for quality in LADDER:
        codes = PicturePainter(detail=quality.detail, block=quality.block).paint(image, view).codes
        runs.append(np.count_nonzero(codes[:, 1:] != codes[:, :-1]))
    assert runs == sorted(runs, reverse=True)
    assert runs[-1] < runs[0] / 4


@pytest.mark.parametrize("quality", LADDER)
@pytest.mark.parametrize("size", [(75, 27), (31, 11), (3, 2), (1, 1)])
def test_blocks_are_alike_and_where_the_picture_is(quality: Quality, size: tuple[int, int]) -> None:
    """A white square stays in the middle, whatever the pane's size."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[160:320, 213:427] = 255
    view = Viewport(*size, 640, 480)
    cells = PicturePainter(detail=quality.detail, block=quality.block).paint(image, view)
    assert cells.codes.shape == (size[1], size[0])
    inside = cells.codes[cells.codes != BLANK]
    if quality.block > 1:
        assert (inside >> HALF_BITS == inside & LOWER_MASK).all()
    if size == (75, 27):
        row = cells.codes[13, view.left : view.left + view.picture_columns] & LOWER_MASK
        white = view.left + np.flatnonzero(cells.table.rgb_of[row].astype(int).sum(axis=1) > 380)
        assert abs(white.mean() - 37) <= quality.block
        assert abs(len(white) - 24) <= quality.block


def test_coarser_colors_are_among_the_finer_ones() -> None:
    fine, coarse = (
        {tuple(color) for color in depth_palette("inferno", ColorMode.TRUECOLOR, quality.depth_levels).table.rgb_of}
        for quality in LADDER[:2]
    )
    assert coarse <= fine


def test_a_map_in_blocks_keeps_its_unknown_part() -> None:
    values = np.full((480, 640), 1.0, np.float32)
    values[:, :320] = np.nan
    painter = DepthPainter(block=4)
    codes = painter.paint(values, VIEW).codes
    unknown = painter.palette.index_of_level[painter.palette.count]
    assert (codes[:, 5:33] & LOWER_MASK == unknown).all()
    assert (codes[:, 43:70] & LOWER_MASK != unknown).all()
