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
    zombies: frozenset[int]
    """Numbers of children that have ended and were not waited for."""

    @classmethod
    def now(cls) -> Held:
        """Look."""
        gc.collect()
        children = children_of(os.getpid())
        return cls(
            int((OWN / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6,
            sum(1 for _ in (OWN / "fd").iterdir()),
            sum(1 for _ in (OWN / "task").iterdir()),
            len(children),
            frozenset(pid for pid, (_, state) in children.items() if state == "Z"),
        )


def children_of(pid: int) -> dict[int, tuple[str, str]]:
    """Its children's numbers, with name and state of each: 'Z' has ended and was not waited for."""
    found = {}
    # Not from /proc/PID/task/TID/children, which may leave out some while others come and go.
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent = rest.split()[:2]
        if int(parent) == pid:
            found[int(stat.parent.name)] = (head.partition("(")[2], state)
    return found
