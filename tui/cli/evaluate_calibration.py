"""`depth-tui eval-calibration`: how good metres are from a few references, on recordings with true depth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.judged_data import DataOption, DepthUnitsOption, SequenceOption, frames_of
from tui.cli.model import loaded_model
from tui.cli.options import (
    CardOption,
    Engine,
    EngineOption,
    MirrorOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ThreadsOption,
    WeightsOption,
)
from tui.cli.output import say, say_json
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.evaluation.reference_report import ReferenceReport
    from tui.evaluation.regions import RegionReport
    from tui.evaluation.rgbd import RgbdFrame


def evaluate_calibration(
    data: DataOption,
    model: ModelOption = None,
    sequence: SequenceOption = None,
    depth_units: DepthUnitsOption = None,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    mirror: MirrorOption = True,
    suggested: Annotated[
        bool, typer.Option("--suggested", help="Also with references where 'measure --suggest' would have them.")
    ] = False,
    draws: Annotated[
        int | None,
        typer.Option("--draws", min=1, max=1000, help="How often pixels are drawn in each picture: less is chance."),
    ] = None,
    regions: Annotated[
        bool, typer.Option("--regions", help="Judge the intervals of regions instead: nearest, median, farthest.")
    ] = False,
    find_priors: Annotated[
        bool,
        typer.Option("--find-priors", help="Find the priors that fit this model here instead; minutes."),
    ] = False,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="MODEL", help="With --find-priors: a further model whose errors count too."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Judge the calibration on recordings with true depth.

    In each picture 1, 2, 4, 8 and 16 references are drawn with a fixed seed and 60 other pixels are read, where
    there are fewer than a hundred pictures in as many draws as make a hundred, or in --draws: AbsRel of the calibration
    beside that of simpler ways, and how often the 95 % intervals hold the truth. With --suggested the same pixels are
    also read from references that are proposed one after another: asked for again after 1, 2, 4 and 8 are measured.

    With --regions, 6 boxes a picture are read from 4 and 8 references: how often the interval of the nearest, the
    median and the farthest holds that of the true depth.

    With --find-priors, what is believed of errors before any reference speaks is varied until intervals are best, with
    good references and with one that is mistaken; the recordings that it was chosen on are not those to judge it by.
    """
    from tui.calibration.beliefs import beliefs_of
    from tui.evaluation.references import FEWEST_DRAWS, evaluate_references
    from tui.evaluation.regions import FEWEST_DRAWS as FEWEST_BOXED
    from tui.evaluation.regions import evaluate_regions

    frames = frames_of(data, sequence, depth_units)
    if find_priors:
        _find_priors(frames, [model, *(also or [])], weights, card, engine, precision, threads, as_json=as_json)
        return
    with loaded_model(model, weights, engine, precision, threads, flip=mirror, card=card, jobs=1) as estimator:
        identity = estimator.identity
        beliefs = beliefs_of(identity.kind)
        try:
            report: ReferenceReport | RegionReport
            if regions:
                draws = draws or math.ceil(FEWEST_BOXED / len(frames))
                report = evaluate_regions(frames, estimator.estimate, beliefs, draws=draws)
            else:
                draws = draws or math.ceil(FEWEST_DRAWS / len(frames))
                report = evaluate_references(frames, estimator.estimate, beliefs, draws=draws, suggested=suggested)
        except ValueError as error:
            raise InputError(f"{data}: {error}") from error
    if as_json:
        say_json({"model": identity.name, **report.to_dict()})
    else:
        say(f"{identity.name}, {data}\n{report.table()}")


def _find_priors(
    frames: Sequence[RgbdFrame],
    models: Sequence[str | None],
    weights: Path | None,
    card: Path | None,
    engine: Engine,
    precision: Precision,
    threads: int | None,
    *,
    as_json: bool,
) -> None:
    """Those of all the models together, said as they are found."""
    from tui.calibration.beliefs import beliefs_of
    from tui.evaluation.priors import draw_recordings, find_priors
    from tui.evaluation.references import Drawn

    recordings: dict[str, Sequence[Drawn]] = {}
    kinds = []
    for each in models:
        own = (weights, card) if each is models[0] else (None, None)
        with loaded_model(each, own[0], engine, precision, threads, card=own[1], jobs=1) as estimator:
            identity = estimator.identity
            kinds.append(identity.kind)
            for name, drawn in draw_recordings(frames, estimator.estimate).items():
                recordings[f"{identity.name}: {name}"] = drawn
    beliefs = beliefs_of(kinds[0])
    if any((beliefs_of(kind).exponent is None) != (beliefs.exponent is None) for kind in kinds):
        raise InputError("models whose maps know a scale and a shift, and such whose zero is far away, share no priors")
    found = find_priors(recordings, beliefs, None if as_json else lambda each: say(each.line()))
    if as_json:
        say_json({"recordings": list(recordings), "score": found.score, "priors": asdict(found.beliefs)})
    else:
        say(f"the least of all starts:\n{replace(found, changed='').line()}")
