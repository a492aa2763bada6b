"""Finds and reads recordings of colour pictures with true depth.

A picture belongs to a depth map, a 16-bit `.png` with 0 where nothing was measured, if both lie in one folder and

- share their name: `12.jpg` and `12.png` (the picture is then a `.jpg` or `.jpeg`), or
- are called `x_color.png` (or `.jpg`) and `x_depth.png` (anything may follow `_depth`).

Depth values are millimetres unless something says otherwise: the caller, or a file `rgbd.toml` in the folder:

    depth_units_per_metre = 5000     # of every depth map in this folder
    [depth_units_of]                 # of those whose file name matches; the first match counts
    "SUN_*" = 1000
"""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tui.errors import DepthTuiError
from tui.storage.bounded import read_bounded

MILLIMETRES = 1000.0
CONFIG_NAME = "rgbd.toml"
_MOST_BYTES = 1_000_000
COLOUR_SUFFIXES = (".jpg", ".jpeg", ".png")


class RecordingError(DepthTuiError):
    """A recording cannot be found or read; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class RgbdFrame:
    """One picture with true depth, not yet read."""

    sequence: str
    """The folder below the recording's root, with slashes; the root's own name for files that lie in it."""
    name: str
    colour_path: Path
    depth_path: Path
    depth_units_per_metre: float

    def load(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Read the picture, RGB, (H, W, 3), and the depth along the optical axis in metres, (H, W), 0 where unknown.

        Raises RecordingError where a file cannot be read or the two differ in size.
        """
        import cv2

        colour = cv2.imread(str(self.colour_path), cv2.IMREAD_COLOR)
        depth = cv2.imread(str(self.depth_path), cv2.IMREAD_UNCHANGED)
        if colour is None:
            raise RecordingError(f"{self.colour_path}: not a readable picture")
        if depth is None or depth.ndim != 2 or depth.dtype != np.uint16:
            raise RecordingError(f"{self.depth_path}: not a 16-bit depth map; expected a one-channel 16-bit PNG")
        if colour.shape[:2] != depth.shape:
            sizes = f"{colour.shape[1]}x{colour.shape[0]} and {depth.shape[1]}x{depth.shape[0]}"
            raise RecordingError(f"{self.colour_path.name} and {self.depth_path.name} differ in size: {sizes}")
        rgb: NDArray[np.uint8] = np.ascontiguousarray(colour[:, :, ::-1], dtype=np.uint8)
        return rgb, depth.astype(np.float32) / np.float32(self.depth_units_per_metre)


@dataclass(frozen=True, slots=True)
class DepthUnits:
    """How many units of a depth map make one metre."""

    default: float | None = None
    by_pattern: Mapping[str, float] | None = None
    """Shell patterns of depth file names; the first that matches goes before `default`."""

    def of(self, file_name: str) -> float | None:
        """Return the units per metre of the depth map `file_name`, or None where nothing is said about it."""
        for pattern, units in (self.by_pattern or {}).items():
            if fnmatch.fnmatchcase(file_name, pattern):
                return units
        return self.default


def find_frames(folder: Path, units: DepthUnits | None = None) -> tuple[RgbdFrame, ...]:
    """Return all frames below `folder`, by sequence and name in natural order; `units` goes before any rgbd.toml.

    Raises RecordingError where the folder does not exist, holds no frame, or a rgbd.toml is wrong.
    """
    if not folder.is_dir():
        raise RecordingError(f"{folder}: no such folder; give a folder of colour pictures with depth maps")
    frames: list[RgbdFrame] = []
    for place in [folder, *sorted(p for p in folder.rglob("*") if p.is_dir())]:
        relative = place.relative_to(folder).as_posix()
        sequence = folder.resolve().name if relative == "." else relative
        local = read_config(place / CONFIG_NAME)
        for colour_path, depth_path in _pairs(place):
            name = depth_path.name
            per_metre = (units.of(name) if units else None) or local.of(name) or MILLIMETRES
            frames.append(RgbdFrame(sequence, colour_path.stem, colour_path, depth_path, per_metre))
    if not frames:
        raise RecordingError(f"{folder}: no frames; expected 12.jpg with 12.png, or x_color.png with x_depth.png")
    return tuple(sorted(frames, key=lambda f: (f.sequence, _natural(f.name))))


def read_config(path: Path) -> DepthUnits:
    """Read a `rgbd.toml`; a missing one says nothing. Raises RecordingError where it is wrong."""
    try:
        data = read_bounded(path, _MOST_BYTES)
        if len(data) > _MOST_BYTES:
            raise RecordingError(f"{path}: too large to tell the units of depth maps")
        table = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        return DepthUnits()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecordingError(f"{path}: cannot be read: {error}") from error
    patterns = table.get("depth_units_of", {})
    if not isinstance(patterns, dict):
        raise RecordingError(f'{path}: depth_units_of must be a table such as [depth_units_of] "SUN_*" = 1000')
    default = table.get("depth_units_per_metre")
    by_pattern = {pattern: _positive(path, pattern, value) for pattern, value in patterns.items()}
    return DepthUnits(None if default is None else _positive(path, "depth_units_per_metre", default), by_pattern)


def _positive(path: Path, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise RecordingError(f"{path}: {key} must be a number above 0, the units that make one metre; got {value!r}")
    return float(value)


def _pairs(place: Path) -> list[tuple[Path, Path]]:
    """Return the (colour, depth) files of one folder."""
    files = sorted(p for p in place.iterdir() if p.suffix.lower() in COLOUR_SUFFIXES)
    by_name = {p.name: p for p in files}
    pairs = []
    for colour in files:
        prefix, mark, _ = colour.stem.rpartition("_color")
        if mark:
            partners = [p for p in files if p.stem.startswith(f"{prefix}_depth") and p.suffix.lower() == ".png"]
            pairs += [(colour, depth) for depth in partners[:1]]
        elif colour.suffix.lower() != ".png" and f"{colour.stem}.png" in by_name:
            pairs.append((colour, by_name[f"{colour.stem}.png"]))
    return pairs


def _natural(name: str) -> tuple[float, str]:
    """Sort numbers by value before words."""
    try:
        return float(name), name
    except ValueError:
        return float("inf"), name
