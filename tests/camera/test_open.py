"""From what a user writes to the right kind of source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.camera.clip import ClipSource
from tui.camera.demo.source import DemoSource
from tui.camera.open import open_source
from tui.camera.stills import FolderSource, StillSource
from tui.errors import SourceError


def save(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((3, 5, 3), np.uint8)).save(path)
    return path


def test_each_kind_has_its_source(tmp_path: Path, shared: Path) -> None:
    clip = shared / "media" / "clips" / "cup.mp4"
    for spec, kind, label, still in [
        (str(save(tmp_path / "a.png")), StillSource, "a.png", True),
        (str(save(tmp_path / "room" / "1.jpg").parent), FolderSource, "room/", True),
        (str(clip), ClipSource, "cup.mp4", False),
        ("demo", DemoSource, "demo", False),
        (" DEMO ", DemoSource, "demo", False),
    ]:
        source = open_source(spec)
        assert isinstance(source, kind)
        assert (source.info.label, source.info.still, source.info.live) == (label, still, False)
        assert source.info.spec == (spec if kind is not DemoSource else "demo")
        source.close()
        source.close()
        with pytest.raises(SourceError, match="closed"):
            source.read()


def test_the_content_decides_not_the_suffix(tmp_path: Path, shared: Path) -> None:
    picture = save(tmp_path / "a.png").rename(tmp_path / "a.avi")
    assert isinstance(open_source(str(picture)), StillSource)
    video = tmp_path / "b"
    video.write_bytes((shared / "media" / "clips" / "cup.mp4").read_bytes())
    source = open_source(str(video))
    assert isinstance(source, ClipSource)
    source.close()


def test_the_home_folder_is_understood(own_home: Path) -> None:
    save(own_home / "a.png")
    assert open_source("~/a.png").info.label == "a.png"


def test_a_picture_called_like_a_number_needs_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "9999.png").rename(tmp_path / "9999")
    monkeypatch.chdir(tmp_path)
    assert open_source("./9999").info.label == "9999"
    with pytest.raises(SourceError, match="no such camera"):
        open_source("9999")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("zero.mp4", b"", r"zero\.mp4: is empty \(0 bytes\)"),
        ("zero.png", b"", r"zero\.png: is empty \(0 bytes\)"),
        ("text.png", b"hello", r"text\.png: not a picture"),
        ("text.mp4", b"hello", r"text\.mp4: neither a picture nor a video"),
        ("cut.dat", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR", r"cut\.dat: .*picture"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError, match=words) as caught:
        open_source(str(path))
    assert "\n" not in str(caught.value)


def test_a_truncated_png_is_named(tmp_path: Path, shared: Path) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes((shared / "media" / "photos" / "opencv_basketball1.png").read_bytes()[:60_000])
    with pytest.raises(SourceError, match=r"cut\.png: truncated or damaged PNG picture"):
        open_source(str(path))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", "no source named; use a camera"),
        ("ftp://host/cup.mp4", "ftp:// is not supported; use a camera"),
        ("absent.mp4", "absent.mp4: no such file or folder"),
        ("/dev/null", "not an ordinary file"),
        ("x" * 5000, "no such file"),
        ("a\0b", "no such file"),
    ],
)
def test_bad_words_are_explained(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_source(spec)
