"""Flat prints as a picture shows them, and where they stand: each by itself, or several on one plane."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2
from tui.geometry.intrinsics import Intrinsics
from tui.targets.pose import estimate_pose

Array = npt.NDArray[np.float64]

_FLAT_POSES = 1e-9


@dataclass(frozen=True, slots=True)
class Print:
    """A flat thing as one picture shows it."""

    object_m: Array
    """Its corners, z = 0, shape (N, 3), N >= 4."""
    corners_px: Array
    """The same as seen, shape (N, 2)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Prints that one picture shows, each with as many corners as the others."""

    prints: tuple[Print, ...]
    on_one_plane: bool = False
    """Whether they lie on one plane, each somewhere."""
    noise_px: float | None = None
    """Standard deviation of a corner in each direction where it is larger than a print's: a sheet bends."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Poses of one sight's prints."""

    sight: Sight
    turns: Array
    """camera_from_print, shape (M, 3, 3); all with one normal where they share a plane."""
    places: Array
    """Origins in the camera's frame, shape (M, 3)."""

    @classmethod
    def of(cls, sight: Sight, camera: Intrinsics) -> Placed | None:
        """The best pose of each by itself; of prints on one plane, laid into the plane through their places."""
        found = [estimate_pose(each.object_m, each.corners_px, camera) for each in sight.prints]
        poses = [each for each in found if each is not None]
        if len(poses) < len(found):
            return None
        turns, places = (
            np.stack([each.camera_from_target for each in poses]),
            np.stack([each.origin_m for each in poses]),
        )
        if sight.on_one_plane and len(poses) > 1:
            _, spread, axes = np.linalg.svd(places - places.mean(axis=0))
            normal = axes[2] if spread[1] > _FLAT_POSES else turns[0][:, 2]
            normal = normal * (np.sign(float(normal @ turns[:, :, 2].sum(axis=0))) or 1.0)
            middle = places.mean(axis=0)
            places = places - ((places - middle) @ normal)[:, None] * normal
            across = turns[:, :, 0] - (turns[:, :, 0] @ normal)[:, None] * normal
            across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
            turns = np.stack([across, np.cross(normal, across), np.broadcast_to(normal, across.shape)], axis=2)
        return cls(sight, turns, places)

    @property
    def shares(self) -> bool:
        """Whether there is a plane that several share."""
        return self.sight.on_one_plane and len(self.places) > 1

    @property
    def freedom(self) -> int:
        """How many numbers the poses are."""
        return 3 + 3 * len(self.places) if self.shares else 6 * len(self.places)

    @property
    def in_front(self) -> bool:
        """Whether all corners are before the camera."""
        return bool((self.points()[:, 2] > 0).all())

    def points(self) -> Array:
        """All corners in the camera's frame, shape (N, 3)."""
        return np.concatenate(
            [
                each.object_m @ turn.T + place
                for each, turn, place in zip(self.sight.prints, self.turns, self.places, strict=True)
            ]
        )

    def squares(self, camera: Intrinsics) -> float:
        """Sum of squared distances in the picture."""
        seen = np.concatenate([each.corners_px for each in self.sight.prints])
        return float(((camera.pixels(self.points()) - seen) ** 2).sum())

    def directions(self) -> Array:
        """How the corners move with the poses' numbers, shape (N, 3, freedom); (N, 3, 6) with poses of their own."""
        counts = [len(each.object_m) for each in self.sight.prints]
        points = self.points()
        arms = points - np.repeat(self.places, counts, axis=0)
        if not self.shares:
            turning = np.stack([np.cross(unit, arms) for unit in np.eye(3)], axis=2)
            return np.concatenate([turning, np.broadcast_to(np.eye(3), turning.shape)], axis=2)
        axes, middle = self.turns[0], self.places.mean(axis=0)
        moves = np.zeros((len(points), 3, self.freedom))
        moves[:, :, 0] = np.cross(axes[:, 0], points - middle)
        moves[:, :, 1] = np.cross(axes[:, 1], points - middle)
        moves[:, :, 2] = axes[:, 2]
        first = 0
        for index, count in enumerate(counts):
            rows, at = slice(first, first + count), 3 + 3 * index
            moves[rows, :, at], moves[rows, :, at + 1] = axes[:, 0], axes[:, 1]
            moves[rows, :, at + 2] = np.cross(axes[:, 2], arms[rows])
            first += count
        return moves

    def moved(self, step: Array) -> Placed:
        """With the poses' numbers changed."""
        turns, places = self.turns.copy(), self.places.copy()
        if self.shares:
            axes, middle = self.turns[0], self.places.mean(axis=0)
            tilt = _rotation(step[0] * axes[:, 0] + step[1] * axes[:, 1])
            for index in range(len(places)):
                du, dv, roll = step[3 + 3 * index : 6 + 3 * index]
                place = places[index] + du * axes[:, 0] + dv * axes[:, 1]
                places[index] = tilt @ (place - middle) + middle + step[2] * axes[:, 2]
                turns[index] = tilt @ _rotation(roll * axes[:, 2]) @ turns[index]
        else:
            for index in range(len(places)):
                own = step[6 * index : 6 * index + 6]
                turns[index] = _rotation(own[:3]) @ turns[index]
                places[index] = places[index] + own[3:]
        return replace(self, turns=turns, places=places)


def _rotation(vector: Array) -> Array:
    return np.asarray(load_cv2().Rodrigues(np.asarray(vector, np.float64))[0], np.float64)
