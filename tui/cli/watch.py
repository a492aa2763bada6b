"""`depth-tui watch`: one line a reading, for screen readers, scripts and log files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tui.camera.wish import parse_wish
from tui.cli.model import loaded_model
from tui.cli.options import (
    AtOption,
    CropOption,
    DistanceOption,
    Engine,
    EngineOption,
    FlipOption,
    FloorOption,
    ForceOption,
    FourccOption,
    FovOption,
    IntrinsicsOption,
    LengthOption,
    MarkerOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ProfileOption,
    RateOption,
    RecordAgeOption,
    RecordMaxOption,
    RecordOption,
    ReferenceOption,
    RotateOption,
    SetOption,
    SizeOption,
    SourceOption,
    StrictOption,
    ThreadsOption,
    WeightsOption,
    WindowOption,
)
from tui.cli.output import json_text, put
from tui.errors import InputError
from tui.geometry.mounting import parse_mounting

if TYPE_CHECKING:
    from tui.calibration.measure import PointReading
    from tui.calibration.reading import Reading
    from tui.cli.headless import Answer, Headless
    from tui.cli.space import Span

_ANSWER_SHARE = 0.8
"""Of the period: the longest that a reading waits for a new frame before it is given with the age that it has."""


class Format(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


COLUMNS = (
    "time", "age_s", "x", "y", "to_x", "to_y", "inverse_depth", "distance_m", "low_m", "high_m", "status", "problem",
    "source", "model", "profile", "warnings", "reasons", "health",
)  # fmt: skip
"""Of a line; `to_x` and `to_y` are empty but for a `--distance`."""


def watch(
    at: AtOption = None,
    source: SourceOption = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="1s, 500ms, 1min; 0 for every frame.")] = "1s",
    count: Annotated[
        int | None,
        typer.Option(metavar="N", help="Stop after so many times; without it never, but after one of a picture."),
    ] = None,
    reference: ReferenceOption = None,
    marker: MarkerOption = None,
    length: LengthOption = None,
    floor: FloorOption = None,
    intrinsics: IntrinsicsOption = None,
    fov: FovOption = None,
    distance: DistanceOption = None,
    profile: ProfileOption = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    mirror: Annotated[
        bool, typer.Option(" /--no-flip", help="Of a still picture, without the mean with the mirrored one.")
    ] = True,
    rotate: RotateOption = None,
    flip: FlipOption = None,
    crop: CropOption = None,
    size: SizeOption = None,
    rate: RateOption = None,
    fourcc: FourccOption = None,
    control: SetOption = None,
    record: RecordOption = None,
    record_max: RecordMaxOption = "2GB",
    record_age: RecordAgeOption = "24h",
    window: WindowOption = None,
    force: ForceOption = False,
    strict: StrictOption = False,
    output: Annotated[
        Format, typer.Option("--format", help="One line a reading, in words, JSON or CSV.")
    ] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Read distances again and again, one line a reading, until interrupted.

    Each line has the time at which its frame was taken. A source that stops gives lines with the status stale and
    without a distance until it is back. With --strict and --count a run in which every reading was ok exits with 0.
    """
    from tui.camera.standard_input import STANDARD_INPUT, open_standard_input
    from tui.cli.asked import Asked
    from tui.cli.headless import asking
    from tui.cli.parse import parse_every
    from tui.cli.recording import recorded
    from tui.cli.strict import Strictness
    from tui.instrument.wanted import Wanted

    asked = Asked.of(
        at=at, distance=distance, reference=reference, marker=marker, length=length, floor=floor, intrinsics=intrinsics,
        fov=fov, profile=profile, window=window, force=force,
    )  # fmt: skip
    period_s = parse_every(every)
    if count is not None and count < 1:
        raise InputError(f"--count {count}: 1 or more")
    output = Format.JSON if as_json else output
    wanted = Wanted(
        source=source,
        profile=profile,
        mounting=parse_mounting(rotate, flip, crop),
        wish=parse_wish(size, rate, fourcc, control),
        demo=False,
    )
    strictness = Strictness()
    if output is Format.CSV:
        put(_csv(COLUMNS))
    with (
        recorded(record, record_max, record_age) as keep,
        asking(
            asked,
            wanted,
            lambda: loaded_model(model, weights, engine, precision, threads),
            (lambda: (open_standard_input(), "")) if source == STANDARD_INPUT else None,
            patient=True,
            mirror_stills=mirror,
            named=model is not None or weights is not None,
        ) as headless,
    ):
        for number, _ in enumerate(_beats(headless, period_s, count), 1):
            strictness.note(_print(headless, output))
            keep(headless)
            if number == count:
                break
    if strict:
        strictness.close()


def _beats(headless: Headless, period_s: float, count: int | None) -> Iterator[None]:
    """Yields when it is time for a line: once a period, or for every new frame and while there is none; to the end."""
    from tui.pipeline.capture import CaptureStage

    instrument = headless.instrument
    if period_s == 0:
        instrument.pipeline.want(float("inf"))
    yield
    info, said_stale_s = instrument.reading.info, time.monotonic()
    if info is not None and info.still and count is None:
        return
    next_s = time.monotonic() + period_s
    while instrument.snapshot.capture.stage is not CaptureStage.ENDED:
        if period_s > 0:
            while (left_s := next_s - time.monotonic()) > 0:
                headless.wait(left_s)
                headless.advance()
            next_s = max(next_s + period_s, time.monotonic())
            _fetch(headless, _ANSWER_SHARE * period_s)
            yield
        elif ((info := instrument.reading.info) is not None and info.still) or headless.advance() is not None:
            yield
        else:
            if instrument.reading.stale and time.monotonic() - said_stale_s > 1.0:
                said_stale_s = time.monotonic()
                yield
            headless.wait(0.1)


def _fetch(headless: Headless, most_s: float) -> None:
    """Have the newest frame estimated, and wait for that, for a while: what there is then has its age."""
    from tui.pipeline.capture import CaptureStage

    instrument = headless.instrument
    info = instrument.reading.info
    if info is not None and info.still:
        return
    end_s = time.monotonic() + min(most_s, instrument.freshness.limit_s)
    instrument.pipeline.ask()
    while headless.advance() is None and (left_s := end_s - time.monotonic()) > 0:
        if instrument.snapshot.capture.stage is not CaptureStage.RUNNING:
            return
        headless.wait(min(left_s, 0.1))


def _print(headless: Headless, output: Format) -> Answer:
    answer = headless.answer()
    for point in answer.points:
        put(_line(headless, output, point, None))
    for span in answer.spans:
        put(_line(headless, output, None, span))
    return answer


def _line(headless: Headless, output: Format, point: PointReading | None, span: Span | None) -> str:
    from tui.calibration.report import health_plain, set_aside

    reading, session = headless.instrument.reading, headless.instrument.session
    if output is Format.TEXT:
        at = reading.captured_at
        when = "" if at is None else f"{at:%H:%M:%S} "
        words = _point_words(point) if point is not None else _span_words(span)
        warnings = f"; {'; '.join(reading.warnings)}" if reading.warnings else ""
        return f"{when}{words}{warnings}"
    values: dict[str, object] = dict.fromkeys(COLUMNS) | {
        "time": None if reading.captured_at is None else reading.captured_at.isoformat(timespec="milliseconds"),
        "age_s": round(reading.age_s, 3),
        "problem": reading.problem or None,
        "source": None if reading.info is None else reading.info.label,
        "model": None if reading.result is None else reading.result.identity.name,
        "profile": session.profile or None,
        "warnings": list(reading.warnings),
        "reasons": [],
        "health": health_plain(reading.calibration),
    }
    if point is not None:
        found = point.reading
        values |= {
            "x": point.u_px,
            "y": point.v_px,
            "inverse_depth": found.inverse_depth,
            "distance_m": found.distance_m,
            "low_m": found.low_m,
            "high_m": found.high_m,
            "status": found.status.value,
            "reasons": list(found.reasons),
            "edge_m": None if found.edge_m is None else list(found.edge_m),
        }
    elif span is not None:
        values |= {"x": span.start[0], "y": span.start[1], "to_x": span.end[0], "to_y": span.end[1], **span.plain}
    if output is Format.JSON:
        aside = list(set_aside(headless.checks()))
        return json_text(values | {"set_aside": aside, "picture": reading.picture()})
    return _csv([_cell(values[name]) for name in COLUMNS])


def _cell(value: object) -> object:
    """A value as it stands in CSV: lists joined, of the health its grade."""
    if isinstance(value, Mapping):
        return value["grade"]
    return "; ".join(value) if isinstance(value, list) else value


def _point_words(point: PointReading) -> str:
    from tui.calibration.wording import figure_of, format_units

    reading, figure = point.reading, figure_of(point.reading)
    numbers = "" if figure is None else f"{figure.whole}, "
    words = f"{numbers}{format_units(reading.inverse_depth)} units, {_status(reading)}"
    return f"({point.u_px}, {point.v_px}): {words}"


def _span_words(span: Span | None) -> str:
    if span is None:
        return ""
    figure = span.figure
    apart = "" if figure is None else f"{figure.whole} apart, "
    return f"{span.start} - {span.end}: {apart}{_status(span.judgement)}"


def _status(reading: Reading) -> str:
    from tui.calibration.wording import status_in_words

    return status_in_words(reading)


def _csv(values: Iterable[object]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(["" if value is None else value for value in values])
    return text.getvalue()
