"""Modes of cameras in few words, and back."""

from __future__ import annotations

import pytest

from tui.camera.mode_words import in_short, usable, wish_from, wish_of, words_of
from tui.camera.modes import Mode
from tui.camera.wish import AS_IT_COMES, DECODED, CameraWish
from tui.errors import InputError

SMALL, LARGE, RAW = (
    Mode("YUYV", "640x480", (30.0, 15.0)),
    Mode("MJPG", "1920x1080", (30.0,)),
    Mode("H264", "3840x2160", (60.0,)),
)


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        ((), ""),
        ((RAW,), ""),
        ((SMALL,), "640x480 30/s YUYV"),
        ((LARGE,), "1920x1080 30/s MJPG"),
        ((SMALL, LARGE, RAW), "640x480 30/s YUYV, to 1920x1080"),
        ((LARGE, Mode("MJPG", "320x240", (29.97,)), SMALL), "640x480 30/s YUYV, to 1920x1080"),
        ((LARGE, Mode("GREY", "320x240", ())), "320x240 GREY, to 1920x1080"),
        ((Mode("YUYV", "32x32 to 1920x1080", (60.0, 1.0)),), "1920x1080 60/s YUYV"),
    ],
)
def test_in_short(modes: tuple[Mode, ...], words: str) -> None:
    assert in_short(modes) == words


def test_only_modes_that_pictures_can_be_made_of_are_offered_the_largest_first() -> None:
    assert usable((SMALL, RAW, LARGE)) == (LARGE, SMALL)


@pytest.mark.parametrize("fourcc", DECODED)
@pytest.mark.parametrize("rate_hz", [None, 30.0, 29.97, 7.5, 1000.0])
def test_what_is_written_is_what_is_read(fourcc: str, rate_hz: float | None) -> None:
    wish = CameraWish((1280, 720), rate_hz, fourcc)
    assert wish_from(words_of(wish)) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", AS_IT_COMES),
        ("1280x720", CameraWish((1280, 720))),
        ("15", CameraWish(rate_hz=15)),
        ("15FPS, mjpg", CameraWish(rate_hz=15, fourcc="MJPG")),
        ("YUYV 30/s 640X480", CameraWish((640, 480), 30, "YUYV")),
    ],
)
def test_words_in_any_order(text: str, wish: CameraWish) -> None:
    assert wish_from(text) == wish


@pytest.mark.parametrize(
    "text", ["large", "1280", "0/s", "0x0", "1280x", "640x480 1280x720", "15 30", "MJPG YUYV", "H264", "1e9/s", "\0"]
)
def test_what_cannot_be_understood_is_named_with_the_form(text: str) -> None:
    with pytest.raises(InputError, match="1280x720 15/s MJPG") as told:
        wish_from(text)
    assert text in str(told.value)
    assert "--" not in str(told.value)


def test_of_several_rates_the_highest_is_meant_unless_one_is_said() -> None:
    assert wish_of(SMALL) == CameraWish((640, 480), 30.0, "YUYV")
    assert wish_of(SMALL, 15.0) == CameraWish((640, 480), 15.0, "YUYV")
