"""The stages of one frame's way from the picture to the terminal's cells, each measured by itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tui.bench.timing import Stage, measure
from tui.calibration.measure import measure_map
from tui.calibration.reference import Reference
from tui.depth.estimator import DepthEstimator
from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import Cells, changed_rows
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache, build_rows
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.viewport import Viewport

_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and for how long."""

    pictures: Sequence[RGBImage]
    """Consecutive frames, RGB, uint8, of one size."""
    columns: int
    """Of one pane, in cells."""
    rows: int
    seconds: float
    """A stage."""


def inference(plan: Plan, estimator: DepthEstimator, name: str, baseline: str = "") -> Stage:
    """From a picture to its full-size map: preprocessing, network, enlarging."""
    pictures = itertools.cycle(plan.pictures)
    return measure(name, lambda: estimator.estimate(next(pictures)), seconds=plan.seconds, baseline=baseline)


def calibrating(plan: Plan, inverse_depth: FloatMap) -> Stage:
    """Sampling and fitting 20 references, and one reading, as is done for every frame."""
    height, width = inverse_depth.shape
    rng = np.random.default_rng(0)
    references = []
    for u_px, v_px in zip(rng.integers(0, width, _REFERENCES), rng.integers(0, height, _REFERENCES), strict=True):
        p = float(inverse_depth[v_px, u_px])
        distance_m = (1 + 0.05 * float(rng.standard_normal())) / (
            0.3 + 0.5 * max(p, 0.0) / max(_size(inverse_depth), 1e-9)
        )
        references.append(Reference(int(u_px), int(v_px), distance_m, 0.01 * distance_m))
    query = [(width // 2, height // 2)]
    name = f"calibration, {_REFERENCES} references"
    return measure(name, lambda: measure_map(inverse_depth, references, query), seconds=plan.seconds)


def _size(inverse_depth: FloatMap) -> float:
    return float(np.nanpercentile(inverse_depth, 95))


def rendering(plan: Plan, maps: Sequence[FloatMap]) -> Iterator[Stage]:
    """Both panes: sampling and painting, and then building what changed; beside them, rich-pixels."""
    height, width = plan.pictures[0].shape[:2]
    viewport = Viewport(plan.columns, plan.rows, width, height)
    picture_painter, depth_painter = PicturePainter(ColorMode.TRUECOLOR), DepthPainter(ColorMode.TRUECOLOR)
    pictures, values = itertools.cycle(plan.pictures), itertools.cycle(maps)
    yield measure("painting the picture", lambda: picture_painter.paint(next(pictures), viewport), seconds=plan.seconds)
    yield measure("painting the depth", lambda: depth_painter.paint(next(values), viewport), seconds=plan.seconds)
    small = [viewport.sample_image(picture) for picture in plan.pictures]
    yield measure("rich-pixels, the picture", _with_rich_pixels(small), seconds=plan.seconds, fewest=3)
    painted = [picture_painter.paint(picture, viewport) for picture in plan.pictures]
    yield measure(
        "building the picture's rows", _builder(painted), seconds=plan.seconds, baseline="rich-pixels, the picture"
    )
    depths = [depth_painter.paint(each, viewport) for each in maps]
    yield measure(
        "building the depth's rows", _builder(depths), seconds=plan.seconds, baseline="rich-pixels, the picture"
    )


def _builder(panes: Sequence[Cells]) -> Callable[[], object]:
    """Compare a pane with the one before and build the rows that differ."""
    from rich.style import Style

    cache = SegmentCache(panes[0].table, Style())
    turns = itertools.cycle(panes)
    shown = [panes[-1]]

    def build() -> object:
        pane = next(turns)
        rows = [change.row for change in changed_rows(shown[0], pane)]
        shown[0] = pane
        return build_rows(pane, rows, cache)

    return build


def _with_rich_pixels(small: Sequence[RGBImage]) -> Callable[[], object]:
    """The same panes by rich-pixels, picture by picture."""
    from PIL import Image
    from rich_pixels import Pixels

    turns = itertools.cycle([Image.fromarray(picture) for picture in small])
    return lambda: Pixels.from_image(next(turns))
