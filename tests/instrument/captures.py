"""A capture of what a fit that was renewed and smoothed reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.records.made import live_readings
from tui.geometry.region import Region
from tui.instrument.captured import capture_files
from tui.instrument.frame import FrameReading
from tui.instrument.panes import Look
from tui.instrument.session import Session
from tui.storage.export import save_capture


def made() -> tuple[FrameReading, Session]:
    """What a fit that was renewed and smoothed over several frames reads in the last one."""
    *_, (reading, session) = live_readings(5)
    session = replace(session, regions=(Region("shelf", ((20.0, 30.0), (50.0, 60.0))),))
    return reading.filled(session.pins, session.regions), session


@cache
def files() -> tuple[Mapping[str, bytes], FrameReading]:
    reading, session = made()
    return capture_files(reading, session, {"readings": []}, Look("grey")), reading


def kept(root: Path) -> tuple[Path, FrameReading]:
    contents, reading = files()
    return save_capture(contents, root=root), reading
