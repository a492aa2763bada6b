"""What was measured belongs to one scene: a source, or one still of a folder. Coming back finds it again."""

from __future__ import annotations

from tui.camera.frame import Frame, SourceInfo
from tui.session import Session

Scene = tuple[str, str]
"""The source's spec, and the still's name in a folder."""


class Scenes:
    """Keeps the session of every scene that was shown."""

    def __init__(self) -> None:
        self._current: Scene | None = None
        self._sessions: dict[Scene, Session] = {}

    def enter(self, frame: Frame, info: SourceInfo | None, session: Session) -> Session:
        """The session for the scene that the frame belongs to; `session` itself while that does not change."""
        scene = (info.spec if info else "", frame.name if info and info.still else "")
        if scene == self._current:
            return session
        left, self._current = self._current, scene
        if left is None:
            return session
        self._sessions[left] = session
        return self._sessions.get(scene, session.fresh())
