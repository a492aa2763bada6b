"""A camera's controls by V4L2's own names: what there is, and setting them.

Numbers and layouts: linux/videodev2.h (struct v4l2_control, v4l2_queryctrl, v4l2_querymenu).
"""

from __future__ import annotations

import difflib
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.errors import InputError

Ioctl = Callable[[int, int, bytearray], object]

_VIDIOC_G_CTRL, _VIDIOC_S_CTRL = 0xC008561B, 0xC008561C
_VIDIOC_QUERYCTRL, _VIDIOC_QUERYMENU = 0xC0445624, 0xC02C5625
_CONTROL = struct.Struct("=Ii")
_QUERY = struct.Struct("=II32siiiiI8x")
_MENU = struct.Struct("=II32s4x")
_NEXT = 0x80000000
_DISABLED, _READ_ONLY, _INACTIVE, _WRITE_ONLY = 0x01, 0x04, 0x10, 0x40
_KINDS = {1: "number", 2: "switch", 3: "menu", 4: "button", 8: "bits", 9: "menu of numbers"}
_MOST_CONTROLS, _MOST_ITEMS = 256, 64
_SWITCH = {"on": 1, "off": 0, "true": 1, "false": 0, "yes": 1, "no": 0}


@dataclass(frozen=True, slots=True)
class Control:
    """One thing of a camera that can be set."""

    number: int
    """The driver's."""
    name: str
    """As v4l2-ctl writes it: 'exposure_time_absolute'."""
    kind: str
    """A value of `_KINDS`."""
    minimum: int
    maximum: int
    step: int
    default: int
    value: int | None
    """None where it cannot be read."""
    menu: tuple[tuple[int, str], ...] = ()
    """What the values of a menu mean."""
    inactive: bool = False
    """Whether something else, automatic exposure say, has it in its hands now."""
    read_only: bool = False

    def __str__(self) -> str:
        """'30, 0 to 255 in steps of 5 (without it 0)'."""
        if self.menu:
            span = ", ".join(f"{number} {words}" for number, words in self.menu)
        elif self.kind == "switch":
            span = "0 or 1"
        else:
            span = f"{self.minimum} to {self.maximum}{f' in steps of {self.step}' if self.step > 1 else ''}"
        now = "-" if self.value is None else str(self.value)
        marks = [words for words, on in (("inactive", self.inactive), ("read only", self.read_only)) if on]
        return f"{now}, {span} (by default {self.default}){''.join(f', {mark}' for mark in marks)}"

    def parse(self, text: str) -> int:
        """A value for it, from a number, on or off, or a menu's word.

        Raises:
            InputError: says what it can be.
        """
        if self.read_only:
            raise InputError(f"--set {self.name}={text}: it can only be read")
        for number, words in self.menu:
            if words.casefold() == text.casefold():
                return number
        value = _SWITCH.get(text.casefold()) if self.kind == "switch" else None
        if value is None and re.fullmatch(r"[-+]?[0-9]{1,10}|0[xX][0-9a-fA-F]{1,8}", text):
            value = int(text, 0) if text[:2].lower() == "0x" else int(text)
        low, high = (0, 0xFFFFFFFF) if self.kind == "bits" else (self.minimum, self.maximum)
        fits = value is not None and (self.kind == "button" or low <= value <= high)
        if not fits or value is None or (self.menu and value not in dict(self.menu)):
            raise InputError(f"--set {self.name}={text}: it takes {str(self).partition(', ')[2].rpartition(' (by')[0]}")
        return value


def get_control(file: int, ioctl: Ioctl, number: int) -> int | None:
    """VIDIOC_G_CTRL on an open device file; None where there is no such control, or it cannot be read."""
    answer = bytearray(_CONTROL.pack(number, 0))
    try:
        ioctl(file, _VIDIOC_G_CTRL, answer)
    except OSError:  # EINVAL where there is none, EACCES where it is only written
        return None
    return int(_CONTROL.unpack(bytes(answer))[1])


def ask_controls(file: int, ioctl: Ioctl) -> tuple[Control, ...]:
    """VIDIOC_QUERYCTRL of all, in the driver's order; those that are no number are left out."""
    found = []
    number = 0
    for _ in range(_MOST_CONTROLS):
        answer = bytearray(_QUERY.pack(number | _NEXT, 0, b"", 0, 0, 0, 0, 0))
        try:
            ioctl(file, _VIDIOC_QUERYCTRL, answer)
        except OSError:  # EINVAL after the last one, ENOTTY where there are none
            break
        last, number = number, _QUERY.unpack(bytes(answer))[0]
        if number <= last:
            break  # a driver that goes in circles
        _, kind, raw, minimum, maximum, step, default, flags = _QUERY.unpack(bytes(answer))
        if kind not in _KINDS or flags & _DISABLED:
            continue
        found.append(
            Control(
                number,
                control_name(raw),
                _KINDS[kind],
                minimum,
                maximum,
                step,
                default,
                None if flags & _WRITE_ONLY else get_control(file, ioctl, number),
                _menu(file, ioctl, number, kind, range(minimum, min(maximum, minimum + _MOST_ITEMS) + 1)),
                inactive=bool(flags & _INACTIVE),
                read_only=bool(flags & _READ_ONLY),
            )
        )
    return tuple(found)


def set_controls(file: int, ioctl: Ioctl, wanted: Sequence[tuple[str, str]], camera: str) -> tuple[str, ...]:
    """Set controls on an open device file, and see what has become of it.

    What is in the hands of an automatic that is switched off here is set after that, whatever the order.

    Args:
        file: the device.
        ioctl: of the system.
        wanted: (name, value) each.
        camera: how to call it.

    Returns:
        A line for each that the camera does not do.

    Raises:
        InputError: there is no such control, or it cannot have that value; nothing has been set.
    """
    known = {each.name: each for each in ask_controls(file, ioctl)}
    values: dict[str, int] = {}
    for name, text in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 3, 0.5) or list(known)
            there = f"; there is {', '.join(near)}" if near else ""
            raise InputError(f"--set {name}: camera {camera} has no such control{there} (depth-tui cameras --controls)")
        values[name] = known[name].parse(text)
    refused: dict[str, str] = {}
    for name in sorted(values, key=lambda name: known[name].inactive):
        refused[name] = _set(file, ioctl, known[name].number, values[name])
    for name in [name for name, why in refused.items() if why]:  # an automatic that came later may have let it go
        refused[name] = _set(file, ioctl, known[name].number, values[name])
    now = {each.name: each for each in ask_controls(file, ioctl)}
    words = []
    for name, value in values.items():
        after = now.get(name, known[name])
        if refused[name]:
            words.append(f"camera {camera}: {name}={value} is refused ({refused[name]})")
        elif after.value not in {None, value} and after.kind != "button":
            words.append(f"camera {camera}: asked {name}={value}, takes {after.value}")
        elif after.inactive:
            words.append(f"camera {camera}: {name}={value} has no effect while its automatic is on")
    return tuple(words)


def control_name(raw: bytes) -> str:
    """'Focus, Automatic Continuous' as v4l2-ctl names it: letters and digits, small, joined by underscores."""
    words = raw.split(b"\0", 1)[0].decode("ascii", "replace")
    return "_".join(re.findall(r"[a-z0-9]+", words.lower()))


def _set(file: int, ioctl: Ioctl, number: int, value: int) -> str:
    """Why it cannot be set; empty if it was."""
    signed = value - (1 << 32) if value > 0x7FFFFFFF else value
    try:
        ioctl(file, _VIDIOC_S_CTRL, bytearray(_CONTROL.pack(number, signed)))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _menu(file: int, ioctl: Ioctl, number: int, kind: int, items: range) -> tuple[tuple[int, str], ...]:
    if "menu" not in _KINDS[kind]:
        return ()
    found = []
    for item in items:
        answer = bytearray(_MENU.pack(number, item, b""))
        try:
            ioctl(file, _VIDIOC_QUERYMENU, answer)
        except OSError:  # EINVAL for one that this camera lacks
            continue
        raw = _MENU.unpack(bytes(answer))[2]
        words = raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
        found.append((item, words if kind == 3 else str(struct.unpack_from("=q", raw)[0])))
    return tuple(found)
