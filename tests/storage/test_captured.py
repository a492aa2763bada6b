"""A capture that somebody has written by hand: one line, or a reading; whatever stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records.made import live_readings
from tests.test_fuzz_files import Edit, bounded, edits, fuzzed
from tui.camera.captured import open_capture
from tui.geometry.region import Region
from tui.instrument.captured import capture_files, read_again
from tui.instrument.frame import FrameReading
from tui.storage.captured import content_of
from tui.storage.export import CAPTURE, RAW_DEPTH, save_capture

PIXELS = ((30, 20), (3, 61), (90, 2))
ODD: list[object] = [
    None, True, 0, -1, 1e308, -1e308, 5e-324, 10**400, 1e-9, "", "x", "\ud800", [], [1], {}, {"x": 1}, [[[]]] * 3,
]  # fmt: skip


@cache
def captured() -> tuple[dict[str, bytes], FrameReading]:
    *_, (reading, session) = live_readings(3)
    region = Region("shelf", ((20.0, 30.0), (50.0, 60.0)))
    session = session.with_measured(session.measured)
    reading = reading.filled(session.pins, (region,))
    return dict(capture_files(reading, session, {})), reading


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_capture(captured()[0], root=tmp_path_factory.mktemp("captures"))


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where everything stands in parsed JSON."""
    yield path
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, (*path, number))


def put(whole: dict[str, Any], path: tuple[Any, ...], value: object) -> None:
    """Something else at a place, if that is still there."""
    at: Any = whole
    with suppress(TypeError, LookupError):
        for step in path[:-1]:
            at = at[step]
        if isinstance(at, dict | list):
            at[path[-1]] = value


PLAIN: dict[str, Any] = json.loads(captured()[0][CAPTURE])
PLACES = [each for each in leaves(PLAIN) if each and each[0] != "capture"]


@fuzzed(60)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_what_is_written_by_hand(folder: Path, odd: list[tuple[tuple[str | int, ...], object]]) -> None:
    whole = deepcopy(PLAIN)
    for path, value in odd:
        put(whole, path, value)
    whole["capture"]["content"] = content_of(whole)
    (folder / CAPTURE).write_text(json.dumps(whole))
    with bounded():
        reading, _ = read_again(open_capture(folder, str(folder)))
        for pixel in PIXELS:
            reading.at(pixel)
        reading.checks()


@fuzzed(60)
@given(st.sampled_from([CAPTURE, RAW_DEPTH, "picture.png"]), edits())
def test_what_was_damaged_is_refused_or_reads_the_same(folder: Path, name: str, edit: Edit) -> None:
    files, then = captured()
    for each in (CAPTURE, RAW_DEPTH, "picture.png"):
        (folder / each).write_bytes(files[each])
    (folder / name).write_bytes(edit(files[name]))
    with bounded():
        reading, _ = read_again(open_capture(folder, str(folder)))
        assert [reading.at(pixel) for pixel in PIXELS] == [then.at(pixel) for pixel in PIXELS]
