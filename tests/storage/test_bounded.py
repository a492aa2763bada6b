"""What is read of a small file, whatever lies in its place."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tui.storage import bounded
from tui.storage.bounded import read_bounded


def test_a_file_is_read_whole_and_of_a_larger_one_a_byte_too_many(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5) == read_bounded(path, 100) == b"12345"
    assert read_bounded(path, 3) == b"1234"
    path.write_bytes(b"")
    assert read_bounded(path, 3) == b""


def test_a_device_without_an_end_ends() -> None:
    assert read_bounded(Path("/dev/zero"), 3_000_000) == b"\0" * 3_000_001
    assert read_bounded(Path(os.devnull), 3) == b""


def test_what_comes_through_a_pipe_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    begin = threading.Event()

    def write() -> None:
        begin.wait()
        with path.open("wb", buffering=0) as pipe:
            pipe.write(b"one ")
            pipe.write(b"two")

    writer = threading.Thread(target=write)
    writer.start()
    begin.set()
    assert read_bounded(path, 100) == b"one two"
    writer.join()


def test_a_pipe_that_stays_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "PIPE_S", 0.05)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(TimeoutError, match="nobody writes"):
        read_bounded(path, 100)


@pytest.mark.parametrize("name", ["", "missing", "loop"])
def test_what_cannot_be_read_is_an_error_of_the_system(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match=r"directory|symbolic"):
        read_bounded(tmp_path / name, 100)
