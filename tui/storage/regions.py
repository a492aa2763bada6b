"""Regions as they stand in our files."""

from __future__ import annotations

from collections.abc import Sequence

from tui.errors import InputError
from tui.geometry.region import (
    FARTHEST_CORNER_PX,
    MOST_CORNERS,
    MOST_REGIONS,
    Region,
    Statistic,
    check_region_name,
    same_name,
)
from tui.storage.plain import Fields


def regions_to_plain(regions: Sequence[Region]) -> list[dict[str, object]]:
    """Nothing but what JSON knows."""
    return [
        {"name": each.name, "statistic": each.statistic.value, "corners": [{"x": x, "y": y} for x, y in each.corners]}
        for each in regions
    ]


def regions_from_plain(fields: Fields) -> tuple[Region, ...]:
    """The inverse of `regions_to_plain`, of what stands under `regions`.

    Raises:
        StorageError: one of them is none, two have one name, or there are too many.
    """
    found: list[Region] = []
    for each in fields.children("regions"):
        region = _region(each)
        if any(same_name(region.name, other.name) for other in found):
            each.fail(f"two regions are called '{region.name}'")
        found.append(region)
    if len(found) > MOST_REGIONS:
        fields.fail(f"{len(found)} regions; {MOST_REGIONS} are the most")
    return tuple(found)


def _region(fields: Fields) -> Region:
    try:
        name = check_region_name(fields.text("name"))
    except InputError as error:
        fields.fail(str(error))
    word = fields.text("statistic")
    if word not in list(Statistic):
        fields.fail("the statistic of a region is unknown")
    corners = tuple((each.number("x"), each.number("y")) for each in fields.children("corners"))
    if not 2 <= len(corners) <= MOST_CORNERS:
        fields.fail(f"region '{name}' has {len(corners)} corners; 2 to {MOST_CORNERS} are possible")
    if any(abs(at) > FARTHEST_CORNER_PX for corner in corners for at in corner):
        fields.fail(f"a corner of region '{name}' lies nowhere near a picture")
    return Region(name, corners, Statistic(word))
