"""What was measured at each source, on disk."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.planted import kitchen as profile
from tui.errors import DepthTuiError, StorageError
from tui.storage.kept import MOST, Kept, load_kept, save_kept, set_aside_unreadable
from tui.storage.paths import kept_dir

SOURCE = "rtsp://user:secret@camera/stream"


def kept(name: str = "") -> Kept:
    return Kept(replace(profile(), name=name), ((1, 10, 20), (3, 0, 0)), 1_700_000_000.5)


def file() -> Path:
    (path,) = kept_dir().glob("*.json")
    return path


def test_what_is_written_is_read_again() -> None:
    both = (kept("bench"), kept())
    save_kept(SOURCE, both)
    assert load_kept(SOURCE) == both
    assert load_kept("another") == ()
    assert "secret" not in file().read_text() + file().name


def test_nothing_measured_leaves_no_file() -> None:
    save_kept(SOURCE, (kept(),))
    save_kept(SOURCE, (Kept(replace(profile(), references=(), calibration=None, markers=(), intrinsics=None), (), 0),))
    assert load_kept(SOURCE) == ()
    assert not list(kept_dir().iterdir())


def test_the_oldest_sources_go_first() -> None:
    for number in range(MOST + 2):
        path = save_kept(f"source {number}", (kept(),))
        os.utime(path, (number, number))
    assert len(list(kept_dir().iterdir())) <= MOST + 1
    save_kept("one more", (kept(),))
    assert len(list(kept_dir().iterdir())) == MOST
    assert load_kept("source 0") == ()
    assert load_kept(f"source {MOST + 1}")
    assert load_kept("one more")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "another"}', "\udcff"])
def test_what_cannot_be_read_is_refused_and_moved_out_of_the_way(text: str) -> None:
    save_kept(SOURCE, (kept(),))
    file().write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StorageError, match="measurement"):
        load_kept(SOURCE)
    aside = set_aside_unreadable(SOURCE)
    assert aside is not None
    assert aside.read_bytes() == text.encode(errors="surrogateescape")
    assert load_kept(SOURCE) == ()
    save_kept(SOURCE, (kept(),))
    assert load_kept(SOURCE) == (kept(),)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_whatever_byte_is_wrong_it_is_read_or_refused(at: int, byte: int) -> None:
    save_kept(SOURCE, (kept(),))
    data = bytearray(file().read_bytes())
    data[at % len(data)] = byte
    file().write_bytes(data)
    with contextlib.suppress(DepthTuiError):  # anything else fails
        assert len(load_kept(SOURCE)) == 1


def test_a_write_that_fails_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    save_kept(SOURCE, (kept("old"),))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="the disk is full"):
        save_kept(SOURCE, (kept("new"),))
    assert load_kept(SOURCE) == (kept("old"),)
    assert len(list(kept_dir().iterdir())) == 1
