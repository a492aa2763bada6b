"""A capture that is damaged, changed or somebody else's is refused in one line, and nothing in it is run."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.asking import refusal
from tests.instrument.captures import kept
from tests.records.made import HEIGHT, WIDTH
from tui.camera.captured import open_capture
from tui.errors import SourceError
from tui.storage.export import CAPTURE


class _Runs:
    """Leaves a trace where an archive's content is run."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self._trace,)


def _map(folder: Path, **arrays: object) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # numpy knows no arrays by name
    (folder / "depth.npz").write_bytes(buffer.getvalue())


def _edited(folder: Path, before: str, after: str) -> None:
    text = (folder / CAPTURE).read_text()
    assert before in text
    (folder / CAPTURE).write_text(text.replace(before, after, 1))


def _archive(folder: Path, content: bytes) -> None:
    with zipfile.ZipFile(folder / "depth.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inverse_depth.npy", content)


def _head(shape: str, kind: str = "<f4") -> bytes:
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode()


def _other_picture(folder: Path) -> None:
    Image.fromarray(np.full((HEIGHT, WIDTH, 3), 77, np.uint8)).save(folder / "picture.png")


def _fifo(folder: Path) -> None:
    (folder / "depth.npz").unlink()
    os.mkfifo(folder / "depth.npz")


def _in_a_folder(folder: Path) -> None:
    (folder / "depth.npz").rename(folder / "map")
    (folder / "depth.npz").mkdir()


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a reference changed": (lambda f: _edited(f, '"distance_m": 4.0', '"distance_m": 4.5'), "changed since"),
    "cut off": (lambda f: (f / CAPTURE).write_bytes((f / CAPTURE).read_bytes()[:900]), "no JSON"),
    "empty": (lambda f: (f / CAPTURE).write_bytes(b""), "no JSON"),
    "no text": (lambda f: (f / CAPTURE).write_bytes(b"\xff\xfe\x00"), "not a text"),
    "a list": (lambda f: (f / CAPTURE).write_text("[1]"), "not an object"),
    "deep": (lambda f: (f / CAPTURE).write_text("[" * 100_000), "no JSON"),
    "somebody else's": (lambda f: (f / CAPTURE).write_text('{"a": 1}'), "not of a capture"),
    "no content": (lambda f: (f / CAPTURE).write_text('{"capture": {}}'), "capture.content is missing"),
    "capture is a list": (lambda f: (f / CAPTURE).write_text('{"capture": [1]}'), "capture is not an object"),
    "not a number": (lambda f: _edited(f, '"distance_m": 4.0', '"distance_m": NaN'), "changed since"),
    "map gone": (lambda f: (f / "depth.npz").unlink(), "depth.npz: there is none"),
    "map is a pipe": (_fifo, "not an ordinary file"),
    "map is a folder": (_in_a_folder, "not an ordinary file"),
    "map cut off": (
        lambda f: (f / "depth.npz").write_bytes((f / "depth.npz").read_bytes()[:400]),
        "depth.npz: damaged",
    ),
    "map of another size": (lambda f: _map(f, inverse_depth=np.ones((3, 4), np.float32)), "not the map of a 96x64"),
    "another map": (lambda f: _map(f, inverse_depth=np.ones((HEIGHT, WIDTH), np.float32)), "another one than was"),
    "in double": (lambda f: _map(f, inverse_depth=np.ones((HEIGHT, WIDTH))), "not the map of"),
    "of another name": (lambda f: _map(f, depth=np.ones((HEIGHT, WIDTH), np.float32)), "depth.npz: damaged"),
    "claims to be huge": (lambda f: _archive(f, _head("(4000000, 4000000)")), "not the map of"),
    "shorter than it says": (lambda f: _archive(f, _head(f"({HEIGHT}, {WIDTH})")), "depth.npz: damaged"),
    "longer than it says": (lambda f: _archive(f, _head(f"({HEIGHT}, {WIDTH})") + bytes(10**7)), "depth.npz: damaged"),
    "a head that is code": (lambda f: _archive(f, _head("__import__('os').abort()")), "depth.npz: damaged"),
    "picture gone": (lambda f: (f / "picture.png").unlink(), "picture.png"),
    "another picture": (_other_picture, "picture.png beside it is another one"),
    "picture cut off": (
        lambda f: (f / "picture.png").write_bytes((f / "picture.png").read_bytes()[:99]),
        "picture.png",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_damaged_or_changed_is_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = kept(tmp_path / "captures")
    damage, why = DAMAGE[name]
    damage(folder)
    assert why in refusal(capsys, str(folder), "--at", "30,20")
    assert why in refusal(capsys, "--source", str(folder), "--at", "30,20", code=4)
    with pytest.raises(SourceError, match=r"picture|depth"):
        open_capture(folder, str(folder))


def test_nothing_in_it_is_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = kept(tmp_path / "captures")
    trace = tmp_path / "trace"
    _map(folder, inverse_depth=np.array([_Runs(trace)], dtype=object))
    assert "not the map of" in refusal(capsys, str(folder), "--at", "30,20")
    _archive(folder, pickle.dumps(_Runs(trace)))
    assert "damaged" in refusal(capsys, str(folder), "--at", "30,20")
    assert not trace.exists()
