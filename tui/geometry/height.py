"""How high points are above the floor, each with a 95 % interval: by draws, as `tui.geometry.space` has them.

A floor that was fitted to the same map shares the errors of its scale, shift and correction with the points: they are
drawn together, and the floor of each draw is what the map's floor would then have been. One that was stated has errors
of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Array, Floor
from tui.geometry.space import PIXEL_SIGMA_PX, Draws, Extent, Located, draws_of, extent_of

_LEAST_M = 1e-3


def height_above(
    intrinsics: Intrinsics,
    floor: Floor,
    points: Sequence[Located],
    support: Sequence[Located] = (),
    covariance: Array | None = None,
    pixel_sigma_px: float = PIXEL_SIGMA_PX,
) -> Extent:
    """Of one point above the floor; of two, how much higher the second one is. In metres; it may be negative.

    Args:
        intrinsics: of the picture.
        floor: below it.
        points: one or two.
        support: what is read at the pixels that a fitted floor rests on, one each.
        covariance: of the ln z of the points, then of the support, (N + M, N + M); without it see `space`.
        pixel_sigma_px: of each pixel in each direction.

    Raises:
        InputError: as `space.draws_of`.
    """
    count = len(points)
    exact, drawn = draws_of(intrinsics, (*points, *support), covariance, pixel_sigma_px, more=3)
    values = floor.heights_m(exact[0, :count])
    found = []
    for each in drawn:
        per_metre = _floors(floor, each, count)
        height_m = 1.0 / np.linalg.norm(per_metre, axis=1)
        down = per_metre * height_m[:, None]
        heights_m = height_m[:, None] - np.einsum("dnk,dk->dn", each.points[:, :count], down)
        found.append(heights_m[:, -1] - (heights_m[:, 0] if count > 1 else 0.0))
    value = float(values[-1] - (values[0] if count > 1 else 0.0))
    return extent_of(value, found, bounded=all(point.bounded for point in points))


def height_of_camera(
    intrinsics: Intrinsics, floor: Floor, support: Sequence[Located], covariance: Array | None
) -> Extent:
    """Of the camera above the floor, in metres; arguments as for `height_above`."""
    _, drawn = draws_of(intrinsics, support, covariance, more=3)
    found = [1.0 / np.linalg.norm(_floors(floor, each, 0), axis=1) for each in drawn]
    return extent_of(floor.height_m, found, bounded=True)


def _floors(floor: Floor, draws: Draws, count: int) -> Array:
    """The planes that the floor may be, w of each, (D, 3); the support's errors follow those of `count` points."""
    per_metre = np.broadcast_to(floor.per_metre, (len(draws.focal), 3)).copy()
    if floor.gains is not None and draws.log_errors.shape[1] > count:
        per_metre = per_metre + (np.exp(-draws.log_errors[:, count:]) - 1.0) @ floor.gains.T
        per_metre[:, :2] /= draws.focal[:, None]
    if floor.pitch_sigma_rad:
        about_x, about_z = floor.pitch_sigma_rad * draws.more[:, 0], floor.pitch_sigma_rad * draws.more[:, 1]
        x, y, z = per_metre.T
        per_metre = np.stack([x + about_z * y, y - about_z * x - about_x * z, z + about_x * y], axis=1)
    if floor.height_sigma_m is not None:
        height_m = np.maximum(floor.height_m + floor.height_sigma_m * draws.more[:, 2], _LEAST_M)
        per_metre /= (np.linalg.norm(per_metre, axis=1) * height_m)[:, None]
    return per_metre
