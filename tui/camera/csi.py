"""Cameras on a board's ribbon cable (CSI): no device file gives their pictures, a program of the board's maker does."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tui.calibration.units import parse_distance
from tui.camera.board import JETSON_TOOL, find_tool, missing_tool
from tui.camera.command import start
from tui.camera.csi_controls import Asked, check_controls, control_words
from tui.camera.frame import SourceInfo
from tui.camera.listing import list_cameras
from tui.camera.live import LiveSource
from tui.camera.printable import printable_address
from tui.camera.v4l2 import JETSON_DRIVER, Machine
from tui.camera.wish import AS_IT_COMES, CameraWish
from tui.errors import InputError, SourceError
from tui.geometry.arrays import RGBImage

WIDTH, HEIGHT, RATE_HZ = 1280, 720, 30
_SPEC = re.compile(r"csi(?::(\d{1,2}))?(?:,focus=([^,]+))?", re.IGNORECASE)
_LISTED = re.compile(r"^\s*(\d{1,2}) : (\S+) \[", re.MULTILINE)
_LIST_S = 5.0
_AUTOFOCUS = ("imx708", "imx519", "ov64a40", "arducam_64mp")
"""Sensors on modules with a focus that moves."""
_MOVING = "autofocus"
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


def open_csi(spec: str, machine: Machine, wish: CameraWish = AS_IT_COMES) -> LiveSource:
    """Open `csi`, `csi:1`, `csi:0,focus=1.5m`; `tui.camera.command.start` says how.

    What it does not do of what is wished goes along with its first frame.

    Raises:
        InputError: its program has no such control.
        SourceError: words that are not understood, no program for it here, a focus that cannot be held.
    """
    source = start_csi(spec, machine, wish)
    source.wait_open()
    return source


def start_csi(
    spec: str, machine: Machine, wish: CameraWish = AS_IT_COMES, camera: CsiCamera | None = None
) -> LiveSource:
    """Start it; `LiveSource.wait_open` or `wait_frame` tells whether it delivers. Raises as `open_csi`.

    Args:
        spec: as of `open_csi`.
        machine: where the facts about cameras come from.
        wish: what is asked of it.
        camera: where it was listed just now; else its program is asked for its name, for a second.
    """
    number, focus = _parse(spec)
    tool = find_tool(machine)
    if tool is None:
        raise SourceError(f"csi: {missing_tool(machine)}")
    asked = check_controls(tool, wish.controls)
    values = {control.name: value for control, value in asked}
    if focus is not None and "lens-position" in values:
        raise InputError("focus= and --set lens-position say the same thing twice: give one of them")
    words = csi_command(tool, number, None if focus is None else _dioptres(focus, spec), wish, asked)
    camera = camera or find_csi(number, machine)
    lens = _lens(camera, focus, values)
    info = SourceInfo(
        spec,
        f"csi {number}",
        live=True,
        camera=camera.name or f"csi {number}",
        lens=lens,
        focus_advice=camera.advice if lens.startswith(_MOVING) else "",
    )

    def unmet(image: RGBImage) -> str:
        lacking = wish.unmet((image.shape[1], image.shape[0]), 0.0, "MJPG")
        return f"{info.label}: {lacking}" if lacking else ""

    return start(words, info, unmet)


def csi_command(
    tool: str,
    number: int,
    dioptres: float | None,
    wish: CameraWish = AS_IT_COMES,
    asked: Sequence[Asked] = (),
) -> list[str]:
    """The program and its arguments for motion JPEG on standard output.

    Args:
        tool: as `find_tool` names it.
        number: of the camera.
        dioptres: 1 / metres, where the focus is to be held; None leaves it as it is.
        wish: its size and rate; 1280x720 at 30 pictures a second where it has none.
        asked: as `check_controls` gives it.

    Raises:
        SourceError: the program cannot hold the focus.
    """
    width, height = wish.size or (WIDTH, HEIGHT)
    rate_hz = wish.rate_hz or RATE_HZ
    if tool == JETSON_TOOL:
        if dioptres is not None:
            raise SourceError("csi: the focus of a Jetson's cameras cannot be set here; leave out focus=")
        rate = max(Fraction(rate_hz).limit_denominator(1001), Fraction(1, 1001))
        caps = f"video/x-raw(memory:NVMM),width={width},height={height},framerate={rate.numerator}/{rate.denominator}"
        return [
            tool, "-q", "nvarguscamerasrc", f"sensor-id={number}", *control_words(tool, asked), "!", caps, "!",
            "nvjpegenc", "!", "fdsink", "sync=false",
        ]  # fmt: skip
    # Without -t 0 it ends after 5 s, without --flush each picture waits for the next.
    words = [
        tool, "-n", "-t", "0", "--camera", str(number), "--codec", "mjpeg", "--flush", "--width", str(width),
        "--height", str(height), "--framerate", f"{rate_hz:g}",
    ]  # fmt: skip
    given = {control.name for control, _ in asked}
    if (dioptres is not None or "lens-position" in given) and "autofocus-mode" not in given:
        words += ["--autofocus-mode", "manual"]
    if dioptres is not None:
        words += ["--lens-position", f"{dioptres:.4g}"]
    return [*words, *control_words(tool, asked), "-o", "-"]


def find_csi(number: int, machine: Machine) -> CsiCamera:
    """That camera as its program knows it; without a name where it does not."""
    return next((each for each in list_csi(machine) if each.number == number), CsiCamera(number, ""))


def identify_csi(spec: str, machine: Machine) -> tuple[str, str]:
    """The camera's name and its lens, as `SourceInfo` has them.

    Raises:
        SourceError: words that are not understood.
    """
    number, focus = _parse(spec)
    camera = find_csi(number, machine)
    return camera.name or f"csi {number}", _lens(camera, focus, {})


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


def _parse(spec: str) -> tuple[int, str | None]:
    """Number and focus."""
    match = _SPEC.fullmatch(spec.strip())
    if match is None:
        raise SourceError(f"{printable_address(spec)}: not understood; {_FORM}")
    return int(match[1] or 0), match[2]


def _lens(camera: CsiCamera, focus: str | None, values: Mapping[str, str]) -> str:
    """What moves the focal length or the view, in words."""
    position = values.get("lens-position")
    held = values.get("autofocus-mode", "").casefold() == "manual"
    if focus is not None:
        words = [f"focus {focus.strip()}"]
    elif position is not None:
        words = [f"lens position {position}"]
    else:
        words = [_MOVING] if camera.advice and not held else []
    return ", ".join([*words, *(f"sensor mode {values[each]}" for each in ("mode", "sensor-mode") if each in values)])


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
