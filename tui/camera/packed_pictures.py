"""Pictures packed as files in the messages of a log: ROS 2's and Foxglove's."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable

from tui.camera.mcap_file import Channel
from tui.errors import StorageError
from tui.storage.ros import COMPRESSED_IMAGE, picture_of

_FOXGLOVE = "foxglove.CompressedImage"
_DATA_FIELD = 2
"""Number of the picture in Foxglove's protobuf message."""


def packed_picture(channel: Channel, message: bytes) -> bytes:
    """The file within a message of one of `PICTURES`.

    Raises:
        StorageError: there is none in it.
    """
    return PICTURES[channel.schema, channel.encoding](message)


def _from_json(message: bytes) -> bytes:
    try:
        return base64.b64decode(json.loads(message)["data"], validate=True)
    except (ValueError, RecursionError, KeyError, TypeError, binascii.Error) as error:
        raise StorageError("a picture that is no JSON with base64") from error


def _from_protobuf(message: bytes) -> bytes:
    """Walk over the fields: each is a number, or so many bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        match key & 7:
            case 0:
                _, at = _varint(message, at)
            case 1:
                at += 8
            case 2:
                length, begin = _varint(message, at)
                at = begin + length
                if key >> 3 == _DATA_FIELD and at <= len(message):
                    return message[begin:at]
            case 5:
                at += 4
            case _:
                break
    raise StorageError("a message without a picture")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise StorageError("a message that is cut off")


PICTURES: dict[tuple[str, str], Callable[[bytes], bytes]] = {
    (COMPRESSED_IMAGE, "cdr"): picture_of,
    (_FOXGLOVE, "json"): _from_json,
    (_FOXGLOVE, "protobuf"): _from_protobuf,
}
"""By schema and encoding."""
