"""Whether memory stays flat while the app runs at full rate."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from tui.bench.played import Played, PlayError

_EVERY_S = 5.0
_SETTLED_S = 60.0


@dataclass(frozen=True, slots=True)
class Soak:
    """Resident memory of the app over time."""

    samples: tuple[tuple[float, float], ...]
    """(seconds since the first map, MB)."""

    @property
    def growth_mb(self) -> float:
        """From the end of the first minute (or of the first quarter, if the run is shorter than four) to the end."""
        length_s = self.samples[-1][0]
        settled_s = min(_SETTLED_S, length_s / 4)
        return self.samples[-1][1] - next(mb for at_s, mb in self.samples if at_s >= settled_s)

    @property
    def peak_mb(self) -> float:
        """The most of all samples."""
        return max(mb for _, mb in self.samples)


def measure_soak(source: str, options: Mapping[str, str], minutes: float) -> Soak:
    """Run for so long, at as many frames as there are.

    Raises:
        PlayError: the app ends by itself.
    """
    with Played(source, {"bandwidth": "off", **options}) as played:
        played.until_working()
        start_s = time.monotonic()
        samples = [(0.0, played.memory_mb())]
        while (now_s := time.monotonic() - start_s) < 60 * minutes:
            played.rest(min(_EVERY_S, 60 * minutes - now_s))
            if played.link.ended:
                raise PlayError("the app has ended by itself")
            samples.append((time.monotonic() - start_s, played.memory_mb()))
    return Soak(tuple(samples))
