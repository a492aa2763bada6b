"""What is asked of a camera: picture size, rate, format, controls; and in words what it does not do."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tui.errors import InputError

DECODED = ("MJPG", "YUYV", "UYVY", "YVYU", "NV12", "NV21", "YU12", "YV12", "GREY", "BGR3", "RGB3")
"""Formats of a camera that pictures can be made of, by V4L2's four letters."""

_SIZE = re.compile(r"\s*([0-9]{1,5})\s*[xX]\s*([0-9]{1,5})\s*")
_CONTROL = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(\S.*?)\s*")
_MOST_RATE_HZ = 1000.0
_RATE_TOLERANCE = 0.01
"""29.97 is what 30 means."""


@dataclass(frozen=True, slots=True)
class CameraWish:
    """How a camera of this machine is to deliver its pictures; what is empty is left to the camera."""

    size: tuple[int, int] | None = None
    """(width, height), pixels."""
    rate_hz: float | None = None
    fourcc: str = ""
    """The format's four letters: 'MJPG', 'YUYV'."""
    controls: tuple[tuple[str, str], ...] = ()
    """(name, value) each, as V4L2 or the board's program calls them, in the order in which they are set."""

    @property
    def plain(self) -> bool:
        """Whether nothing is asked."""
        return self == CameraWish()

    def unmet(self, size: tuple[int, int], rate_hz: float, fourcc: str) -> str:
        """What the camera does instead of what was asked, in one line; empty where it does that.

        Args:
            size: of the pictures that come, (width, height).
            rate_hz: as the driver says, 0 where it does not.
            fourcc: as the driver says, empty where it does not.
        """
        words = []
        if self.size is not None and self.size != size:
            words.append(f"asked {self.size[0]}x{self.size[1]}, gives {size[0]}x{size[1]}")
        if self.rate_hz is not None and rate_hz > 0 and abs(rate_hz / self.rate_hz - 1) > _RATE_TOLERANCE:
            words.append(f"asked {self.rate_hz:g} pictures a second, gives {rate_hz:.4g}")
        if self.fourcc and fourcc and self.fourcc != fourcc:
            words.append(f"asked {self.fourcc}, gives {fourcc}")
        return "; ".join(words)


AS_IT_COMES = CameraWish()


def asked_of_no_camera(label: str) -> InputError:
    """What to say where something is asked of a source that is none."""
    return InputError(f"{label}: no camera of this machine; leave --size, --rate, --fourcc and --set away")


def parse_wish(size: str | None, rate: float | None, fourcc: str | None, controls: Sequence[str] | None) -> CameraWish:
    """From what is written for `--size`, `--rate`, `--fourcc` and each `--set`.

    Raises:
        InputError: names the option and shows the form.
    """
    wanted = None
    if size is not None:
        match = _SIZE.fullmatch(size)
        if match is None or not (int(match[1]) and int(match[2])):
            raise InputError(f"--size {size}: write WIDTHxHEIGHT in pixels, as in 1280x720")
        wanted = (int(match[1]), int(match[2]))
    if rate is not None and not (math.isfinite(rate) and 0 < rate <= _MOST_RATE_HZ):
        raise InputError(f"--rate {rate:g}: pictures a second, above 0 and at most {_MOST_RATE_HZ:g}")
    letters = "" if fourcc is None else fourcc.strip().upper()
    if fourcc is not None and letters not in DECODED:
        raise InputError(f"--fourcc {fourcc}: one of {', '.join(DECODED)}; depth-tui cameras --modes shows a camera's")
    return CameraWish(wanted, rate, letters, tuple(_parse_control(text) for text in controls or ()))


def _parse_control(text: str) -> tuple[str, str]:
    match = _CONTROL.fullmatch(text)
    if match is None:
        raise InputError(
            f"--set {text}: write NAME=VALUE, as in focus_automatic_continuous=0; "
            "depth-tui cameras --controls lists them"
        )
    return match[1].lower(), match[2]
