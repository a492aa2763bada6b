"""ROS 2 bags, sqlite3 and MCAP, as sources: one topic of pictures at its own pace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tui.camera.frame import SourceInfo
from tui.camera.played import PlayedSource
from tui.camera.ros_picture import (
    Developer,
    RosCameraInfo,
    RosCompressed,
    RosImage,
    compressed_picture,
    intrinsics_of_info,
    is_colour,
)
from tui.errors import DepthTuiError, InputError, SourceError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics

if TYPE_CHECKING:
    from rosbags.interfaces import Connection
    from rosbags.rosbag2 import Reader
    from rosbags.typesys.store import Typestore

BAG_SUFFIXES = frozenset({".db3", ".mcap"})
"""Of the single files of a bag."""

_METADATA = "metadata.yaml"
_ROS_1 = b"#ROSBAG V"
_MARK = b"rosbag2_bagfile_information"
_RAW, _COMPRESSED, _INFO = (f"sensor_msgs/msg/{name}" for name in ("Image", "CompressedImage", "CameraInfo"))
_NS = 1_000_000_000
_MARGINS_S = (1, 8, 64)
"""How far before a message the one before it is looked for, in turn, until there is one."""
_FIRST = 10
"""Messages of which one must hold a picture, for a topic to be one of pictures."""
_SHORTEST_S = 0.001
_USUAL_S = 1 / 30
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
        return path.suffix.lower() in BAG_SUFFIXES
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
    path = Path(name).expanduser()
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


class BagFilm:
    """One run through the pictures of one topic, in the order of their stamps.

    Raises:
        SourceError: damaged, or no pictures there.
    """

    def __init__(self, path: Path, topic: str) -> None:
        self._path = path
        self._topic = topic
        self.left_out = 0
        self._damaged = ""
        self._sizes: list[tuple[int, int]] = []
        self._developer = Developer()
        self._reader = _opened(path)
        self._types = _types()
        self._is_open = True
        self._later: Iterator[tuple[Connection, int, bytes]] = iter(())
        with _one_line(path, self.release):
            self._connections = [each for each in self._reader.connections if each.topic == topic]
            last = self._last_before(None)
            if not self._connections or last is None:
                raise SourceError(f"{path}: no pictures in {topic}")
            self._now = self._go_to(None, 0)
            self._begin_ns = self._now[0]
        count, span_s = sum(each.msgcount for each in self._connections), (last[0] - self._begin_ns) / _NS
        self.period_s = max(_SHORTEST_S, span_s / (count - 1) if count > 1 else _USUAL_S)
        self.length_s: float | None = span_s + self.period_s
        self._is_first = True

    @property
    def at_s(self) -> float:
        """Time of the message that it is at, from the first one."""
        return (self._now[0] - self._begin_ns) / _NS

    def step(self) -> bool:
        """Go to the next message; False at the end, and where the bag is damaged."""
        if self._is_first:
            self._is_first = False
            return True
        try:
            message = next(self._later, None)
        except Exception as error:  # noqa: BLE001 - the readers raise anything on broken data
            self._damaged = f"damaged from {self.at_s:.1f} s on ({_reason(error)})"
            return False
        if message is None:
            return False
        connection, at_ns, data = message
        number = self._now[1] + 1 if at_ns == self._now[0] else 0
        self._now, self._message = (at_ns, number), (connection, data)
        return True

    def back(self) -> bool:
        """Go to the message before; False at the beginning."""
        at_ns, number = self._now
        with _one_line(self._path):
            before = (at_ns, number - 1) if number else self._last_before(at_ns)
            if before is None:
                return False
            self._now = self._go_to(*before)
        return True

    def seek(self, to_s: float) -> None:
        """Go to the first message that is not before that time, or to the last one."""
        self._is_first = False
        with _one_line(self._path):
            try:
                self._now = self._go_to(self._begin_ns + round(to_s * _NS), 0)
            except StopIteration:
                last = self._last_before(None)
                if last is not None:
                    self._now = self._go_to(*last)

    def image(self) -> RGBImage | None:
        """The picture of the message, RGB, uint8, shape (H, W, 3); None, and counted, if it is damaged."""
        try:
            with _one_line(self._path):
                image = _picture(self._types, self._developer, *self._message, f"{self._path}#{self._topic}")
        except DepthTuiError:
            self.left_out += 1
            return None
        size = (image.shape[1], image.shape[0])
        if not self._sizes or self._sizes[-1] != size:
            self._sizes.append(size)
        return image

    def changed_size(self) -> str:
        """A note if the picture taken last has another size than those before it; asked once a picture."""
        if len(self._sizes) < 2:
            return ""
        (width, height), (new_width, new_height) = self._sizes[-2:]
        del self._sizes[:-1]
        return f"{self._topic}: its pictures change from {width}x{height} to {new_width}x{new_height}"

    def faults(self) -> str:
        """At the end: what is missing; empty if nothing is."""
        left_out = f"{self.left_out} damaged pictures are left out" if self.left_out else ""
        return "; ".join(filter(None, (left_out, self._damaged)))

    def release(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._is_open:
            self._is_open = False
            self._reader.close()

    def _go_to(self, at_ns: int | None, number: int) -> tuple[int, int]:
        """To the so-manieth message from a stamp on; None: from the beginning.

        Raises:
            StopIteration: there is none.
        """
        self._later = self._reader.messages(self._connections, start=at_ns)
        for _ in range(number + 1):
            connection, found_ns, data = next(self._later)
        self._message = connection, data
        return found_ns, number

    def _last_before(self, stop_ns: int | None) -> tuple[int, int] | None:
        """Stamp, and number among those of the same stamp, of the last message before; None: of all."""
        end_ns = self._reader.end_time if stop_ns is None else stop_ns
        for start_ns in (*(end_ns - margin_s * _NS for margin_s in _MARGINS_S), None):
            found: tuple[int, int] | None = None
            for _, at_ns, _ in self._reader.messages(self._connections, start=start_ns, stop=stop_ns):
                found = (at_ns, found[1] + 1 if found is not None and found[0] == at_ns else 0)
            if found is not None:
                return found
        return None


def _look_into(path: Path, topic: str) -> _Found:
    reader, types = _opened(path), _types()
    with _one_line(path, reader.close):
        topics: dict[str, list[Connection]] = {}
        for each in reader.connections:
            if each.msgtype in (_RAW, _COMPRESSED):
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
        if connection.msgtype == _COMPRESSED:
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
            with _one_line(Path(name)):
                return _picture(types, Developer(), connection, data, name)
        except DepthTuiError as error:
            reason = reason or error
    raise reason or InputError(f"{name}: no pictures")


def _picture(types: Typestore, developer: Developer, connection: Connection, data: bytes, name: str) -> RGBImage:
    message = types.deserialize_cdr(data, connection.msgtype)
    if connection.msgtype == _COMPRESSED:
        return compressed_picture(cast("RosCompressed", message), name)
    return developer.picture(cast("RosImage", message), name)


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


def _opened(path: Path) -> Reader:
    try:
        from rosbags.rosbag2 import Reader
    except ImportError as error:
        raise SourceError(f"{path}: playing ROS 2 bags needs rosbags: pip install 'depth-tui[ros]'") from error
    with _one_line(path):
        reader = Reader(path.resolve())
        reader.open()
    return reader


def _types() -> Typestore:
    from rosbags.typesys import Stores, get_typestore

    return get_typestore(Stores.ROS2_HUMBLE)


def _files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if BAG_SUFFIXES & set(each.suffixes))


@contextmanager
def _one_line(path: Path, on_failure: Callable[[], None] | None = None) -> Iterator[None]:
    """Whatever the readers raise on broken data becomes one line; the file is let go of first."""
    try:
        yield
    except Exception as error:
        if on_failure is not None:
            on_failure()
        if isinstance(error, InputError):
            raise SourceError(str(error)) from error
        if isinstance(error, DepthTuiError):
            raise
        if isinstance(error, OSError):
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        raise SourceError(f"{path}: damaged, cut off or no ROS 2 bag ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
