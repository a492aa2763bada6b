"""`depth-tui depth`: the raw maps of many pictures."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from tui.cli.batch import plan
from tui.cli.exits import INTERRUPTED, complain, warn
from tui.cli.model import jobs_of, loaded_model
from tui.cli.options import (
    CardOption,
    CropOption,
    Engine,
    EngineOption,
    FlipOption,
    FloorOption,
    ForceOption,
    FovOption,
    IntrinsicsOption,
    JobsOption,
    LengthOption,
    MarkerOption,
    MirrorOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ProfileOption,
    ReferenceOption,
    RotateOption,
    ThreadsOption,
    WeightsOption,
    WindowOption,
)
from tui.cli.output import say
from tui.geometry.mounting import parse_mounting
from tui.version import __version__

_NAMED = 3
"""Files passed over that are named; the rest is counted."""
_GOES_ON = "the same command goes on from there"
_IN_METRES = "the same command goes on there, with a clip at its beginning"


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
    reference: ReferenceOption = None,
    marker: MarkerOption = None,
    length: LengthOption = None,
    floor: FloorOption = None,
    profile: ProfileOption = None,
    intrinsics: IntrinsicsOption = None,
    fov: FovOption = None,
    window: WindowOption = None,
    force: ForceOption = False,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="LIST",
            help="Any of npz (raw float32, key inverse_depth), pfm (raw float32), png16 (scaled to 16 bits), color, "
            "video (of a clip: aligned in scale and shift from frame to frame); npz without it. With references or a "
            "profile also metres (npz of distance_m, low_m, high_m), png16-mm (16 bits, millimetres, 0 unknown), "
            "preview (colours and a scale) and, with the camera, ply and pcd (points); metres without it.",
        ),
    ] = None,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Also the pictures in folders below; DIR mirrors them.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Begin anew, also what an earlier run has done.")] = False,
) -> None:
    """Compute the maps of pictures, folders and videos.

    What is written is relative inverse depth (larger is nearer), of the picture's size: STEM.npz and so on, and for a
    video a folder of one file a frame. Format `video` adds STEM_depth.mp4, and STEM_alignment.csv with the scale and
    shift that each frame's map was given in it. With --reference, --marker or --profile there are distances too, read
    in each picture and frame as measure and watch read them; STEM_frames.csv says what is known of each frame. Inputs
    that cannot be read are named and passed over. A run that was stopped goes on where it was when the same command is
    given again (with a clip in metres at its beginning); what has changed since is done anew.
    """
    from tui.cli.batch_run import BatchRun
    from tui.cli.depth_asked import asked_in_metres, basis_of, check_model
    from tui.cli.ledger import Ledger

    asked_for = asked_in_metres(
        formats, reference=reference, marker=marker, length=length, floor=floor, profile=profile,
        intrinsics=intrinsics, fov=fov, window=window, force=force,
    )  # fmt: skip
    wanted, in_metres = asked_for.formats, asked_for.asked
    mounting = parse_mounting(rotate, flip, crop)
    asked = (("rotate", rotate), ("flip", flip), ("crop", crop))
    passed: list[str] = []
    planned = plan(inputs, out, wanted, recursive=recursive, passed=passed)
    if passed:
        more = f"; and {len(passed) - _NAMED} more" if len(passed) > _NAMED else ""
        warn(f"{len(passed)} passed over: {'; '.join(passed[:_NAMED])}{more}")
    in_flight = jobs_of(jobs, [model])
    with loaded_model(model, weights, engine, precision, threads, flip=mirror, card=card, jobs=in_flight) as estimator:
        metric = None
        if in_metres is not None:
            from tui.cli.metric_run import MetricRun

            check_model(in_metres, estimator.identity.kind)
            metric = MetricRun(in_metres, estimator, mounting)
        way = (
            __version__,
            estimator.identity.name,
            estimator.identity.key,
            estimator.engine,
            precision.value,
            "mirrored too" if mirror else "",
            *(f"{name} {text}" for name, text in asked if text),
            *(() if in_metres is None else (basis_of(in_metres),)),
        )
        names = sorted(each.value[0] for each in wanted)
        with closing(Ledger(out, (*way, *names), anew=again)) as ledger:
            batch = BatchRun(estimator, wanted, ledger, mounting, metric, in_flight)
            tally = batch.tally
            try:
                batch.run(planned)
            except KeyboardInterrupt:
                goes_on = _GOES_ON if in_metres is None else _IN_METRES
                kept = _maps(tally.maps + tally.kept)
                complain(f"stopped; {kept} in {out} {'is' if kept == _maps(1) else 'are'} kept, {goes_on}")
                raise typer.Exit(INTERRUPTED) from None
            finally:
                for failure in (*tally.failures, *tally.incomplete):
                    complain(str(failure))
    words = [f"{_maps(tally.maps)} in {out}", *filter(None, [str(tally.counts)])]
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
