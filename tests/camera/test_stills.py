"""Stills and folders of them."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.camera.frame import FrameSource, Pageable, SourceInfo
from tui.camera.stills import FolderSource, StillSource
from tui.errors import SourceEnded, SourceError


def flat(path: Path, grey: int) -> None:
    Image.fromarray(np.full((4, 6, 3), grey, np.uint8)).save(path)


def wakes(source: FrameSource) -> bool:
    """Whether `close` wakes a `read` that blocks."""
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(SourceEnded):
            source.read()
        ended.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    source.close()
    source.close()
    return ended.wait(5)


def test_a_still_comes_once_and_close_wakes_the_read() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    source = StillSource(SourceInfo("a.png", "a.png", live=False, still=True), image)
    frame = source.read()
    assert frame.image is image
    assert (frame.index, frame.name) == (0, "a.png")
    assert wakes(source)


def test_a_folder_pages_in_natural_order_and_wraps(tmp_path: Path) -> None:
    for number in [10, 2, 1]:
        flat(tmp_path / f"p{number}.png", number)
    (tmp_path / "notes.txt").write_text("not shown")
    source = FolderSource(tmp_path, str(tmp_path))
    assert isinstance(source, Pageable)
    names = [source.read().name]
    for step in [1, 1, 1, -1, -2]:
        source.page(step)
        names.append(source.read().name)
    assert names == ["p1.png", "p2.png", "p10.png", "p1.png", "p10.png", "p1.png"]
    source.page(0)
    frame = source.read()
    assert (frame.name, frame.index) == ("p1.png", 6)
    assert frame.image[0, 0].tolist() == [1, 1, 1]
    assert wakes(source)


def test_pages_add_up_when_nobody_reads_in_between(tmp_path: Path) -> None:
    for number in range(5):
        flat(tmp_path / f"{number}.png", number)
    source = FolderSource(tmp_path, str(tmp_path))
    source.page(1)
    source.page(2)
    assert source.read().name == "3.png"


def test_broken_pictures_are_passed_over_and_named(tmp_path: Path) -> None:
    flat(tmp_path / "1.png", 1)
    (tmp_path / "2.png").write_bytes(b"junk")
    flat(tmp_path / "3.png", 3)
    source = FolderSource(tmp_path, str(tmp_path))
    assert source.read().note == ""
    source.page(1)
    frame = source.read()
    assert frame.name == "3.png"
    assert "2.png: not a picture" in frame.note
    source.page(-1)
    assert source.read().name == "1.png"


def test_a_broken_first_picture_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"junk")
    flat(tmp_path / "2.png", 2)
    frame = FolderSource(tmp_path, str(tmp_path)).read()
    assert frame.name == "2.png"
    assert "1.png" in frame.note


def test_folders_without_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no pictures in this folder"):
        FolderSource(tmp_path, str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"junk")
    with pytest.raises(SourceError, match=r"none of its 1 pictures can be read: .*a\.png: not a picture"):
        FolderSource(tmp_path, str(tmp_path))
