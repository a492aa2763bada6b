"""`depth-tui eval-trust`: which wrong numbers are said without a doubt, on recordings that are spoiled on purpose."""

from __future__ import annotations

from typing import Annotated

import typer

from tui.cli.judged_data import DataOption, DepthUnitsOption, SequenceOption, frames_of
from tui.cli.model import loaded_model
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
from tui.cli.output import say, say_json
from tui.errors import InputError


def evaluate_trust(
    data: DataOption,
    model: ModelOption = None,
    sequence: SequenceOption = None,
    depth_units: DepthUnitsOption = None,
    pictures: Annotated[int, typer.Option("--pictures", min=2, help="At most so many, evenly spread.")] = 25,
    references: Annotated[int, typer.Option("--references", min=4, max=20, help="Given in each picture.")] = 8,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Judge what is said when something is wrong, on recordings with true depth.

    Each picture is shown to the whole instrument and spoiled in every way: the lens covered, the light off, the view
    moved, zoomed or another one, numbers mistyped. Printed are the share of wrong numbers that are said without a
    doubt, and on harmless changes (another exposure, noise, somebody walking through) the share of doubt for nothing.
    """
    from tui.evaluation.trust import evaluate_trust as judge
    from tui.evaluation.trust import spread_over

    frames = spread_over(frames_of(data, sequence, depth_units), pictures)
    with loaded_model(model, weights, engine, precision, threads, card=card, jobs=1) as estimator:
        identity = estimator.identity
        try:
            report = judge(frames, estimator, references)
        except ValueError as error:
            raise InputError(f"{data}: {error}") from error
    if as_json:
        say_json({"model": identity.name, "pictures": len(frames), **report.to_dict()})
    else:
        say(f"{identity.name}, {data}, {len(frames)} pictures, {references} references each\n{report.table()}")
