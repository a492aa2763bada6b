"""What is done to a picture is said of it, and what does it no harm is not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.sight.pictures import real, scene
from tui.evaluation.spoiled import MOVES, SPOILERS, Spoiler, exposure, noise
from tui.geometry.arrays import RGBImage
from tui.sight.remembered import Remembered
from tui.sight.seen import Seen, VerdictKind
from tui.sight.sight import Sight

REAL = (
    "rgbd/ch7_1_color.png",
    "rgbd/SUN_color.jpg",
    "rgbd/TUM_color.png",
    "photos/opencv_home.jpg",
    "photos/opencv_fruits.jpg",
)


def said(image: RGBImage, remembered: Remembered | None = None) -> set[VerdictKind]:
    return {verdict.kind for verdict in look(image, remembered).verdicts}


def look(image: RGBImage, remembered: Remembered | None = None) -> Seen:
    sight = Sight(live=False)
    sight.remember(remembered)
    return sight.look(image, 0.0)


@cache
def remembered_of(path: str, seed: int) -> Remembered:
    """What another picture of the same view left."""
    return Remembered.of(noise(real(path), seed + 100, sigma=2.0), [])


@pytest.mark.parametrize("spoiler", [*SPOILERS, *MOVES], ids=lambda spoiler: spoiler.name)
def test_real_pictures_spoiled_in_known_ways(shared: Path, spoiler: Spoiler) -> None:
    for seed, name in enumerate(REAL):
        path = str(shared / "media" / name)
        kinds = said(spoiler.apply(real(path), seed), remembered_of(path, seed))
        assert bool(kinds & spoiler.kinds) if spoiler.kinds else not kinds, (name, kinds)


@pytest.mark.parametrize("spoiler", SPOILERS, ids=lambda spoiler: spoiler.name)
def test_the_same_with_nothing_to_compare_with(shared: Path, spoiler: Spoiler) -> None:
    for seed, name in enumerate(REAL):
        kinds = said(spoiler.apply(real(str(shared / "media" / name)), seed))
        assert bool(kinds & spoiler.kinds) if spoiler.kinds else not kinds, (name, kinds)


def test_another_room(shared: Path) -> None:
    pictures = [real(str(shared / "media" / name)) for name in ("rgbd/ch7_1_color.png", "rgbd/TUM_color.png")]
    remembered = Remembered.of(pictures[0], [])
    assert said(pictures[1], remembered) == {VerdictKind.ANOTHER}
    assert said(pictures[0], remembered) == set()


def test_two_planted_scenes() -> None:
    remembered = Remembered.of(scene(1), [])
    assert said(noise(scene(1), 5, sigma=4.0), remembered) == set()
    assert said(scene(2), remembered) == {VerdictKind.ANOTHER}


def test_words_name_the_pixels_of_this_picture(shared: Path) -> None:
    picture = real(str(shared / "media/rgbd/ch7_1_color.png"))
    remembered = Remembered.of(picture, [])
    by_name = {move.name: look(move.apply(picture, 1), remembered) for move in MOVES}
    assert by_name["shifted by 40 px"].verdicts[0].words == "the view has moved by about 40 px"
    assert by_name["shifted by 120 px"].verdicts[0].words == "the view has moved by about 120 px"
    assert by_name["zoomed by 1.5"].verdicts[0].words == "zoomed by 1.5"
    assert by_name["zoomed by 1.1"].verdicts[0].words == "zoomed by 1.1"


def test_a_blank_wall_that_was_calibrated_is_not_covered_but_a_box_put_before_it_is_another_scene() -> None:
    wall = noise(np.full((480, 640, 3), 170, np.uint8), 1, sigma=1.5)
    remembered = Remembered.of(wall, [])
    assert said(wall) == {VerdictKind.COVERED}
    assert said(noise(wall, 2, sigma=1.5), remembered) == set()
    assert said(scene(3), remembered) == {VerdictKind.ANOTHER}


def test_half_of_the_light_is_not_dark_and_a_twentieth_is(shared: Path) -> None:
    picture = real(str(shared / "media/rgbd/SUN_color.jpg"))
    remembered = Remembered.of(picture, [])
    assert said(exposure(picture, 1, factor=0.35), remembered) == set()
    assert said(exposure(picture, 1, factor=0.05), remembered) == {VerdictKind.DARK}


def test_pictures_of_another_shape_are_not_compared_and_larger_ones_are(shared: Path) -> None:
    picture = real(str(shared / "media/rgbd/TUM_color.png"))
    remembered = Remembered.of(picture, [(100.0, 100.0)])
    assert look(picture[:, :480].copy(), remembered) == Seen()
    smaller = np.ascontiguousarray(picture[::2, ::2])
    assert look(smaller, remembered) == Seen((), None, (False,))
    assert said(np.ascontiguousarray(np.roll(smaller, 30, axis=1)), remembered) == {VerdictKind.MOVED}


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (47, 47), (48, 48), (2000, 50), (49, 1500)])
def test_any_size_can_be_looked_at(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    remembered = Remembered.of(image, [(0.0, 0.0)])
    sight = Sight(live=True)
    sight.remember(Remembered.from_plain(remembered.to_plain()))
    for at_s in range(3):
        assert not {v.kind for v in sight.look(image, float(at_s)).verdicts} & {VerdictKind.MOVED, VerdictKind.ANOTHER}


def test_a_date_written_into_the_picture_is_no_view(shared: Path) -> None:
    def lettered(image: RGBImage) -> RGBImage:
        out = np.ascontiguousarray(image[:480, :640])
        for text, at in (("2026-03-14 15:09:26", (10, 35)), ("CAM 04 YARD", (400, 465))):
            cv2.putText(out, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (255, 255, 255), 2)
        return out

    picture, other = (real(str(shared / "media" / name)) for name in ("rgbd/ch7_1_color.png", "rgbd/SUN_color.jpg"))
    remembered = Remembered.of(lettered(picture), [])
    assert said(lettered(noise(picture, 1)), remembered) == set()
    assert said(lettered(other), remembered) == {VerdictKind.ANOTHER}
    for move in MOVES:
        assert said(lettered(move.apply(picture, 1)), remembered) == set(move.kinds), move.name
