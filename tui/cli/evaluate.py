"""`depth-tui eval`: how good models are on recordings with true depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.complete import model_names
from tui.cli.judged_data import DataOption, DepthUnitsOption, SequenceOption, frames_of
from tui.cli.model import jobs_of, loaded_model
from tui.cli.options import (
    CardOption,
    Engine,
    EngineOption,
    JobsOption,
    MirrorOption,
    Precision,
    PrecisionOption,
    ThreadsOption,
)
from tui.cli.output import make_console, say_json
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.evaluation.metrics import EvaluationReport
    from tui.evaluation.rgbd import RgbdFrame

_HEADINGS = ("model", "pictures", "AbsRel", "delta1", "RMSE", "median", "sequence")


def evaluate(
    data: DataOption,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="M",
            autocompletion=model_names,
            help="A name, a model file or one on a server; repeat to compare. Without: the default.",
        ),
    ] = None,
    card: CardOption = None,
    sequence: SequenceOption = None,
    depth_units: DepthUnitsOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    jobs: JobsOption = None,
    mirror: MirrorOption = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Judge models on recordings with true depth.

    Scale and shift are fitted to each picture in inverse depth (relative least squares over 0.2-20 m); then AbsRel,
    delta1, RMSE and the median relative error are averaged over pictures, per sequence and overall.
    """
    from tui import __version__
    from tui.cli.exits import warn
    from tui.cli.judged import Judged
    from tui.depth.remote.address import is_remote
    from tui.evaluation.metrics import evaluate as judge

    frames = frames_of(data, sequence, depth_units)
    reports: dict[str, EvaluationReport] = {}
    wanted: list[str | None] = [*model] if model else [None]
    if card is not None and len(wanted) != 1:
        raise InputError(f"--card {card} belongs to one model: judge that one by itself")
    for name in wanted:
        in_flight = jobs_of(jobs if len(wanted) == 1 or is_remote(name or "") else None, [name])
        with (
            loaded_model(name, None, engine, precision, threads, flip=mirror, card=card, jobs=in_flight) as estimator,
            _progress(estimator.identity.name, len(frames)) as step,
        ):
            label = estimator.identity.name
            if label in reports:
                raise InputError(f"--model {name}: {label} is already being judged; give each model once")
            kept = Judged((__version__, label, estimator.identity.key, estimator.engine, f"mirrored {mirror}"))
            try:
                reports[label] = judge(_counted(frames, step), estimator.estimate, in_flight, kept)
            except ValueError as error:
                raise InputError(f"{data}: {error}") from error
            finally:
                kept.close()
            kept.finish()
        if kept.taken:
            warn(f"{label}: {kept.taken} of {len(frames)} pictures were judged by the run that was stopped")
    if as_json:
        say_json({name: report.to_dict() for name, report in reports.items()})
    else:
        _show(reports)


def _counted(frames: Iterable[RgbdFrame], step: Callable[[], None]) -> Iterator[RgbdFrame]:
    for frame in frames:
        yield frame
        step()


@contextmanager
def _progress(label: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on the error stream, where that is a terminal; call what it yields after each picture."""
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    console = make_console(stderr=True)
    _, *columns = Progress.get_default_columns()  # but for its description, which takes markup
    text = TextColumn("{task.description}", markup=False)
    with Progress(text, *columns, MofNCompleteColumn(), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


def _show(reports: dict[str, EvaluationReport]) -> None:
    from tui.cli.table import align

    rows = []
    for name, report in reports.items():
        for each in (*report.sequences, report.overall):
            scores = each.scores
            rows.append(
                (
                    name,
                    str(each.pictures),
                    f"{scores.abs_rel:.3f}",
                    f"{scores.delta1:.3f}",
                    f"{scores.rmse_m:.3f} m",
                    f"{scores.median_rel:.3f}",
                    each.sequence,
                )
            )
    console = make_console()
    for line in align([_HEADINGS, *rows]):
        console.print(line, style="bold" if line.plain.endswith("overall") else None)
