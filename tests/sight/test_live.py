"""What is said of a live source: after it lasted, taken back when it is over, and never for what passes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.sight.pictures import real, scene
from tui.evaluation.spoiled import (
    Cover,
    blurred,
    covered,
    dark,
    exposure,
    flicker,
    noise,
    shifted,
    walker,
    white_balance,
    zoomed,
)
from tui.geometry.arrays import RGBImage
from tui.sight.remembered import Remembered
from tui.sight.seen import NO_DISTANCE, Seen, VerdictKind
from tui.sight.sight import FROZEN_LOOKS, FROZEN_S, LEAST_S, Sight

RATE = 10.0
PLACES = [(120.0, 100.0), (320.0, 240.0), (520.0, 400.0)]


@pytest.fixture
def picture(shared: Path) -> RGBImage:
    return real(str(shared / "media/rgbd/ch7_1_color.png"))


def played(sight: Sight, images: Iterable[RGBImage], from_s: float = 0.0) -> list[Seen]:
    return [sight.look(image, from_s + index / RATE) for index, image in enumerate(images)]


def kept(image: RGBImage, seconds: float, seed: int = 0) -> Iterator[RGBImage]:
    """The same view for a while, as a sensor sees it."""
    grains = [noise(image, seed + index, sigma=2.0) for index in range(3)]
    return islice(cycle(grains), round(seconds * RATE))


def kinds(seen: Seen) -> set[VerdictKind]:
    return {verdict.kind for verdict in seen.verdicts}


def started(picture: RGBImage) -> Sight:
    sight = Sight(live=True)
    sight.remember(Remembered.of(picture, PLACES))
    assert all(seen.passed for seen in played(sight, kept(picture, 1.0)))
    return sight


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (VerdictKind.DARK, "dark"),
        (VerdictKind.COVERED, "covered"),
        (VerdictKind.BLURRED, "blurred"),
        (VerdictKind.MOVED, "shifted"),
        (VerdictKind.ZOOMED, "zoomed"),
        (VerdictKind.ANOTHER, "another"),
    ],
)
def test_it_is_said_within_a_second_and_taken_back(picture: RGBImage, kind: VerdictKind, name: str) -> None:
    spoiled = {
        "dark": lambda: dark(picture),
        "covered": lambda: covered(picture, cover=Cover.FINGER),
        "blurred": lambda: blurred(picture),
        "shifted": lambda: shifted(picture, dx=-90.0),
        "zoomed": lambda: zoomed(picture, factor=1.5),
        "another": lambda: scene(4),
    }[name]()
    sight = started(picture)
    during = played(sight, kept(spoiled, 3.0, 500), 1.0)
    assert not kinds(during[0]), "one frame says nothing"
    assert all(kinds(seen) == {kind} for seen in during[10:])
    assert all(seen.verdicts[0].since_s == 1.0 for seen in during[10:])
    after = played(sight, kept(picture, 3.0, 900), 4.0)
    assert kinds(after[0]) == {kind}
    assert all(seen.passed for seen in after[12:])


def test_where_the_view_lies_is_said_with_the_verdict(picture: RGBImage) -> None:
    sight = started(picture)
    seen = played(sight, kept(shifted(picture, dx=60.0, dy=-20.0), 2.0, 500), 1.0)[-1]
    assert seen.motion is not None
    assert seen.motion.sigma_px < 2
    there = seen.motion.homography @ np.array([320.0, 240.0, 1.0])
    assert there[:2] / there[2] == pytest.approx([380.0, 220.0], abs=1.0)
    assert not any(seen.changed), "what was given is still there, elsewhere"


def test_a_slow_turn_is_followed(picture: RGBImage) -> None:
    sight = started(picture)
    shifts = np.linspace(0, 200, 60)
    seen = played(sight, (shifted(picture, i, dx=float(dx)) for i, dx in enumerate(shifts)), 1.0)
    assert kinds(seen[-1]) == {VerdictKind.MOVED}
    assert "200 px" in seen[-1].verdicts[0].words
    said_at = next(i for i, one in enumerate(seen) if not one.passed)
    assert shifts[said_at] < 32, "8 px, and not more than a second later"


def test_light_noise_and_people_raise_nothing(picture: RGBImage) -> None:
    sight = started(picture)
    factors = [0.5] * 10 + [1.0] * 2 + [2.0] * 10 + [0.7, 1.4] * 5
    steps = [exposure(picture, i, factor=f) for i, f in enumerate(factors)]
    lamps = [flicker(picture, i) for i in range(10)]
    warmer = [white_balance(picture, i, warmth=1 + i / 30) for i in range(10)]
    walk = [walker(picture, i, share=0.5, place=i / 20) for i in range(20)]
    for seen in played(sight, [*steps, *lamps, *warmer, *walk], 1.0):
        assert seen.passed, seen.verdicts


def test_who_stands_before_a_reference_changes_it_and_no_other(picture: RGBImage) -> None:
    sight = started(picture)
    stands = walker(picture, 3, share=0.3, place=0.5)
    seen = played(sight, kept(stands, 2.0, 500), 1.0)
    assert seen[-1].changed == (False, True, False)
    assert played(sight, kept(picture, 2.0, 900), 3.0)[-1].changed == (False, False, False)


def test_verdicts_do_not_flip_faster_than_they_may(picture: RGBImage) -> None:
    sight = started(picture)
    rng = np.random.default_rng(1)
    views = [picture, dark(picture), covered(picture, cover=Cover.GREY), shifted(picture, dx=50.0), scene(4)]
    views = [noise(view, index, sigma=1.0) for index, view in enumerate(views)]
    order = [views[k] for k in rng.integers(0, len(views), 60) for _ in range(int(rng.integers(1, 6)))]
    flips: dict[VerdictKind, list[float]] = {}
    before: set[VerdictKind] = set()
    for index, image in enumerate(order):
        now = kinds(sight.look(image, 1.0 + index / RATE))
        for kind in now ^ before:
            flips.setdefault(kind, []).append(1.0 + index / RATE)
        before = now
    assert flips
    for times in flips.values():
        assert np.all(np.diff(times) >= LEAST_S - 1e-9)


def test_the_very_first_look_counts_at_once(picture: RGBImage) -> None:
    sight = Sight(live=True)
    sight.remember(Remembered.of(picture, PLACES))
    assert kinds(sight.look(scene(4), 0.0)) == {VerdictKind.ANOTHER}
    assert kinds(Sight(live=True).look(dark(picture), 0.0)) == {VerdictKind.DARK}


def test_a_frozen_camera_is_said_until_it_lives(picture: RGBImage) -> None:
    sight = started(picture)
    looks = max(FROZEN_LOOKS, round((FROZEN_S + 1) * RATE))
    seen = played(sight, [picture] * looks, 1.0)
    assert seen[round((FROZEN_S - 0.5) * RATE)].passed
    assert kinds(seen[-1]) == {VerdictKind.FROZEN}
    assert played(sight, kept(picture, 2.0, 500), 1.0 + looks / RATE)[-1].passed


def test_repeated_frames_stills_and_a_paused_clip_are_not_frozen(picture: RGBImage) -> None:
    sight = started(picture)
    grains = [noise(picture, i) for i in range(6)]
    encoder = [grains[i // 15] for i in range(90)]  # each frame fifteen times
    assert all(seen.passed for seen in played(sight, encoder, 1.0))
    assert all(sight.look(picture, 20.0).passed for _ in range(100)), "the same frame, looked at again"
    clip = Sight(live=True, sensor=False)
    assert all(seen.passed for seen in played(clip, [picture] * 100))
    still = Sight(live=False)
    assert all(still.look(picture, float(at_s)).passed for at_s in range(100))


def test_more_places_do_not_begin_anew_and_another_picture_does(picture: RGBImage) -> None:
    sight = Sight(live=True)
    remembered = Remembered.of(picture, PLACES[:1])
    sight.remember(remembered)
    played(sight, kept(scene(4), 2.0))
    sight.remember(remembered.with_places(picture, PLACES))
    seen = sight.look(scene(4), 2.0)
    assert kinds(seen) == {VerdictKind.ANOTHER}
    assert seen.verdicts[0].since_s == 0.0
    assert len(seen.changed) == 3
    sight.remember(Remembered.of(scene(4), PLACES))
    assert sight.look(noise(scene(4)), 2.1).passed
    sight.remember(None)
    assert sight.look(picture, 2.2) == Seen()


def test_another_source_has_nothing_of_the_last(picture: RGBImage) -> None:
    sight = started(picture)
    assert kinds(played(sight, kept(dark(picture), 2.0), 1.0)[-1]) == {VerdictKind.DARK}
    sight.forget()
    assert sight.look(scene(4), 0.0) == Seen()


def test_it_may_be_told_while_it_looks(picture: RGBImage) -> None:
    sight = Sight(live=True)
    choices = [Remembered.of(picture, PLACES[:n]) for n in range(4)] + [Remembered.of(scene(4), PLACES), None]
    done = threading.Event()

    def tell() -> None:
        while not done.is_set():
            for choice in choices:
                sight.remember(choice)
            sight.forget()

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        for index in range(60):
            seen = sight.look(picture, index / RATE)
            assert len(seen.changed) in {0, 1, 2, 3}
            assert not kinds(seen) & (NO_DISTANCE - {VerdictKind.ANOTHER})
    finally:
        done.set()
        teller.join()


@pytest.mark.parametrize(
    ("name", "frames"),
    [("vtest.avi", 120), ("one-by-one-person-detection.mp4", 150), ("box.mp4", 120)],
)
def test_fixed_cameras_with_people_and_hands(shared: Path, name: str, frames: int) -> None:
    clip = cv2.VideoCapture(str(shared / "media/clips" / name))
    rate = clip.get(cv2.CAP_PROP_FPS)
    sight = Sight(live=True)
    for index in range(frames):
        good, frame = clip.read()
        if not good:
            break
        image = np.ascontiguousarray(frame[:, :, ::-1], dtype=np.uint8)
        if not index:
            sight.remember(Remembered.of(image, PLACES))
        if index % 3 == 0:
            assert sight.look(image, index / rate).passed, index
    clip.release()


def test_what_is_held_before_a_plain_wall_is_no_motion_of_the_view(shared: Path) -> None:
    """There is hardly anything to be seen in this clip but what moves."""
    clip = cv2.VideoCapture(str(shared / "media/clips/cup.mp4"))
    sight = Sight(live=True)
    for index in range(217):
        image = np.ascontiguousarray(clip.read()[1][:, :, ::-1], dtype=np.uint8)
        if not index:
            sight.remember(Remembered.of(image, PLACES))
        if index % 2 == 0:
            seen = sight.look(image, index / 26.8)
            assert seen.passed, index
            assert not seen.suspected, index
    clip.release()
