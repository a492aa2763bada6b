"""Where small patches of one picture lie in another that sees them aslant: to a fraction of a pixel, without bias.

A floor close by is seen sheared from further to the side. A patch that is only shifted then fits best where its
strongest texture happens to lie, tenths of a pixel beside its middle; one that may be sheared as well fits at it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tui.camera.opencv import load_cv2

_HALF_PX = 8
"""Patches have sides of twice this and one."""
_BLUR_PX = 4.5
"""One standard deviation of the weights about a patch's middle."""
_STEPS = 30
_STILL_PX = 0.01
_MOST_SHIFT_PX = 1.0
"""How far a patch's middle may come from where it fitted best unsheared."""
_MOST_SHEAR = 0.8
_MOST_TOLD, _UNTOLD = 0.5, 0.3
"""The largest shear that is believed, and what is believed where none fits."""
_MUCH_BETTER = 1.4
"""What remains of the unsheared patch, against the sheared one: else the shear's own noise is worse than none."""
_CHUNK = 128
"""Points at a time: OpenCV's maps have fewer than 32768 rows."""

Array = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]


def sheared(one: Grey, other: Grey, first_px: Array, second_px: Array) -> tuple[Array, Array]:
    """The places in the second picture, each with its patch sheared to fit best, shape (N, 2), and the shears, (N,).

    Inverse compositional (Baker and Matthews, Lucas-Kanade 20 Years On, 2004), the grey values' gain and offset solved
    for as well. A place stays where it was if no shear fits much better.

    Args:
        one: the first picture, shape (H, W).
        other: the second, about as bright.
        first_px: places in the first, shape (N, 2).
        second_px: where their patches, only shifted, fit best in the second, shape (N, 2).
    """
    found, shear = second_px.copy(), np.zeros(len(second_px))
    for start in range(0, len(found), _CHUNK):
        part = slice(start, start + _CHUNK)
        found[part], shear[part] = _fitted(one, other, first_px[part], second_px[part])
    return found, shear


def _fitted(one: Grey, other: Grey, first_px: Array, second_px: Array) -> tuple[Array, Array]:
    side = np.arange(-_HALF_PX, _HALF_PX + 1, dtype=np.float64)
    right, down = (each.ravel() for each in np.meshgrid(side, side))
    offsets = np.column_stack([right, down])
    weights = np.exp(-(right**2 + down**2) / (2 * _BLUR_PX**2))
    kept = _sampled(one, first_px[:, None] + offsets)
    slopes = [
        (_sampled(one, first_px[:, None] + offsets + step) - _sampled(one, first_px[:, None] + offsets - step))
        for step in (np.array([0.5, 0.0]), np.array([0.0, 0.5]))
    ]
    by = np.stack(
        [
            *(slope * along for slope in slopes for along in (right, down)),
            *slopes,
            kept - kept.mean(axis=1, keepdims=True),
            np.ones_like(kept),
        ],
        axis=2,
    )  # (N, P, 8)
    weighted = by * weights[:, None]
    normal = weighted.transpose(0, 2, 1) @ by
    scale = np.sqrt(np.einsum("nii->ni", normal)) + 1e-9
    normal = normal / (scale[:, :, None] * scale[:, None, :]) + 1e-4 * np.eye(8)
    shear, place = np.tile(np.eye(2), (len(first_px), 1, 1)), second_px.copy()
    busy, wild = np.ones(len(first_px), bool), np.zeros(len(first_px), bool)
    began, last = np.zeros(len(first_px)), np.zeros(len(first_px))
    for turn in range(_STEPS):
        seen = _sampled(other, place[busy, None] + offsets @ shear[busy].transpose(0, 2, 1))
        error = seen - kept[busy]
        rest = (weighted[busy].transpose(0, 2, 1) @ error[:, :, None])[:, :, 0]
        step = np.linalg.solve(normal[busy], (rest / scale[busy])[:, :, None])[:, :, 0] / scale[busy]
        last[busy] = (weights * (error - (by[busy][:, :, 6:] @ step[:, 6:, None])[:, :, 0]) ** 2).sum(axis=1)
        if turn == 0:
            began = last.copy()
        undone = np.eye(2) + step[:, :4].reshape(-1, 2, 2)
        undone[np.abs(np.linalg.det(undone)) < 0.2] = np.eye(2)
        shear[busy] = shear[busy] @ np.linalg.inv(undone)
        place[busy] -= (shear[busy] @ step[:, 4:6, None])[:, :, 0]
        off_px = np.linalg.norm(place - second_px, axis=1)
        wild = (off_px > _MOST_SHIFT_PX) | (np.abs(shear - np.eye(2)).max(axis=(1, 2)) > _MOST_SHEAR)
        still = np.zeros(len(busy), bool)
        still[busy] = np.linalg.norm(step[:, 4:6], axis=1) < _STILL_PX
        busy &= ~still & ~wild
        if not busy.any():
            break
    by_much = np.abs(shear - np.eye(2)).max(axis=(1, 2))
    fits = ~busy & ~wild & (last <= began)
    better = fits & (_MUCH_BETTER * np.sqrt(last) < np.sqrt(began))
    return np.where(better[:, None], place, second_px), np.where(fits, np.minimum(by_much, _MOST_TOLD), _UNTOLD)


def _sampled(grey: Grey, places_px: Array) -> Array:
    """Grey values between pixels, shape (N, P), of places of shape (N, P, 2)."""
    cv2: Any = load_cv2()
    where = np.nan_to_num(places_px, nan=-1e4).astype(np.float32)
    found = cv2.remap(grey, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(found, dtype=np.float64)
