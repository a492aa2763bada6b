"""Doing what a batch has planned: each input's maps, written as they come, and an account of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from tui.cli.batch import STANDARD_INPUT, Format, Job
from tui.cli.clips import Clip, camera_of, mounting_of, opened
from tui.cli.exits import warn
from tui.cli.ledger import Done, Ledger
from tui.cli.metric import Counts, MetricFrame
from tui.cli.output import make_console, printable
from tui.errors import DepthTuiError, InputError, SourceError
from tui.geometry.mounting import AS_DELIVERED, Mounting
from tui.pipeline.ahead import ahead
from tui.storage.atomic import write_atomically

if TYPE_CHECKING:
    from tui.cli.metric_run import ClipReading, MetricRun
    from tui.depth.estimator import DepthEstimator
    from tui.geometry.arrays import FloatMap, RGBImage


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


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of a picture."""

    key: str
    note: str
    """Of the reader."""
    inverse_depth: FloatMap
    metric: MetricFrame | None = None


@dataclass(frozen=True, slots=True)
class _ClipFrame:
    number: int
    at_s: float
    image: RGBImage


class BatchRun:
    """Does jobs in their order; an input that fails is noted and does not stop the others.

    With `metric` inputs are read in metres as well, one after the other, and a clip that was stopped begins anew: each
    fit hangs on those before it.

    Args:
        estimator: computes the maps; from `in_flight` threads.
        formats: of the files.
        ledger: knows what an earlier run has done.
        mounting: how pictures are turned and cropped.
        metric: reads in metres.
        in_flight: how many maps are worked on at a time.
    """

    def __init__(
        self,
        estimator: DepthEstimator,
        formats: Sequence[Format],
        ledger: Ledger,
        mounting: Mounting = AS_DELIVERED,
        metric: MetricRun | None = None,
        in_flight: int = 1,
    ) -> None:
        self._metric = metric
        self._in_flight = in_flight if metric is None else 1
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
            for job, made in ahead(jobs, self._picture_made, self._in_flight):
                frames = bar.add_task(printable(job.path.name), total=None if job.is_clip else 1)
                try:
                    for _ in self._clip(job) if job.is_clip else self._picture(job, made):
                        bar.advance(frames)
                except (InputError, SourceError) as error:
                    self.tally.failures.append(error)
                bar.remove_task(frames)
                bar.advance(inputs)

    def _picture_made(self, job: Job) -> _Made | None:
        """What a picture gives; None for what an earlier run has done, and for a clip, whose frames come one by one."""
        from tui.camera.imread import read_noted
        from tui.camera.mounted import mounted_picture

        if job.is_clip:
            return None
        key = self._ledger.key_of(job.path)
        if self._ledger.done(key, job.stem).is_complete:
            return None
        picture = read_noted(job.path)
        if self._metric is None:
            mounted = mounted_picture(picture.image, self._mounting, str(job.path))
            return _Made(key, picture.note, self._estimator.estimate(mounted))
        taken = self._metric.picture(job.path, picture.image)
        return _Made(key, picture.note, taken.inverse_depth, taken.frame)

    def _picture(self, job: Job, made: Callable[[], _Made | None]) -> Iterable[None]:
        found = made()
        if found is None:
            self.tally.kept += 1
            return
        if found.note:
            warn(f"{job.path}: {found.note}")
        outputs = job.outputs(self._formats)
        _write(found.inverse_depth, outputs)
        if found.metric is not None:
            if found.metric.nothing:
                raise InputError(f"{job.path}: no distance: {found.metric.nothing}")
            self._write_metric(found.metric, outputs)
        self._ledger.note_end(found.key, job.stem, outputs.values())
        self.tally.maps += 1
        yield

    def _clip(self, job: Job) -> Iterable[None]:
        from tui.camera.imread import NEARLY_BLACK, is_nearly_black
        from tui.cli.film import Film

        piped = str(job.path) == STANDARD_INPUT
        key = uuid4().hex if piped else self._ledger.key_of(job.path, job.topic)  # a pipe's is new every time
        done = self._ledger.done(key, job.stem)
        if done.is_complete:
            self.tally.kept += done.maps
            self._tell_faults(done.faults)
            return
        films, tables = job.films(self._formats), job.tables(self._formats)
        if self._metric is not None:
            done = Done()
        clip = opened(job)
        count, all_black = 0, True
        with (
            Film(films[0], films[1], clip.rate_hz) if films else nullcontext() as film,
            self._in_metres(job, clip) as reading,
        ):
            frames_made = (
                self._computed(clip, job, key, done) if reading is None else self._read(clip, job, key, reading)
            )
            for frame, inverse_depth in frames_made:
                if film is not None:
                    film.add(frame.at_s, inverse_depth)
                all_black = all_black and is_nearly_black(frame.image)
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

    def _computed(
        self, clip: Iterable[tuple[float, RGBImage]], job: Job, key: str, done: Done
    ) -> Iterator[tuple[_ClipFrame, FloatMap]]:
        """The frames with their maps, each written as it comes, or kept from an earlier run."""
        from tui.camera.mounted import mounted_picture

        pictures = (
            _ClipFrame(number, at_s, mounted_picture(taken, self._mounting, str(job.path)))
            for number, (at_s, taken) in enumerate(clip)
        )
        for each, made in ahead(pictures, lambda each: self._frame_made(each, job, done), self._in_flight):
            inverse_depth, is_new = made()
            if is_new:
                outputs = job.outputs(self._formats, each.number)
                _write(inverse_depth, outputs)
                if outputs:
                    self._ledger.note_frame(key, job.stem, each.number, outputs.values())
                self.tally.maps += 1
            else:
                self.tally.kept += 1
            yield each, inverse_depth

    def _read(self, clip: Clip, job: Job, key: str, reading: ClipReading) -> Iterator[tuple[_ClipFrame, FloatMap]]:
        """The same in metres."""
        for number, (at_s, taken) in enumerate(clip):
            outputs, found = job.outputs(self._formats, number), reading.next(at_s, taken, mounting_of(clip))
            _write(found.inverse_depth, outputs)
            reading.note(at_s, found.frame, self._write_metric(found.frame, outputs))
            self._ledger.note_frame(key, job.stem, number, outputs.values())
            self.tally.maps += 1
            yield _ClipFrame(number, at_s, found.frame.image), found.inverse_depth

    def _frame_made(self, frame: _ClipFrame, job: Job, done: Done) -> tuple[FloatMap, bool]:
        """The map of a frame, and whether it is a new one."""
        kept = _kept_map(done, frame.number, job.outputs(self._formats, frame.number))
        return (self._estimator.estimate(frame.image), True) if kept is None else (kept, False)

    def _in_metres(self, job: Job, clip: Clip) -> AbstractContextManager[ClipReading | None]:
        return nullcontext() if self._metric is None else self._metric.clip(job.path, camera_of(clip))

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
