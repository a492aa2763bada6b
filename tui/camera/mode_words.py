"""A camera's modes in few words, and a mode from words: '1280x720 15/s MJPG'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.camera.modes import Mode
from tui.camera.wish import DECODED, CameraWish, parse_wish
from tui.errors import InputError

_USUAL = (640, 480)
"""What is asked of a camera that is asked for nothing."""
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:/s|fps|hz)?")


def usable(modes: Sequence[Mode]) -> tuple[Mode, ...]:
    """Those of which pictures can be made, the largest first; of equals the driver's first."""
    found = [each for each in modes if each.fourcc in DECODED]
    return tuple(sorted(found, key=lambda each: -each.largest[0] * each.largest[1]))


def in_short(modes: Sequence[Mode]) -> str:
    """'640x480 30/s MJPG, to 1920x1080': the usual size, and the largest; empty where there is none."""
    found = usable(modes)
    if not found:
        return ""
    usual = next((each for each in found if each.largest == _USUAL), found[-1])
    width, height = found[0].largest
    more = "" if found[0].largest == usual.largest else f", to {width}x{height}"
    return f"{words_of(wish_of(usual))}{more}"


def wish_of(mode: Mode, rate_hz: float | None = None) -> CameraWish:
    """What to ask for to have a mode, at its highest rate unless another one is said."""
    return CameraWish(mode.largest, rate_hz or next(iter(mode.rates_hz), None), mode.fourcc)


def words_of(wish: CameraWish) -> str:
    """'1280x720 15/s MJPG', as `wish_from` takes it; of controls nothing."""
    size = "" if wish.size is None else f"{wish.size[0]}x{wish.size[1]}"
    rate = "" if wish.rate_hz is None else f"{wish.rate_hz:.4g}/s"
    return " ".join(filter(None, (size, rate, wish.fourcc)))


def wish_from(text: str) -> CameraWish:
    """From size, rate and format in any order, each of which may be missing.

    Raises:
        InputError: names the word and shows the form.
    """
    given: dict[str, str] = {}
    for word in text.replace(",", " ").split():
        kind = "rate" if _RATE.fullmatch(word.casefold()) else "fourcc" if word.upper() in DECODED else "size"
        if kind in given:
            raise InputError(f"{text}: {given[kind]} and {word}; write one size, rate and format: 1280x720 15/s MJPG")
        given[kind] = word
    rate = _RATE.fullmatch(given["rate"].casefold()) if "rate" in given else None
    try:
        return parse_wish(given.get("size"), float(rate[1]) if rate else None, given.get("fourcc"), None)
    except InputError as error:
        raise InputError(f"{text}: write size, rate and format, such as 1280x720 15/s MJPG") from error
