"""What the pipeline has to say: once, and that it is cured."""

from __future__ import annotations

from tui.instrument.said import Severity, Voice
from tui.pipeline.capture import CaptureStage
from tui.pipeline.pipeline import Pipeline, Snapshot

NOTE = "frame"
"""What a source says of one of its frames is about this."""


class Hearing:
    """Passes on what goes wrong with the source and the model, and what they have to tell.

    Args:
        pipeline: has notes of frames.
        voice: is told.
    """

    def __init__(self, pipeline: Pipeline, voice: Voice) -> None:
        self._pipeline = pipeline
        self._voice = voice
        self._wrong: dict[str, str] = {}
        """What stands as an error, by what it is about."""

    def hear(self, snapshot: Snapshot) -> None:
        """What is new of the pipeline."""
        capture = snapshot.capture
        running = capture.stage is CaptureStage.RUNNING
        for key, text, severity in (
            ("source", capture.message, Severity.INFO if running else Severity.ERROR),
            ("depth", snapshot.inference_error, Severity.ERROR),
        ):
            wrong = text if severity is Severity.ERROR else ""
            if (before := self._wrong.get(key, "")) and not wrong:
                self._voice.cured(key, before)
            self._wrong[key] = wrong
            self._voice.say_once(text, severity, key)
        for note in self._pipeline.heard():
            self._voice.say(note, key=NOTE)
        for note in snapshot.model_notes:
            self._voice.say_once(note, Severity.WARNING)
