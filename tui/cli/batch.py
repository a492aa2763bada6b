"""What `depth-tui depth` has to do: which inputs there are, and what each one's files are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tui.errors import InputError

ALIGNMENT_ENDING = "_alignment.csv"
"""Of the table that lies beside a depth video."""


class Format(Enum):
    """A kind of file that a map is written as: the name on the command line, and the end of the file's name."""

    NPZ = ("npz", ".npz")
    PFM = ("pfm", ".pfm")
    PNG16 = ("png16", "_16bit.png")
    COLOR = ("color", "_color.png")
    VIDEO = ("video", "_depth.mp4")

    @property
    def ending(self) -> str:
        """What the file's name ends with."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Job:
    """One picture or clip."""

    path: Path
    stem: Path
    """Where its files go, without their endings; a folder of frames for a clip."""
    is_clip: bool

    def outputs(self, formats: Iterable[Format], frame: int | None = None) -> dict[Format, Path]:
        """The files of the picture, or of one frame of the clip."""
        base = self.stem if frame is None else self.stem / f"{frame:06d}"
        return {each: base.with_name(base.name + each.ending) for each in formats if each is not Format.VIDEO}

    def films(self, formats: Iterable[Format]) -> list[Path]:
        """The files of the clip as a whole: the depth video, and the table of its alignment."""
        if not self.is_clip or Format.VIDEO not in formats:
            return []
        return [self.stem.with_name(self.stem.name + ending) for ending in (Format.VIDEO.ending, ALIGNMENT_ENDING)]


def parse_formats(text: str) -> tuple[Format, ...]:
    """Formats from `npz,png16`, each once.

    Raises:
        InputError: lists those there are.
    """
    known = {each.value[0]: each for each in Format}
    names = [name.strip().lower() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"--format '{text}': there is no '{unknown[0]}'; choose from {','.join(known)}")
    return tuple(dict.fromkeys(known[name] for name in names))


def plan(inputs: Sequence[str], out: Path, formats: Sequence[Format]) -> list[Job]:
    """One job a picture or clip, in the order given; a file that is named twice is done once.

    Where two inputs share a stem, their files carry the whole name: `cup_jpg.npz` and `cup_png.npz`.

    Raises:
        InputError: an input that is not there; two inputs that would still be written to the same file; an output
            that is one of the inputs.
        SourceError: a folder without pictures.
    """
    paths = list({path.resolve(): path for text in inputs for path in _files_of(text)}.values())
    clips = {path for path in paths if _is_clip(path)}
    stems: dict[tuple[str, bool], list[Path]] = {}
    for path in paths:
        stems.setdefault((path.stem.casefold(), path in clips), []).append(path)
    jobs = []
    for path in paths:
        shared = len(stems[path.stem.casefold(), path in clips]) > 1
        name = f"{path.stem}_{path.suffix.lstrip('.')}" if shared and path.suffix else path.stem
        jobs.append(Job(path, out / name, path in clips))
    _check_outputs(jobs, formats)
    return jobs


def _files_of(text: str) -> list[Path]:
    from tui.camera.stills import pictures_in

    path = Path(text).expanduser()
    try:
        if path.is_dir():
            return pictures_in(path)
        if path.exists():
            return [path]
    except OSError as error:
        raise InputError(f"{text[:200]}: cannot be read: {error.strerror or error}") from error
    raise InputError(f"{path}: no such file or folder")


def _is_clip(path: Path) -> bool:
    from tui.camera.imread import PICTURE_SUFFIXES, is_picture

    if path.suffix.lower() in PICTURE_SUFFIXES:
        return False
    try:
        return not is_picture(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _check_outputs(jobs: Sequence[Job], formats: Sequence[Format]) -> None:
    """No output twice, and none in place of an input."""
    inputs = {job.path.resolve() for job in jobs}
    if list(formats) == [Format.VIDEO] and not all(job.is_clip for job in jobs):
        picture = next(job.path for job in jobs if not job.is_clip)
        raise InputError(f"{picture}: a picture has no depth video; add another --format, such as npz")
    taken: dict[str, Job] = {}
    for job in jobs:
        targets = [job.stem, *job.films(formats)] if job.is_clip else list(job.outputs(formats).values())
        for target in targets:
            if target.resolve() in inputs:
                raise InputError(f"{target} is an input and would be overwritten; choose another --out")
            other = taken.setdefault(str(target).casefold(), job)
            if other is not job:
                raise InputError(
                    f"{other.path} and {job.path} would both be written to {target}; rename one, or give them "
                    "different --out folders"
                )
