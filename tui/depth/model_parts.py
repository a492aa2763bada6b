"""All files of a model of the user's own: the one that is named, and those that hold its weights."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from tui.depth.foreign import foreign
from tui.depth.onnx_data import external_data
from tui.depth.weights import hash_file
from tui.errors import ModelError

_STRETCH = re.compile(rb'\boffset="([0-9]{1,18})"\s+size="([0-9]{1,18})"')
_TFLITE_MARK = b"TFL3"
_LARGEST_XML = 256 << 20


def parts_of(path: Path) -> tuple[Path, ...]:
    """The files that make up a model, the named one first; what they hold is looked at, not loaded.

    Raises:
        ModelError: one is missing, cut off, or something else; says which one, and what to do.
    """
    if not _is_file(path):
        return (path,)  # whoever reads it says so
    if (problem := foreign(path)) is not None:
        raise _unreadable(path, problem)
    kind = path.suffix.lower()
    if kind == ".onnx":
        return (path, *_onnx_parts(path))
    if kind == ".xml":
        weights = path.with_suffix(".bin")
        _check_part(path, weights, _needed_by_xml(path))
        return (path, weights)
    if kind == ".tflite":
        with path.open("rb") as file:
            if file.read(8)[4:] != _TFLITE_MARK:
                raise _unreadable(path, "it is no TensorFlow Lite model, or damaged; fetch it again")
    return (path,)


def _onnx_parts(path: Path) -> list[Path]:
    try:
        stretches = external_data(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, "it is no ONNX model, or cut off or damaged; fetch it again") from error
    needed: dict[Path, int] = {}
    for each in stretches:
        location = PurePosixPath(each.location)
        if not each.location or location.is_absolute() or ".." in location.parts or not each.location.isprintable():
            raise ModelError(
                f"{path} keeps weights in {each.location[:80]!r}, outside its folder: that is not followed"
            )
        part = path.parent / location
        needed[part] = max(needed.get(part, 0), each.end)
    for part, size in needed.items():
        _check_part(path, part, size)
    return sorted(needed)


def _needed_by_xml(path: Path) -> int:
    """How long the weights of an OpenVINO model must be."""
    with path.open("rb") as file:
        text = file.read(_LARGEST_XML)
    if b"</net>" not in text:
        raise _unreadable(path, "it is cut off; fetch it again")
    return max((int(offset) + int(size) for offset, size in _STRETCH.findall(text)), default=0)


def _check_part(model: Path, part: Path, needed: int) -> None:
    """Whether a file of weights is there and long enough."""
    if not _is_file(part):
        raise ModelError(f"{part}: there is no such file, and {model.name} keeps its weights in it; put it there")
    size = part.stat().st_size
    if needed and (problem := foreign(part, raw=True)) is not None:
        raise ModelError(f"{part} does not hold the weights of {model.name}: {problem}")
    if size < needed:
        raise ModelError(f"{part} is cut off: {size} bytes, and {model.name} needs {needed}; fetch it again")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _unreadable(path: Path, why: str) -> ModelError:
    return ModelError(f"{path} is not a model that OpenVINO can read: {why}")


def sha256_of(path: Path) -> str:
    """Of a model file and of what it keeps its weights in.

    Raises:
        ModelError: one of them is missing, or cannot be read.
    """
    alone = hash_file(path)
    parts = parts_of(path)
    return hash_file(*parts) if len(parts) > 1 else alone
