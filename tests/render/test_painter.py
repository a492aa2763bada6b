from pathlib import Path

import numpy as np
import pytest

from tui.render.cells import BLANK, GLYPH_BITS, HALF_BITS, LOWER_MASK, Cells, changed_rows
from tui.render.colors import ColorMode, luminance
from tui.render.painter import DepthPainter, PictureDetail, PicturePainter
from tui.render.viewport import Viewport

VIEW = Viewport(80, 30, 640, 480)


def shown(cells: Cells) -> np.ndarray:
    """RGB of every half cell of the picture's own columns and rows, shades mixed, shape (60, 80, 3)."""
    assert (cells.codes != BLANK).all()
    ink, paper = (cells.table.rgb_of[(cells.codes >> shift) & LOWER_MASK].astype(float) for shift in (HALF_BITS, 0))
    share = np.array([np.nan, 0.25, 0.5, 0.75])[cells.codes >> GLYPH_BITS][..., None]
    mixed = share * ink + (1 - share) * paper
    halves = np.stack([np.where(np.isnan(share), half, mixed) for half in (ink, paper)], axis=1)
    colors: np.ndarray = np.rint(halves.reshape(-1, *ink.shape[1:])).astype(np.uint8)
    return colors


def gradient() -> np.ndarray:
    ramp = np.linspace(0, 255, 640).astype(np.uint8)
    column = np.linspace(0, 255, 480).astype(np.uint8)
    image = np.empty((480, 640, 3), np.uint8)
    image[..., 0], image[..., 1], image[..., 2] = ramp, column[:, None], 128
    return image


def test_truecolor_is_close_to_the_picture() -> None:
    image = gradient()
    cells = PicturePainter().paint(image, VIEW)
    error = np.abs(shown(cells).astype(int) - VIEW.sample_image(image))
    assert error.max() <= 16
    assert error.mean() <= 5


def test_greys_stay_grey() -> None:
    ramp = np.repeat(np.linspace(0, 255, 640).astype(np.uint8)[None, :, None], 3, axis=2).repeat(480, axis=0)
    colors = shown(PicturePainter().paint(ramp, VIEW))
    assert (colors.max(axis=2) == colors.min(axis=2)).all()
    assert colors.min() <= 4
    assert colors.max() >= 251


@pytest.mark.parametrize("mode", list(ColorMode))
def test_every_mode_keeps_the_order_of_brightness(mode: ColorMode) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    for band, value in enumerate((0, 90, 170, 255)):
        image[:, band * 160 : (band + 1) * 160] = value
    light = luminance(shown(PicturePainter(mode).paint(image, VIEW)))[30, [10, 30, 50, 70]]
    assert (np.diff(light) > 0).all()


@pytest.mark.parametrize("mode", list(ColorMode))
def test_camera_noise_changes_nothing(mode: ColorMode) -> None:
    rng = np.random.default_rng(0)
    image = gradient()
    painter = PicturePainter(mode)
    first = painter.paint(image, VIEW)
    for _ in range(5):
        noisy = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
        assert changed_rows(first, painter.paint(noisy, VIEW)) == []


def test_what_moves_is_followed() -> None:
    painter = PicturePainter()
    image = gradient()
    first = painter.paint(image, VIEW)
    image = image.copy()
    image[160:176, 320:400] = 255
    spans = changed_rows(first, painter.paint(image, VIEW))
    assert [(span.row, span.first, span.stop) for span in spans] == [(10, 40, 50)]


def test_coarser_detail_has_longer_runs(shared: Path) -> None:
    import cv2

    bgr = cv2.imread(str(shared / "media" / "photos" / "opencv_fruits.jpg"))
    assert bgr is not None
    image = np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8)
    view = Viewport(80, 30, image.shape[1], image.shape[0])
    details = (PictureDetail(), PictureDetail(24, 25), PictureDetail(8, 9))
    panes = [PicturePainter(detail=detail).paint(image, view).codes for detail in details]
    runs = [np.count_nonzero(codes[:, 1:] != codes[:, :-1]) for codes in panes]
    assert runs[0] > runs[1] > runs[2] > 0


@pytest.mark.parametrize("mode", list(ColorMode))
def test_depth_planes_are_told_apart(mode: ColorMode) -> None:
    values = np.full((480, 640), 0.2, np.float32)
    values[:, 200:400] = 0.5
    values[:, 400:] = 1.0
    values[:, 600:] = np.nan
    painter = DepthPainter(mode)
    cells = painter.paint(values, VIEW)
    light = luminance(shown(cells))[30, [10, 40, 60]]
    assert (np.diff(light) > 0).all()
    unknown = painter.palette.index_of_level[painter.palette.count]
    assert (cells.codes[:, 76:] & LOWER_MASK == unknown).all()


def test_reset_forgets_the_scene() -> None:
    painter = DepthPainter()
    painter.paint(np.linspace(0, 1, 480 * 640, dtype=np.float32).reshape(480, 640), VIEW)
    painter.reset()
    assert painter.quantiser.range.current is None
    assert painter.pinned is None
    painter.quantiser.range.pin(1, 2)
    painter.reset()
    assert painter.pinned is not None
