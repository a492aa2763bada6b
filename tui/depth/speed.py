"""How fast a model can be expected to run on this machine: as measured here once, or from its arithmetic."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from tui.errors import StorageError
from tui.storage.atomic import alone_with, write_atomically
from tui.storage.paths import cache_dir

GFLOP = {
    "dpt-beit-large-512": 1283.1,
    "dpt-swin2-large-384": 338.9,
    "dpt-swin2-base-384": 212.1,
    "dpt-beit-large-384": 690.0,
    "dpt-swin-large-384": 314.8,
    "dpt-next-vit-large-384": 219.7,
    "dpt-large-384": 690.0,
    "dpt-hybrid-384": 337.5,
    "dpt-swin2-tiny-256": 57.4,
    "dpt-beit-base-384": 293.5,
    "midas-v21-384": 155.2,
    "dpt-levit-224": 7.7,
    "midas-v21-small-256": 6.7,
    "pocket": 2.6,
}
"""Billions of multiplications and additions (two for each pair) for a picture of 640x480, by registry name.

Counted by torch's FlopCounterMode, for `pocket` from its convolutions.
"""

LIVE_FPS = 3.0
"""Slower than this a live view is no use."""

_EFFICIENCY = 0.4
"""The share of a large matrix product's speed that a network reaches in f32, the whole frame included."""

_NOMINAL_GFLOPS_PER_CORE = 40.0
"""Of a core that nobody has measured: a laptop's of some years ago."""

_SIDE = 1024
"""Of the matrices whose product is timed: 2.1 GFLOP."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Frames of 640x480 a second, from the picture to the full-size map."""

    fps: float
    precision: str
    """What was computed in."""
    is_measured: bool
    """Measured on this machine by `depth-tui bench --models`; else estimated from the arithmetic, in f32."""

    @property
    def text(self) -> str:
        """'52 fps', 'about 0.3 fps'."""
        number = f"{self.fps:.2g}" if self.fps < 10 else f"{self.fps:.0f}"
        return f"{number} fps in {self.precision}" if self.is_measured else f"about {number} fps"


@dataclass(frozen=True, slots=True)
class _Known:
    """What was measured on one machine."""

    machine: str
    matmul_gflops: float = 0.0
    """In f32 by numpy; 0: not measured yet."""
    frame_s: dict[str, dict[str, float]] = field(default_factory=dict)
    """Seconds a frame by model and precision."""


def expected_speed(name: str, *, measure: bool = True) -> Speed | None:
    """The speed of a model by its registry name, in the fastest precision measured; None where nothing is known.

    Args:
        name: registry name.
        measure: whether a matrix product may be timed, some 50 ms; else, where none was on this machine, it is taken
            for a slow one.
    """
    known = _read()
    measured = known.frame_s.get(name, {})
    if measured:
        precision = min(measured, key=lambda each: measured[each])
        return Speed(1 / measured[precision], precision, is_measured=True)
    if name not in GFLOP:
        return None
    limit = _limit() if measure else known.matmul_gflops
    limit = limit or _NOMINAL_GFLOPS_PER_CORE * (os.cpu_count() or 1)
    return Speed(_EFFICIENCY * limit / GFLOP[name], "f32", is_measured=False)


def is_live(name: str) -> bool:
    """Whether a model is expected to be quick enough for a live view; nothing is measured for that."""
    speed = expected_speed(name, measure=False)
    return speed is not None and speed.fps >= LIVE_FPS


def record_frame(name: str, precision: str, seconds: float) -> None:
    """Remember what a frame took; a cache that cannot be written costs the memory of it, nothing else."""

    def add(known: _Known) -> _Known:
        return replace(known, frame_s={**known.frame_s, name: {**known.frame_s.get(name, {}), precision: seconds}})

    _change(add)


@lru_cache(maxsize=1)
def _limit() -> float:
    """`matmul_gflops`, the best so far: a machine that had something else to do is quicker another time."""
    best = matmul_gflops()

    def better(known: _Known) -> _Known:
        return replace(known, matmul_gflops=max(best, known.matmul_gflops))

    return max(best, _change(better).matmul_gflops)


def matmul_gflops() -> float:
    """Billions of operations a second of a large product of matrices in f32, by numpy: the best of a few."""
    import numpy as np

    rng = np.random.default_rng(0)
    left, right = (rng.standard_normal((_SIDE, _SIDE), dtype=np.float32) for _ in range(2))
    out = np.empty_like(left)
    best_s = float("inf")
    for _ in range(6):
        started_s = time.perf_counter()
        np.matmul(left, right, out=out)
        best_s = min(best_s, time.perf_counter() - started_s)
    return 2e-9 * _SIDE**3 / best_s


def speeds_path() -> Path:
    """Where measured speeds are kept."""
    return cache_dir() / "speeds.json"


def _machine() -> str:
    """What a measurement belongs to: processor, cores, and system."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}"


def _read() -> _Known:
    machine = _machine()
    try:
        content = json.loads(speeds_path().read_text(encoding="utf-8"))
        if content["machine"] != machine:
            return _Known(machine)
        frames = {
            str(name): {str(precision): float(s) for precision, s in each.items() if float(s) > 0}
            for name, each in content["frame_s"].items()
        }
        return _Known(machine, max(0.0, float(content["matmul_gflops"])), frames)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return _Known(machine)


def _change(changed: Callable[[_Known], _Known]) -> _Known:
    """What is known once it is changed, also on the disk: what another program measures meanwhile is not lost."""
    after = changed(_Known(""))
    with suppress(StorageError), alone_with(speeds_path()):
        before = _read()
        after = changed(before)
        if after != before:
            write_atomically(speeds_path(), json.dumps(asdict(after), indent=2) + "\n")
    return after
