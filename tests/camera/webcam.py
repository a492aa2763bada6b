"""A webcam that is not there: its driver behind the ioctl seam, what OpenCV reads of it, the machine it hangs on."""

from __future__ import annotations

import errno
import os
import struct
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tui.camera.opencv import Backend
from tui.camera.v4l2 import Capabilities, Machine, ask
from tui.camera.wish import CameraWish
from tui.geometry.arrays import RGBImage

# From linux/videodev2.h, worked out apart from the code: _IOR/_IOWR('V', number, size).
QUERYCAP = 2 << 30 | 104 << 16 | ord("V") << 8
G_CTRL, S_CTRL = (3 << 30 | 8 << 16 | ord("V") << 8 | number for number in (27, 28))
QUERYCTRL = 3 << 30 | 68 << 16 | ord("V") << 8 | 36
QUERYMENU = 3 << 30 | 44 << 16 | ord("V") << 8 | 37
ENUM_FMT = 3 << 30 | 64 << 16 | ord("V") << 8 | 2
ENUM_SIZES = 3 << 30 | 44 << 16 | ord("V") << 8 | 74
ENUM_RATES = 3 << 30 | 52 << 16 | ord("V") << 8 | 75

INTEGER, BOOLEAN, MENU, BUTTON, TITLE = 1, 2, 3, 4, 6
AUTO, FOCUS, EXPOSURE_AUTO, EXPOSURE, USER, GAIN, RESET = (
    0x9A090C, 0x9A090A, 0x9A0901, 0x9A0902, 0x980001, 0x980913, 0x980914,
)  # fmt: skip
MJPG, YUYV = (int.from_bytes(name, "little") for name in (b"MJPG", b"YUYV"))
SIZES = {
    MJPG: [(1920, 1080, [(1, 30), (1, 15)]), (640, 480, [(1001, 30000)])],
    YUYV: [(640, 480, [(1, 30)])],
}


@dataclass
class Driver:
    """A UVC camera: the focus and the exposure can be set only while their automatics are off."""

    values: dict[int, int] = field(
        default_factory=lambda: {AUTO: 1, FOCUS: 30, EXPOSURE_AUTO: 3, EXPOSURE: 156, GAIN: 8}
    )
    taken: list[tuple[int, int]] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)

    def known(self) -> dict[int, tuple[int, bytes, int, int, int, int, int]]:
        focus, exposure = 0x10 * (self.values[AUTO] == 1), 0x10 * (self.values[EXPOSURE_AUTO] == 3)
        return {
            USER: (TITLE, b"User Controls", 0, 0, 0, 0, 4),
            GAIN: (INTEGER, b"Gain", 0, 255, 8, 0, 0),
            RESET: (BUTTON, b"Pan, Reset", 0, 0, 0, 0, 0x40),
            EXPOSURE_AUTO: (MENU, b"Auto Exposure", 0, 3, 1, 3, 0),
            EXPOSURE: (INTEGER, b"Exposure Time, Absolute", 3, 2047, 1, 250, exposure),
            FOCUS: (INTEGER, b"Focus, Absolute", 0, 255, 5, 0, focus),
            AUTO: (BOOLEAN, b"Focus, Automatic Continuous", 0, 1, 1, 1, 0),
        }

    def ioctl(self, file: int, request: int, data: bytearray) -> None:
        os.fstat(file)  # an open one
        first, second = struct.unpack_from("=II", data)
        if request == QUERYCAP:
            data[16:26] = b"HD Webcam\0"
            struct.pack_into("=II", data, 84, 0x84A00001, 0x04200001)
        elif request == ENUM_FMT:
            formats = [(b"Motion-JPEG", MJPG), (b"YUYV 4:2:2", YUYV)]
            if second != 1 or first >= len(formats):
                raise OSError(errno.EINVAL, "Invalid argument")
            data[12:44] = formats[first][0].ljust(32, b"\0")
            struct.pack_into("=I", data, 44, formats[first][1])
        elif request == ENUM_SIZES:
            if first >= len(SIZES[second]):
                raise OSError(errno.EINVAL, "Invalid argument")
            struct.pack_into("=III", data, 8, 1, *SIZES[second][first][:2])
        elif request == ENUM_RATES:
            width, height = struct.unpack_from("=II", data, 8)
            rates = next(each[2] for each in SIZES[second] if each[:2] == (width, height))
            if first >= len(rates):
                raise OSError(errno.EINVAL, "Invalid argument")
            struct.pack_into("=III", data, 16, 1, *rates[first])
        elif request == QUERYCTRL:
            assert first & 0x80000000, "asks for the next one"
            following = [number for number in sorted(self.known()) if number > first & 0x7FFFFFFF]
            if not following:
                raise OSError(errno.EINVAL, "Invalid argument")
            kind, name, *numbers = self.known()[following[0]]
            struct.pack_into("=II32siiiiI", data, 0, following[0], kind, name, *numbers)
        elif request == QUERYMENU:
            names = {1: b"Manual Mode", 3: b"Aperture Priority Mode"}
            if second not in names:
                raise OSError(errno.EINVAL, "Invalid argument")
            struct.pack_into("=32s", data, 8, names[second])
        elif request == G_CTRL:
            if first not in self.values:
                raise OSError(errno.EINVAL, "Invalid argument")
            struct.pack_into("=i", data, 4, self.values[first])
        else:
            assert request == S_CTRL
            (value,) = struct.unpack_from("=i", data, 4)
            if first in self.broken:
                raise OSError(errno.EIO, "Input/output error")
            if self.known()[first][6] & 0x10:
                raise OSError(errno.EACCES, "Permission denied")
            step = self.known()[first][4]
            self.taken.append((first, value))
            self.values[first] = value - value % step if step > 1 else value


class Webcam:
    """Delivers what it can, whatever it is asked for."""

    position_s = 0.0

    def __init__(self, size: tuple[int, int] = (640, 480), rate_hz: float = 30.0, fourcc: str = "YUYV") -> None:
        self.size, self.rate_hz, self.fourcc = size, rate_hz, fourcc
        self.asked: list[CameraWish] = []
        self.frames = 3
        self.released = threading.Event()

    def adjust(self, wish: CameraWish) -> None:
        self.asked.append(wish)

    def grab(self) -> bool:
        self.frames -= 1
        return self.frames >= 0

    def retrieve(self) -> RGBImage | None:
        return np.full((self.size[1], self.size[0], 3), 9, np.uint8)

    def release(self) -> None:
        self.released.set()


class Planted:
    """A machine with one such camera as /dev/video0."""

    def __init__(self, root: Path) -> None:
        self.driver, self.webcam = Driver(), Webcam()
        for folder in ("dev", "sys", "proc"):
            (root / folder).mkdir()
        self.device = root / "dev" / "video0"
        self.device.touch()
        self.machine = Machine(
            root / "dev", root / "sys", root / "proc", self.query, self.open, ioctl=self.driver.ioctl
        )

    def query(self, path: Path) -> Capabilities | None:
        with path.open("rb") as file:
            return ask(file.fileno(), self.driver.ioctl)

    def open(self, what: str, backend: Backend, timeout_s: float) -> Webcam:
        assert (what, backend) == (str(self.device), "v4l2")
        assert timeout_s > 0
        self.webcam.frames = 3
        self.webcam.released.clear()
        return self.webcam
