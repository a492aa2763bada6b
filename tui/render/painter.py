"""From a frame to a pane of cells, remembering the frame before so that noise changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import (
    BLANK,
    BRAILLE_TABLE,
    GLYPH_RAMP,
    GLYPH_TABLE,
    HALF_BITS,
    CellCodes,
    Cells,
    ColorTable,
    compose,
)
from tui.render.colors import (
    ColorMode,
    eight_bit_rgb,
    luminance,
    nearest_eight_bit,
    nearest_standard,
    standard_rgb,
)
from tui.render.contours import Contours, ContourTracer, Drawn, LinesOf, Shading
from tui.render.dither import DOTS_ACROSS, DOTS_DOWN, Dots, between_eight_bit
from tui.render.downsample import shrink_image
from tui.render.levels import LevelQuantiser, ValueRange, step_levels
from tui.render.lines import alone, over_levels
from tui.render.mixes import nearest_mixes
from tui.render.palette import DepthPalette, depth_palette
from tui.render.viewport import Viewport

_HYSTERESIS = 1.1
"""Of a map, in levels; more than for pictures, as noise in a picture moves whole regions of its map."""

_MIXED_LUMA = 0.2
"""Share of the range of brightness by which the halves of a cell may differ and still be mixed into one shade."""
_MIX_LEVELS = (17, 21)
"""Of luma and of each chroma axis, for which mixtures are looked up; finer ones take their neighbour's."""


_SAMPLED_ROWS = 60
"""Of a map whose range alone matters."""


@dataclass(frozen=True, slots=True)
class PictureDetail:
    """How finely a picture's colours are told apart; coarser is fewer bytes.

    `luma_levels * chroma_levels ** 2` must not exceed 2**20.
    """

    luma_levels: int = 33
    chroma_levels: int = 41
    """Of each chroma axis; odd, so that grey is one of them."""
    hysteresis: float = 0.9
    """In levels of brightness."""
    chroma_hysteresis: float = 1.1
    """In levels of colour: the eye forgives more here."""
    dithered: bool = False
    """Whether patterns stand for what lies between 256 colours: for pictures that stand still, as it costs bytes."""


def _to_ycocg(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Luma 0..255, orange and green chroma -255..255 (Malvar and Sullivan, 2003); shape (3, ...) from (..., 3)."""
    red, green, blue = (rgb[..., channel].astype(np.float32) for channel in range(3))
    return np.stack([(red + 2 * green + blue) / 4, red - blue, green - (red + blue) / 2])


@lru_cache(maxsize=8)
def _all_colors(luma_levels: int, chroma_levels: int) -> npt.NDArray[np.uint8]:
    """RGB of every (luma, orange, green) level, shape (luma_levels * chroma_levels ** 2, 3)."""
    luma = np.linspace(0, 255, luma_levels)[:, None, None]
    chroma = np.linspace(-255, 255, chroma_levels)
    orange, green_chroma = chroma[None, :, None], chroma[None, None, :]
    base = luma - green_chroma / 2
    rgb = np.broadcast_arrays(base + orange / 2, luma + green_chroma / 2, base - orange / 2)
    levels = np.stack(rgb, axis=-1).reshape(-1, 3)
    colors: npt.NDArray[np.uint8] = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return colors


@lru_cache(maxsize=8)
def _picture_table(
    mode: ColorMode, luma_levels: int, chroma_levels: int
) -> tuple[ColorTable, npt.NDArray[np.int32] | None]:
    """The table of a picture's cells, and which of its entries each (luma, orange, green) level becomes."""
    colors = _all_colors(luma_levels, chroma_levels)
    if mode is ColorMode.TRUECOLOR:
        return ColorTable(mode, colors), None
    if mode is ColorMode.MONO:
        return GLYPH_TABLE, np.rint(luminance(colors) / 255 * (len(GLYPH_RAMP) - 1)).astype(np.int32)
    if mode is ColorMode.EIGHT_BIT:
        own = [(0, 0, 0)] * 16 + [eight_bit_rgb(index) for index in range(16, 256)]
        return ColorTable(mode, np.array(own, np.uint8)), nearest_eight_bit(colors)
    own = [standard_rgb(index) for index in range(16)]
    return ColorTable(mode, np.array(own, np.uint8)), nearest_standard(colors)


@lru_cache(maxsize=8)
def _picture_mixes(luma_levels: int, chroma_levels: int) -> CellCodes:
    """Of sixteen colours, the cell that each (luma, orange, green) level becomes."""
    luma, chroma = min(luma_levels, _MIX_LEVELS[0]), min(chroma_levels, _MIX_LEVELS[1])
    codes = nearest_mixes(_all_colors(luma, chroma)).reshape(luma, chroma, chroma)
    rows = np.rint(np.linspace(0, luma - 1, luma_levels)).astype(np.intp)
    columns = np.rint(np.linspace(0, chroma - 1, chroma_levels)).astype(np.intp)
    mixes: CellCodes = codes[np.ix_(rows, columns, columns)].ravel()
    return mixes


class PicturePainter:
    """Paints camera pictures.

    Args:
        mode: the terminal's colours.
        detail: how finely colours are told apart.
        block: columns, and half rows, that are painted alike.
    """

    def __init__(
        self, mode: ColorMode = ColorMode.TRUECOLOR, detail: PictureDetail | None = None, block: int = 1
    ) -> None:
        self.detail = detail or PictureDetail()
        self._block = block
        self._table, self._entry_of = _picture_table(mode, self.detail.luma_levels, self.detail.chroma_levels)
        self._mixes = (
            _picture_mixes(self.detail.luma_levels, self.detail.chroma_levels) if mode is ColorMode.STANDARD else None
        )
        self._mode = mode
        self._dots = (
            Dots(self.detail.luma_levels, self.detail.hysteresis) if mode is ColorMode.MONO and block == 1 else None
        )
        self._luma: npt.NDArray[np.int16] | None = None
        self._chroma: npt.NDArray[np.int16] | None = None
        self._painted: Viewport | None = None

    def reset(self) -> None:
        """Forget the frame before."""
        self._luma = self._chroma = None
        if self._dots is not None:
            self._dots.reset()

    def paint(self, image: RGBImage, viewport: Viewport) -> Cells:
        """Cells of one picture.

        Args:
            image: RGB, uint8, shape (H, W, 3).
            viewport: the pane and the picture's place in it.
        """
        if viewport != self._painted:
            self.reset()
            self._painted = viewport
        detail = self.detail
        if self._dots is not None:
            return self._in_dots(image, viewport, self._dots)
        if detail.dithered and self._mode is ColorMode.EIGHT_BIT and self._block == 1:
            return compose(between_eight_bit(viewport.sample_image(image)), self._table, viewport)
        parts = _to_ycocg(viewport.sample_image(image, self._block))
        luma = parts[0] * np.float32((detail.luma_levels - 1) / 255)
        half = (detail.chroma_levels - 1) / 2
        chroma = parts[1:] * np.float32(half / 255) + np.float32(half)
        self._luma = step_levels(luma, self._luma, detail.hysteresis)
        self._chroma = step_levels(chroma, self._chroma, detail.chroma_hysteresis)
        indices = self._joined(self._luma, self._chroma)
        cells = compose(indices if self._entry_of is None else self._entry_of[indices], self._table, viewport)
        if self._mixes is None:
            return cells
        # Where the halves are alike, one shade for both: few colours then give many.
        alike = np.abs(self._luma[0::2] - self._luma[1::2]) <= _MIXED_LUMA * (detail.luma_levels - 1)
        both = self._joined(
            (self._luma[0::2] + self._luma[1::2]) // 2, (self._chroma[:, 0::2] + self._chroma[:, 1::2]) // 2
        )
        shaded = viewport.place(np.where(alike, self._mixes[both], BLANK), BLANK)
        return Cells(np.where(shaded == BLANK, cells.codes, shaded), self._table)

    def _in_dots(self, image: RGBImage, viewport: Viewport, dots: Dots) -> Cells:
        size = DOTS_DOWN * viewport.picture_rows, DOTS_ACROSS * viewport.picture_columns
        codes = dots.codes(shrink_image(viewport.part_of(image), *size))
        return Cells(viewport.place(codes * ((1 << HALF_BITS) + 1), BLANK), BRAILLE_TABLE)

    def _joined(self, luma: npt.NDArray[np.int16], chroma: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
        """One number for each (luma, orange, green) level."""
        indices = luma.astype(np.int32)
        for axis in chroma:
            indices = indices * self.detail.chroma_levels + axis
        return indices


class DepthPainter:
    """Paints maps in which larger means nearer, such as relative inverse depth or 1/z.

    Args:
        mode: the terminal's colours.
        palette: name of the palette.
        levels: how many levels; fewer are fewer bytes.
        block: columns, and half rows, that are painted alike.
        shading: levels, lines of equal distance, or both.
    """

    def __init__(
        self,
        mode: ColorMode = ColorMode.TRUECOLOR,
        palette: str = "inferno",
        levels: int = 24,
        block: int = 1,
        shading: Shading = Shading.LEVELS,
    ) -> None:
        self.palette: DepthPalette = depth_palette(palette, mode, levels)
        self.quantiser = LevelQuantiser(levels, _HYSTERESIS)
        self.shading = shading
        self.lines_of: LinesOf | None = None
        """Says which lines to draw, where the shading has any; None: those in `drawn`."""
        self.drawn = Drawn(Contours())
        self._block = block
        self._tracer = ContourTracer()
        self._painted: Viewport | None = None

    @property
    def pinned(self) -> ValueRange | None:
        """The range that is held, or None if it follows the scene."""
        return self.quantiser.range.current if self.quantiser.range.is_pinned else None

    def reset(self) -> None:
        """Forget the scene, its range included unless that is pinned."""
        self.quantiser.reset()
        self._tracer.reset()

    def paint(self, values: FloatMap, viewport: Viewport) -> Cells:
        """Cells of one map.

        Args:
            values: float32, shape (H, W); not finite where unknown.
            viewport: the pane and the map's place in it.
        """
        if viewport != self._painted:
            if self._painted is not None:
                self.quantiser.forget_levels()
                self._tracer.reset()
            self._painted = viewport
        sampled = viewport.sample_map(values, self._block)
        levels = self.quantiser.quantise(sampled)
        palette = self.palette
        if not self.shading.has_lines:
            return Cells(viewport.place(palette.cells(levels), BLANK), palette.table)
        self.choose_lines()
        field = self.drawn.field
        heights = sampled if field is None else viewport.sample_map(field, self._block)
        traced = self._tracer.trace(heights, self.drawn.contours)
        if self.shading is Shading.LINES:
            codes = alone(traced, levels, palette)
        else:
            codes = over_levels(palette.cells(levels), traced, levels, palette)
        return Cells(viewport.place(codes, BLANK), palette.table)

    def observe(self, values: FloatMap) -> None:
        """Let the range follow a map that is not painted: float32, shape (H, W)."""
        step = max(1, len(values) // _SAMPLED_ROWS)
        self.quantiser.range.update(values[::step, ::step])

    def carry_on(self, before: DepthPainter) -> None:
        """Take over what another painter knew of the scene: its range, its lines, its levels if they are as many."""
        if self.quantiser.count == before.quantiser.count:
            self.quantiser = before.quantiser
        self.quantiser.range = before.quantiser.range
        self.lines_of, self.drawn = before.lines_of, before.drawn

    def choose_lines(self) -> bool:
        """Ask which lines to draw; whether they are others than before, or lie elsewhere."""
        span, before = self.quantiser.range.current, self.drawn
        if span is not None and self.lines_of is not None:
            self.drawn = self.lines_of(span, before.contours)
        return self.drawn.contours is not before.contours or self.drawn.field is not before.field
