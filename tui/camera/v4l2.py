"""What Linux tells about its cameras: device files, names, capabilities, who holds them."""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tui.camera.controls import Control, Ioctl, ask_controls, set_controls
from tui.camera.lens import UNKNOWN_LENS, Lens, ask_lens
from tui.camera.modes import Mode, ask_modes
from tui.camera.opencv import OpenCapture, open_capture

# Numbers and layouts: linux/videodev2.h (struct v4l2_capability, struct v4l2_fmtdesc).
_VIDIOC_QUERYCAP = 0x80685600
_VIDIOC_ENUM_FMT = 0xC0405602
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_FORMAT = struct.Struct("=III32sI16x")
_CAPTURE_BITS = 0x00000001 | 0x00001000
"""V4L2_CAP_VIDEO_CAPTURE and V4L2_CAP_VIDEO_CAPTURE_MPLANE."""
_HAS_DEVICE_CAPS = 0x80000000
_BUFFER_TYPES = {0x00000001: 1, 0x00001000: 9}
_MAX_FORMATS = 32
JETSON_DRIVER = "tegra-video"
INTEL_DRIVERS = ("isys", "intel-ipu", "ipu3-cio2")
_RAW_DRIVERS = ("unicam", "rp1-cfe", "bcm2835-isp", "pispbe", JETSON_DRIVER, *INTEL_DRIVERS)
"""Of the receivers of CSI cameras and of the processors behind them: their nodes give no picture by themselves."""
_RAW_FORMAT = "Bayer"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device file says of itself."""

    name: str
    captures: bool
    """False for the metadata and output nodes that stand beside a camera's own."""
    formats: tuple[str, ...] = ()
    """As the driver words them: 'Motion-JPEG', 'YUYV 4:2:2'."""
    lens: Lens = UNKNOWN_LENS
    driver: str = ""
    """'uvcvideo', 'unicam'; empty where it is not known."""

    @property
    def is_raw(self) -> bool:
        """Whether it is a part of a CSI camera: the sensor's own values, or one step of what makes pictures of them."""
        if self.driver == "uvcvideo":  # a camera with a plug: what it offers can be used
            return False
        raw_only = bool(self.formats) and all(_RAW_FORMAT in each for each in self.formats)
        return raw_only or self.driver.startswith(_RAW_DRIVERS)


def query(path: Path) -> Capabilities | None:
    """Ask the driver, without starting the camera; None where the file is no V4L2 device.

    Raises:
        OSError: the device file cannot be opened (ENOENT, EACCES, EBUSY, ENODEV ...).
    """
    with _opened(path) as file:
        return ask(file, _ioctl)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def _ioctl(file: int, request: int, data: bytearray) -> object:
    import fcntl

    return fcntl.ioctl(file, request, data)


def ask(file: int, ioctl: Ioctl) -> Capabilities | None:
    """VIDIOC_QUERYCAP, VIDIOC_ENUM_FMT and the lens's controls on an open device file; None for one of others."""
    asked = _ask_bits(file, ioctl)
    if asked is None:
        return None
    driver, card, bits = asked
    formats = [name for name, _ in _formats(file, ioctl, bits)]
    captures = bool(bits & _CAPTURE_BITS)
    lens = ask_lens(file, ioctl) if captures else UNKNOWN_LENS
    return Capabilities(_text(card), captures, tuple(dict.fromkeys(formats)), lens, _text(driver))


def _ask_bits(file: int, ioctl: Ioctl) -> tuple[bytes, bytes, int] | None:
    """VIDIOC_QUERYCAP: the driver's name, the card's, and what the device file can do; None where it is of others."""
    answer = bytearray(_CAPABILITY.size)
    try:
        ioctl(file, _VIDIOC_QUERYCAP, answer)
    except OSError:
        return None
    driver, card, _, _, all_bits, own_bits = _CAPABILITY.unpack(bytes(answer))
    return driver, card, own_bits if all_bits & _HAS_DEVICE_CAPS else all_bits


def _formats(file: int, ioctl: Ioctl, bits: int) -> Iterator[tuple[str, int]]:
    """In the driver's words, and its number."""
    for buffer_type in [each for bit, each in _BUFFER_TYPES.items() if bits & bit]:
        for index in range(_MAX_FORMATS):
            answer = bytearray(_FORMAT.pack(index, buffer_type, 0, b"", 0))
            try:
                ioctl(file, _VIDIOC_ENUM_FMT, answer)
            except OSError:  # EINVAL after the last one
                break
            fields = _FORMAT.unpack(bytes(answer))
            yield _text(fields[3]), fields[4]


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the facts come from; tests plant others."""

    dev: Path = Path("/dev")
    sys: Path = Path("/sys/class/video4linux")
    proc: Path = Path("/proc")
    query: Callable[[Path], Capabilities | None] = field(default=query)
    open_capture: OpenCapture = field(default=open_capture)
    which: Callable[[str], str | None] = field(default=shutil.which)
    """Where a program is; None if it is not here."""
    ioctl: Ioctl = field(default=_ioctl)

    def modes(self, path: Path) -> tuple[Mode, ...]:
        """Picture sizes and rates of a camera, without starting it. Raises OSError, as `query` does."""
        with _opened(path) as file:
            asked = _ask_bits(file, self.ioctl)
            formats = () if asked is None else tuple(number for _, number in _formats(file, self.ioctl, asked[2]))
            return ask_modes(file, self.ioctl, tuple(dict.fromkeys(formats)))

    def controls(self, path: Path) -> tuple[Control, ...]:
        """What can be set at a camera. Raises OSError, as `query` does."""
        with _opened(path) as file:
            return ask_controls(file, self.ioctl)

    def set_controls(self, path: Path, wanted: Sequence[tuple[str, str]], camera: str) -> tuple[str, ...]:
        """Set them, and return a line for each that the camera does not do.

        Raises:
            InputError: there is no such control, or it cannot have that value.
            OSError: the device file cannot be opened.
        """
        with _opened(path) as file:
            return set_controls(file, self.ioctl, wanted, camera)


def holders(device: Path, proc: Path) -> list[str]:
    """Which other programs have the device open, as far as we may see: 'zoom (1234)'."""
    found = []
    target = str(device.resolve())
    for process in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        if process.name == str(os.getpid()):
            continue
        with suppress(OSError):
            if any(_points_to(link, target) for link in (process / "fd").iterdir()):
                found.append(f"{(process / 'comm').read_text().strip()} ({process.name})")
    return found


def _points_to(link: Path, target: str) -> bool:
    try:
        return str(link.readlink()) == target
    except OSError:
        return False
