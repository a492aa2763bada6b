"""`depth-tui depth`: the raw maps of many pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.batch import Format, Job, parse_formats, plan
from tui.cli.exits import complain
from tui.cli.model import loaded_model
from tui.cli.options import (
    Engine,
    EngineOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ThreadsOption,
    WeightsOption,
)
from tui.cli.output import make_console, printable, say
from tui.errors import DepthTuiError, InputError, SourceError

if TYPE_CHECKING:
    from tui.cli.film import Film
    from tui.depth.estimator import DepthEstimator
    from tui.geometry.arrays import FloatMap, RGBImage


def depth(
    inputs: Annotated[
        list[str], typer.Argument(metavar="IMAGE|FOLDER|VIDEO ...", help="Pictures, folders of pictures, video files.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the maps go; made if it is not there.")],
    model: ModelOption = None,
    weights: WeightsOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="LIST",
            help="Any of npz (raw float32, key inverse_depth), pfm (raw float32), png16 (scaled to 16 bits), color, "
            "video (of a clip: aligned in scale and shift from frame to frame).",
        ),
    ] = "npz",
) -> None:
    """Compute the maps of pictures, folders and videos.

    What is written is relative inverse depth (larger is nearer), of the picture's size: STEM.npz and so on, and for a
    video a folder of one file a frame. Format `video` adds STEM_depth.mp4, and STEM_alignment.csv with the scale and
    shift that each frame's map was given in it. Inputs that cannot be read are named and passed over.
    """
    wanted = parse_formats(formats)
    jobs = plan(inputs, out, wanted)
    failures: list[DepthTuiError] = []
    try:
        with loaded_model(model, weights, engine, precision, threads) as estimator:
            maps = _run(jobs, estimator, wanted, failures)
    finally:
        for failure in failures:
            complain(str(failure))
    done = f"{maps} map{'' if maps == 1 else 's'} in {out}"
    say(f"{done}; {len(failures)} of {len(jobs)} inputs failed" if failures else done)
    if failures:
        raise typer.Exit(failures[0].exit_code)


def _run(
    jobs: Sequence[Job], estimator: DepthEstimator, formats: Sequence[Format], failures: list[DepthTuiError]
) -> int:
    """Do the jobs and return the number of maps; an input that fails is noted and does not stop the others."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = make_console(stderr=True)
    text = TextColumn("{task.description}", markup=False)
    maps = 0
    with Progress(
        text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as bar:
        inputs = bar.add_task("inputs", total=len(jobs))
        for job in jobs:
            frames = bar.add_task(printable(job.path.name), total=None if job.is_clip else 1)
            try:
                with _film(job, formats) as film:
                    for frame, image in _pictures(job):
                        inverse_depth = estimator.estimate(image)
                        _write(inverse_depth, job.outputs(formats, frame))
                        if film is not None:
                            film.add(inverse_depth)
                        maps += 1
                        bar.advance(frames)
                    if film is not None:
                        film.finish()
            except (InputError, SourceError) as error:
                failures.append(error)
            bar.remove_task(frames)
            bar.advance(inputs)
    return maps


def _pictures(job: Job) -> Iterator[tuple[int | None, RGBImage]]:
    """The picture, or each frame of the clip with its number."""
    if not job.is_clip:
        from tui.camera.imread import read_picture

        yield None, read_picture(job.path)
        return
    from tui.camera.once import frames_once

    yield from enumerate(frames_once(job.path))


@contextmanager
def _film(job: Job, formats: Sequence[Format]) -> Iterator[Film | None]:
    files = job.films(formats)
    if not files:
        yield None
        return
    from tui.camera.once import rate_of
    from tui.cli.film import Film

    film = Film(files[0], files[1], rate_of(job.path))
    try:
        yield film
    finally:
        film.close()


def _write(inverse_depth: FloatMap, outputs: Mapping[Format, Path]) -> None:
    from tui.cli.film import colored, usual_range
    from tui.storage.atomic import write_atomically
    from tui.storage.encode import encode_npz, encode_pfm, encode_png, encode_png16

    for kind, path in outputs.items():
        match kind:
            case Format.NPZ:
                data = encode_npz(inverse_depth)
            case Format.PFM:
                data = encode_pfm(inverse_depth)
            case Format.PNG16:
                data = encode_png16(inverse_depth)
            case Format.COLOR:
                data = encode_png(colored(inverse_depth, *usual_range(inverse_depth)))
            case Format.VIDEO:
                continue  # of the whole clip, see `Film`
        write_atomically(path, data)
