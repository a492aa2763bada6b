"""ROS 2 bags, sqlite3 and MCAP, as sources: one topic of pictures at its own pace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tui.camera.bag_film import COMPRESSED, BagFilm, message_types, one_line, open_reader, picture_of
from tui.camera.frame import SourceInfo
from tui.camera.played import PlayedSource
from tui.camera.ros_picture import Developer, RosCameraInfo, RosCompressed, RosImage, intrinsics_of_info, is_colour
from tui.errors import DepthTuiError, InputError, SourceError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from rosbags.interfaces import Connection
    from rosbags.rosbag2 import Reader
    from rosbags.typesys.store import Typestore

BAG_SUFFIXES = frozenset({".db3", ".mcap"})
"""Of the single files of a bag."""

_METADATA = "metadata.yaml"
_ROS_1 = b"#ROSBAG V"
_MARK = b"rosbag2_bagfile_information"
_RAW, _INFO = "sensor_msgs/msg/Image", "sensor_msgs/msg/CameraInfo"
_FIRST = 10
"""Messages of which one must hold a picture, for a topic to be one of pictures."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Found:
    """What is played of a bag."""

    topic: str
    others: tuple[str, ...]
    """Topics that hold pictures too."""
    intrinsics: Intrinsics | None


def is_bag(path: Path) -> bool:
    """Whether a folder is a bag with its metadata, or a file is named as one of a bag's.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_dir():
        return path.suffix.lower() in BAG_SUFFIXES and (path.is_file() or not path.exists())
    metadata = path / _METADATA
    if not metadata.is_file():
        return False
    with metadata.open("rb") as file:
        return _MARK in file.read(65536) or bool(_files(path))


def why_no_bag(path: Path) -> str:
    """What to say of a folder that holds a bag's files, but not what describes them, and of a bag of ROS 1; else empty.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_dir():
        with path.open("rb") as file:
            old = file.read(len(_ROS_1)) == _ROS_1
        convert = f"rosbags-convert --src {path} --dst {path.with_suffix('')}"
        return f"{path}: a bag of ROS 1; make one of ROS 2 of it with: {convert}" if old else ""
    folder, files = path, _files(path)
    if not files or (folder / _METADATA).exists():
        return ""
    return (
        f"{folder}: a bag without its {_METADATA}; name one of its files, such as {folder / files[0]}, "
        f"or make it anew with: ros2 bag reindex {folder}"
    )


def with_topic(spec: str) -> tuple[Path, str] | None:
    """The bag and the topic of `BAG#/topic`; None for another spec."""
    name, hash_, topic = spec.rpartition("#")
    path = from_home(name)
    try:
        return (path, topic) if hash_ and topic and name and path.exists() and is_bag(path) else None
    except OSError:
        return None


def open_bag(path: Path, topic: str = "", spec: str = "") -> PlayedSource:
    """Play the pictures of a bag.

    Args:
        path: a folder with its metadata.yaml, a .db3 or an .mcap file.
        topic: of the pictures; empty for the first one in colour, else the first.
        spec: what opens it again.

    Raises:
        SourceError: rosbags is missing; damaged, empty, without pictures or without such a topic; an encoding or a
            size that is not read.
    """
    found = _look_into(path, topic)
    label = path.name or str(path)
    note = ""
    if found.others:
        others = ", ".join(found.others[:_MOST_NAMED]) + (", ..." if len(found.others) > _MOST_NAMED else "")
        note = f"{label}: {found.topic} is shown; it also has {others}: --source '{path}#{found.others[0]}'"
        label += f"#{found.topic}"
    info = SourceInfo(spec or str(path), label, live=False, intrinsics=found.intrinsics)
    return PlayedSource(info, lambda: BagFilm(path, found.topic), note)


def _look_into(path: Path, topic: str) -> _Found:
    reader, types = open_reader(path), message_types()
    with one_line(path, reader.close):
        topics: dict[str, list[Connection]] = {}
        for each in reader.connections:
            if each.msgtype in (_RAW, COMPRESSED):
                topics.setdefault(each.topic, []).append(each)
        if not topics:
            held = sorted({each.topic for each in reader.connections})
            said = f"it has {', '.join(held[:_MOST_NAMED])}" if held else "it is empty"
            raise SourceError(f"{path}: no pictures in this bag (sensor_msgs Image or CompressedImage): {said}")
        wanted = topic if topic in topics else f"/{topic}"
        if topic and wanted not in topics:
            raise SourceError(f"{path}: no pictures in {topic}; it has {', '.join(topics)}")
        firsts = {
            name: list(_first(reader.messages(connections)))
            for name, connections in topics.items()
            if not topic or name == wanted
        }
        full = {name: messages for name, messages in firsts.items() if messages}
        if not full:
            raise SourceError(f"{path}: no pictures in this bag: {', '.join(firsts)} {_has(firsts)} no messages")
        chosen = wanted if topic else min(full, key=lambda name: _rank(types, *full[name][0]))
        image = _first_picture(types, full[chosen], f"{path}#{chosen}")
        intrinsics = _intrinsics(reader, types, chosen, image)
    reader.close()
    return _Found(chosen, tuple(name for name in topics if name != chosen) if not topic else (), intrinsics)


def _has(names: Iterable[str]) -> str:
    return "has" if len(list(names)) == 1 else "have"


def _first(messages: Iterator[tuple[Connection, int, bytes]]) -> Iterator[tuple[Connection, bytes]]:
    for _, (connection, _, data) in zip(range(_FIRST), messages, strict=False):
        yield connection, data


def _rank(types: Typestore, connection: Connection, data: bytes) -> int:
    """0 for a topic in colour, 1 for a grey one, 2 for what cannot be read."""
    try:
        message = types.deserialize_cdr(data, connection.msgtype)
        if connection.msgtype == COMPRESSED:
            return 0 if is_colour(cast("RosCompressed", message).format) else 1
        return 0 if is_colour(cast("RosImage", message).encoding) else 1
    except Exception:  # noqa: BLE001 - the deserialiser raises anything on broken data
        return 2


def _first_picture(types: Typestore, messages: list[tuple[Connection, bytes]], name: str) -> RGBImage:
    """The first that there is.

    Raises:
        InputError: why the first message holds none.
    """
    reason: DepthTuiError | None = None
    for connection, data in messages:
        try:
            with one_line(Path(name)):
                return picture_of(types, Developer(), connection, data, name)
        except DepthTuiError as error:
            reason = reason or error
    raise reason or InputError(f"{name}: no pictures")


def _intrinsics(reader: Reader, types: Typestore, topic: str, image: RGBImage) -> Intrinsics | None:
    """What the camera_info beside a topic says of the camera; None where there is none that can be used."""
    parts = topic.split("/")
    beside = {"/".join([*parts[:depth], "camera_info"]) for depth in (len(parts) - 1, len(parts) - 2) if depth > 0}
    connections = [each for each in reader.connections if each.msgtype == _INFO and each.topic in beside]
    first = next(iter(_first(reader.messages(connections))), None) if connections else None
    if first is None:
        return None
    try:
        info = cast("RosCameraInfo", types.deserialize_cdr(first[1], _INFO))
        height, width = image.shape[:2]
        rectified = any("rect" in part for part in parts)
        return intrinsics_of_info(info, width, height, f"{first[0].topic} of the bag", rectified=rectified)
    except Exception:  # noqa: BLE001 - the deserialiser raises anything on broken data; the pictures play without
        return None


def _files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if BAG_SUFFIXES & set(each.suffixes))
