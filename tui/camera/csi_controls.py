"""What can be set at a camera on a ribbon cable, by the names of the board's program, as that program itself tells."""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from tui.camera.board import JETSON_TOOL
from tui.errors import InputError

_HELP_S = 10.0
_RASPBERRY = frozenset(
    (
        "shutter", "analoggain", "gain", "metering", "exposure", "ev", "awb", "awbgains", "brightness", "contrast",
        "saturation", "sharpness", "denoise", "lens-position", "autofocus-mode", "autofocus-range", "autofocus-speed",
        "autofocus-window", "hdr", "flicker-period", "mode", "tuning-file", "quality", "buffer-count", "no-raw",
        "viewfinder-mode",
    )
)  # fmt: skip
"""What concerns the picture; the rest is where it goes, which is not the user's to set here."""
_JETSON = frozenset(
    (
        "wbmode", "saturation", "exposuretimerange", "gainrange", "ispdigitalgainrange", "tnr-strength", "tnr-mode",
        "ee-mode", "ee-strength", "aeantibanding", "exposurecompensation", "aelock", "awblock", "aeregion",
        "sensor-mode",
    )
)  # fmt: skip
_OWN = {
    "width": "--size 1280x720",
    "height": "--size 1280x720",
    "framerate": "--rate 15",
    "rotation": "--rotate 180, which the calibration follows",
    "hflip": "--flip h, which the calibration follows",
    "vflip": "--flip v, which the calibration follows",
    "roi": "--crop X,Y,WxH, which the calibration follows",
    "camera": "--source csi:1",
    "sensor-id": "--source csi:1",
}
"""What has an option of this program, which must know of it."""
_OPTION = re.compile(r"^ {1,4}(?:-\w \[ )?--([a-z][a-z0-9-]*)(?: \])?(?: (\[=)?arg\S*)?(?: \(=[^)]*\)+)? *(.*)$")
_PROPERTY = re.compile(r"^ {2}([a-z][a-z0-9-]*) *: (.*)$")
_VALUE = re.compile(r"[\w.,:;+\-/ ]+")
"""No quotes, no exclamation marks: GStreamer would read on."""


@dataclass(frozen=True, slots=True)
class CsiControl:
    """One thing that the program can be asked for."""

    name: str
    words: str
    """What it is, as the program says."""
    joined: bool = False
    """Whether its value must be written behind an equals sign."""


Asked = tuple[CsiControl, str]
"""A control and its value."""


def ask_csi_controls(tool: str) -> tuple[CsiControl, ...]:
    """What this program, as installed here, can be asked for; empty where it does not tell."""
    jetson = tool == JETSON_TOOL
    words = ["gst-inspect-1.0", "nvarguscamerasrc"] if jetson else [tool, "--help"]
    try:
        told = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_HELP_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    lines = (told.stdout + b"\n" + told.stderr).decode("utf-8", "replace").splitlines()
    found: dict[str, CsiControl] = {}
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        match = (_PROPERTY if jetson else _OPTION).match(line)
        if match is None or match[1] not in (_JETSON if jetson else _RASPBERRY):
            continue
        # A long name leaves no room, and the words stand in the next line.
        words_of = match[match.re.groups].strip() or (after.strip() if after.startswith(" " * 8) else "")
        found[match[1]] = CsiControl(match[1], words_of, joined=not jetson and match[2] is not None)
    return tuple(found.values())


def check_controls(tool: str, wanted: Sequence[tuple[str, str]]) -> tuple[Asked, ...]:
    """What is wished, in order; where nothing is, the program is not asked what it knows.

    Args:
        tool: the program.
        wanted: (name, value) each, an underscore for a hyphen at will.

    Raises:
        InputError: the program has no such control, or it is not to be set so.
    """
    if not wanted:
        return ()
    known = {each.name: each for each in ask_csi_controls(tool)}
    asked: dict[str, Asked] = {}
    for written, value in wanted:
        name = written.replace("_", "-")
        if name in _OWN:
            raise InputError(f"--set {written}: use {_OWN[name]}")
        if not known:
            raise InputError(f"--set {written}: {tool} does not say what can be set; leave --set away")
        if name not in known:
            near = difflib.get_close_matches(name, known, 3, 0.5) or sorted(known)
            raise InputError(
                f"--set {written}: {tool} has no such control; there is {', '.join(near)} "
                "(depth-tui cameras --controls)"
            )
        if _VALUE.fullmatch(value) is None:
            raise InputError(f"--set {written}={value}: a value has letters, digits and . , : ; + - / only")
        asked[name] = (known[name], value)
    return tuple(asked.values())


def control_words(tool: str, asked: Sequence[Asked]) -> list[str]:
    """The program's arguments for them; of GStreamer's, those of the camera's element."""
    words = []
    for control, value in asked:
        if tool == JETSON_TOOL:
            words.append(f"{control.name}={value}")
        elif control.joined or value.startswith("-"):  # which would be taken for an option
            words.append(f"--{control.name}={value}")
        else:
            words += [f"--{control.name}", value]
    return words
