"""The one place where terminal cells and picture pixels meet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.sampling import check_pixel
from tui.render.downsample import shrink_image, shrink_map

_WELL_INSIDE = 0.35
"""Of the part's sides, from its middle: so far the crosshair goes before the part follows."""

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
    """A picture, or a part of it, fitted into a pane, aspect kept, in the middle, in half-block cells.

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
    zoom: float = 1.0
    """How much larger things are than where the whole picture is shown, 1 at least; never larger than a pixel a half
    cell, unless the whole picture is."""
    middle_px: tuple[float, float] | None = None
    """Pixel, (column, row), that the part that is shown lies around, as far as the picture reaches; the picture's own
    middle if not given."""
    part_left: int = field(init=False)
    """First column of the picture that is shown."""
    part_top: int = field(init=False)
    """First row of it."""
    part_width: int = field(init=False)
    """Columns of the picture that are shown: all of them without a zoom."""
    part_height: int = field(init=False)
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
        whole = min(self.columns / self.width_px, 2 * self.rows / self.height_px)
        scale = max(whole, min(whole * self.zoom, 1.0))
        width = max(1, min(self.width_px, round(self.columns / scale)))
        height = max(1, min(self.height_px, round(2 * self.rows / scale)))
        middle = self.middle_px or ((self.width_px - 1) / 2, (self.height_px - 1) / 2)
        columns = max(1, min(self.columns, round(width * scale)))
        rows = max(1, min(self.rows, round(height * scale / 2)))
        for name, value in (
            ("part_left", _start(middle[0], width, self.width_px)),
            ("part_top", _start(middle[1], height, self.height_px)),
            ("part_width", width),
            ("part_height", height),
            ("picture_columns", columns),
            ("picture_rows", rows),
            ("left", (self.columns - columns) // 2),
            ("top", (self.rows - rows) // 2),
        ):
            object.__setattr__(self, name, value)

    def around(self, u_px: int, v_px: int) -> Viewport:
        """The same view if a pixel lies well inside what it shows; else around that pixel, as far as there is more."""
        across = abs(u_px - self.part_left - (self.part_width - 1) / 2) / self.part_width
        down = abs(v_px - self.part_top - (self.part_height - 1) / 2) / self.part_height
        return self if max(across, down) <= _WELL_INSIDE else replace(self, middle_px=(u_px, v_px))

    @property
    def finest(self) -> bool:
        """Whether a larger zoom would show nothing more: a pixel has half a cell at least."""
        return self.picture_columns >= self.part_width

    def shows(self, u_px: int, v_px: int) -> bool:
        """Whether a pixel is in the part that is shown."""
        across, down = u_px - self.part_left, v_px - self.part_top
        return 0 <= across < self.part_width and 0 <= down < self.part_height

    def place_of(self, u_px: int, v_px: int, height: int, width: int) -> tuple[int, int]:
        """Column and row at which the middle of a pixel lies where the part is shown in so many rows and columns."""
        return (
            (2 * (u_px - self.part_left) + 1) * width // (2 * self.part_width),
            (2 * (v_px - self.part_top) + 1) * height // (2 * self.part_height),
        )

    def pixel_of(self, column: int, row: int, half: int | None = None) -> tuple[int, int] | None:
        """The pixel in the middle of a cell, or of one half of it; None in the letter-box and outside the pane."""
        x, y = column - self.left, row - self.top
        if not (0 <= x < self.picture_columns and 0 <= y < self.picture_rows):
            return None
        u = self.part_left + (2 * x + 1) * self.part_width // (2 * self.picture_columns)
        if half is None:
            return u, self.part_top + (2 * y + 1) * self.part_height // (2 * self.picture_rows)
        return u, self.part_top + (2 * (2 * y + half) + 1) * self.part_height // (4 * self.picture_rows)

    def cell_of(self, u_px: int, v_px: int) -> CellPoint | None:
        """The cell and the half of it that show a pixel; None where it lies beside the part that is shown.

        Raises:
            InputError: for a pixel outside the picture.
        """
        check_pixel(u_px, v_px, self.width_px, self.height_px)
        if not self.shows(u_px, v_px):
            return None
        column, half_row = self.place_of(u_px, v_px, 2 * self.picture_rows, self.picture_columns)
        return CellPoint(self.left + column, self.top + half_row // 2, half_row % 2)

    def stepped(self, u_px: int, v_px: int, columns: int, rows: int) -> tuple[int, int]:
        """How far to go from a pixel, (du, dv), to be seen so many columns further right and rows further down.

        As far where no more of the picture is shown, and never less than a pixel a step.
        """
        at = self.place_of(u_px, v_px, self.picture_rows, self.picture_columns)
        sizes = (self.picture_columns, self.picture_rows)
        parts = ((self.part_left, self.part_width), (self.part_top, self.part_height))
        go = []
        for axis, (steps, pixel) in enumerate(zip((columns, rows), (u_px, v_px), strict=True)):
            (first, shown), size, target = parts[axis], sizes[axis], at[axis] + steps
            if 0 <= target < size:
                by = first + (2 * target + 1) * shown // (2 * size) - pixel
            else:
                by = round(steps * shown / size)
            least = (steps > 0) - (steps < 0)
            go.append(by if by * least > 0 else least)
        return go[0], go[1]

    def part_of(self, picture: npt.NDArray[_Sample]) -> npt.NDArray[_Sample]:
        """What is shown of a picture or map of any size, (H, W) or (H, W, 3); a view of it."""
        height, width = picture.shape[:2]
        if (self.part_width, self.part_height) == (self.width_px, self.height_px):
            return picture
        left, right = (
            _rescaled(each, self.width_px, width) for each in (self.part_left, self.part_left + self.part_width)
        )
        top, bottom = (
            _rescaled(each, self.height_px, height) for each in (self.part_top, self.part_top + self.part_height)
        )
        return picture[min(top, height - 1) : max(bottom, top + 1), min(left, width - 1) : max(right, left + 1)]

    def sample_image(self, image: RGBImage, block: int = 1) -> RGBImage:
        """Area average for every half cell.

        Args:
            image: RGB, uint8, shape (H, W, 3), of any size.
            block: columns, and half rows, that are alike: 1, or an even number.

        Returns:
            RGB, uint8, shape (2 * picture_rows, picture_columns, 3).
        """
        height, width = self._coarse(block)
        return self._spread(shrink_image(self.part_of(image), height, width))

    def sample_map(self, values: FloatMap, block: int = 1) -> FloatMap:
        """Mean of the finite values for every half cell, NaN where there is none.

        Args:
            values: float32, shape (H, W), of any size.
            block: columns, and half rows, that are alike: 1, or an even number.

        Returns:
            float32, shape (2 * picture_rows, picture_columns).
        """
        height, width = self._coarse(block)
        return self._spread(shrink_map(self.part_of(values), height, width))

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


def _start(middle: float, shown: int, whole: int) -> int:
    """First of `shown` pixels around one of `whole`."""
    return max(0, min(round(middle - (shown - 1) / 2), whole - shown))


def _rescaled(at: int, size: int, other: int) -> int:
    """A border between pixels of a picture, in one of another size."""
    return round(at * other / size)
