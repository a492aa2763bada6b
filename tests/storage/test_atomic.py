from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from tui.errors import StorageError
from tui.storage.atomic import make_folder, write_atomically


def test_writes_text_and_bytes_and_creates_folders(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "text.json", "ü\r\n")
    write_atomically(tmp_path / "raw", b"\x00\xff")
    assert (tmp_path / "a" / "b" / "text.json").read_bytes() == b"\xc3\xbc\r\n"
    assert (tmp_path / "raw").read_bytes() == b"\x00\xff"


def test_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    write_atomically(path, "old")
    write_atomically(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_follows_the_umask_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    path = tmp_path / "new"
    write_atomically(path, "x")
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o600)
    write_atomically(path, "y")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(real)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "no permission"),
        (errno.EIO, "choose another path"),
    ],
)
def test_a_failing_disk_keeps_the_old_file_and_says_what_to_do(
    code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "profile.json"
    path.write_text("old")

    def fail(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError) as caught:
        write_atomically(path, "new")
    message = str(caught.value)
    assert str(path) in message
    assert words in message
    assert "\n" not in message
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        write_atomically(file / "below", "x")


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="this is a folder"):
        write_atomically(tmp_path, "x")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_or_a_device_is_not_written_over(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("pipe")
    for path in (pipe, link):
        with pytest.raises(StorageError, match="a device or a pipe"):
            write_atomically(path, "new")
    assert pipe.is_fifo()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "pipe"]


def test_half_a_character_is_written_as_json_has_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", '"\udcff"')
    assert json.loads((tmp_path / "a").read_bytes()) == "\udcff"


def test_no_permission(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):
        pytest.skip("this user may write anywhere")
    with pytest.raises(StorageError, match="no permission"):
        write_atomically(locked / "x", "x")
    with pytest.raises(StorageError, match="no permission"):
        make_folder(locked / "below")


def test_a_reader_never_sees_a_part(tmp_path: Path) -> None:
    path = tmp_path / "value"
    size = 200_000
    write_atomically(path, b"0" * size)
    seen: set[bytes] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            content = path.read_bytes()
            seen.add(content[:1] + str(len(content)).encode() + content[-1:])

    reader = threading.Thread(target=read)
    reader.start()
    for digit in b"123456789":
        write_atomically(path, bytes([digit]) * size)
    stop.set()
    reader.join()
    assert seen <= {f"{digit}{size}{digit}".encode() for digit in range(10)}
    assert seen
