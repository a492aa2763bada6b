"""Cameras on a board's ribbon cable (CSI): no device file gives their pictures, a program of the board's maker does."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import dataclass

from tui.calibration.units import parse_distance
from tui.camera.board import JETSON_TOOL, find_tool, missing_tool
from tui.camera.command import start
from tui.camera.frame import SourceInfo
from tui.camera.listing import list_cameras
from tui.camera.live import LiveSource
from tui.camera.printable import printable_address
from tui.camera.v4l2 import JETSON_DRIVER, Machine
from tui.errors import InputError, SourceError

WIDTH, HEIGHT, RATE_HZ = 1280, 720, 30
_SPEC = re.compile(r"csi(?::(\d{1,2}))?(?:,focus=([^,]+))?", re.IGNORECASE)
_LISTED = re.compile(r"^\s*(\d{1,2}) : (\S+) \[", re.MULTILINE)
_LIST_S = 5.0
_AUTOFOCUS = ("imx708", "imx519", "ov64a40", "arducam_64mp")
"""Sensors on modules with a focus that moves."""
_FORM = "write csi, csi:1, or csi:0,focus=1.5m (inf for far away)"


@dataclass(frozen=True, slots=True)
class CsiCamera:
    """One that the board's program knows."""

    number: int
    name: str
    """Of its sensor; empty where it is not told."""

    @property
    def spec(self) -> str:
        """What `--source` takes."""
        return f"csi:{self.number}"

    @property
    def advice(self) -> str:
        """How to hold the focus, in one line; empty where it does not move."""
        if not self.name.startswith(_AUTOFOCUS):
            return ""
        return (
            f"its autofocus moves the focal length: --source {self.spec},focus=1.5m holds it at 1.5 m; do that before "
            "calibrating, and keep it so"
        )


def is_csi(spec: str) -> bool:
    """Whether the words mean such a camera."""
    return re.match(r"csi(?:[:,]|\Z)", spec.strip(), re.IGNORECASE) is not None


def open_csi(spec: str, machine: Machine) -> LiveSource:
    """Open `csi`, `csi:1`, `csi:0,focus=1.5m`; `tui.camera.command.start` says how.

    Raises:
        SourceError: words that are not understood, no program for it here, a focus that cannot be held.
    """
    source = start_csi(spec, machine)
    source.wait_open()
    return source


def start_csi(spec: str, machine: Machine) -> LiveSource:
    """Start it; `LiveSource.wait_open` or `wait_frame` tells whether it delivers. Raises as `open_csi`."""
    match = _SPEC.fullmatch(spec.strip())
    if match is None:
        raise SourceError(f"{printable_address(spec)}: not understood; {_FORM}")
    number = int(match[1] or 0)
    dioptres = None if match[2] is None else _dioptres(match[2], spec)
    tool = find_tool(machine)
    if tool is None:
        raise SourceError(f"csi: {missing_tool(machine)}")
    words = csi_command(tool, number, dioptres)
    lens = "" if match[2] is None else f"focus {match[2].strip()}"
    return start(words, SourceInfo(spec, f"csi {number}", live=True, lens=lens))


def csi_command(tool: str, number: int, dioptres: float | None) -> list[str]:
    """The program and its arguments for motion JPEG on standard output.

    Args:
        tool: as `find_tool` names it.
        number: of the camera.
        dioptres: 1 / metres, where the focus is to be held; None leaves it as it is.

    Raises:
        SourceError: the program cannot hold the focus.
    """
    if tool == JETSON_TOOL:
        if dioptres is not None:
            raise SourceError("csi: the focus of a Jetson's cameras cannot be set here; leave out focus=")
        caps = f"video/x-raw(memory:NVMM),width={WIDTH},height={HEIGHT},framerate={RATE_HZ}/1"
        return [
            tool, "-q", "nvarguscamerasrc", f"sensor-id={number}", "!", caps, "!", "nvjpegenc", "!",
            "fdsink", "sync=false",
        ]  # fmt: skip
    # Without -t 0 it ends after 5 s, without --flush each picture waits for the next.
    words = [
        tool, "-n", "-t", "0", "--camera", str(number), "--codec", "mjpeg", "--flush", "--width", str(WIDTH),
        "--height", str(HEIGHT), "--framerate", str(RATE_HZ),
    ]  # fmt: skip
    if dioptres is not None:
        words += ["--autofocus-mode", "manual", "--lens-position", f"{dioptres:.4g}"]
    return [*words, "-o", "-"]


def list_csi(machine: Machine | None = None) -> list[CsiCamera]:
    """The cameras that the board's program knows; asks it for a second, where it is here."""
    machine = machine or Machine()
    tool = find_tool(machine)
    if tool is None:
        return []
    if tool == JETSON_TOOL:
        nodes = [each for each in list_cameras(machine) if each.driver == JETSON_DRIVER]
        return [CsiCamera(number, node.name) for number, node in enumerate(nodes)]
    try:
        told = subprocess.run(
            [tool, "--list-cameras"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_LIST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    text = (told.stdout + b"\n" + told.stderr).decode("utf-8", "replace")
    return [CsiCamera(int(number), name) for number, name in dict(_LISTED.findall(text)).items()]


def _dioptres(text: str, spec: str) -> float:
    """How far away the lens is to be sharp, in metres, as the lens takes it."""
    text = text.strip()
    if text.casefold() in {"inf", "infinity"}:
        return 0.0
    try:
        metres = parse_distance(text)
    except InputError as error:
        raise SourceError(f"{printable_address(spec)}: {error}; {_FORM}") from error
    if not (math.isfinite(metres) and metres > 0):
        raise SourceError(f"{printable_address(spec)}: no distance to focus at; {_FORM}")
    return 1 / metres
