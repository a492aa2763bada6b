"""What networks and calibrations are judged on: `--data`, and what of it is taken, as written on the command line."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.calibration.written import in_digits, plain, readings
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.evaluation.rgbd import DepthUnits, RgbdFrame

DataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="FOLDER",
        help="Recordings: 12.jpg with 12.png, or x_color.png with x_depth.png; depth as 16-bit PNG, 0 unknown.",
    ),
]
SequenceOption = Annotated[
    list[str] | None,
    typer.Option("--sequence", metavar="PATTERN", help="Only sequences (folders) that match, such as 'nyu/blk0?'."),
]
DepthUnitsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--depth-units",
        metavar="[PATTERN=]N",
        help="Units of the depth maps that make one metre, as in a file rgbd.toml beside them; 1000 without it.",
    ),
]


def frames_of(data: Path, sequences: list[str] | None, depth_units: list[str] | None) -> tuple[RgbdFrame, ...]:
    """The pictures with true depth that the three options name.

    Raises:
        InputError: there are none, or units that are no number; names the option.
    """
    from tui.evaluation.rgbd import find_frames

    return _select(find_frames(data, parse_units(depth_units or [])), sequences or [], data)


def parse_units(options: Iterable[str]) -> DepthUnits:
    """Units per metre from `5000` (for all) and `SUN_*=1000` (for depth files that match).

    Raises:
        InputError: it is no positive number.
    """
    from tui.evaluation.rgbd import DepthUnits

    default, by_pattern = None, {}
    for option in options:
        pattern, _, number = option.rpartition("=")
        found = readings(plain(number).lower(), point_divides=False)
        if len(found) > 1:
            both = " or ".join(in_digits(each) for each in sorted(found, reverse=True))
            raise InputError(f"--depth-units {option}: {both}? write one of them")
        units = found[0] if found else 0.0
        if not 0 < units < math.inf:
            raise InputError(f"--depth-units {option}: write a number such as 1000, or PATTERN=NUMBER")
        if pattern:
            by_pattern[pattern] = units
        else:
            default = units
    return DepthUnits(default, by_pattern)


def _select(frames: tuple[RgbdFrame, ...], patterns: list[str], data: Path) -> tuple[RgbdFrame, ...]:
    """The frames whose sequence matches one of the patterns; all without any.

    Raises:
        InputError: none is left; names the sequences there are.
    """
    chosen = tuple(f for f in frames if not patterns or any(fnmatch.fnmatchcase(f.sequence, p) for p in patterns))
    if not chosen:
        known = ", ".join(sorted({f.sequence for f in frames})[:12])
        raise InputError(f"{data}: no sequence matches {' or '.join(patterns)}; there are: {known}")
    return chosen
