"""Recording from the main screen: started and stopped with one key, its cost in the status line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tui.instrument.instrument import Instrument
from tui.instrument.said import Severity
from tui.storage.paths import captures_dir

if TYPE_CHECKING:
    from tui.records.recording import Recording

_CLOSE_S = 2.0
"""So long a disk that hangs may hold up the screen."""


class Recorder:
    """Records what the instrument reads, into the folder of captures.

    Args:
        instrument: whose readings are recorded; its voice says what there is to say.
    """

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._recording: Recording | None = None

    def toggle(self) -> None:
        """Begin, or end.

        Raises:
            StorageError: the file cannot be made.
        """
        if self._recording is not None:
            self.stop()
            return
        from tui.records.recording import Recording  # with the writer, which few sessions need
        from tui.records.rolling import Limits

        path = captures_dir() / f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}.mcap"
        self._recording = Recording(path, Limits())
        self._instrument.voice.say(f"recording, C ends it: {self._recording.status.path}")
        self.follow()

    def follow(self) -> None:
        """Record what is read now, if it is new; say why the recording has ended, if it has."""
        recording = self._recording
        if recording is None:
            return
        recording.take(self._instrument.reading, self._instrument.session)
        if problem := recording.status.problem:
            self._recording = None
            recording.close(0.0)
            self._instrument.voice.say(problem, Severity.ERROR)

    def stop(self) -> None:
        """End it, so that it is whole on the disk; nothing if there is none."""
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.close(_CLOSE_S)
            status = recording.status
            frames = f"{status.frames} frame{'' if status.frames == 1 else 's'}"
            said = status.problem or f"recorded {frames} to {status.path}"
            self._instrument.voice.say(said, Severity.ERROR if status.problem else Severity.INFO)

    @property
    def words(self) -> str:
        """What it costs so far; empty while nothing is recorded."""
        return "" if self._recording is None else self._recording.status.words
