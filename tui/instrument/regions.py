"""Regions of the picture beside pins: set, removed, carried along, and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tui.calibration.context import MapContext
from tui.calibration.reading import Reading
from tui.calibration.region import RegionValue, read_region
from tui.calibration.result import Calibration
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.region import (
    MOST_REGIONS,
    Corner,
    Region,
    Statistic,
    check_region_name,
    checked_region,
    same_name,
)
from tui.instrument.alarms import with_place_called
from tui.instrument.session import Session

_ALL_PX = 4096
"""Pixels among which the middle one is looked for."""


@dataclass(frozen=True, slots=True)
class RegionReading:
    """A region and what is read of it."""

    region: Region
    reading: Reading
    """Of its statistic."""
    unknown_share: float | None
    """Of its pixels, 0 to 1: those without a distance; None where none can be given at all."""

    def plain(self) -> dict[str, object]:
        """Nothing but what JSON knows."""
        found = self.reading
        return {
            "name": self.region.name,
            "statistic": self.region.statistic.value,
            "corners": [list(corner) for corner in self.region.corners],
            **found.plain(),
            "unknown_share": self.unknown_share,
        }


def with_region(session: Session, region: Region) -> Session:
    """The session with one region more, given in pixels of the picture as it is now.

    Raises:
        InputError: there is no picture yet, it does not lie in it or encloses nothing, its name is no name or taken, or
            there are too many.
    """
    if not session.width:
        raise InputError("no picture yet: wait for the source, or press s for another one")
    named = replace(region, name=check_region_name(region.name))
    if (other := next((each.name for each in session.regions if same_name(named.name, each.name)), None)) is not None:
        raise InputError(f"there is a region '{other}' already; give it another name")
    if len(session.regions) >= MOST_REGIONS:
        raise InputError(f"there are {MOST_REGIONS} regions already, and that is the most; remove one first")
    return replace(session, regions=(*session.regions, checked_region(named, session.width, session.height)))


def with_region_called(session: Session, index: int, name: str, statistic: Statistic) -> Session:
    """The session with another name or statistic for the region in row `index` of the table; alarms follow its name.

    Raises:
        InputError: the name is no name, or another region's.
    """
    region, name = session.regions[index], check_region_name(name)
    others = (each.name for number, each in enumerate(session.regions) if number != index)
    if (other := next((each for each in others if same_name(name, each)), None)) is not None:
        raise InputError(f"there is a region '{other}' already; give it another name")
    changed = replace(region, name=name, statistic=statistic)
    session = with_place_called(session, region.name, name)
    return replace(session, regions=(*session.regions[:index], changed, *session.regions[index + 1 :]))


def without_region(session: Session, index: int) -> Session:
    """The session without the region in row `index` of the table."""
    return replace(session, regions=session.regions[:index] + session.regions[index + 1 :])


def middle_of(region: Region, width: int, height: int) -> tuple[int, int]:
    """A pixel of a region, (column, row), as near to the middle of its pixels as there is one; of a picture's size.

    Raises:
        InputError: no part of it lies in such a picture.
    """
    pixels = region.pixels(width, height, _ALL_PX)
    if not len(pixels):
        raise InputError(f"region {region.name} lies outside this picture")
    away = ((pixels - pixels.mean(axis=0)) ** 2).sum(axis=1)
    u_px, v_px = pixels[int(away.argmin())].tolist()
    return u_px, v_px


def share_in_words(share: float) -> str:
    """'12 %', '< 1 %'."""
    return "< 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def free_name(regions: Sequence[Region]) -> str:
    """A name for the next region, where the user gives none: 'region 1'."""
    taken = {each.name.casefold() for each in regions}
    return next(name for number in range(1, len(regions) + 2) if (name := f"region {number}") not in taken)


def carried_regions(
    regions: Sequence[Region], moved_px: Callable[[Corner], Corner | None], width: int, height: int
) -> tuple[Region, ...]:
    """Those that are still to be seen, where a moved picture shows them; a box becomes what it looks like now.

    Args:
        regions: at their old pixels.
        moved_px: where a place of the picture of before is now; None if it is not before the camera any more.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """
    found = []
    for each in regions:
        corners = [corner for corner in map(moved_px, each.outline) if corner is not None]
        moved = each.moved(corners)
        if len(corners) == len(each.outline) and moved.mask(width, height).any():
            found.append(moved)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of one map with one calibration."""

    inverse_depth: FloatMap
    calibration: Calibration | None
    context: MapContext | None
    found: dict[tuple[Region, int], RegionValue]


_last: list[_Read] = []
"""The newest only: a frame that is looked at again, as when the crosshair moves, is not reckoned anew."""


def region_value(
    calibration: Calibration | None,
    inverse_depth: FloatMap,
    region: Region,
    window_px: int,
    context: MapContext | None,
) -> RegionValue:
    """`tui.calibration.region.read_region`, remembered for the map that was read last, which must not be written to."""
    last = _last[0] if _last else None
    if (
        last is None
        or last.inverse_depth is not inverse_depth
        or last.calibration != calibration
        or last.context != context
    ):
        last = _Read(inverse_depth, calibration, context, {})
        _last[:] = [last]
    value = last.found.get((region, window_px))
    if value is None:
        value = last.found[region, window_px] = read_region(calibration, inverse_depth, region, window_px, context)
    return value
