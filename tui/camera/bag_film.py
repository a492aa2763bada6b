"""One topic of a ROS 2 bag as a film: its messages in the order of their stamps, there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tui.camera.frame import Frame
from tui.camera.played import left_out
from tui.camera.ros_picture import Developer, RosCompressed, RosImage, compressed_picture
from tui.errors import DepthTuiError, InputError, SourceError
from tui.extras import ROS, why_not
from tui.geometry.arrays import RGBImage

if TYPE_CHECKING:
    from rosbags.interfaces import Connection
    from rosbags.rosbag2 import Reader
    from rosbags.typesys.store import Typestore

COMPRESSED = "sensor_msgs/msg/CompressedImage"

_NS = 1_000_000_000
_MARGINS_S = (1, 8, 64)
"""How far before a message the one before it is looked for, in turn, until there is one."""
_SHORTEST_S = 0.001
_USUAL_S = 1 / 30


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
        self._developer = Developer()
        self._reader = open_reader(path)
        self._types = message_types()
        self._is_open = True
        self._later: Iterator[tuple[Connection, int, bytes]] = iter(())
        with one_line(path, self.release):
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
        with one_line(self._path):
            before = (at_ns, number - 1) if number else self._last_before(at_ns)
            if before is None:
                return False
            self._now = self._go_to(*before)
        return True

    def seek(self, to_s: float) -> None:
        """Go to the first message that is not before that time, or to the last one."""
        self._is_first = False
        with one_line(self._path):
            try:
                self._now = self._go_to(self._begin_ns + round(to_s * _NS), 0)
            except StopIteration:
                last = self._last_before(None)
                if last is not None:
                    self._now = self._go_to(*last)

    def image(self) -> RGBImage | None:
        """The picture of the message, RGB, uint8, shape (H, W, 3); None, and counted, if it is damaged."""
        try:
            with one_line(self._path):
                image = picture_of(self._types, self._developer, *self._message, f"{self._path}#{self._topic}")
        except DepthTuiError:
            self.left_out += 1
            return None
        return image

    def dressed(self, frame: Frame) -> Frame:
        """See `Film`; nothing else is known."""
        return frame

    def faults(self) -> str:
        """At the end: what is missing; empty if nothing is."""
        return "; ".join(filter(None, (left_out(self.left_out), self._damaged)))

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


def picture_of(types: Typestore, developer: Developer, connection: Connection, data: bytes, name: str) -> RGBImage:
    """The picture in a message. Raises InputError, and what the deserialiser does: anything."""
    message = types.deserialize_cdr(data, connection.msgtype)
    if connection.msgtype == COMPRESSED:
        return compressed_picture(cast("RosCompressed", message), name)
    return developer.picture(cast("RosImage", message), name)


def open_reader(path: Path) -> Reader:
    """A bag, opened.

    Raises:
        SourceError: rosbags is missing, or the bag is damaged.
    """
    if reason := why_not(ROS):
        raise SourceError(f"{path}: playing ROS 2 bags {reason}")
    from rosbags.rosbag2 import Reader

    with one_line(path):
        reader = Reader(path.resolve())
        reader.open()
    return reader


def message_types() -> Typestore:
    """What messages look like."""
    from rosbags.typesys import Stores, get_typestore

    return get_typestore(Stores.ROS2_HUMBLE)


@contextmanager
def one_line(path: Path, on_failure: Callable[[], None] | None = None) -> Iterator[None]:
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
