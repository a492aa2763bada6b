"""A capture appears whole, in a folder of its own, or not at all."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.errors import StorageError
from tui.storage.export import save_capture
from tui.storage.paths import captures_dir

NOW = datetime(2026, 3, 1, 12, 30, 59, tzinfo=UTC)
FILES = {"one": b"1" * 1000, "two": b"", "three": b"3", "four": b"{}"}


def test_a_capture_is_the_files_that_it_is_given() -> None:
    folder = save_capture(FILES, now=NOW)
    assert folder == captures_dir() / "2026-03-01_12-30-59"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert os.access(folder, os.R_OK | os.X_OK)


def test_captures_of_one_second_do_not_touch_each_other(tmp_path: Path) -> None:
    folders = [save_capture({"number": b"%d" % number}, root=tmp_path, now=NOW) for number in range(3)]
    assert [folder.name for folder in folders] == [
        "2026-03-01_12-30-59", "2026-03-01_12-30-59_2", "2026-03-01_12-30-59_3",
    ]  # fmt: skip
    assert [(folder / "number").read_bytes() for folder in folders] == [b"0", b"1", b"2"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == [each.name for each in folders]


@pytest.mark.parametrize("failing_file", [1, 3, 4])
def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_file: int
) -> None:
    root = tmp_path / "captures"
    kept = save_capture(FILES, root=root, now=NOW)
    real, calls = os.replace, []

    def fills_up(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) >= 2 * failing_file - 1:  # each file is synced, then its folder
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fills_up)
    with pytest.raises(StorageError, match="disk is full"):
        save_capture(FILES, root=root, now=NOW)
    assert os.replace is real
    assert list(root.iterdir()) == [kept]
    assert len(list(kept.iterdir())) == 4


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        save_capture(FILES, root=blocked / "captures")


def test_a_read_only_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(StorageError, match="read-only"):
        save_capture(FILES, root=tmp_path / "captures")


class WhileAnother(dict[str, bytes]):
    """Files of a capture; when the first of them has been written, somebody else writes another capture."""

    def __init__(self, files: dict[str, bytes], other: Callable[[], object]) -> None:
        super().__init__(files)
        self._other = other

    def items(self) -> Iterator[tuple[str, bytes]]:  # type: ignore[override]  # what it is used for
        for number, each in enumerate(super().items()):
            if number == 1:
                thread = threading.Thread(target=self._other)
                thread.start()
                thread.join()
            yield each


def test_captures_that_are_written_at_once_do_not_mix(tmp_path: Path) -> None:
    def files(text: bytes) -> dict[str, bytes]:
        return {"image.png": text, "depth.npy": text}

    found: list[Path] = []
    first = WhileAnother(files(b"one"), lambda: found.append(save_capture(files(b"two"), tmp_path, NOW)))
    found.append(save_capture(first, tmp_path, NOW))
    held = [{each.name: each.read_bytes() for each in folder.iterdir()} for folder in found]
    assert held == [files(b"two"), files(b"one")]
    assert sorted(found) == sorted(each for each in tmp_path.iterdir() if each.name != "home")
