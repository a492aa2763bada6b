"""`depth-tui bench`: how fast each stage is on this machine."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from tui.calibration.written import plain
from tui.camera.printable import printable_address
from tui.cli.complete import model_names
from tui.cli.options import (
    CardOption,
    Engine,
    EngineOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ThreadsOption,
    WeightsOption,
)
from tui.cli.output import make_console, say_json
from tui.errors import InputError
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.bench.stages import Plan
    from tui.bench.timing import Stage
    from tui.depth.loader import ModelRequest
    from tui.geometry.arrays import RGBImage

_HEADINGS = ("stage", "median", "99th", "faster than")
_PICTURES = 8


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME ...]",
            autocompletion=model_names,
            help="With --models: which; all that are installed without any. With --bytes: which sources.",
        ),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="S", help="Where the frames come from: a clip, a picture, demo ...")
    ] = "demo",
    model: ModelOption = None,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    models: Annotated[
        bool,
        typer.Option("--models", help="Compare whole models instead: torch eager and OpenVINO in each precision."),
    ] = False,
    count_bytes: Annotated[
        bool, typer.Option("--bytes", help="What the whole app sends to a terminal of 160x48, for each source named.")
    ] = False,
    latency: Annotated[bool, typer.Option("--latency", help="From a key to its effect on the screen.")] = False,
    start: Annotated[bool, typer.Option("--start", help="First paint, first depth map, leaving.")] = False,
    soak: Annotated[
        float, typer.Option("--soak", metavar="MINUTES", help="Memory over a run at full rate, such as 20.")
    ] = 0.0,
    terminal: Annotated[
        str | None,
        typer.Option(metavar="COLUMNSxROWS", help="Cells of a pane (120x40); with --latency of the terminal (160x48)."),
    ] = None,
    seconds: Annotated[float, typer.Option(metavar="S", help="How long each stage is repeated.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Measure each stage of a frame's way: medians, 99th percentiles, and ratios to alternatives in the same run."""
    from tui.bench.stages import Plan
    from tui.depth.loader import ModelRequest

    if not 0 < seconds <= 600:
        raise InputError(f"--seconds {seconds:g}: between 0 and 600, please")
    if models and (count_bytes or latency or start or soak):
        raise InputError("--models is a comparison of its own: leave --bytes, --latency, --start and --soak away")
    if models:
        from tui.cli.bench_models import compare_models

        compare_models(source, names or [], weights, card, threads, seconds, as_json=as_json)
        return
    if count_bytes or latency or start or soak:
        from tui.cli.bench_session import session_plan, show_session

        options = {"model": model, "weights": weights, "engine": engine.value, "card": card}
        plan_of_session = session_plan(
            source,
            names or [],
            options,
            seconds,
            count_bytes=count_bytes,
            latency=latency,
            start=start,
            soak=soak,
            terminal=None if terminal is None else _size(terminal),
        )
        show_session(plan_of_session, as_json=as_json)
        return
    if names:
        raise InputError(f"{names[0]}: models are named after --models only; without it there is --model {names[0]}")
    columns, rows = _size(terminal or "120x40")
    plan = Plan(_frames(source), columns, rows, seconds, _moving(source, columns, rows))
    height, width = plan.pictures[0].shape[:2]
    stages = [
        *_capture(source, seconds),
        *_stages(plan, ModelRequest(model, weights, engine.value, threads, precision.value, card)),
    ]
    peak_mb = _peak_mb()
    if as_json:
        by_name = {stage.name: stage for stage in stages}
        rows_json = [
            {**asdict(s), "ratio": s.ratio_to(by_name[s.baseline]) if s.baseline in by_name else None} for s in stages
        ]
        found = {
            "source": printable_address(source),
            "width": width,
            "height": height,
            "pane": [columns, rows],
            "stages": rows_json,
        }
        say_json({**found, "peak_memory_mb": peak_mb})
    else:
        _show(stages, f"{printable_address(source)} {width}x{height}, panes of {columns}x{rows} cells", peak_mb)


def _stages(plan: Plan, request: ModelRequest) -> Iterable[Stage]:
    from tui.bench import stages
    from tui.bench.recording import recording
    from tui.bench.rendering import rendering
    from tui.bench.space import in_space
    from tui.bench.whole import in_metres
    from tui.depth.loader import load_estimator
    from tui.errors import ModelError

    yield stages.looking(plan)
    estimator = load_estimator(request)
    kind = estimator.identity.kind
    first = f"{estimator.identity.name}, {estimator.engine}"
    yield from stages.around_network(plan, estimator)
    yield stages.inference(plan, estimator, first)
    yield recording(plan, estimator)
    maps = [estimator.estimate(picture) for picture in plan.pictures]
    estimator.close()
    for other in (
        replace(request, precision="bf16"),
        replace(request, engine="torch"),
    ):
        try:
            alternative = load_estimator(other)
        except (ModelError, InputError):
            continue  # a model file is no torch network: there is nothing to compare with
        name = f"{alternative.identity.name}, {alternative.engine}"
        if name != first:
            yield stages.inference(plan, alternative, name, baseline=first)
        alternative.close()
    yield stages.calibrating(plan, maps[0])
    yield stages.suggesting(plan, maps[0], kind)
    yield from in_metres(plan, maps, kind, stages.scattered_references(maps[0]))
    yield from in_space(plan, maps[0])
    yield stages.planning(plan, maps[0])
    yield from rendering(plan, maps)


def _capture(source: str, seconds: float) -> Iterable[Stage]:

    from tui.bench.stages import capturing
    from tui.bench.through import through_a_command
    from tui.camera.clip import ClipSource
    from tui.camera.open import open_source

    opened = open_source(source)
    try:
        if opened.info.still:
            return
        as_file = capturing(opened, seconds)
        yield as_file
    finally:
        opened.close()
    if isinstance(opened, ClipSource):
        yield from through_a_command(from_home(source.strip()), seconds, as_file.name)


def _frames(source: str) -> list[RGBImage]:
    from tui.camera.open import open_source

    opened = open_source(source)
    try:
        frames = [opened.read().image]
        while len(frames) < _PICTURES and not opened.info.still:
            frames.append(opened.read().image)
        return frames
    finally:
        opened.close()


def _moving(source: str, columns: int, rows: int) -> list[RGBImage]:
    """Consecutive frames, made small at once; none of a still."""
    from tui.bench.rendering import FRAMES
    from tui.camera.open import open_source
    from tui.render.viewport import Viewport

    opened = open_source(source)
    small: list[RGBImage] = []
    try:
        while len(small) < FRAMES and not opened.info.still:
            image = opened.read().image
            small.append(Viewport(columns, rows, image.shape[1], image.shape[0]).sample_image(image))
        return small
    finally:
        opened.close()


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", plain(text).lower())
    columns, rows = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (1 <= columns <= 1000 and 1 <= rows <= 1000):
        raise InputError(f"--terminal {text}: write columns x rows, such as 120x40")
    return columns, rows


def _peak_mb() -> float:
    """The most memory that this process has held so far."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _show(stages: list[Stage], heading: str, peak_mb: float) -> None:
    from tui.cli.table import align

    names = {stage.name: stage for stage in stages}
    rows = [
        (
            stage.name,
            f"{stage.median_ms:.2f} ms",
            f"{stage.p99_ms:.2f} ms",
            f"{stage.ratio_to(names[stage.baseline]):.1f}x {stage.baseline}" if stage.baseline in names else "",
        )
        for stage in stages
    ]
    console = make_console()
    console.print(heading, style="bold")
    for line in align([_HEADINGS, *rows], right=False):
        console.print(line)
    for stage in stages:
        if stage.note:
            console.print(f"{stage.name}: {stage.note}")
    console.print(f"peak memory {peak_mb:.0f} MB")
