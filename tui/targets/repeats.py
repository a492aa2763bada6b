"""A pattern that repeats along a line, tiles or bricks: how often it does, and hence how far away both ends are.

With z0, z1 the distances of the ends and t the share of the line in the picture, the share of it in space is
s = t r / ((1 - t) + t r), r = z0 / z1: what repeats evenly in space is drawn together where it is farther away. The
number of repeats n and r are those with which a sum of harmonics of n s explains the grey levels best. Then n pitches
lie between z0 times the first ray and z1 times the second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance
from tui.targets.edges import sampled

_LEAST_REPEATS, _MOST_REPEATS = 4.0, 200.0
_LEAST_PERIOD_PX = 5.0
_LEAST_LINE_PX = 40.0
_HARMONICS = 3
"""That are looked for; up to `_MOST_HARMONICS` are fitted, as far as pixels have them."""
_MOST_HARMONICS, _PIXELS_A_WAVE = 16, 3.0
_ACROSS_PX = np.arange(-2.0, 3.0)
"""Over which the line is averaged."""
_LOG_RATIOS = np.linspace(-1.2, 1.2, 49)
_MOST_LOG_RATIO = 1.5
_RATIO_SIGMA = 0.7
"""Of ln r beforehand: most lines are pinned across, not along, the view."""
_FINENESS = 0.2
"""Steps of n that are tried."""
_FACTORS = (0.25, 1 / 3, 0.5, 1.0, 2.0, 3.0, 4.0)
"""Of the number that is found: what may be the pattern's own."""
_NEAR_LAG = (0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03)
_LEAST_AGREED, _SURELY, _HARDLY = 0.4, 0.85, 0.35
"""How well a pattern agrees with itself one period on; of the best agreement, what is a period and what surely none."""
_NOTHING = "nothing repeats evenly along this line: pin it across at least four, straight over the joints"
_ABOUT = 0.25
"""How far a count that was given may be off, relative."""
_SAMPLES = 1024
_LEAST_EXPLAINED = 0.3
"""Of the variance of the grey levels' changes along the line."""
_ROUNDS = 40
_SMOOTH_PX = 1.0
_PLACE_SIGMA = 0.004
"""Of the distances, relative: joints are not quite evenly laid."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """What repeats along a line."""

    count: float
    """Of pitches between both ends."""
    log_ratio: float
    """ln z0 / z1."""
    covariance: Array
    """Of both, shape (2, 2)."""
    explained: float
    """Share of the grey levels' variance."""


def distances_of_repeats(
    grey: npt.NDArray[np.uint8],
    intrinsics: Intrinsics,
    ends_px: tuple[tuple[float, float], tuple[float, float]],
    pitch: tuple[float, float],
    label: str,
    about: float | None = None,
) -> tuple[KnownDistance, KnownDistance]:
    """Both ends of a line along which something repeats.

    Args:
        grey: picture, shape (H, W).
        intrinsics: of the picture.
        ends_px: (column, row) of each.
        pitch: of what repeats, and one standard deviation of it, metres.
        label: what it is.
        about: how often somebody counted.

    Raises:
        InputError: nothing repeats there, or nothing tells how often.
    """
    ends = np.array(ends_px, np.float64)
    found = repeats_along(_profile(grey, intrinsics, ends), about)

    def distances(values: Array) -> Array:
        count, log_ratio, log_focal, metres = values
        rays = intrinsics.rays(ends) * (math.exp(-log_focal), math.exp(-log_focal), 1.0)
        far = count * metres / np.linalg.norm(math.exp(log_ratio) * rays[0] - rays[1])
        return np.array([math.exp(log_ratio) * far, far])

    at = np.array([found.count, found.log_ratio, 0.0, pitch[0]])
    z = distances(at)
    steps = np.array([1e-4 * found.count, 1e-4, 1e-4, 1e-4 * pitch[0]])
    moved = [(distances(at + step), distances(at - step)) for step in np.diag(steps)]
    slopes = np.stack([(more - less) / (2 * step) for (more, less), step in zip(moved, steps, strict=True)], axis=1)
    covariance = np.zeros((4, 4))
    covariance[:2, :2] = found.covariance
    covariance[2, 2], covariance[3, 3] = intrinsics.focal_sigma**2, pitch[1] ** 2
    spread = np.sqrt(np.einsum("ij,jk,ik->i", slopes, covariance, slopes) + (_PLACE_SIGMA * z) ** 2)
    common = np.hypot(slopes[:, 2] * intrinsics.focal_sigma, slopes[:, 3] * pitch[1]) / z
    first, second = (
        KnownDistance(float(u), float(v), float(each), float(sigma), label, float(shared))
        for (u, v), each, sigma, shared in zip(ends, z, spread, common, strict=True)
    )
    return first, second


def repeats_along(profile: Array, about: float | None = None) -> Repeats:
    """How often a profile repeats from its first sample to its last.

    Args:
        profile: grey levels at even steps of the picture, shape (N,).
        about: how often somebody counted.

    Raises:
        InputError: it does not, it is too short, or nothing tells how often.
    """
    many = len(profile)
    if many < _LEAST_LINE_PX:
        raise InputError(f"a line of {many} pixels: pin it over at least {_LEAST_LINE_PX:.0f}")
    t = np.linspace(0.0, 1.0, many)
    values = _without_trend(profile, t)
    if float(values @ values) < many:  # less than a grey level
        raise InputError("nothing repeats along this line: it is all of one grey")
    most = int(min(_MOST_REPEATS, many / _LEAST_PERIOD_PX) / _FINENESS)
    least = round(_LEAST_REPEATS / _FINENESS)
    if most <= least:
        raise InputError(f"a line of {many} pixels: pin it over at least {_LEAST_REPEATS:.0f} repeats")
    from scipy.ndimage import gaussian_filter1d  # paid for by who asks for it, not by the program's start

    slopes = gaussian_filter1d(values, _SMOOTH_PX, order=1)  # what changes slowly, one brick's colour, is no pattern
    powers = np.stack([_powers(slopes, t, each, most) for each in _LOG_RATIOS])
    powers[:, :, :least] = 0.0
    if about is not None:
        tried = np.arange(most) * _FINENESS
        powers[:, :, np.abs(tried - about) > _ABOUT * about] = 0.0
    total_power = powers.sum(axis=1)
    best = total_power.max(axis=0)
    index = int(best.argmax())
    log_ratio = float(_LOG_RATIOS[int(total_power[:, index].argmax())])
    count = index * _FINENESS if about is not None else _own_count(index * _FINENESS, slopes, t, log_ratio, many)
    at = np.array([count, log_ratio])
    at, covariance = _refined(values, t, at)
    explained = _explained(slopes, t, at)
    if explained < _LEAST_EXPLAINED or at[0] < _LEAST_REPEATS or abs(at[1]) > _MOST_LOG_RATIO:
        raise InputError(_NOTHING)
    return Repeats(float(at[0]), float(at[1]), covariance, explained)


def _own_count(count: float, values: Array, t: Array, log_ratio: float, many: int) -> float:
    """The pattern's own number of repeats: one that is found may count several in one, or several for one.

    The values are laid over themselves by one period of each: where they agree, it is one.

    Raises:
        InputError: nothing repeats, or every other one differs by so much that nothing tells which is meant.
    """
    even = _even(values, t, log_ratio)

    def agrees(tried: float) -> float:
        lag = _SAMPLES / tried
        lags = {max(1, round(lag * part)) for part in _NEAR_LAG}
        return max(_overlaid(even, each) for each in lags if each < _SAMPLES - 8)

    most = many / _LEAST_PERIOD_PX
    tried = [count * factor for factor in _FACTORS if _LEAST_REPEATS <= count * factor <= most]
    agreed = [agrees(each) for each in tried]
    best = max(agreed)
    if best < _LEAST_AGREED:
        raise InputError(_NOTHING)
    own = max(each for each, agreement in zip(tried, agreed, strict=True) if agreement >= _SURELY * best)
    for each, agreement in zip(tried, agreed, strict=True):
        if each > own and agreement > _HARDLY * best:
            raise InputError(
                f"it repeats {each:.0f} or {own:.0f} times along this line: add how often, as in 30cm*{own:.0f}"
            )
    return own


def _overlaid(even: Array, lag: int) -> float:
    """How well values agree with themselves so many samples on, -1 to 1."""
    first, second = even[:-lag], even[lag:]
    return float(first @ second) / max(1e-12, math.sqrt(float(first @ first) * float(second @ second)))


def _profile(grey: npt.NDArray[np.uint8], intrinsics: Intrinsics, ends: Array) -> Array:
    """Grey levels along the line that is straight in space, one a pixel, averaged across."""
    rays = intrinsics.rays(ends)
    if np.isnan(rays).any():
        raise InputError("the lens's distortion is not known there; calibrate further out")
    length_px = float(np.linalg.norm(ends[1] - ends[0]))
    t = np.linspace(0.0, 1.0, max(2, round(length_px) + 1))
    along = (ends[1] - ends[0]) / max(length_px, 1e-9)
    feet = intrinsics.pixels(rays[0] + t[:, None] * (rays[1] - rays[0]))
    places = feet[:, None] + _ACROSS_PX[None, :, None] * np.array([-along[1], along[0]])
    return np.asarray(sampled(grey, places[None])[0].mean(axis=1), np.float64)


def _without_trend(profile: Array, t: Array) -> Array:
    """Less a parabola: light that falls off is no pattern."""
    powers = np.stack([np.ones_like(t), t, t * t], axis=1)
    return np.asarray(profile - powers @ np.linalg.lstsq(powers, profile, rcond=None)[0], np.float64)


def _in_space(t: Array, log_ratio: float) -> Array:
    ratio = math.exp(log_ratio)
    return np.asarray(t * ratio / ((1 - t) + t * ratio), np.float64)


def _even(values: Array, t: Array, log_ratio: float) -> Array:
    """At even steps in space, shape (_SAMPLES,)."""
    s, ratio = np.linspace(0.0, 1.0, _SAMPLES, endpoint=False), math.exp(log_ratio)
    return np.asarray(np.interp(s / (ratio + s * (1 - ratio)), t, values), np.float64)


def _powers(values: Array, t: Array, log_ratio: float, most: int) -> Array:
    """Of the first harmonics of 0, 1, 2 ... steps of n, up to `most` of them, shape (_HARMONICS, most)."""
    even = _even(values, t, log_ratio)
    spectrum = np.abs(np.fft.rfft(even, round(_SAMPLES / _FINENESS))) ** 2
    return np.stack([spectrum[: k * most : k] for k in range(1, _HARMONICS + 1)])


def _harmonics(s: Array, count: float) -> Array:
    phase = 2 * math.pi * count * s
    many = _many_harmonics(len(s), count)
    waves = [each(k * phase) for k in range(1, many + 1) for each in (np.cos, np.sin)]
    return np.stack([np.ones_like(s), *waves], axis=1)


def _many_harmonics(pixels: int, count: float) -> int:
    return int(np.clip(pixels / (_PIXELS_A_WAVE * max(count, 1.0)), 1, _MOST_HARMONICS))


def _left(values: Array, t: Array, at: Array) -> Array:
    """What harmonics of this pattern leave over, shape (N,)."""
    waves = _harmonics(_in_space(t, float(at[1])), float(at[0]))
    return np.asarray(values - waves @ np.linalg.lstsq(waves, values, rcond=None)[0], np.float64)


def _explained(values: Array, t: Array, at: Array) -> float:
    """Share of the variance that harmonics of this pattern explain, less what as many would explain by chance."""
    left = _left(values, t, at)
    freedom = len(values) - 2 * _many_harmonics(len(values), float(at[0])) - 3
    return 1.0 - float(left @ left) / max(1, freedom) / max(1e-12, float(values @ values) / len(values))


def _refined(values: Array, t: Array, start: Array) -> tuple[Array, Array]:
    """(n and ln r, their covariance) by least squares, harmonics eliminated (Kaufman, 1975).

    What is left over hangs together along the line, which widens the covariance by (1 + c) / (1 - c), c being the
    correlation of neighbours (Bartlett, 1946).
    """
    at, damping = start.copy(), 1e-3
    left = _left(values, t, at)
    steps = np.array([1e-3, 1e-4])
    information = np.eye(2)
    for _ in range(_ROUNDS):
        slopes = np.stack(
            [(_left(values, t, at + h * e) - left) / h for h, e in zip(steps, np.eye(2), strict=True)], axis=1
        )
        variance = float(left @ left) / max(1, len(values) - 2 * _many_harmonics(len(values), float(at[0])) - 6)
        information = slopes.T @ slopes / max(variance, 1e-12)
        information[1, 1] += 1 / _RATIO_SIGMA**2
        gradient = slopes.T @ left / max(variance, 1e-12) + np.array([0.0, at[1] / _RATIO_SIGMA**2])
        step = -np.linalg.solve(information + damping * np.diag(np.diag(information)), gradient)
        tried = at + step
        tried_left = _left(values, t, tried)
        if float(tried_left @ tried_left) <= float(left @ left) + 1e-9:
            at, left, damping = tried, tried_left, damping / 5
            if np.abs(step).max() < 1e-5:
                break
        else:
            damping *= 10
    together = float(np.clip(left[1:] @ left[:-1] / max(float(left @ left), 1e-12), 0.0, 0.9))
    return at, np.asarray((1 + together) / (1 - together) * np.linalg.inv(information), np.float64)
