"""What the app sends to a terminal, counted outside it; beside it, what whole screens would be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.bench.played import Played
from tui.bench.scenes import write_noise, write_still
from tui.bench.watched import CELLS, FULL
from tui.instrument.wanted import EXACT

SETTLE_S = 4.0
TRUECOLOR: Mapping[str, str] = {"COLORTERM": "truecolor"}
COLORS_256: Mapping[str, str] = {"COLORTERM": ""}


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent of one source, on average over some seconds."""

    source: str
    colors: str
    frames_per_s: float
    bytes_per_s: float
    compressed_per_s: float
    """Under zlib, flushed at every pause, as `ssh -C` sends it."""
    full_per_s: float
    """With the whole screen in every update."""
    full_frames_per_s: float

    @property
    def ratio(self) -> float:
        """How many times as much a frame is as a whole screen; of a still, a second."""
        if self.full_frames_per_s and self.frames_per_s:
            return (self.full_per_s / self.full_frames_per_s) / max(self.bytes_per_s / self.frames_per_s, 1e-9)
        return self.full_per_s / max(self.bytes_per_s, 1e-9)


def measure_sources(sources: Sequence[str], options: Mapping[str, str], seconds: float) -> Iterator[Sent]:
    """Each source in both colour systems; without any, a still and a scene with nothing but noise.

    Raises:
        PlayError: the app does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="depth-tui-bench-") as folder:
        given = list(sources) or [str(write_still(Path(folder))), str(write_noise(Path(folder)))]
        for source in given:
            for colors, env in (("truecolor", TRUECOLOR), ("256", COLORS_256)):
                yield _measure(source, colors, env, options, seconds)


def _measure(source: str, colors: str, env: Mapping[str, str], options: Mapping[str, str], seconds: float) -> Sent:
    counted = []
    if source == "demo":
        options = {"model": EXACT, **options}  # the camera's way through the room, whatever the network makes of it
    for mode in (CELLS, FULL):
        with Played(source, options, mode=mode, env=env) as played:
            played.until_working()
            played.rest(SETTLE_S)
            counted.append(played.traffic(seconds))
    (cells, frames_per_s), (full, full_frames_per_s) = counted
    return Sent(
        Path(source).name,
        colors,
        frames_per_s,
        cells.bytes_per_s,
        cells.compressed_per_s,
        full.bytes_per_s,
        full_frames_per_s,
    )
