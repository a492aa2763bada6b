"""`depth-tui watch`: one line a reading, for screen readers, scripts and log files."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.exits import warn
from tui.cli.model import loaded_model
from tui.cli.options import (
    AtOption,
    Engine,
    EngineOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ProfileOption,
    ReferenceOption,
    SourceOption,
    ThreadsOption,
    WeightsOption,
    WindowOption,
)
from tui.errors import InputError, SourceError

if TYPE_CHECKING:
    from tui.calibration.measure import PointReading
    from tui.calibration.reference import Reference
    from tui.pipeline.inference import DepthResult, Observer
    from tui.pipeline.pipeline import Pipeline
    from tui.storage.profiles import Profile

_FIRST_MAP_S = 60.0
"""A source that has not delivered a picture by then is given up."""

_DEFAULT_WINDOW_PX = 5
_COLUMNS = ("time", "x", "y", "inverse_depth", "distance_m", "low_m", "high_m", "status", "problem")


class Format(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def watch(
    at: AtOption,
    source: SourceOption = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="1s, 500ms, 1min; 0 for every frame.")] = "1s",
    count: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many times; without it, never.")] = None,
    reference: ReferenceOption = None,
    profile: ProfileOption = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    window: WindowOption = None,
    output: Annotated[
        Format, typer.Option("--format", help="One line a reading, in words, JSON or CSV.")
    ] = Format.TEXT,
) -> None:
    """Read distances again and again, one line a reading, until interrupted."""
    from tui.cli.parse import check_window, parse_every, parse_pixel, parse_reference
    from tui.storage.profiles import load_profile

    queries = [parse_pixel(text) for text in at or []]
    references = [parse_reference(text) for text in reference or []]
    period_s = parse_every(every)
    window_px = check_window(_DEFAULT_WINDOW_PX if window is None else window)
    if count is not None and count < 1:
        raise InputError(f"--count {count}: 1 or more")
    kept = None if profile is None else load_profile(profile)
    observer = None if kept is None or references else _observer_of(kept)
    if kept is not None and kept.calibration is None and observer is None:
        raise InputError(f"profile {kept.name}: it holds no calibration; give --reference X,Y=DISTANCE")
    if output is Format.CSV:
        typer.echo(",".join(_COLUMNS))
    with loaded_model(model, weights, engine, precision, threads) as estimator:
        from tui.pipeline.pipeline import Pipeline
        from tui.screens.start import opener

        changed = threading.Event()
        pipeline = Pipeline(changed.set)
        pipeline.observe(observer)
        pipeline.load(estimator.identity.name, lambda _progress: estimator)
        pipeline.start()
        pipeline.open(opener(source))
        try:
            for number, result in enumerate(_results(pipeline, changed, period_s)):
                if number == 0 and kept is not None and kept.calibration is not None:
                    _warn_of(kept, result)
                for point, problem in _read(result, references, queries, window_px, kept):
                    _print(point, problem, output)
                if count is not None and number + 1 >= count:
                    return
        finally:
            pipeline.stop()


def _observer_of(profile: Profile) -> Observer | None:
    """Looks for the profile's printed markers in every frame: where they are seen, they calibrate it."""
    if not profile.markers or profile.intrinsics is None:
        return None
    from tui.targets.observer import observer_of
    from tui.targets.spec import parse_target

    targets = [parse_target(text, f"profile {profile.name}, marker") for text in profile.markers]
    return observer_of(targets, profile.intrinsics)


def _results(pipeline: Pipeline, changed: threading.Event, period_s: float) -> Iterator[DepthResult]:
    """The newest result once a period; a still gives the same one again.

    Raises:
        SourceError: the source failed, or never delivered.
    """
    from tui.pipeline.capture import CaptureStage

    deadline_s = time.monotonic() + _FIRST_MAP_S
    next_s, last = time.monotonic(), None
    said = ""
    while True:
        snapshot = pipeline.snapshot()
        capture = snapshot.capture
        if capture.stage is CaptureStage.FAILED:
            raise SourceError(capture.message)
        if snapshot.inference_error and snapshot.result is None:
            raise InputError(snapshot.inference_error)
        if capture.message and capture.message != said:
            said = capture.message
            warn(said)
        result, now_s = snapshot.result, time.monotonic()
        if result is None:
            if now_s > deadline_s:
                raise SourceError(f"no picture after {_FIRST_MAP_S:.0f} s; see: depth-tui cameras")
        elif now_s >= next_s and (period_s > 0 or result is not last):
            yield result
            last = result
            next_s = max(next_s + period_s, now_s)
            continue
        changed.clear()
        changed.wait(0.05 if result is None else min(0.05, max(0.001, next_s - now_s)))


def _read(
    result: DepthResult,
    references: list[Reference],
    queries: list[tuple[int, int]],
    window_px: int,
    profile: Profile | None,
) -> Iterator[tuple[PointReading, str]]:
    """The readings of one frame, each with what is wrong with its calibration, if anything."""
    from tui.calibration.beliefs import beliefs_of
    from tui.calibration.measure import measure_map
    from tui.targets.markers import references_inside

    beliefs = beliefs_of(result.identity.kind)
    calibration = profile.calibration if profile else None
    problem = ""
    height, width = result.inverse_depth.shape
    references = [*references, *references_inside(result.markers, width, height)]
    try:
        measured = measure_map(result.inverse_depth, references, queries, window_px, calibration, beliefs)
    except InputError as error:
        if not references:
            raise
        problem = str(error)  # this frame's references contradict each other: say so instead of a number
        measured = measure_map(result.inverse_depth, [], queries, window_px)
    for point in measured.readings:
        yield point, problem


def _print(point: PointReading, problem: str, output: Format) -> None:
    from tui.calibration.units import DistanceUnit, format_distance
    from tui.calibration.wording import format_interval, format_units

    unit, reading = DistanceUnit.METRES, point.reading
    now = datetime.now().astimezone()
    if output is Format.TEXT:
        distance = "" if reading.distance_m is None else f"{format_distance(reading.distance_m)}, "
        interval = "" if reading.low_m is None else f"95 % {format_interval(reading.low_m, reading.high_m, unit)}, "
        words = f"{distance}{interval}{format_units(reading.inverse_depth)} units, {reading.status.value}"
        line = f"{now:%H:%M:%S} ({point.u_px}, {point.v_px}): {words}{'; ' if problem else ''}{problem}"
    else:
        values = (
            now.isoformat(timespec="milliseconds"),
            point.u_px,
            point.v_px,
            reading.inverse_depth,
            reading.distance_m,
            reading.low_m,
            reading.high_m,
            reading.status.value,
            problem or None,
        )
        line = _json(values) if output is Format.JSON else _csv(values)
    print(line, flush=True)  # noqa: T201 - a line at once, also into a pipe


def _json(values: tuple[object, ...]) -> str:
    return json.dumps(dict(zip(_COLUMNS, values, strict=True)), allow_nan=False)


def _csv(values: tuple[object, ...]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(["" if value is None else value for value in values])
    return text.getvalue()


def _warn_of(profile: Profile, result: DepthResult) -> None:
    from tui.storage.profiles import mismatches

    height, width = result.inverse_depth.shape
    for line in mismatches(
        profile,
        model_name=result.identity.name,
        model_sha256=result.identity.sha256,
        size=(width, height),
        camera=profile.camera,
    ):
        warn(f"profile {profile.name}: {line}")
