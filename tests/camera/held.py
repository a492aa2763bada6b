"""What this process holds of the machine: memory, files, threads, children. A leak shows as growth over time."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from pathlib import Path

OWN = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Held:
    """One look at it."""

    resident_mb: float
    files: int
    """Open ones, pipes and sockets too."""
    threads: int
    children: int
    zombies: int
    """Children that have ended and were not waited for."""

    @classmethod
    def now(cls) -> Held:
        """Look."""
        gc.collect()
        states = [state for pid in _children() if (state := _state(pid))]
        return cls(
            int((OWN / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6,
            sum(1 for _ in (OWN / "fd").iterdir()),
            sum(1 for _ in (OWN / "task").iterdir()),
            len(states),
            states.count("Z"),
        )


def _children() -> list[int]:
    found: list[int] = []
    for task in (OWN / "task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            continue
    return found


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
