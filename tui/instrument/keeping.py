"""What was measured is on disk as soon as it is made, whatever then ends the program."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tui.errors import StorageError
from tui.instrument.scenes import Scene
from tui.storage.kept import Kept, load_kept, save_kept, set_aside_unreadable
from tui.storage.paths import from_home


def place_of(scene: Scene) -> str:
    """What a scene is called from start to start: a file by its whole path, anything else as it is named."""
    spec, still, mounting = scene
    try:
        path = from_home(spec)
        spec = str(path.resolve()) if spec and path.exists() else spec
    except OSError:  # a name that is too long for a path, an address say
        pass
    return f"{spec}\n{still}\n{mounting}" if mounting else f"{spec}\n{still}"


class Keeper:
    """Writes in a daemon thread of its own, the newest of each scene; a slow disk never holds up a key.

    Args:
        failed: called with why something cannot be kept or read, also in that thread; once for as long as it is so.
    """

    def __init__(self, failed: Callable[[str], None]) -> None:
        self._failed = failed
        self._unwritten: dict[str, tuple[Kept, ...]] = {}
        """The newest of each scene that is not on the disk yet; what is being written stays until it is."""
        self._due: list[str] = []
        """Scenes to be written now; what failed is tried again with whatever is kept next, and at the end."""
        self._problem = ""
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def load(self, scene: Scene) -> tuple[Kept, ...]:
        """What was kept of a scene; what cannot be read is said, and moved out of the way."""
        place = place_of(scene)
        with self._changed:
            if place in self._unwritten:
                return self._unwritten[place]
        try:
            return load_kept(place)
        except StorageError as error:
            aside = set_aside_unreadable(place)
            self._failed(f"{error} (moved to {aside})" if aside is not None else str(error))
            return ()

    def keep(self, scene: Scene, kept: tuple[Kept, ...]) -> None:
        """Write it soon; returns at once."""
        with self._changed:
            self._unwritten[place_of(scene)] = kept
            self._due = list(self._unwritten)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tui-keep", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout_s: float = 2.0) -> None:
        """Wait until everything is written, for a while."""
        with self._changed:
            self._due = list(self._unwritten)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._due and not self._busy, timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._due))
                place = self._due.pop(0)
                kept = self._unwritten[place]
                self._busy = True
            problem = ""
            try:
                save_kept(place, kept)
            except StorageError as error:
                problem = str(error)
            except Exception as error:  # noqa: BLE001 - what is kept next must be tried all the same, and this be said
                problem = f"{type(error).__name__}: {error}"
            with self._changed:
                if not problem and self._unwritten[place] is kept:
                    del self._unwritten[place]
                    self._due = [each for each in self._due if each != place]
            if problem and problem != self._problem:
                self._failed(f"what was measured cannot be kept: {problem}")
            self._problem = problem
