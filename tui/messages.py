"""Bells from the threads: they carry nothing, and a later one replaces one that still waits."""

from __future__ import annotations

from textual.message import Message


class PipelineChanged(Message):
    """The pipeline's snapshot has something new: a frame, a map, a failure, a loaded model."""

    def can_replace(self, message: Message) -> bool:
        """Never queue two: whoever answers fetches the newest snapshot."""
        return isinstance(message, PipelineChanged)
