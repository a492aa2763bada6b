"""Recordings, played at their own pace: pictures with the maps and readings that were made of them, or alone."""

from __future__ import annotations

import bisect
import statistics
from dataclasses import replace
from enum import Enum
from pathlib import Path

from tui.camera.frame import Frame, SourceInfo
from tui.camera.imread import decode_picture
from tui.camera.mcap_bytes import Damaged
from tui.camera.mcap_file import Channel, McapFile, Place
from tui.camera.packed_pictures import PICTURES, packed_picture
from tui.camera.played import PlayedSource, left_out
from tui.errors import InputError, SourceError, StorageError
from tui.geometry.arrays import RGBImage
from tui.storage import recorded, ros
from tui.storage.recorded import Recorded, recorded_from

_USUAL_GAP_S = 0.1
_LEAST_GAP_S = 0.01


class NoPictures(SourceError):
    """The file holds none that are packed as files; another reader may find some."""


class Kind(Enum):
    """Whose an MCAP file is."""

    OURS = 1
    """It holds readings of this program's."""
    ROS = 2
    """It holds messages of ROS 2's cameras."""
    OTHER = 3


def kind_of(path: Path) -> Kind:
    """Whose it is.

    Raises:
        SourceError: it cannot be read.
    """
    file = McapFile(path)
    file.close()
    channels = file.channels.values()
    if any(channel.topic == recorded.READING for channel in channels):
        return Kind.OURS
    return Kind.ROS if any(channel.schema.startswith("sensor_msgs/") for channel in channels) else Kind.OTHER


def open_recording(path: Path, spec: str) -> PlayedSource:
    """Play an MCAP file: frames with the maps and readings that were made of them, or other programs' pictures alone.

    Raises:
        NoPictures: it holds none of these.
        SourceError: it cannot be read.
    """
    film = RecordingFilm(path)
    info = SourceInfo(spec, path.name, live=False, still=film.count == 1)
    first = [film]
    note = f"{path.name}: {film.problem}" if film.problem else ""
    return PlayedSource(info, lambda: first.pop() if first else RecordingFilm(path), note)


class RecordingFilm:
    """One run through a recording's pictures, in the order of their times.

    Raises:
        NoPictures: there are none.
        SourceError: it cannot be read, or none of them can.
    """

    def __init__(self, path: Path) -> None:
        self._file = McapFile(path)
        self._label = path.name
        self.problem = self._file.problem
        """What is wrong with the file, in words; empty if nothing is."""
        try:
            self._pictures = _picture_channel(self._file)
            self._images = self._file.places[self._pictures.number]
            self._check()
        except SourceError:
            self._file.close()
            raise
        self._beside = {topic: _by_time(self._file, topic) for topic in (recorded.READING, recorded.MAP)}
        first_ns = self._images[0].at_ns
        self._times_s = [(place.at_ns - first_ns) / 1e9 for place in self._images]
        gaps_s = [after - before for before, after in zip(self._times_s, self._times_s[1:], strict=False)]
        self.period_s = max(_LEAST_GAP_S, statistics.median(gaps_s)) if gaps_s else _USUAL_GAP_S
        self.length_s: float | None = self._times_s[-1] + self.period_s
        self._at = -1
        self._left_out: set[int] = set()

    @property
    def count(self) -> int:
        """Of its pictures."""
        return len(self._images)

    @property
    def at_s(self) -> float:
        """See `Film`."""
        return self._times_s[max(0, self._at)]

    def step(self) -> bool:
        """See `Film`."""
        if self._at + 1 >= len(self._images):
            return False
        self._at += 1
        return True

    def back(self) -> bool:
        """See `Film`."""
        if self._at <= 0:
            return False
        self._at -= 1
        return True

    def seek(self, to_s: float) -> None:
        """See `Film`."""
        self._at = min(bisect.bisect_left(self._times_s, to_s), len(self._images) - 1)

    def image(self) -> RGBImage | None:
        """See `Film`."""
        image = self._decoded(self._at)
        if image is None:
            self._left_out.add(self._at)
        return image

    def dressed(self, frame: Frame) -> Frame:
        """See `Film`."""
        found, problem = self._recorded(self._images[self._at], frame.image)
        note = "; ".join(filter(None, (frame.note, problem)))
        return replace(frame, note=note, mounted=None if found is None else found.mounted, recorded=found)

    def faults(self) -> str:
        """See `Film`."""
        return left_out(len(self._left_out))

    def release(self) -> None:
        """See `Film`."""
        self._file.close()

    def _check(self) -> None:
        """See whether any of the pictures can be read.

        Raises:
            SourceError: none can.
        """
        if all(self._decoded(number) is None for number in range(len(self._images))):
            raise SourceError(f"{self._label}: no picture in it can be read")

    def _decoded(self, number: int) -> RGBImage | None:
        try:
            packed = packed_picture(self._pictures, self._file.message(self._images[number]))
            return decode_picture(packed, self._label)
        except (Damaged, StorageError, InputError):
            return None

    def _recorded(self, place: Place, image: RGBImage) -> tuple[Recorded | None, str]:
        """What was recorded with a picture, and what is wrong with it."""
        beside = [self._beside[topic].get(place.at_ns) for topic in (recorded.READING, recorded.MAP)]
        if None in beside:
            return None, ""
        reading, depth = (self._file_message(each) for each in beside if each is not None)
        if reading is None or depth is None:
            return None, f"{self._label}: the readings of a frame are damaged"
        height, width = image.shape[:2]
        try:
            found = recorded_from(ros.text_of(reading), ros.map_of(depth))
        except StorageError as error:
            return None, f"{self._label}: {error}"
        size = found.map.picture_size if found.map.enlarging != "none" else found.map.small.shape[::-1]
        sound = found.map.enlarging in {"none", "linear", "cubic"} and size == (width, height)
        if not sound or (found.mounted is not None and found.mounted.size != (width, height)):
            return None, f"{self._label}: a recorded map does not fit its picture"
        return found, ""

    def _file_message(self, place: Place) -> bytes | None:
        try:
            return self._file.message(place)
        except Damaged:
            return None


def _by_time(file: McapFile, topic: str) -> dict[int, Place]:
    return {
        place.at_ns: place
        for channel in file.channels.values()
        if channel.topic == topic
        for place in file.places.get(channel.number, ())
    }


def _picture_channel(file: McapFile) -> Channel:
    """The channel to play: our own, else the one with most pictures.

    Raises:
        NoPictures: there is none.
    """
    found = [
        channel
        for channel in file.channels.values()
        if (channel.schema, channel.encoding) in PICTURES and file.places.get(channel.number)
    ]
    colours = [channel for channel in found if "depth" not in channel.topic.casefold()] or found
    if not colours:
        topics = ", ".join(sorted(f"{each.topic} ({each.schema or each.encoding})" for each in file.channels.values()))
        why = f"; {file.problem}" if file.problem else ""
        held = f"holds no pictures that can be played, but {topics}" if topics else "holds no picture"
        raise NoPictures(f"{file.path}: {held}{why}")
    own = [channel for channel in colours if channel.topic == recorded.IMAGE]
    return (own or sorted(colours, key=lambda each: -len(file.places[each.number])))[0]
