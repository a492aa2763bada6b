"""The app in a pseudo-terminal, its screen as words, its frames counted."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tui.bench.watched import CELLS, frames_between
from tui.errors import DepthTuiError
from tui.terminal.measure import TerminalLink, Traffic
from tui.terminal.text_screen import TextScreen

ROWS, COLUMNS = 48, 160
WORKING = re.compile(r"(?s)^(?!.*(starting(?! again)|loading |no depth yet)).*\b(LIVE|STILL)\b")
_READY_S = 120.0


class PlayError(DepthTuiError):
    """The app did not do what was to be measured."""


class Played:
    """Runs the app on a source until the `with` block ends.

    Args:
        source: what it looks at.
        options: `bandwidth`, `fps`, `model`, `weights`, `card` and `engine`, as on the command line.
        mode: `CELLS` as it is, `FULL` with the whole screen in every update.
        rows: of the terminal.
        columns: of the terminal.
        env: on top of this process's environment.
        bytes_per_s: what the link carries; None reads at once.
    """

    def __init__(
        self,
        source: str,
        options: Mapping[str, str] | None = None,
        *,
        mode: str = CELLS,
        rows: int = ROWS,
        columns: int = COLUMNS,
        env: Mapping[str, str] | None = None,
        bytes_per_s: float | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="depth-tui-bench-")
        self._notes = Path(self._folder.name) / "frames"
        given = [f"{name}={value}" for name, value in (options or {}).items()]
        self.link = TerminalLink(
            [sys.executable, "-m", "tui.bench.watched", str(self._notes), mode, source, *given],
            rows=rows,
            columns=columns,
            env=env,
            bytes_per_s=bytes_per_s,
        )
        self._screen = TextScreen(rows, columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.link.__exit__(kind, error, trace)
        self._folder.cleanup()

    @property
    def text(self) -> str:
        """What the screen says now; what has been read is forgotten."""
        self._screen.feed(bytes(self.link.received))
        self.link.received.clear()
        return self._screen.text

    def until(self, pattern: re.Pattern[str], within_s: float) -> float:
        """Wait until the screen says something, and return how many seconds that took.

        Raises:
            PlayError: it never does.
        """
        start_s = time.monotonic()
        while pattern.search(self.text) is None:
            if self.link.ended or time.monotonic() - start_s > within_s:
                what = "the app has ended" if self.link.ended else f"not after {within_s:.0f} s"
                raise PlayError(f"the app never showed {pattern.pattern!r}: {what}\n{self.text.strip()[-2000:]}")
            # All that is there before any of it is read through: the program must not wait for its reader.
            wait_s = 0.002
            while self.link.step(wait_s):
                wait_s = 0.0
        return time.monotonic() - start_s

    def until_working(self) -> None:
        """Wait for the first depth map."""
        self.until(WORKING, _READY_S)

    def rest(self, seconds: float) -> None:
        """Let it run, and follow its screen."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s and not self.link.ended:
            self.link.pump(0.05)
            self._screen.feed(bytes(self.link.received))
            self.link.received.clear()

    def traffic(self, seconds: float) -> tuple[Traffic, float]:
        """What is sent over some time, and the frames painted a second."""
        start_s = time.monotonic()
        traffic = self.link.traffic(seconds)
        frames = frames_between(self._notes, start_s, start_s + traffic.seconds)
        return traffic, frames / traffic.seconds

    def memory_mb(self) -> float:
        """What the app holds in memory now (resident)."""
        status = Path(f"/proc/{self.link.pid}/status").read_text(encoding="ascii")
        found = re.search(r"^VmRSS:\s*(\d+) kB", status, re.MULTILINE)
        return int(found[1]) / 1e3 if found else 0.0

    def cpu_s(self) -> float:
        """Seconds of computing that the app has used so far, all its threads together."""
        import os

        fields = Path(f"/proc/{self.link.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
