"""Recordings, played at their own pace: pictures with the maps and readings that were made of them, or alone."""

from __future__ import annotations

import bisect
import statistics
import threading
import time
from pathlib import Path

from tui.camera.clip import RESUME_AFTER_S
from tui.camera.frame import Frame, Position, SourceInfo
from tui.camera.imread import decode_picture
from tui.camera.mcap_file import Channel, Damaged, McapFile, Place
from tui.camera.packed_pictures import PICTURES, packed_picture
from tui.errors import InputError, SourceEnded, SourceError, StorageError
from tui.geometry.arrays import RGBImage
from tui.storage import recorded, ros
from tui.storage.recorded import Recorded, recorded_from

_USUAL_GAP_S = 0.1
_LEAST_GAP_S = 0.01
_LONGEST_WAIT_S = 3600.0
"""A damaged file may put its next frame centuries on, for which no clock can wait at once."""


class RecordingSource:
    """An MCAP file at its own pace, over and over; frames that are late are skipped, damaged ones left out.

    It is `Steerable`. Other programs' files play too, where they hold pictures that are packed as files; they bring no
    maps.

    Raises:
        SourceError: it cannot be read, or holds no pictures.
    """

    def __init__(self, path: Path, spec: str) -> None:
        self._file = McapFile(path)
        try:
            self._pictures = _picture_channel(self._file)
        except SourceError:
            self._file.close()
            raise
        self._images = self._file.places[self._pictures.number]
        self._beside = {topic: _by_time(self._file, topic) for topic in (recorded.READING, recorded.MAP)}
        first_ns = self._images[0].at_ns
        self._times_s = [(place.at_ns - first_ns) / 1e9 for place in self._images]
        gaps_s = [after - before for before, after in zip(self._times_s, self._times_s[1:], strict=False)]
        self._end_gap_s = max(_LEAST_GAP_S, statistics.median(gaps_s)) if gaps_s else _USUAL_GAP_S
        self.info = SourceInfo(spec, path.name, live=False, still=len(self._images) == 1)
        self._note = f"{path.name}: {self._file.problem}" if self._file.problem else ""
        self._changed = threading.Condition()
        self._reading = threading.Lock()
        self._closed = self._held = False
        self._next, self._last = 0, 0
        self._jumped = True
        """Whether the next frame is due at once, whatever its time."""
        self._began_at_s = 0.0
        """When the first frame was due, or would have been."""
        self._index = 0
        self._backwards = False
        """Whether what cannot be read at the end is looked for before it."""
        self._failed = 0
        """Frames that could not be read since one could."""

    def read(self) -> Frame:
        """Wait until the next frame is due, and return it."""
        while True:
            index = self._turn()
            with self._reading:
                frame = None if self._closed else self._frame(index)
            self._release_if_closed()
            if frame is not None:
                self._failed, self._backwards = 0, False
                return frame
            self._failed += 1
            if self._failed > len(self._images):
                raise SourceError(f"{self.info.label}: no picture in it can be read")
            with self._changed:
                if self._held and not self._jumped:  # where it stands there is nothing: the nearest that there is
                    self._backwards |= self._next >= len(self._images)
                    self._go(index - 1 if self._backwards else self._next)

    def close(self) -> None:
        """Wake `read` and let go of the file."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._release_if_closed()

    @property
    def position(self) -> Position:
        """See `Steerable`."""
        with self._changed:
            return Position(self._times_s[self._last], self._times_s[-1], self._held)

    def hold(self, held: bool) -> None:
        """See `Steerable`."""
        with self._changed:
            self._held = held
            self._began_at_s = time.monotonic() - self._times_s[self._last]
            self._changed.notify_all()

    def step(self, frames: int) -> None:
        """See `Steerable`."""
        with self._changed:
            self._held = True
            self._go(self._last + frames)

    def seek(self, to_s: float) -> None:
        """See `Steerable`."""
        with self._changed:
            self._go(bisect.bisect_right(self._times_s, to_s) - 1)

    def _go(self, index: int) -> None:
        # The frame counts as delivered at once, so that steps that come faster than frames add up.
        self._next = self._last = max(0, min(len(self._images) - 1, index))
        self._jumped = True
        self._changed.notify_all()

    def _release_if_closed(self) -> None:
        # Never from under a read that is inside the file: then that read does it on its way out.
        if self._closed and self._reading.acquire(blocking=False):
            self._file.close()
            self._reading.release()

    def _turn(self) -> int:
        """Wait until a frame is due; which one."""
        with self._changed:
            while not self._due():
                if self._closed:
                    raise SourceEnded(f"{self.info.label}: closed")
            self._last, self._next, self._jumped = self._next, self._next + 1, False
            return self._last

    def _due(self) -> bool:
        """Whether the next frame is to be delivered now; else something has changed, or some time has passed."""
        now_s, times_s = time.monotonic(), self._times_s
        if self._closed:
            return False
        if self._jumped:
            self._began_at_s = now_s - times_s[self._next]
            return True
        if self._held or self.info.still:
            self._changed.wait()
            return False
        if self._next >= len(times_s):
            self._next = 0
            self._began_at_s += times_s[-1] + self._end_gap_s
            if self._began_at_s < now_s - RESUME_AFTER_S:
                self._began_at_s = now_s
            self._note = f"end of {self.info.label}, starting again"
        due_s = self._began_at_s + times_s[self._next]
        if due_s > now_s:
            self._changed.wait(min(due_s - now_s, _LONGEST_WAIT_S))
            return False
        if now_s - due_s > RESUME_AFTER_S:  # whoever comes back later finds it where it was left
            self._began_at_s = now_s - times_s[self._next]
        while self._next + 1 < len(times_s) and self._began_at_s + times_s[self._next + 1] <= now_s:
            self._next += 1  # late by a frame: the next one is nearer to the truth
        return True

    def _frame(self, number: int) -> Frame | None:
        """A frame with what was recorded of it; None if it cannot be read."""
        place, at_s = self._images[number], self._times_s[number]
        try:
            image = decode_picture(packed_picture(self._pictures, self._file.message(place)), self.info.label)
        except (Damaged, StorageError, InputError):
            return None
        found, problem = self._recorded(place, image)
        note, self._note = "; ".join(filter(None, (self._note, problem))), ""
        index, self._index = self._index, self._index + 1
        minutes, seconds = divmod(at_s, 60)
        return Frame(
            image,
            index,
            time.monotonic(),
            name=f"{minutes:.0f}:{seconds:04.1f}",
            note=note,
            mounted=None if found is None else found.mounted,
            recorded=found,
        )

    def _recorded(self, place: Place, image: RGBImage) -> tuple[Recorded | None, str]:
        """What was recorded with a picture, and what is wrong with it."""
        beside = [self._beside[topic].get(place.at_ns) for topic in (recorded.READING, recorded.MAP)]
        if None in beside:
            return None, ""
        reading, depth = (self._file_message(each) for each in beside if each is not None)
        if reading is None or depth is None:
            return None, f"{self.info.label}: the readings of a frame are damaged"
        height, width = image.shape[:2]
        try:
            found = recorded_from(ros.text_of(reading), ros.map_of(depth))
        except StorageError as error:
            return None, f"{self.info.label}: {error}"
        size = found.map.picture_size if found.map.enlarging != "none" else found.map.small.shape[::-1]
        sound = found.map.enlarging in {"none", "linear", "cubic"} and size == (width, height)
        if not sound or (found.mounted is not None and found.mounted.size != (width, height)):
            return None, f"{self.info.label}: a recorded map does not fit its picture"
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
        SourceError: there is none.
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
        raise SourceError(f"{file.path}: holds no pictures that can be played, but {topics or 'nothing'}{why}")
    own = [channel for channel in colours if channel.topic == recorded.IMAGE]
    return (own or sorted(colours, key=lambda each: -len(file.places[each.number])))[0]
