"""`depth-tui bench --bytes`, `--latency`, `--start` and `--soak`: the whole app in a pseudo-terminal, from outside."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.camera.printable import printable_address
from tui.cli.output import say, say_json
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.bench.latency import Latency
    from tui.bench.soak import Soak
    from tui.bench.starting import Start
    from tui.bench.traffic import Sent

_BYTES_HEADINGS = ("source", "colours", "frames/s", "kB/s", "zlib kB/s", "full kB/s", "less by")
_SETTLE_S = 3.0
_KEYS, _STARTS = 200, 7
_MOST_MINUTES = 1_440
_DEMO = "demo"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """Which of the measurements are wanted."""

    source: str
    sources: Sequence[str]
    """Whose bytes are counted; none: a still and a noisy scene."""
    options: Mapping[str, str]
    seconds: float
    count_bytes: bool = False
    keys: int = 0
    starts: int = 0
    soak_minutes: float = 0.0
    terminal: tuple[int, int] | None = None
    """Columns and rows for the keys; None: the usual ones."""


def session_plan(
    source: str,
    sources: Sequence[str],
    options: Mapping[str, object],
    seconds: float,
    *,
    count_bytes: bool,
    latency: bool,
    start: bool,
    soak: float,
    terminal: tuple[int, int] | None = None,
) -> SessionPlan:
    """The plan for what the command line says.

    Raises:
        InputError: sources for what counts no bytes, no positive time, or a terminal's size for what has no use for it.
    """
    if terminal is not None and not latency:
        raise InputError(
            f"--terminal {terminal[0]}x{terminal[1]}: --latency has a use for it, not --bytes, --start, --soak"
        )
    if sources and not count_bytes:
        raise InputError(
            f"{printable_address(sources[0])}: sources are named after --bytes; otherwise there is --source"
        )
    if not 0 <= soak <= _MOST_MINUTES:
        raise InputError(f"--soak {soak:g}: between 0 and {_MOST_MINUTES} minutes, please")
    given = {name: str(value) for name, value in options.items() if value is not None}
    return SessionPlan(
        source, sources, given, seconds, count_bytes, _KEYS if latency else 0, _STARTS if start else 0, soak, terminal
    )


def show_session(plan: SessionPlan, *, as_json: bool) -> None:
    """Measure, and print as it comes, or one JSON object."""
    if as_json:
        say_json(measure_session(plan, lambda _line: None))
    else:
        measure_session(plan, lambda line: say(str(line)))


def measure_session(plan: SessionPlan, say: Callable[[str], None]) -> dict[str, object]:
    """Carry the plan out, telling each result as it comes.

    Returns:
        All results, for JSON.

    Raises:
        PlayError: the app does not do what is to be measured.
        SourceError: there is no such source; a whole run would measure the app without a picture.
    """
    from tui.camera.open import open_source

    for each in (*plan.sources, plan.source):
        open_source(each).close()
    with tempfile.TemporaryDirectory(prefix="depth-tui-bench-") as folder:
        if plan.source == _DEMO and (plan.keys or plan.starts or plan.soak_minutes):
            from tui.bench.scenes import write_noise

            # The demo knows its depth; what is wanted here is a network at work.
            plan = replace(plan, source=str(write_noise(Path(folder))))
        return _measure(plan, say)


def _measure(plan: SessionPlan, say: Callable[[str], None]) -> dict[str, object]:
    found: dict[str, object] = {}
    if plan.count_bytes:
        from tui.bench.traffic import measure_sources

        sent = list(measure_sources(plan.sources, plan.options, plan.seconds))
        found["bytes"] = [{**asdict(each), "ratio": each.ratio} for each in sent]
        _tell_bytes(sent, say)
    if plan.keys:
        from tui.bench.latency import key_latency
        from tui.bench.played import COLUMNS, ROWS, Played

        columns, rows = plan.terminal or (COLUMNS, ROWS)
        with Played(plan.source, plan.options, rows=rows, columns=columns) as played:
            played.until_working()
            played.rest(_SETTLE_S)
            latency = key_latency(played, plan.keys)
        found["latency"] = asdict(latency)
        say(_latency_text(latency))
    if plan.starts:
        from tui.bench.starting import measure_start

        start = measure_start(plan.source, plan.options, plan.starts)
        found["start"] = asdict(start)
        say(_start_text(start))
    if plan.soak_minutes:
        from tui.bench.soak import measure_soak

        soak = measure_soak(plan.source, plan.options, plan.soak_minutes)
        found["soak"] = {**asdict(soak), "growth_mb": soak.growth_mb, "peak_mb": soak.peak_mb}
        say(_soak_text(soak, plan.soak_minutes))
    return found


def _tell_bytes(sent: Sequence[Sent], say: Callable[[str], None]) -> None:
    from tui.cli.table import align

    rows = [
        (
            each.source,
            each.colors,
            f"{each.frames_per_s:.1f}",
            f"{each.bytes_per_s / 1000:.1f}",
            f"{each.compressed_per_s / 1000:.1f}",
            f"{each.full_per_s / 1000:.0f}",
            f"{each.ratio:.1f}x",
        )
        for each in sent
    ]
    for line in align([_BYTES_HEADINGS, *rows], right=False):
        say(line.plain)


def _latency_text(found: Latency) -> str:
    return (
        f"a key's effect on the screen: median {found.median_ms:.0f} ms, 90th {found.p90_ms:.0f}, "
        f"99th {found.p99_ms:.0f}, longest {found.longest_ms:.0f} ({found.keys} keys; the app kept "
        f"{found.cores_busy:.1f} cores busy, the host of this machine kept {found.host_kept:.0%} of its time)"
    )


def _start_text(found: Start) -> str:
    return (
        f"first paint {found.first_paint_s:.2f} s (a bare Textual app {found.bare_first_paint_s:.2f} s), "
        f"first depth map {found.first_map_s:.2f} s, leaving {found.leaving_s:.2f} s; medians of {found.starts}"
    )


def _soak_text(found: Soak, minutes: float) -> str:
    return f"memory over {minutes:g} min: {found.growth_mb:+.1f} MB after the first minute, peak {found.peak_mb:.0f} MB"
