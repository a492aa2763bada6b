"""Analytic solids: where rays meet them, their normals, distances and surface coordinates.

Everything here is in a shape's own frame, whose origin is its centre; `centre_m` and `local_from_world` place it.
Rays are origins (3, n) or (3, 1) and directions (3, n) of any length; a hit is the multiple of the direction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from tui.training.scenes.geometry import Floats, facing, unit

LEAST_HIT = 1e-4
"""Hits nearer than this multiple of the ray's direction do not count."""

TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True, eq=False)
class Shape(ABC):
    """A solid somewhere."""

    centre_m: Floats
    """In the world, (3,)."""
    local_from_world: Floats
    """Rotation, (3, 3)."""

    @abstractmethod
    def half_extent_m(self) -> tuple[float, float, float] | None:
        """Half the sides of the box around it in its own frame; None for what has no end."""

    @abstractmethod
    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays enter, (n,); infinity for those that miss."""

    @abstractmethod
    def normal(self, point: Floats) -> Floats:
        """Return unit normals, (3, n), at points of the surface, (3, n)."""

    @abstractmethod
    def distance(self, point: Floats) -> Floats:
        """Return about how far points (3, n) are from the surface, (n,), negative inside."""

    @abstractmethod
    def uv(self, point: Floats, normal: Floats) -> Floats:
        """Return metres along the surface, (2, n)."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane(Shape):
    """The half space below local z = 0, seen from above."""

    def half_extent_m(self) -> tuple[float, float, float] | None:
        """Return None: it has no end."""
        return None

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays enter."""
        t = -origin[2] / np.minimum(direction[2], -TINY)
        return _valid(t, direction[2] < 0)

    def normal(self, point: Floats) -> Floats:
        """Return local z."""
        n = np.zeros_like(point)
        n[2] = 1
        return n

    def distance(self, point: Floats) -> Floats:
        """Return the height above it."""
        return point[2]

    def uv(self, point: Floats, normal: Floats) -> Floats:  # noqa: ARG002 - the protocol's
        """Return x and y."""
        return point[:2]


@dataclass(frozen=True, slots=True, eq=False)
class Box(Shape):
    """A cuboid."""

    half_m: Floats
    """Half its sides, (3,)."""

    def half_extent_m(self) -> tuple[float, float, float] | None:
        """Return half its sides."""
        return float(self.half_m[0]), float(self.half_m[1]), float(self.half_m[2])

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays enter: the slab method (Kay and Kajiya, 1986)."""
        inverse = 1 / np.where(np.abs(direction) < TINY, TINY, direction)
        middle = -origin * inverse
        reach = self.half_m[:, None] * np.abs(inverse)
        enter = (middle - reach).max(0)
        return _valid(enter, enter < (middle + reach).min(0))

    def normal(self, point: Floats) -> Floats:
        """Return the normal of the nearest face."""
        n = np.zeros_like(point)
        axis = (np.abs(point) - self.half_m[:, None]).argmax(0)
        column = np.arange(point.shape[1])
        n[axis, column] = np.sign(point[axis, column])
        return n

    def distance(self, point: Floats) -> Floats:
        """Return the distance from the surface."""
        q = np.abs(point) - self.half_m[:, None]
        outside = np.sqrt((np.maximum(q, 0) ** 2).sum(0))
        return np.asarray(outside + np.minimum(q.max(0), 0), np.float32)

    def uv(self, point: Floats, normal: Floats) -> Floats:
        """Return the face's two axes, the vertical one second."""
        x, y, z = point + self.half_m[:, None]
        level, side = np.abs(normal[2]) > 0.5, np.abs(normal[0]) > 0.5
        return np.stack([np.where(side, y, x), np.where(level, y, z)])


@dataclass(frozen=True, slots=True, eq=False)
class Ellipsoid(Shape):
    """An ellipsoid."""

    radii_m: Floats
    """Its half axes, (3,)."""

    def half_extent_m(self) -> tuple[float, float, float] | None:
        """Return its half axes."""
        return float(self.radii_m[0]), float(self.radii_m[1]), float(self.radii_m[2])

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays enter: the unit sphere's after scaling."""
        o, d = origin / self.radii_m[:, None], direction / self.radii_m[:, None]
        return _sphere(o, d, 1.0)

    def leave(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays that hit leave again, (n,)."""
        o, d = origin / self.radii_m[:, None], direction / self.radii_m[:, None]
        return np.asarray(-2 * (o * d).sum(0) / (d * d).sum(0) - _sphere(o, d, 1.0), np.float32)

    def normal(self, point: Floats) -> Floats:
        """Return the gradient's direction."""
        return _columns(point / (self.radii_m**2)[:, None])

    def distance(self, point: Floats) -> Floats:
        """Return the first-order estimate of the distance."""
        k = point / self.radii_m[:, None]
        k0 = np.sqrt((k**2).sum(0))
        k1 = np.sqrt(((k / self.radii_m[:, None]) ** 2).sum(0))
        return np.asarray(k0 * (k0 - 1) / np.maximum(k1, TINY), np.float32)

    def uv(self, point: Floats, normal: Floats) -> Floats:
        """Return about the way round and the height."""
        round_m = np.arctan2(normal[1], normal[0]) * np.float32(self.radii_m[:2].mean())
        return np.stack([round_m, point[2]])


@dataclass(frozen=True, slots=True, eq=False)
class Frustum(Shape):
    """A cylinder or a cone cut off, along z."""

    low_radius_m: float
    high_radius_m: float
    half_length_m: float

    @staticmethod
    def between(first_m: Floats, second_m: Floats, first_radius_m: float, second_radius_m: float) -> Frustum:
        """Return the one whose ends are around two points of the world."""
        length_m = max(float(np.linalg.norm(second_m - first_m)), 2e-3)
        middle_m = ((first_m + second_m) / 2).astype(np.float32)
        return Frustum(middle_m, facing(unit(second_m - first_m)), first_radius_m, second_radius_m, length_m / 2)

    def half_extent_m(self) -> tuple[float, float, float] | None:
        """Return half the sides of the box around it."""
        radius_m = max(self.low_radius_m, self.high_radius_m)
        return radius_m, radius_m, self.half_length_m

    def _line(self) -> tuple[np.float32, np.float32]:
        mean = (self.low_radius_m + self.high_radius_m) / 2
        return np.float32(mean), np.float32((self.high_radius_m - self.low_radius_m) / (2 * self.half_length_m))

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays enter the side or an end."""
        mean, slope = self._line()
        ox, oy, oz = origin
        dx, dy, dz = direction
        radius, change = mean + slope * oz, slope * dz
        a = dx * dx + dy * dy - change * change
        b = ox * dx + oy * dy - change * radius
        c = ox * ox + oy * oy - radius * radius
        a = np.where(np.abs(a) < TINY, TINY, a)
        square = b * b - a * c
        root = np.sqrt(np.maximum(square, 0))
        nearest = np.full(square.shape, np.inf, np.float32)
        for t in ((-b - root) / a, (-b + root) / a):
            on = (square > 0) & (np.abs(oz + t * dz) <= self.half_length_m) & (mean + slope * (oz + t * dz) > 0)
            nearest = np.minimum(nearest, _valid(t, on))
        flat = np.where(np.abs(dz) < TINY, TINY, dz)
        for z, limit in ((-self.half_length_m, self.low_radius_m), (self.half_length_m, self.high_radius_m)):
            t = (np.float32(z) - oz) / flat
            nearest = np.minimum(nearest, _valid(t, (ox + t * dx) ** 2 + (oy + t * dy) ** 2 <= limit * limit))
        return nearest

    def normal(self, point: Floats) -> Floats:
        """Return the side's or the end's normal."""
        mean, slope = self._line()
        rho = np.sqrt(point[0] ** 2 + point[1] ** 2)
        from_side = np.abs(rho - (mean + slope * point[2]))
        end = self.half_length_m - np.abs(point[2]) < from_side
        side = _columns(np.stack([point[0], point[1], -slope * rho]))
        level = np.zeros_like(point)
        level[2] = np.sign(point[2])
        return np.where(end, level, side)

    def distance(self, point: Floats) -> Floats:
        """Return about the distance from the surface."""
        mean, slope = self._line()
        z = np.clip(point[2], -self.half_length_m, self.half_length_m)
        outwards = np.sqrt(point[0] ** 2 + point[1] ** 2) - (mean + slope * z)
        beyond = np.abs(point[2]) - np.float32(self.half_length_m)
        outside = np.sqrt(np.maximum(outwards, 0) ** 2 + np.maximum(beyond, 0) ** 2)
        return np.asarray(outside + np.minimum(np.maximum(outwards, beyond), 0), np.float32)

    def uv(self, point: Floats, normal: Floats) -> Floats:
        """Return the way round and the height; on an end x and y."""
        round_m = np.arctan2(point[1], point[0]) * self._line()[0]
        level = np.abs(normal[2]) > 0.9
        return np.stack([np.where(level, point[0], round_m), np.where(level, point[1], point[2])])


@dataclass(frozen=True, slots=True, eq=False)
class Capsule(Shape):
    """A cylinder along z with round ends."""

    radius_m: float
    half_length_m: float
    """Of the straight part."""

    @staticmethod
    def between(first_m: Floats, second_m: Floats, radius_m: float) -> Capsule:
        """Return the capsule whose round ends are centred at two points of the world."""
        length_m = float(np.linalg.norm(second_m - first_m))
        turn = facing(unit(second_m - first_m))
        return Capsule(((first_m + second_m) / 2).astype(np.float32), turn, radius_m, max(length_m / 2, 1e-3))

    def half_extent_m(self) -> tuple[float, float, float] | None:
        """Return half the sides of the box around it."""
        return self.radius_m, self.radius_m, self.half_length_m + self.radius_m

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Return where rays enter: the side, or the sphere at the end that they leave the side's length over."""
        a = np.maximum(direction[0] ** 2 + direction[1] ** 2, TINY)
        b = origin[0] * direction[0] + origin[1] * direction[1]
        c = origin[0] ** 2 + origin[1] ** 2 - np.float32(self.radius_m**2)
        square = b * b - a * c
        t = (-b - np.sqrt(np.maximum(square, 0))) / a
        z = origin[2] + t * direction[2]
        side = _valid(t, (square > 0) & (np.abs(z) <= self.half_length_m))
        moved = np.broadcast_to(origin, direction.shape).copy()
        moved[2] -= np.sign(z) * np.float32(self.half_length_m)
        return np.minimum(side, _sphere(moved, direction, self.radius_m))

    def normal(self, point: Floats) -> Floats:
        """Return the direction from the axis."""
        away = point.copy()
        away[2] -= np.clip(point[2], -self.half_length_m, self.half_length_m)
        return _columns(away)

    def distance(self, point: Floats) -> Floats:
        """Return the distance from the surface."""
        z = point[2] - np.clip(point[2], -self.half_length_m, self.half_length_m)
        return np.asarray(np.sqrt(point[0] ** 2 + point[1] ** 2 + z * z) - self.radius_m, np.float32)

    def uv(self, point: Floats, normal: Floats) -> Floats:
        """Return the way round and the way along."""
        return np.stack([np.arctan2(normal[1], normal[0]) * np.float32(self.radius_m), point[2]])


def _sphere(origin: Floats, direction: Floats, radius: float) -> Floats:
    a = (direction * direction).sum(0)
    b = (origin * direction).sum(0)
    c = (origin * origin).sum(0) - np.float32(radius * radius)
    square = b * b - a * c
    return _valid((-b - np.sqrt(np.maximum(square, 0))) / a, square > 0)


def _valid(t: Floats, hits: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    return np.where(hits & (t > LEAST_HIT), t, np.float32(np.inf)).astype(np.float32, copy=False)


def _columns(v: Floats) -> Floats:
    return np.asarray(v / np.maximum(np.sqrt((v * v).sum(0)), TINY), np.float32)
