"""Doing what a batch has planned: each input's maps, written as they come, and an account of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from tui.cli.batch import STANDARD_INPUT, Format, Job
from tui.cli.exits import warn
from tui.cli.ledger import Done, Ledger
from tui.cli.output import make_console, printable
from tui.errors import DepthTuiError, InputError, SourceError
from tui.geometry.mounting import AS_DELIVERED, Mounting
from tui.pipeline.ahead import ahead

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class _Made:
    """The map of a picture."""

    key: str
    note: str
    """Of the reader."""
    inverse_depth: FloatMap


@dataclass(frozen=True, slots=True)
class _ClipFrame:
    number: int
    at_s: float
    image: RGBImage


class BatchRun:
    """Does jobs in their order; an input that fails is noted and does not stop the others.

    Args:
        estimator: computes the maps; from `in_flight` threads.
        formats: of the files.
        ledger: knows what an earlier run has done.
        mounting: how pictures are turned and cropped.
        in_flight: how many maps are worked on at a time.
    """

    def __init__(
        self,
        estimator: DepthEstimator,
        formats: Sequence[Format],
        ledger: Ledger,
        mounting: Mounting = AS_DELIVERED,
        in_flight: int = 1,
    ) -> None:
        self._mounting = mounting
        self._in_flight = in_flight
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
        mounted = mounted_picture(picture.image, self._mounting, str(job.path))
        return _Made(key, picture.note, self._estimator.estimate(mounted))

    def _picture(self, job: Job, made: Callable[[], _Made | None]) -> Iterable[None]:
        found = made()
        if found is None:
            self.tally.kept += 1
            return
        if found.note:
            warn(f"{job.path}: {found.note}")
        outputs = job.outputs(self._formats)
        _write(found.inverse_depth, outputs)
        self._ledger.note_end(found.key, job.stem, outputs.values())
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
        films = job.films(self._formats)
        clip = EveryPicture() if piped else Once(job.path)
        count, all_black = 0, True
        with Film(films[0], films[1], clip.rate_hz) if films else nullcontext() as film:
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
                if film is not None:
                    film.add(each.at_s, inverse_depth)
                all_black = all_black and is_nearly_black(each.image)
                count += 1
                yield
            if film is not None:
                film.finish()
        frames = count if job.outputs(self._formats, 0) else 0
        self._ledger.note_end(key, job.stem, films, maps=count, frames=frames, faults=clip.faults)
        for note in clip.notes:
            warn(note)
        if all_black and count:
            warn(f"{job.path}: {NEARLY_BLACK}")
        self._tell_faults(clip.faults)

    def _frame_made(self, frame: _ClipFrame, job: Job, done: Done) -> tuple[FloatMap, bool]:
        """The map of a frame, and whether it is a new one."""
        kept = _kept_map(done, frame.number, job.outputs(self._formats, frame.number))
        return (self._estimator.estimate(frame.image), True) if kept is None else (kept, False)

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
