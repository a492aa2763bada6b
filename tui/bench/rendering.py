"""From pictures and maps to the bytes for the terminal, on frames that never come again; beside it, rich-pixels."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from rich.color import ColorSystem
from rich.style import Style

from tui.bench.stages import Plan
from tui.bench.timing import Stage, measure
from tui.geometry.arrays import FloatMap, RGBImage
from tui.render.cells import Cells, changed_rows
from tui.render.colors import ColorMode
from tui.render.halfblocks import SegmentCache
from tui.render.painter import DepthPainter, PicturePainter
from tui.render.viewport import Viewport
from tui.terminal.differ import CellDiffer
from tui.terminal.painted import PaintedCells

FRAMES = 120
"""Distinct ones: caches that fit a few frames would make a shorter sequence look too good."""
_NOISE_SIGMA = 3.0
_WINDOW = 0.8
_WARM_UP = 5

Picture = TypeVar("Picture", bound=npt.NDArray[np.generic])


def rendering(plan: Plan, maps: Sequence[FloatMap]) -> Iterator[Stage]:
    """Painting both panes, and building and comparing what is sent of them."""
    values = panned(maps, FRAMES)
    small = plan.moving or tuple(noisy(view, number) for number, view in enumerate(panned(_small(plan), FRAMES)))
    plain = "rich-pixels, the picture"
    yield _stage(plan, plain, _with_rich_pixels(small))
    painter, depth_painter = PicturePainter(ColorMode.TRUECOLOR), DepthPainter(ColorMode.TRUECOLOR)
    pictures = itertools.cycle(plan.pictures)
    viewport = _viewport(plan, plan.pictures[0])
    yield _stage(plan, "painting the picture", lambda: painter.paint(next(pictures), viewport))
    painter.reset()
    painted = [painter.paint(picture, _viewport(plan, picture)) for picture in small]
    yield _stage(plan, "building and diffing the picture", _differ(painted), plain, note=_bytes_text(painted))
    depths: list[Cells] = []
    rest = iter(values)
    viewport = _viewport(plan, values[0])
    yield _stage(plan, "painting the depth", lambda: depths.append(depth_painter.paint(next(rest), viewport)))
    depths += [depth_painter.paint(each, viewport) for each in rest]
    yield _stage(plan, "building and diffing the depth", _differ(depths), plain, note=_bytes_text(depths))


def _viewport(plan: Plan, picture: npt.NDArray[np.generic]) -> Viewport:
    return Viewport(plan.columns, plan.rows, picture.shape[1], picture.shape[0])


def _small(plan: Plan) -> list[RGBImage]:
    """The pictures with as many pixels as half cells, and some to pan over."""
    return [Viewport(2 * plan.columns, 2 * plan.rows, *each.shape[1::-1]).sample_image(each) for each in plan.pictures]


def panned(pictures: Sequence[Picture], count: int) -> list[Picture]:
    """A window that moves over the pictures, taken in turn: `count` views, no two of them alike.

    Args:
        pictures: shape (H, W, ...) each, of one size.
        count: how many views.
    """
    height, width = pictures[0].shape[:2]
    rows, columns = max(1, int(_WINDOW * height)), max(1, int(_WINDOW * width))
    views: list[Picture] = []
    for number in range(count):
        share = number / max(1, count - 1)
        top, left = round(share * (height - rows)), round(share * (width - columns))
        view: Picture = pictures[number % len(pictures)][top : top + rows, left : left + columns]  # type: ignore[assignment]  # a view of its own kind
        views.append(view)
    return views


def noisy(picture: RGBImage, seed: int) -> RGBImage:
    """The picture with noise of its own, as cameras have it."""
    noise = _NOISE_SIGMA * np.random.default_rng(seed).standard_normal(picture.shape, np.float32)
    grained: RGBImage = np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
    return grained


def _stage(plan: Plan, name: str, work: Callable[[], object], baseline: str = "", note: str = "") -> Stage:
    """All of this is computing in one thread, so that its own time can be taken, whatever else the machine does."""
    return measure(
        name,
        work,
        seconds=plan.seconds,
        warm_up=_WARM_UP,
        most=FRAMES - _WARM_UP,
        baseline=baseline,
        note=note,
        clock=time.thread_time,
    )


def _differ(panes: Sequence[Cells]) -> Callable[[], int]:
    """What the app does with each new pane: find the changed rows, make cells of them, and write what differs."""
    cache = PaintedCells(SegmentCache(panes[0].table, Style()), ColorSystem.TRUECOLOR)
    rows, columns = panes[0].codes.shape
    differ = CellDiffer()
    differ.resize(columns, rows)
    turns = iter(panes)
    shown: list[Cells | None] = [None]

    def build() -> int:
        pane = next(turns)
        for span in changed_rows(shown[0], pane):
            codes = pane.codes[span.row, span.first : span.stop].tolist()
            differ.put(span.first, span.row, list(map(cache.__getitem__, codes)))
        shown[0] = pane
        return len(differ.emit().encode())

    return build


def _bytes_text(panes: Sequence[Cells]) -> str:
    """Bytes of a frame, and of a whole refresh of the same frames."""
    changed, whole = _differ(panes), [_differ([pane]) for pane in panes[:: max(1, len(panes) // 10)]]
    changed()
    sent = [changed() for _ in panes[1:]]
    full = [each() for each in whole]
    return f"{np.mean(sent):.0f} bytes a frame, {np.mean(full):.0f} as a full refresh"


def _with_rich_pixels(small: Sequence[RGBImage]) -> Callable[[], object]:
    """The same panes by rich-pixels, picture by picture."""
    from PIL import Image
    from rich_pixels import Pixels

    turns = iter([Image.fromarray(picture) for picture in small])
    return lambda: Pixels.from_image(next(turns))
