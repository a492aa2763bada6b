"""Requests and answers of the protocol as bytes: JSON numbers, or the binary tensor extension where a server has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt

from tui.depth.engines.network import Batch
from tui.errors import ModelError

DTYPES: Final[Mapping[str, np.dtype[np.generic]]] = {
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "UINT8": np.dtype("<u1"),
    "UINT16": np.dtype("<u2"),
    "INT16": np.dtype("<i2"),
    "UINT32": np.dtype("<u4"),
    "INT32": np.dtype("<i4"),
}
"""Datatypes of the protocol that a map may have; by the binary extension each is little-endian, row by row."""

_HEADER_LENGTH = "Inference-Header-Content-Length"
_MOST_HEADER = 65_536
_MOST_NUMBER_BYTES = 32
"""Of a number as text with what stands around it; a float64 written out needs 25."""

_MOST_ENLARGED = 4
"""A map has at most so many times the pixels of the network's input: twice its sides."""


@dataclass(frozen=True, slots=True)
class Request:
    """Ready to be sent."""

    content: bytes
    headers: dict[str, str]


def most_bytes(batch: Batch) -> int:
    """The longest answer to this input that can be a map."""
    return _MOST_HEADER + _MOST_ENLARGED * _MOST_NUMBER_BYTES * (batch.size // 3)


def encode(batch: Batch, datatype: str, names: tuple[str, str], *, binary: bool) -> Request:
    """An inference request.

    Args:
        batch: the input, (1, 3, h, w) or (1, h, w, 3).
        datatype: of the input, as the protocol names it; one of `DTYPES`.
        names: of the input and of the output that is wanted.
        binary: by the binary tensor extension, there and back.
    """
    values = np.ascontiguousarray(batch.astype(DTYPES[datatype], copy=False))
    tensor: dict[str, object] = {"name": names[0], "shape": list(values.shape), "datatype": datatype}
    output: dict[str, object] = {"name": names[1]}
    if not binary:
        tensor["data"] = []
        # A name cannot look like that: quotes in it are escaped.
        content = _header(tensor, output).replace(b',"data":[]', b',"data":[' + _numbers(values) + b"]", 1)
        return Request(content, {"Content-Type": "application/json"})
    tensor["parameters"] = {"binary_data_size": values.nbytes}
    output["parameters"] = {"binary_data": True}
    header = _header(tensor, output)
    return Request(
        header + values.tobytes(), {"Content-Type": "application/octet-stream", _HEADER_LENGTH: str(len(header))}
    )


def decode(headers: Mapping[str, str], content: bytes, output: str) -> npt.NDArray[np.generic]:
    """The named output of an answer, in the shape that it says.

    Raises:
        ModelError: the answer is none, or what it says of itself does not hold.
    """
    length = _header_length(headers, len(content))
    text, rest = content[:length], content[length:]
    table = parse_object(text, "the answer")
    outputs = table.get("outputs")
    if not isinstance(outputs, list):
        raise ModelError("the answer has no outputs")
    at, found = 0, None
    for each in outputs:
        if not isinstance(each, dict):
            raise ModelError("the answer's outputs are not as the protocol says")
        size = _binary_size(each)
        if each.get("name") == output:
            if found is not None:
                raise ModelError(f"the answer has output {output!r:.80} twice")
            found = _tensor(each, None if size is None else rest[at : at + size])
        at += size or 0
    if at != len(rest):
        raise ModelError(f"the answer should have {at} bytes of numbers, and has {len(rest)}")
    if found is None:
        raise ModelError(f"the answer lacks output {output!r:.80}")
    return found


def _numbers(values: npt.NDArray[np.generic]) -> bytes:
    """Numbers as JSON has them, but for the brackets.

    A picture has few different ones, each written once; the json module would hold the interpreter's lock, and with it
    the interface, for a tenth of a second.
    """
    different, places = np.unique(values, return_inverse=True)
    texts = [str(each) for each in different]
    return ",".join([texts[place] for place in places.ravel().tolist()]).encode()


def _header(tensor: Mapping[str, object], output: Mapping[str, object]) -> bytes:
    # The id may be left out by the protocol, but KServe's server fails to answer without one.
    return json.dumps({"id": "map", "inputs": [tensor], "outputs": [output]}, separators=(",", ":")).encode()


def parse_object(text: bytes, what: str) -> dict[str, object]:
    """A JSON object.

    Raises:
        ModelError: it is none.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{what} is not JSON") from error
    if not isinstance(found, dict):
        raise ModelError(f"{what} is no JSON object")
    return found


def _header_length(headers: Mapping[str, str], size: int) -> int:
    written = headers.get(_HEADER_LENGTH, headers.get(_HEADER_LENGTH.lower()))
    if written is None:
        return size
    if not written.isdecimal() or len(written) > 12 or int(written) > size:
        raise ModelError("the answer's length of its header is wrong")
    return int(written)


def _binary_size(tensor: Mapping[str, object]) -> int | None:
    parameters = tensor.get("parameters")
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise ModelError("the answer's binary_data_size is no length")
    return size


def _tensor(tensor: Mapping[str, object], raw: bytes | None) -> npt.NDArray[np.generic]:
    datatype, shape = tensor.get("datatype"), tensor.get("shape")
    dtype = DTYPES.get(datatype) if isinstance(datatype, str) else None
    if dtype is None:
        raise ModelError(f"the answer is {datatype!r:.40}, which no map is made of")
    if not isinstance(shape, list) or not all(type(each) is int and 0 <= each <= 1 << 20 for each in shape):
        raise ModelError(f"the answer's shape is {shape!r:.80}")
    if len(shape) > 8:
        raise ModelError(f"the answer's shape is {shape!r:.80}")
    if raw is not None:
        if len(raw) != prod(shape) * dtype.itemsize:
            raise ModelError(f"the answer has {len(raw)} bytes, which are not {datatype} of shape {shape}")
        return np.frombuffer(raw, dtype=dtype).reshape(shape)
    data = tensor.get("data")
    if not isinstance(data, list):
        raise ModelError("the answer has no data")
    try:  # null is how some write NaN
        values = np.asarray(data, dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelError("the answer's data are not all numbers") from error
    if values.size != prod(shape):
        raise ModelError(f"the answer has {values.size} numbers, which are not of shape {shape}")
    return values.reshape(shape)
