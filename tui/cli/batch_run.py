"""Doing what a batch has planned: each input's maps, written as they come, and an account of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from tui.cli.batch import STANDARD_INPUT, Format, Job
from tui.cli.exits import warn
from tui.cli.ledger import Done, Ledger
from tui.cli.metric import Counts, MetricFrame
from tui.cli.output import make_console, printable
from tui.errors import DepthTuiError, InputError, SourceError
from tui.geometry.mounting import AS_DELIVERED, Mounting
from tui.storage.atomic import write_atomically

if TYPE_CHECKING:
    from tui.cli.metric_run import ClipReading, MetricRun
    from tui.depth.estimator import DepthEstimator
    from tui.geometry.arrays import FloatMap


@dataclass(slots=True)
class Tally:
    """What came of a batch, so far."""

    maps: int = 0
    """Computed now."""
    kept: int = 0
    """Found from an earlier run."""
    failures: list[DepthTuiError] = field(default_factory=list)
    """One for each input that gave nothing, or not all."""
    incomplete: list[DepthTuiError] = field(default_factory=list)
    """One for each clip of which something is missing."""
    counts: Counts = field(default_factory=Counts)
    """Of what was computed now in metres."""


class BatchRun:
    """Does jobs one after another; an input that fails is noted and does not stop the others.

    With `metric` inputs are read in metres as well, and a clip that was stopped begins anew: each fit hangs on those
    before it.
    """

    def __init__(
        self,
        estimator: DepthEstimator,
        formats: Sequence[Format],
        ledger: Ledger,
        mounting: Mounting = AS_DELIVERED,
        metric: MetricRun | None = None,
    ) -> None:
        self._metric = metric
        self._mounting = mounting
        self.tally = Tally()
        self._estimator = estimator
        self._formats = formats
        self._ledger = ledger

    def run(self, jobs: Sequence[Job]) -> None:
        """Do them. Raises StorageError where nothing can be written any more."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = make_console(stderr=True)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bar:
            inputs = bar.add_task("inputs", total=len(jobs))
            for job in jobs:
                frames = bar.add_task(printable(job.path.name), total=None if job.is_clip else 1)
                try:
                    for _ in self._clip(job) if job.is_clip else self._picture(job):
                        bar.advance(frames)
                except (InputError, SourceError) as error:
                    self.tally.failures.append(error)
                bar.remove_task(frames)
                bar.advance(inputs)

    def _picture(self, job: Job) -> Iterable[None]:
        from tui.camera.imread import read_noted
        from tui.camera.mounted import mounted_picture

        key = self._ledger.key_of(job.path)
        if self._ledger.done(key, job.stem).is_complete:
            self.tally.kept += 1
            return
        picture = read_noted(job.path)
        if picture.note:
            warn(f"{job.path}: {picture.note}")
        outputs = job.outputs(self._formats)
        if self._metric is None:
            _write(self._estimator.estimate(mounted_picture(picture.image, self._mounting, str(job.path))), outputs)
        else:
            taken = self._metric.picture(job.path, picture.image)
            _write(taken.inverse_depth, outputs)
            if taken.frame.nothing:
                raise InputError(f"{job.path}: no distance: {taken.frame.nothing}")
            self._write_metric(taken.frame, outputs)
        self._ledger.note_end(key, job.stem, outputs.values())
        self.tally.maps += 1
        yield

    def _clip(self, job: Job) -> Iterable[None]:
        from tui.camera.imread import NEARLY_BLACK, is_nearly_black
        from tui.camera.mounted import mounted_picture
        from tui.camera.once import Once
        from tui.camera.standard_input import EveryPicture
        from tui.cli.film import Film

        piped = str(job.path) == STANDARD_INPUT
        key = uuid4().hex if piped else self._ledger.key_of(job.path)  # what comes by a pipe is new every time
        done = self._ledger.done(key, job.stem)
        if done.is_complete:
            self.tally.kept += done.maps
            self._tell_faults(done.faults)
            return
        films, tables = job.films(self._formats), job.tables(self._formats)
        if self._metric is not None:
            done = Done()
        clip = EveryPicture() if piped else Once(job.path)
        count, all_black = 0, True
        with (
            Film(films[0], films[1], clip.rate_hz) if films else nullcontext() as film,
            self._in_metres(job) as reading,
        ):
            for at_s, taken in clip:
                outputs = job.outputs(self._formats, count)
                if reading is not None:
                    found = reading.next(at_s, taken)
                    image, inverse_depth = found.frame.image, found.inverse_depth
                    _write(inverse_depth, outputs)
                    reading.note(at_s, found.frame, self._write_metric(found.frame, outputs))
                    self._ledger.note_frame(key, job.stem, count, outputs.values())
                    self.tally.maps += 1
                else:
                    image = mounted_picture(taken, self._mounting, str(job.path))
                    kept = _kept_map(done, count, outputs)
                    inverse_depth = self._estimator.estimate(image) if kept is None else kept
                    if kept is None:
                        _write(inverse_depth, outputs)
                        if outputs:
                            self._ledger.note_frame(key, job.stem, count, outputs.values())
                        self.tally.maps += 1
                    else:
                        self.tally.kept += 1
                if film is not None:
                    film.add(at_s, inverse_depth)
                all_black = all_black and is_nearly_black(image)
                count += 1
                yield
            if film is not None:
                film.finish()
        if reading is not None:
            write_atomically(tables[0], reading.table())
            reading.tell()
        frames = count if job.outputs(self._formats, 0) else 0
        self._ledger.note_end(key, job.stem, [*films, *tables], maps=count, frames=frames, faults=clip.faults)
        for note in clip.notes:
            warn(note)
        if all_black and count:
            warn(f"{job.path}: {NEARLY_BLACK}")
        self._tell_faults(clip.faults)

    def _in_metres(self, job: Job) -> AbstractContextManager[ClipReading | None]:
        return nullcontext() if self._metric is None else self._metric.clip(job.path)

    def _write_metric(self, frame: MetricFrame, outputs: Mapping[Format, Path]) -> Counts:
        """Write a frame's files that are in metres, and count what they could not say."""
        wanted = [kind for kind in outputs if kind.is_metric]
        for kind in wanted:
            write_atomically(outputs[kind], frame.encode(kind))
        counts = frame.counts(wanted)
        self.tally.counts += counts
        return counts

    def _tell_faults(self, faults: str) -> None:
        if faults:
            self.tally.incomplete.append(SourceError(faults))


def _kept_map(done: Done, frame: int, outputs: Mapping[Format, Path]) -> FloatMap | None:
    """A frame's map from an earlier run; None where it must be computed again."""
    if frame not in done.frames or Format.NPZ not in outputs:
        return None
    try:
        with np.load(outputs[Format.NPZ], allow_pickle=False) as archive:
            values: FloatMap = archive["inverse_depth"]
            return values
    except (OSError, ValueError, KeyError):
        return None


def _write(inverse_depth: FloatMap, outputs: Mapping[Format, Path]) -> None:
    """Those of the files that hold the network's own values."""
    from tui.cli.film import colored, usual_range
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
            case _:
                continue  # of the whole clip, see `Film`; or in metres
        write_atomically(path, data)
