"""How a camera moved between two pictures, and where the points lie that both show: with all covariances.

The second camera sees X_second = R X_first + t with |t| = 1: everything is in units of the baseline. A point is
X_first = (x, y, 1) / w with w its inverse depth. Observations are normalised (K^-1 and the lens undone); f_first and
f_second turn errors into pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_BENT_AT = 0.7
_ROBUST = 1.5
"""Errors beyond so many standard deviations count less and less."""


@dataclass(frozen=True, slots=True)
class Motion:
    """From the first camera to the second."""

    turn: Array
    """R, second_from_first, shape (3, 3)."""
    way: Array
    """t, of length 1, shape (3,): where the first camera is, seen from the second."""

    @property
    def essential(self) -> Array:
        """E = [t]x R, shape (3, 3): second^T E first = 0."""
        return _cross(self.way) @ self.turn

    @property
    def moved(self) -> Array:
        """Which way the second camera lies from the first one, in the first one's frame, shape (3,)."""
        return -self.turn.T @ self.way

    @property
    def tangent(self) -> Array:
        """Two directions in which the way can change, shape (3, 2)."""
        return tangents(self.way)

    def stepped(self, step: Array) -> Motion:
        """Turned by the rotation vector step[:3], the way by step[3:] along `tangent`."""
        way = self.way + self.tangent @ step[3:]
        turn = np.asarray(load_cv2().Rodrigues(np.asarray(step[:3], dtype=np.float64))[0])
        return Motion(turn @ self.turn, way / np.linalg.norm(way))


@dataclass(frozen=True, slots=True)
class Sights:
    """The same points in both pictures."""

    first: Array
    """Normalised (x, y, 1), shape (N, 3)."""
    second: Array
    f_first_px: float
    f_second_px: float
    one_camera: bool = True
    """Whether one camera took both pictures, so that its lens errs alike in both."""

    def bent(self, bend: Array) -> Sights:
        """As they would be if the lens were a little different, by `patterns`; shape (0,), (3,) or, of two, (6,)."""
        if not bend.size:
            return self
        found = []
        for each, part in ((self.first, bend[:3]), (self.second, bend[-3:])):
            moved = each.copy()
            moved[:, :2] += patterns(each) @ part
            found.append(moved)
        return replace(self, first=found[0], second=found[1])

    def of(self, mask: Mask) -> Sights:
        """Some of them."""
        return replace(self, first=self.first[mask], second=self.second[mask])

    def joined(self, other: Sights) -> Sights:
        """With those of another value after them."""
        return replace(self, first=np.vstack([self.first, other.first]), second=np.vstack([self.second, other.second]))

    def with_focal(self, factor: float) -> Sights:
        """As they would be if both focal lengths were longer by this factor."""
        shorter = np.array([1 / factor, 1 / factor, 1.0])
        first, second = self.first * shorter, self.second * shorter
        focals = (self.f_first_px * factor, self.f_second_px * factor)
        return Sights(first, second, *focals, self.one_camera)


def patterns(rays: Array) -> Array:
    """How rays, shape (N, 3), change with the centre's column and row and with the bend of the lens, shape (N, 2, 3).

    Each by 1 where it does most, or, of the bend, 35 degrees off the axis.
    """
    found = np.zeros((len(rays), 2, 3))
    found[:, 0, 0] = found[:, 1, 1] = 1.0
    plane = rays[:, :2]
    found[:, :, 2] = plane * ((plane**2).sum(axis=1, keepdims=True) / _BENT_AT**3)
    return found


def epipolar_errors_px(motion: Motion, sights: Sights) -> Array:
    """Signed, to first order the least distance, over both pictures, to a pair that fits (Sampson), shape (N,)."""
    error, slope = _epipolar(motion, sights)
    return np.asarray(error / np.sqrt((slope**2).sum(axis=1)))


def _epipolar(motion: Motion, sights: Sights) -> tuple[Array, Array]:
    """second^T E first, shape (N,), and its derivatives by the four pixel coordinates, shape (N, 4)."""
    essential = motion.essential
    along_second = sights.first @ essential.T
    along_first = sights.second @ essential
    error = (along_second * sights.second).sum(axis=1)
    slope = np.column_stack([along_first[:, :2] / sights.f_first_px, along_second[:, :2] / sights.f_second_px])
    return error, slope


@dataclass(frozen=True, slots=True)
class Refined:
    """The motion of least error."""

    motion: Motion
    bend: Array
    """By how much the lens is believed to be different (`Sights.bent`), shape (K,)."""


def refine(
    start: Refined, sights: Sights, scale_px: float, bend_sigma: Array | None = None, *, robust: bool = True
) -> Refined:
    """The motion of least epipolar error: a bundle adjustment in which the points are solved for to first order.

    Each pair of pixels has four coordinates and its point three, so that one residual is left: Sampson's. It is
    minimised by `scipy.optimize.least_squares`, together with what is not quite known of the lens, each with its prior.

    Args:
        start: where to begin.
        sights: the pairs, as the lens is given.
        scale_px: about one standard deviation of the errors.
        bend_sigma: of `Refined.bend`, shape (K,); None where nothing of it is solved for.
        robust: whether large errors count less.
    """
    from scipy.optimize import least_squares

    sigma = np.zeros(0) if bend_sigma is None else bend_sigma
    free = bool(sigma.size)

    def errors(step: Array) -> Array:
        bend = start.bend + step[5:] if free else start.bend
        found = epipolar_errors_px(start.motion.stepped(step[:5]), sights.bent(bend)) / scale_px
        return np.concatenate([found, bend / sigma]) if free else found

    loss = "soft_l1" if robust else "linear"
    begin = np.zeros(5 + (start.bend.size if free else 0))
    step = least_squares(errors, begin, loss=loss, f_scale=_ROBUST, x_scale="jac", xtol=1e-10, ftol=1e-10, gtol=1e-10).x
    return Refined(start.motion.stepped(step[:5]), start.bend + step[5:] if free else start.bend)


def corrected(motion: Motion, sights: Sights) -> Sights:
    """The pairs moved as little as possible so that they fit exactly, in two steps of Newton's method."""
    first, second = sights.first.copy(), sights.second.copy()
    for _ in range(2):
        now = replace(sights, first=first, second=second)
        error, slope = _epipolar(motion, now)
        step = slope * (error / (slope**2).sum(axis=1))[:, None]
        first[:, :2] -= step[:, :2] / sights.f_first_px
        second[:, :2] -= step[:, 2:] / sights.f_second_px
    return replace(sights, first=first, second=second)


def inverse_depths(motion: Motion, sights: Sights) -> Array:
    """The w of pairs that fit (`corrected`), in 1 / baseline, shape (N,); below 0 behind the camera."""
    turned = sights.first @ motion.turn.T
    across = np.cross(sights.second, turned)
    way = np.cross(sights.second, motion.way)
    # second x (R first + w t) = 0.
    return -np.asarray((across * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-30))


def in_front(motion: Motion, sights: Sights) -> Mask:
    """Which points lie before both cameras, those too far to tell among them."""
    fit = corrected(motion, sights)
    w = inverse_depths(motion, fit)
    depth_in_second = fit.first @ motion.turn[2] + w * motion.way[2]
    return np.asarray((w > 0) & (depth_in_second > 0))


def starts(sights: Sights, threshold_px: float) -> tuple[list[Motion], Mask]:
    """Motions to begin with, the five-point method's first (MAGSAC, Barath et al. 2019), and the pairs that fit it.

    Returns:
        No motion where none explains the pairs.
    """
    cv2: Any = load_cv2()
    focal_px = np.sqrt(sights.f_first_px * sights.f_second_px)
    one, other = (np.ascontiguousarray(each[:, :2]) for each in (sights.first, sights.second))
    none: tuple[list[Motion], Mask] = ([], np.zeros(len(one), bool))
    cv2.setRNGSeed(1)
    try:
        found, seen = cv2.findEssentialMat(
            one, other, np.eye(3), method=cv2.USAC_MAGSAC, prob=0.9999, threshold=threshold_px / focal_px
        )
    except cv2.error:
        return none
    if found is None or np.asarray(found).shape[0] < 3:
        return none
    turn_one, turn_other, way = cv2.decomposeEssentialMat(np.asarray(found)[:3])
    fits = np.asarray(seen).ravel() > 0
    if not fits.any():
        return none
    each = [
        Motion(np.asarray(turn), np.asarray(sign * way).ravel()) for turn in (turn_one, turn_other) for sign in (1, -1)
    ]
    best = max(each, key=lambda motion: int(in_front(motion, sights.of(fits)).sum()))
    # A small turn and a small way look alike: the least error may lie on the other side of the five points' choice.
    unturned = [Motion(np.eye(3), sign * np.array(axis)) for axis in ((1.0, 0, 0), (0, 1.0, 0)) for sign in (1, -1)]
    return [best, Motion(np.eye(3), best.way), *unturned], fits


def tangents(way: Array) -> Array:
    """Two directions across a way of length 1, shape (3, 2)."""
    least = np.eye(3)[int(np.argmin(np.abs(way)))]
    one = np.cross(way, least)
    one /= np.linalg.norm(one)
    return np.column_stack([one, np.cross(way, one)])


def _cross(vector: Array) -> Array:
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def crosses(vectors: Array) -> Array:
    """[v]x of each, shape (N, 3, 3)."""
    found = np.zeros((len(vectors), 3, 3))
    x, y, z = vectors.T
    found[:, 0, 1], found[:, 0, 2] = -z, y
    found[:, 1, 0], found[:, 1, 2] = z, -x
    found[:, 2, 0], found[:, 2, 1] = -y, x
    return found
