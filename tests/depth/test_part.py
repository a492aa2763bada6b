"""A part that is being fetched belongs to one program."""

from __future__ import annotations

import fcntl

import pytest

from tests.depth.test_download import SPEC
from tui.depth.part import Part
from tui.depth.weights import cached_path


def test_a_part_that_is_finished_between_opening_and_locking_is_not_written_on(monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part(cached_path(SPEC))
    part.path.parent.mkdir(parents=True, exist_ok=True)
    part.path.write_bytes(b"whole")
    lock = fcntl.flock

    def finishes_first(file: int, operation: int) -> None:
        if not part.final.exists():
            part.finish()  # by the other program
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", finishes_first)
    with part.locked():
        assert part.path.exists(), "it has a part of its own"
        part.path.write_bytes(b"another")
    assert part.final.read_bytes() == b"whole"
