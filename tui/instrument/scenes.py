"""What was measured belongs to one scene: a source, or one still of a folder. Coming back finds it again."""

from __future__ import annotations

from typing import NamedTuple

from tui.camera.frame import Frame, SourceInfo
from tui.instrument.history import History
from tui.instrument.session import Session


class Scene(NamedTuple):
    """Where pixels mean the same things from frame to frame."""

    spec: str
    """The source's."""
    still: str = ""
    """Its name in a folder."""
    mounting: str = ""
    """How pictures are turned and cropped, in words."""


def scene_of(frame: Frame, info: SourceInfo | None) -> Scene:
    """Which scene a frame belongs to."""
    mounting = "" if frame.mounted is None else str(frame.mounted)
    return Scene(info.spec if info else "", frame.name if info and info.still else "", mounting)


class Scenes:
    """Keeps the session of every scene that was shown, and what can be undone in it."""

    def __init__(self) -> None:
        self.current: Scene | None = None
        self.history = History()
        """Of the current scene."""
        self._left: dict[Scene, tuple[Session, History]] = {}

    def enter(self, scene: Scene, session: Session) -> Session:
        """The session for a scene; `session` itself where it stays, and at the first one."""
        if scene == self.current:
            return session
        left, self.current = self.current, scene
        if left is None:
            return session
        self._left[left] = (session, self.history)
        if scene in self._left:
            found, self.history = self._left[scene]
            return found
        self.history = History()
        return session.fresh()
