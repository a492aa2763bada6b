"""Files that bear a model's name and are something else: what a download or a checkout has left in its place."""

from __future__ import annotations

from pathlib import Path

_LOOKED_AT = 1024
_LFS = b"version https://git-lfs.github.com/spec/"
_WEB_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")
_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7-zip"), (b"Rar!", "RAR"))
_ZIP = b"PK\x03\x04"
_AGAIN = "fetch the file itself, by its download link"


def foreign(path: Path, *, raw: bool = False) -> str | None:
    """What a file is that is no model whatever its name, with the remedy, to go on after a colon; None: it may be one.

    A file that cannot be read is left to whoever reads it.

    Args:
        path: of the file.
        raw: whether it should be bare numbers, which may look like anything but what is certainly none.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
    except OSError:
        return None
    if not start:
        return "it is empty; fetch it again"
    if start.startswith(_LFS):
        return f"it is a pointer of git LFS, not the file itself; run git lfs pull where it came from, or {_AGAIN}"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_WEB_PAGES) or (text.startswith(b"<?xml") and (b"<html" in text or b"<error" in text)):
        return f"it is a web page, not the file itself; {_AGAIN}"
    if raw:
        return None
    for mark, name in _PACKED:
        if start.startswith(mark):
            return f"it is packed by {name}; unpack it first"
    kind = path.suffix.lower()
    if kind in {".onnx", ".tflite", ".xml", ".safetensors"} and start.startswith(_ZIP):
        return "it is a zip archive, perhaps of PyTorch; unpack it, or convert it first"
    if kind == ".xml":
        return None if b"<net" in text else "it is no OpenVINO model: there is no <net> in it"
    return f"it is a text, {_shown(start)}; {_AGAIN}" if _is_text(start) else None


def is_safetensors(path: Path) -> bool:
    """Whether a file begins as safetensors files do: the length of a JSON table, and that."""
    with path.open("rb") as file:
        start = file.read(10)
    return len(start) == 10 and start[8:] in (b'{"', b"{ ") and int.from_bytes(start[:8], "little") < 1 << 30


def _is_text(start: bytes) -> bool:
    return all(32 <= byte < 127 or byte in b"\t\n\r" for byte in start)


def _shown(start: bytes) -> str:
    """The first words."""
    return repr(" ".join(start.decode("ascii").split())[:40])
