"""What `depth-tui cameras` shows of each camera beyond its name: sizes and rates, controls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.output import make_console, say

if TYPE_CHECKING:
    from tui.camera.controls import Control
    from tui.camera.csi import CsiCamera
    from tui.camera.csi_controls import CsiControl
    from tui.camera.listing import CameraInfo
    from tui.camera.modes import Mode
    from tui.camera.v4l2 import Machine


def controls_of(camera: CameraInfo, machine: Machine) -> tuple[Control, ...]:
    """Empty where the camera cannot be asked; the listing says why."""
    try:
        return machine.controls(Path(camera.path))
    except OSError:
        return ()


def csi_controls_of(machine: Machine) -> tuple[CsiControl, ...]:
    """Of all cameras on ribbon cables; empty where their program does not tell."""
    from tui.camera.board import find_tool
    from tui.camera.csi_controls import ask_csi_controls

    tool = find_tool(machine)
    return () if tool is None else ask_csi_controls(tool)


def show_modes(found: Sequence[CameraInfo], machine: Machine) -> None:
    """A table of formats, sizes and rates a camera; how to ask for one of them."""
    from tui.camera.listing import modes_of

    for camera in found:
        modes = modes_of(camera, machine)
        rows = [(mode.fourcc, mode.size, ", ".join(f"{rate:g}" for rate in mode.rates_hz) or "-") for mode in modes]
        _show(camera.label, ("format", "size", "pictures a second"), rows)
    say("ask for one with: --size 1280x720 --rate 15 --fourcc MJPG")


def show_controls(found: Sequence[CameraInfo], boards: Sequence[CsiCamera], machine: Machine) -> None:
    """A table of what can be set at each camera, and how."""
    for camera in found:
        rows = [(each.name, str(each)) for each in controls_of(camera, machine)]
        _show(camera.label, ("control", "now, and what it takes"), rows)
    if boards:
        rows = [(each.name, each.words) for each in csi_controls_of(machine)]
        _show(", ".join(board.spec for board in boards), ("control", "what it is"), rows)
    say("set one with: --set NAME=VALUE, at every start of the camera")


def plain_modes(modes: Sequence[Mode]) -> list[dict[str, object]]:
    """For JSON."""
    return [{"fourcc": each.fourcc, "size": each.size, "rates_hz": list(each.rates_hz)} for each in modes]


def plain_controls(controls: Sequence[Control]) -> list[dict[str, object]]:
    """For JSON."""
    return [
        {
            "name": each.name,
            "kind": each.kind,
            "value": each.value,
            "minimum": each.minimum,
            "maximum": each.maximum,
            "step": each.step,
            "default": each.default,
            "menu": {str(number): words for number, words in each.menu},
            "inactive": each.inactive,
            "read_only": each.read_only,
        }
        for each in controls
    ]


def _show(camera: str, heading: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from tui.cli.table import align

    say(f"camera {camera}{'' if rows else ': its driver says nothing of that'}")
    if rows:
        console = make_console()
        for line in align([heading, *rows], right=False):
            console.print(line)
