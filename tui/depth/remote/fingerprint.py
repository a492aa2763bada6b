"""Which network answers: told by its map of a test picture, as nobody can hash a file on another machine.

Two maps of the test picture are the same network's where they differ by a hundredth of their spread at most: engines
and devices differ by less, other weights by more. The first map gets a name, the hash of its rounded values. Rounding
alone would name a network anew whenever a value lies near a border, so names are remembered along with their maps.
"""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tui.errors import ModelError, StorageError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.storage.atomic import alone_with, write_atomically
from tui.storage.paths import state_dir

PICTURE_PX: Final = (640, 480)
"""Width and height that the test picture stands for."""

_GRID: Final = (24, 32)
_SAME = 0.01
"""Of the spread."""

_UNKNOWN = 0.02
"""Of the cells, that may be known in one map and not in the other."""

_UNKNOWN_CELL = -1e12
_MOST_KEPT = 100
_LARGEST_BYTES = 10_000_000


def picture(width: int, height: int) -> RGBImage:
    """The test picture in the network's own size: a room of sorts, near below and far above, with texture and edges.

    Made by whole numbers, so that it is the same everywhere; another one would be another fingerprint.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    u, v = 1024 * x // width, 1024 * y // height
    grain = ((u * 7919) ^ (v * 104_729)) % 23
    red = 40 + v * 150 // 1024 + grain
    green = 60 + v * 110 // 1024 + grain
    blue = 150 - v * 90 // 1024 + grain
    tiles = (v > 560) & (((u // 96) + (v // 64)) % 2 == 0)
    wall = (u < 230) & (v < 700)
    box = (u > 420) & (u < 640) & (v > 470) & (v < 860)
    post = (u > 800) & (u < 850) & (v > 120) & (v < 940)
    for where, (r, g, b) in (
        (tiles, (-35, -35, -35)),
        (wall, (60, 30, -60)),
        (box, (70, -40, -70)),
        (post, (-40,) * 3),
    ):
        red, green, blue = red + r * where, green + g * where, blue + b * where
    found: RGBImage = np.clip(np.stack([red, green, blue], axis=-1), 0, 255).astype(np.uint8)
    return found


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A map of the test picture, averaged over the cells of a grid."""

    cells: FloatMap
    """Inverse depth, float32, (24, 32); NaN where more than half of a cell is unknown."""

    @classmethod
    def of(cls, values: FloatMap) -> Fingerprint:
        """Of an inverse depth of any size, float32, (h, w).

        Raises:
            ModelError: it says nothing: no number, or the same one everywhere.
        """
        import cv2

        known = np.isfinite(values)
        size = (_GRID[1], _GRID[0])
        total = cv2.resize(np.where(known, values, np.float32(0)), size, interpolation=cv2.INTER_AREA)
        weight = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        with np.errstate(divide="ignore", invalid="ignore"):
            cells = np.where(weight >= 0.5, total / weight, np.nan).astype(np.float32)
        found = cls(cells)
        if not known.any() or not np.isfinite(cells).any():
            raise ModelError("it answers no number, whatever the picture")
        if not found.spread > 1e-6 * float(np.nanmax(np.abs(cells))):
            raise ModelError("it answers the same number everywhere, whatever the picture")
        return found

    @property
    def spread(self) -> float:
        """Between the 5th and the 95th percentile."""
        low, high = np.nanpercentile(self.cells, (5, 95))
        return float(high - low)

    def same(self, other: Fingerprint) -> bool:
        """Whether both can be one network's."""
        mine, theirs = np.isfinite(self.cells), np.isfinite(other.cells)
        both = mine & theirs
        if not both.any() or float((mine != theirs).mean()) > _UNKNOWN:
            return False
        off = np.abs(self.cells[both].astype(np.float64) - other.cells[both])
        return float(off.max()) <= _SAME * min(self.spread, other.spread)

    @property
    def name(self) -> str:
        """64 hex digits of the rounded values."""
        step = 10.0 ** math.floor(math.log10(self.spread)) / 20
        scaled = self.cells.astype(np.float64) / step
        rounded = np.round(np.where(np.isfinite(scaled), scaled, _UNKNOWN_CELL)).astype("<i8")
        return hashlib.sha256(b"depth-tui map 1 " + rounded.tobytes()).hexdigest()


def identify(found: Fingerprint) -> str:
    """The name of a network: the one that it was given before, else a new one, which is remembered.

    Where nothing can be remembered it is that of the rounded values.
    """
    with suppress(StorageError), alone_with(fingerprints_path()):  # another program may remember one just now
        known = _read()
        for name, each in known:
            if found.same(each):
                return name
        _write([*known, (found.name, found)][-_MOST_KEPT:])
    return found.name


def fingerprints_path() -> Path:
    """Where fingerprints are kept."""
    return state_dir() / "fingerprints.json"


def _read() -> list[tuple[str, Fingerprint]]:
    try:
        path = fingerprints_path()
        if path.stat().st_size > _LARGEST_BYTES:
            return []
        content = json.loads(path.read_text(encoding="utf-8"))
        return [
            (str(name), Fingerprint(np.array(cells, dtype=np.float32).reshape(_GRID)))
            for name, cells in content["maps"]
        ]
    except (OSError, ValueError, LookupError, TypeError, RecursionError, OverflowError):
        return []


def _write(known: list[tuple[str, Fingerprint]]) -> None:
    maps = [
        (name, [float(each) if math.isfinite(each) else None for each in found.cells.ravel().tolist()])
        for name, found in known
    ]
    write_atomically(fingerprints_path(), json.dumps({"maps": maps}) + "\n")
