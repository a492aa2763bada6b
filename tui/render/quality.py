"""From fine to coarse: what a picture gives up, step by step, on a link that cannot carry it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.render.painter import PictureDetail


@dataclass(frozen=True, slots=True)
class Quality:
    """How finely pictures and maps are painted."""

    detail: PictureDetail = field(default_factory=PictureDetail)
    depth_levels: int = 25
    block: int = 1
    """Columns, and half rows, that are alike: 1, 2 or 4."""


LADDER = (
    Quality(),
    Quality(PictureDetail(17, 21), 13),
    Quality(PictureDetail(9, 11), 7),
    Quality(PictureDetail(17, 21), 13, block=2),
    Quality(PictureDetail(17, 21), 13, block=4),
)
"""First fewer levels, then larger blocks. Each count is one more than half of the one before, less one: the coarser
colours are among the finer ones, so that a step changes no more cells than it must."""
FINEST = Quality(PictureDetail(dithered=True))
"""For what stands still, which is sent once."""
