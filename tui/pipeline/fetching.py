"""A download in a thread of its own, so that leaving never waits for a server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui.errors import DepthTuiError

Fetch = Callable[[Callable[[int, int | None], None], threading.Event], Path]
"""Downloads; is given a progress callback (bytes so far, total if known) and an event that cancels it."""


@dataclass(frozen=True, slots=True)
class FetchStatus:
    """One frozen view of a download."""

    done_bytes: int = 0
    total_bytes: int | None = None
    path: Path | None = None
    """Where the finished file lies; None until then."""
    error: str = ""


class Fetching:
    """Runs one download in a daemon thread."""

    def __init__(self, fetch: Fetch, changed: Callable[[], None]) -> None:
        self._fetch = fetch
        self._changed = changed
        self._cancel = threading.Event()
        self.status = FetchStatus()
        self._thread = threading.Thread(target=self._run, name="tui-fetch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop after the block under way; what was downloaded stays for the next try."""
        self._cancel.set()

    def _progress(self, done_bytes: int, total_bytes: int | None) -> None:
        self.status = FetchStatus(done_bytes, total_bytes)
        self._changed()

    def _run(self) -> None:
        try:
            path = self._fetch(self._progress, self._cancel)
        except DepthTuiError as error:
            self.status = FetchStatus(error=str(error))
        else:
            self.status = FetchStatus(self.status.done_bytes, self.status.total_bytes, path)
        if not self._cancel.is_set():
            self._changed()
