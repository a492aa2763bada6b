"""The one place where terminal cells and picture pixels meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.sampling import check_pixel
from tui.render.downsample import shrink_image, shrink_map

_Sample = TypeVar("_Sample", bound=np.generic)


@dataclass(frozen=True, slots=True)
class CellPoint:
    """Where a pixel is shown."""

    column: int
    """Counted from the pane's left edge, letter-box included."""
    row: int
    """Counted from the pane's top edge, letter-box included."""
    half: int
    """0 for the upper half of the cell, 1 for the lower."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A picture fitted into a pane, aspect kept, in the middle, in half-block cells.

    A terminal's cell is about twice as high as wide, so that half a cell is square and one picture has
    `picture_columns` x `2 * picture_rows` half-block pixels.

    Raises:
        InputError: if a size is not positive.
    """

    columns: int
    """Width of the pane in cells."""
    rows: int
    """Height of the pane in cells."""
    width_px: int
    """Width of the captured picture."""
    height_px: int
    """Height of the captured picture."""
    left: int = field(init=False)
    """Blank columns to the left of the picture."""
    top: int = field(init=False)
    """Blank rows above the picture."""
    picture_columns: int = field(init=False)
    picture_rows: int = field(init=False)

    def __post_init__(self) -> None:
        if min(self.columns, self.rows, self.width_px, self.height_px) < 1:
            raise InputError(
                f"a pane of {self.columns}x{self.rows} cells for a picture of {self.width_px}x{self.height_px}: "
                "every size must be at least 1"
            )
        scale = min(self.columns / self.width_px, 2 * self.rows / self.height_px)
        columns = max(1, min(self.columns, round(self.width_px * scale)))
        rows = max(1, min(self.rows, round(self.height_px * scale / 2)))
        object.__setattr__(self, "picture_columns", columns)
        object.__setattr__(self, "picture_rows", rows)
        object.__setattr__(self, "left", (self.columns - columns) // 2)
        object.__setattr__(self, "top", (self.rows - rows) // 2)

    def pixel_of(self, column: int, row: int, half: int | None = None) -> tuple[int, int] | None:
        """The pixel in the middle of a cell, or of one half of it; None in the letter-box and outside the pane."""
        x, y = column - self.left, row - self.top
        if not (0 <= x < self.picture_columns and 0 <= y < self.picture_rows):
            return None
        u = (2 * x + 1) * self.width_px // (2 * self.picture_columns)
        if half is None:
            return u, (2 * y + 1) * self.height_px // (2 * self.picture_rows)
        return u, (2 * (2 * y + half) + 1) * self.height_px // (4 * self.picture_rows)

    def cell_of(self, u_px: int, v_px: int) -> CellPoint:
        """The cell and the half of it that show a pixel.

        Raises:
            InputError: for a pixel outside the picture.
        """
        check_pixel(u_px, v_px, self.width_px, self.height_px)
        column = (2 * u_px + 1) * self.picture_columns // (2 * self.width_px)
        half_row = (2 * v_px + 1) * 2 * self.picture_rows // (2 * self.height_px)
        return CellPoint(self.left + column, self.top + half_row // 2, half_row % 2)

    def sample_image(self, image: RGBImage, block: int = 1) -> RGBImage:
        """Area average for every half cell.

        Args:
            image: RGB, uint8, shape (H, W, 3), of any size.
            block: columns, and half rows, that are alike: 1, or an even number.

        Returns:
            RGB, uint8, shape (2 * picture_rows, picture_columns, 3).
        """
        height, width = self._coarse(block)
        return self._spread(shrink_image(image, height, width))

    def sample_map(self, values: FloatMap, block: int = 1) -> FloatMap:
        """Mean of the finite values for every half cell, NaN where there is none.

        Args:
            values: float32, shape (H, W), of any size.
            block: columns, and half rows, that are alike: 1, or an even number.

        Returns:
            float32, shape (2 * picture_rows, picture_columns).
        """
        height, width = self._coarse(block)
        return self._spread(shrink_map(values, height, width))

    def _coarse(self, block: int) -> tuple[int, int]:
        """Rows and columns of samples; with blocks, no cell has two."""
        if block == 1:
            return 2 * self.picture_rows, self.picture_columns
        return max(1, 2 * self.picture_rows // block), max(1, self.picture_columns // block)

    def _spread(self, samples: npt.NDArray[_Sample]) -> npt.NDArray[_Sample]:
        """One sample for every half cell from fewer, each over the part of the picture that it was taken from."""
        height, width = samples.shape[:2]
        if (height, width) == (2 * self.picture_rows, self.picture_columns):
            return samples
        rows = np.arange(2 * self.picture_rows) // 2 * height // self.picture_rows
        columns = np.arange(self.picture_columns) * width // self.picture_columns
        spread: npt.NDArray[_Sample] = samples[rows[:, None], columns[None, :]]
        return spread

    def place(self, picture: npt.NDArray[np.int64], blank: int) -> npt.NDArray[np.int64]:
        """Put a picture's cells into the pane, `blank` around them.

        Args:
            picture: one code a cell, int64, shape (picture_rows, picture_columns).
            blank: the code of the letter-box.

        Returns:
            int64, shape (rows, columns).
        """
        pane = np.full((self.rows, self.columns), blank, np.int64)
        pane[self.top : self.top + self.picture_rows, self.left : self.left + self.picture_columns] = picture
        return pane
