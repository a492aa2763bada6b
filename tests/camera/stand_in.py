"""Commands that behave like those which write a camera's pictures: small programs, written where a test wants them."""

from __future__ import annotations

import io
import shlex
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from tui.geometry.arrays import RGBImage

_PRELUDE = """
import os, signal, sys, time
from pathlib import Path
HERE = Path(__file__).parent
PICTURE = (HERE / "picture").read_bytes()
def write(data):
    while data:
        data = data[os.write(1, data):]
def say(text):
    os.write(2, text.encode())
def note_start():
    (HERE / "pids").open("a").write(f"{os.getpid()}\\n")
note_start()
"""

FOREVER = "\nwhile True: time.sleep(0.05)\n"
STREAM = "\nwhile True:\n    write(PICTURE); time.sleep(0.01)\n"
"""Bodies: one that does nothing, and one that writes pictures, until it is ended."""


def colour_image(red: int, green: int = 60, blue: int = 120, width: int = 64, height: int = 48) -> RGBImage:
    """A picture of one colour: a JPEG keeps it to within a few levels."""
    return np.full((height, width, 3), (red, green, blue), np.uint8)


def encoded(image: RGBImage, kind: str = "JPEG", **options: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, **options)
    return file.getvalue()


def stand_in(folder: Path, body: str, picture: bytes = b"") -> list[str]:
    """Write a program that runs `body`; its words.

    The body has `PICTURE`, `write` (to standard output), `say` (to the error stream), `HERE` (its folder), and os,
    signal, sys, time. The file `pids` in the folder has a line for each start.
    """
    folder.mkdir(exist_ok=True)
    (folder / "picture").write_bytes(picture or encoded(colour_image(200)))
    script = folder / "camera.py"
    script.write_text(_PRELUDE + body, encoding="utf-8")
    return [sys.executable, "-S", "-E", str(script)]


def spec_of(words: list[str]) -> str:
    """What `--source` takes."""
    return "exec:" + shlex.join(words)


def starts(folder: Path) -> list[int]:
    """The process numbers of all starts so far."""
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_there(pid: int) -> bool:
    """Whether a process runs, or is left as a zombie."""
    return Path(f"/proc/{pid}").exists()
