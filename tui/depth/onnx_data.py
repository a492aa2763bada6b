"""Where an .onnx file keeps its weights when it does not hold them itself.

The file is a protocol buffer (onnx.proto); only the fields on the way to a tensor's `external_data` are followed, in
the mapped file, so that neither the weights nor a library for them is loaded.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_INSIDE = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node"},
    "graph": {1: "node", 5: "tensor", 15: "sparse tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse tensor", 23: "sparse tensor"},
    "sparse tensor": {1: "tensor", 2: "tensor"},
}
"""Numbers of the fields of each message that may hold a tensor, and what kind of message they are."""

_GRAPH = 7
_EXTERNAL_DATA, _DATA_LOCATION, _EXTERNAL = 13, 14, 1
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class ExternalData:
    """One stretch of a file with weights."""

    location: str
    """The file, relative to the model's folder, as the model has it."""
    end: int
    """How many bytes of the file are needed for this."""


def external_data(model: Path) -> tuple[ExternalData, ...]:
    """Every stretch of weights outside an .onnx file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file, or not whole.
    """
    with model.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not any(number == _GRAPH for number, *_ in _fields(data, 0, len(data))):
            raise ValueError("there is no graph in it")
        return tuple(_tensors(data, 0, len(data), "model", 0))


def _tensors(data: mmap.mmap, start: int, end: int, kind: str, depth: int) -> Iterator[ExternalData]:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if kind == "tensor":
        yield from _external(data, start, end)
        return
    for number, wire, first, last in _fields(data, start, end):
        inside = _INSIDE[kind].get(number)
        if inside is not None and wire == 2:
            yield from _tensors(data, first, last, inside, depth + 1)


def _external(data: mmap.mmap, start: int, end: int) -> Iterator[ExternalData]:
    entries: dict[str, str] = {}
    outside = False
    for number, wire, first, last in _fields(data, start, end):
        if number == _DATA_LOCATION and wire == 0:
            outside = _varint(data, first, last)[0] == _EXTERNAL
        elif number == _EXTERNAL_DATA and wire == 2:
            pair = {key: data[a:b].decode("utf-8") for key, _, a, b in _fields(data, first, last)}
            entries[pair.get(1, "")] = pair.get(2, "")
    if outside:
        yield ExternalData(
            entries.get("location", ""), int(entries.get("offset") or 0) + int(entries.get("length") or 0)
        )


def _fields(data: mmap.mmap, place: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Number, wire type, and where the value begins and ends, of each field of a message."""
    while place < end:
        tag, place = _varint(data, place, end)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            last = _varint(data, place, end)[1]
        elif wire == 2:
            length, place = _varint(data, place, end)
            last = place + length
        elif wire in (1, 5):
            last = place + (8 if wire == 1 else 4)
        else:
            raise ValueError("it is no protocol buffer")
        if last > end or number == 0:
            raise ValueError("it is cut off")
        yield number, wire, place, last
        place = last


def _varint(data: mmap.mmap, place: int, end: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= end:
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("it is cut off")
