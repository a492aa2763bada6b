"""From a key to its effect on the screen, seen from outside, while the app is as busy as it gets."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tui.bench.played import Played, PlayError

_X = re.compile(r"\bx +(\d+) +y +(\d+)")
_RIGHT, _LEFT = "\x1b[1;3C", "\x1b[1;3D"
"""With alt: by a pixel."""
_LONGEST_S = 5.0
_STEAL = 7
"""Place of the stolen time in the first line of /proc/stat."""
_GAPS_S = (0.05, 0.25)


@dataclass(frozen=True, slots=True)
class Latency:
    """How long keys took to have their effect."""

    median_ms: float
    p90_ms: float
    p99_ms: float
    longest_ms: float
    keys: int
    cores_busy: float
    """Computing of the app, in cores, over the whole time."""
    host_kept: float
    """Share of the machine's time that the host of a virtual one gave to others meanwhile; nothing runs then."""


def key_latency(played: Played, keys: int, seed: int = 0) -> Latency:
    """Move the crosshair and wait for its new x on the screen, again and again.

    Raises:
        PlayError: the screen never shows it.
    """
    rng = random.Random(seed)  # noqa: S311 - when keys are pressed is no secret
    played.until(_X, _LONGEST_S)
    start_s, start_cpu_s, start_ticks = time.monotonic(), played.cpu_s(), _ticks()
    waits_ms = []
    for number in range(keys):
        played.rest(rng.uniform(*_GAPS_S))
        found = _X.search(played.text)
        if found is None:
            raise PlayError("the app does not show where the crosshair is")
        key, wanted = (_RIGHT, int(found[1]) + 1) if number // 20 % 2 == 0 else (_LEFT, int(found[1]) - 1)
        pressed_s = time.monotonic()
        played.link.keys(key)
        played.until(re.compile(rf"\bx +{wanted} +y "), _LONGEST_S)
        waits_ms.append(1000 * (time.monotonic() - pressed_s))
    busy = (played.cpu_s() - start_cpu_s) / (time.monotonic() - start_s)
    stolen, all_ticks = (now - then for now, then in zip(_ticks(), start_ticks, strict=True))
    median, p90, p99 = np.percentile(waits_ms, (50, 90, 99))
    return Latency(
        float(median), float(p90), float(p99), max(waits_ms), keys, busy, stolen / all_ticks if all_ticks else 0.0
    )


def _ticks() -> tuple[int, int]:
    """Clock ticks that the host has kept, and all; proc_stat(5). Two zeros where there is no such file."""
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return 0, 0
    ticks = [int(field) for field in first.split()[1:9]]  # what follows counts guests, a second time
    return ticks[_STEAL], sum(ticks)
