"""`depth-tui depth`: the raw maps of many pictures."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from tui import __version__
from tui.cli.batch import parse_formats, plan
from tui.cli.exits import INTERRUPTED, complain, warn
from tui.cli.model import jobs_of, loaded_model
from tui.cli.options import (
    CardOption,
    CropOption,
    Engine,
    EngineOption,
    FlipOption,
    JobsOption,
    MirrorOption,
    ModelOption,
    Precision,
    PrecisionOption,
    RotateOption,
    ThreadsOption,
    WeightsOption,
)
from tui.cli.output import say
from tui.geometry.mounting import parse_mounting

_NAMED = 3
"""Files passed over that are named; the rest is counted."""
_GOES_ON = "the same command goes on from there"


def depth(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE|FOLDER|VIDEO ...", help="Pictures, folders of pictures, videos; - is standard input."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the maps go; made if it is not there.")],
    model: ModelOption = None,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    jobs: JobsOption = None,
    mirror: MirrorOption = True,
    rotate: RotateOption = None,
    flip: FlipOption = None,
    crop: CropOption = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="LIST",
            help="Any of npz (raw float32, key inverse_depth), pfm (raw float32), png16 (scaled to 16 bits), color, "
            "video (of a clip: aligned in scale and shift from frame to frame).",
        ),
    ] = "npz",
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Also the pictures in folders below; DIR mirrors them.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Begin anew, also what an earlier run has done.")] = False,
) -> None:
    """Compute the maps of pictures, folders and videos.

    What is written is relative inverse depth (larger is nearer), of the picture's size: STEM.npz and so on, and for a
    video a folder of one file a frame. Format `video` adds STEM_depth.mp4, and STEM_alignment.csv with the scale and
    shift that each frame's map was given in it. Inputs that cannot be read are named and passed over. A run that was
    stopped goes on where it was when the same command is given again; what has changed since is done anew.
    """
    from tui.cli.batch_run import BatchRun
    from tui.cli.ledger import Ledger

    wanted = parse_formats(formats)
    mounting = parse_mounting(rotate, flip, crop)
    asked = (("rotate", rotate), ("flip", flip), ("crop", crop))
    passed: list[str] = []
    planned = plan(inputs, out, wanted, recursive=recursive, passed=passed)
    if passed:
        more = f"; and {len(passed) - _NAMED} more" if len(passed) > _NAMED else ""
        warn(f"{len(passed)} passed over: {'; '.join(passed[:_NAMED])}{more}")
    in_flight = jobs_of(jobs, [model])
    with loaded_model(model, weights, engine, precision, threads, flip=mirror, card=card, jobs=in_flight) as estimator:
        way = (
            __version__,
            estimator.identity.name,
            estimator.identity.key,
            estimator.engine,
            precision.value,
            "mirrored too" if mirror else "",
            *(f"{name} {text}" for name, text in asked if text),
        )
        names = sorted(each.value[0] for each in wanted)
        with closing(Ledger(out, (*way, *names), anew=again)) as ledger:
            batch = BatchRun(estimator, wanted, ledger, mounting, in_flight)
            tally = batch.tally
            try:
                batch.run(planned)
            except KeyboardInterrupt:
                kept = _maps(tally.maps + tally.kept)
                complain(f"stopped; {kept} in {out} {'is' if kept == _maps(1) else 'are'} kept, {_GOES_ON}")
                raise typer.Exit(INTERRUPTED) from None
            finally:
                for failure in (*tally.failures, *tally.incomplete):
                    complain(str(failure))
    words = [f"{_maps(tally.maps)} in {out}"]
    if tally.kept:
        words.append(f"{tally.kept} {'was' if tally.kept == 1 else 'were'} there already (--again begins anew)")
    for found, what in ((tally.failures, "failed"), (tally.incomplete, "incomplete")):
        if found:
            words.append(f"{len(found)} of {len(planned)} inputs {what}")
    say("; ".join(words))
    if tally.failures or tally.incomplete:
        raise typer.Exit((*tally.failures, *tally.incomplete)[0].exit_code)


def _maps(count: int) -> str:
    return f"{count} map{'' if count == 1 else 's'}"
