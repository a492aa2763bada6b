"""Captures as sources: one picture, with the map and the readings that were made of it."""

from __future__ import annotations

from pathlib import Path

from tui.camera.frame import SourceInfo
from tui.camera.imread import read_picture
from tui.camera.stills import StillSource
from tui.errors import InputError, SourceError, StorageError
from tui.storage.captured import read_captured
from tui.storage.export import PICTURE


def open_capture(folder: Path, spec: str) -> StillSource:
    """Show a capture as it was.

    Args:
        folder: of which `tui.storage.export.is_capture` is true.
        spec: as it was named.

    Raises:
        SourceError: something in it is missing, damaged or changed; names it.
    """
    try:
        image = read_picture(folder / PICTURE)
        found = read_captured(folder, image)
    except (InputError, StorageError) as error:
        raise SourceError(str(error)) from error
    return StillSource(SourceInfo(spec, folder.resolve().name, live=False, still=True), image, recorded=found)
