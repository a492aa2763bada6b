"""Patches seen aslant, and errors that are alike near each other."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from tests.targets.rendered import rotation
from tui.targets.two_views_matching import follow
from tui.targets.two_views_patches import sheared
from tui.targets.two_views_pose import Motion, Refined, Sights, corrected, inverse_depths, refine
from tui.targets.two_views_solved import as_alike, solve

SHEAR = np.array([[1.0, 0.3], [0.02, 1.05]])
FOCAL_PX = 600.0


def _grain(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Spots of many strengths: a patch's strongest seldom lies in its middle."""
    spots = rng.uniform(0, 1, (480, 640)).astype(np.float32) ** 8
    grain = cv2.GaussianBlur(spots, (0, 0), 2.5)
    return np.asarray((grain - grain.min()) / (grain.max() - grain.min()) * 230, np.float32)


def test_a_sheared_patch_is_found_at_its_middle() -> None:
    rng = np.random.default_rng(2)
    grain = _grain(rng)
    middle = np.array([320.0, 240.0])
    way = middle - SHEAR @ middle + np.array([0.4, -0.3])
    other = cv2.warpAffine(grain, np.column_stack([SHEAR, way]), (640, 480), flags=cv2.INTER_CUBIC)
    one, two = (np.clip(each + rng.normal(0, 2, each.shape), 0, 255).astype(np.uint8) for each in (grain, other))
    first_px = rng.uniform((200, 150), (440, 330), (60, 2))
    true_px = first_px @ SHEAR.T + way
    start, guess = (each.astype(np.float32).reshape(-1, 1, 2) for each in (first_px, true_px))
    followed = follow(one, two, start, guess)[0].reshape(-1, 2).astype(np.float64)
    found, shear = sheared(one, two, first_px, followed)
    before, after = (np.linalg.norm(each - true_px, axis=1) for each in (followed, found))
    assert np.median(before) > 0.3, "only shifted, it fits best beside its middle"
    assert np.median(after) < 0.3 * np.median(before)
    assert np.median(shear) > 0.2


def test_what_is_seen_straight_stays_where_it_was() -> None:
    rng = np.random.default_rng(3)
    grain = _grain(rng)
    one, two = (np.clip(grain + rng.normal(0, 2, grain.shape), 0, 255).astype(np.uint8) for _ in range(2))
    first_px = rng.uniform((100, 100), (540, 380), (50, 2))
    found, shear = sheared(one, two, first_px, first_px.copy())
    assert np.median(np.linalg.norm(found - first_px, axis=1)) < 0.02
    assert np.median(shear) < 0.1


def test_errors_that_neighbours_share_widen_what_is_said_of_the_motion() -> None:
    """Planted: 300 points, each of 48 places in the picture with an error of its own that all its points have."""
    rng = np.random.default_rng(4)
    off, alone, alike = [], [], []
    for _ in range(40):
        places_px = rng.uniform((0, 0), (640, 480), (300, 2))
        first = np.column_stack([(places_px - np.array([320, 240])) / FOCAL_PX, np.ones(300)])
        turn, way = rotation(0.02, 0.01, 0.0), np.array([-0.99, 0.1, 0.05])
        truth = Motion(turn, way / np.linalg.norm(way))
        w = 0.2 / rng.uniform(1.5, 6.0, 300)
        second = first @ turn.T + w[:, None] * truth.way
        second /= second[:, 2:]
        cell = (places_px // 80).astype(int)
        shared = rng.normal(0, 0.2, (8, 6, 2))[cell[:, 0], cell[:, 1]]
        second[:, :2] += (shared + rng.normal(0, 0.1, (300, 2))) / FOCAL_PX
        sights = Sights(first, second, FOCAL_PX, FOCAL_PX)
        motion = refine(Refined(truth, np.zeros(0)), sights, 0.15).motion
        found = solve(motion, sights, np.ones(300, bool), 0.16, np.zeros(0))
        error = np.median(inverse_depths(motion, corrected(motion, sights)) - w)
        middle = np.median(found.by_motion, axis=0)
        off.append(error)
        alone.append(math.sqrt(float(middle @ found.covariance @ middle)))
        alike.append(math.sqrt(float(middle @ as_alike(found.covariance, found.pulls, places_px, 80.0) @ middle)))
    errors = np.array(off)
    assert np.sqrt(np.mean((errors / np.array(alone)) ** 2)) > 1.5, "taken as independent, they are taken too lightly"
    assert np.sqrt(np.mean((errors / np.array(alike)) ** 2)) < 1.3
    assert np.mean(np.abs(errors) < 1.96 * np.array(alike)) > 0.85
