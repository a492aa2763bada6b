"""Focus and zoom as a driver tells them, from a planted one: no real camera took part."""

from __future__ import annotations

import errno
import struct

import pytest

from tui.camera.lens import Lens, ask_lens

G_CTRL = 0xC008561B
FOCUS_ABSOLUTE, FOCUS_AUTO, ZOOM_ABSOLUTE = 0x009A090A, 0x009A090C, 0x009A090D


def _driver(**controls: int) -> Lens:
    numbers = {"focus": FOCUS_ABSOLUTE, "auto": FOCUS_AUTO, "zoom": ZOOM_ABSOLUTE}
    known = {numbers[name]: value for name, value in controls.items()}

    def ioctl(file: int, request: int, answer: bytearray) -> None:
        assert (file, request) == (7, G_CTRL)
        (number,) = struct.unpack_from("=I", answer)
        if number not in known:
            raise OSError(errno.EINVAL, "Invalid argument")
        struct.pack_into("=Ii", answer, 0, number, known[number])

    return ask_lens(7, ioctl)


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        ({}, ""),
        ({"auto": 1, "focus": 30, "zoom": 100}, "autofocus, zoom 100"),
        ({"auto": 0, "focus": 30, "zoom": 100}, "focus 30, zoom 100"),
        ({"focus": -5}, "focus -5"),
    ],
)
def test_the_lens_in_words(controls: dict[str, int], words: str) -> None:
    assert str(_driver(**controls)) == words


def test_only_a_focus_that_moves_by_itself_has_advice() -> None:
    advice = _driver(auto=1, focus=30).advice("/dev/video2")
    assert "v4l2-ctl -d /dev/video2 -c focus_automatic_continuous=0" in advice
    assert "\n" not in advice
    assert _driver(auto=0, focus=30).advice("/dev/video2") == ""
    assert _driver(focus=30).advice("/dev/video2") == ""
