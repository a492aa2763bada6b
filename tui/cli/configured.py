"""`depth-tui --config FILE`: the cameras of a configuration, for the app."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.entries import Prepared, read_prepared

if TYPE_CHECKING:
    from tui.records.listeners import Listening
    from tui.screens.options import ConfiguredCamera

_FOR_WATCH = ("length", "floor", "distance", "intrinsics", "fov", "window")
"""Keys that the app has no use for: it takes the camera from its profile, or asks."""


def configured(path: Path, *, allow_exec: bool) -> tuple[tuple[ConfiguredCamera, ...], Listening]:
    """The cameras, checked, and who listens to all of them.

    Raises:
        InputError: names the file, the camera and what is wrong.
    """
    found, prepared = read_prepared(path, allow_exec=allow_exec, alarms_later=True)
    return tuple(map(_camera, prepared)), found.listening


def _camera(prepared: Prepared) -> ConfiguredCamera:
    from tui.screens.options import ConfiguredCamera

    asked, request = prepared.asked, prepared.request
    present = {key for key, _ in prepared.entry.values}
    wanted = replace(
        prepared.wanted,
        model=request.model,
        weights=request.weights,
        engine=request.engine,
        precision=request.precision if "precision" in present else "auto",
        threads=request.threads,
    )
    return ConfiguredCamera(
        prepared.entry.name,
        wanted,
        asked.queries,
        asked.regions,
        asked.references,
        (*asked.markers, *(each.whole for each in asked.ranges if each.spots)),
        prepared.rules,
        tuple(key for key in _FOR_WATCH if key in present),
    )
