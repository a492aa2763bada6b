"""Colours between sixteen: two of them mixed by a shading glyph, chosen by how close the mixture looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tui.render.cells import FIRST_SHADE, GLYPH_BITS, HALF_BITS, CellCodes
from tui.render.oklab import Points, linear_light, oklab

_LIGHTNESS_COSTS, _HUE_COSTS = 0.08, 0.3
"""What a mixture costs, per squared distance of its two colours: far apart they look like a pattern, not a colour."""
_TINT = 2.0
"""How much a wrong tint counts, against a wrong lightness: terminals differ in lightness anyway."""
_LOOKS: tuple[str, ...] = (
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf 555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
)
"""The sixteen as the Linux console, xterm and GNOME's terminal show them: a mixture must look right in all three."""
_PIECE = 2048


def _weighed(lab: Points) -> Points:
    return lab * np.array([1.0, _TINT, _TINT], np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class _Mixes:
    """Every mixture there is."""

    lab: Points
    """How each looks, in all of `_LOOKS` side by side."""
    cost: npt.NDArray[np.float32]
    code: CellCodes


@lru_cache(maxsize=1)
def _mixes() -> _Mixes:
    looks = [np.array([list(bytes.fromhex(color)) for color in look.split()]) for look in _LOOKS]
    lights = [linear_light(look) for look in looks]
    labs = [oklab(light) for light in lights]
    weights = np.array([_LIGHTNESS_COSTS, _HUE_COSTS, _HUE_COSTS])
    shares, costs, codes = [], [], []
    for paper in range(16):
        for ink in range(paper, 16):
            apart = sum(float(np.square(lab[ink] - lab[paper]) @ weights) for lab in labs)
            for quarter in (1, 2, 3) if ink > paper else (0,):
                share = np.zeros(16)
                share[paper] += 1 - quarter / 4
                share[ink] += quarter / 4
                shares.append(share)
                costs.append(apart)
                glyph = FIRST_SHADE + quarter - 1 if quarter else 0
                codes.append(glyph << GLYPH_BITS | ink << HALF_BITS | paper)
    points = np.hstack([_weighed(oklab(np.array(shares) @ light)) for light in lights])
    return _Mixes(points, np.array(costs, np.float32), np.array(codes, np.int64))


def nearest_mixes(rgb: npt.NDArray[np.uint8]) -> CellCodes:
    """The cell that looks most like each colour; its indices are numbers of the sixteen.

    Args:
        rgb: shape (N, 3).

    Returns:
        int64, shape (N,).
    """
    mixes = _mixes()
    wanted = np.tile(_weighed(oklab(linear_light(rgb))), len(_LOOKS))
    # |a - b|^2 = |a|^2 - 2 a b + |b|^2, of which the first is the same for every b.
    fixed = np.square(mixes.lab).sum(axis=1) + mixes.cost
    found = [
        (fixed - 2 * wanted[begin : begin + _PIECE] @ mixes.lab.T).argmin(axis=1)
        for begin in range(0, len(wanted), _PIECE)
    ]
    codes: CellCodes = mixes.code[np.concatenate(found)]
    return codes
