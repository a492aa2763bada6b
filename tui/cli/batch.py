"""What `depth-tui depth` has to do: which inputs there are, and what each one's files are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tui.errors import InputError
from tui.storage.paths import from_home, real

STANDARD_INPUT = "-"
_PIPED = "stdin"
"""The name of what standard input gives."""
ALIGNMENT_ENDING = "_alignment.csv"
"""Of the table that lies beside a depth video."""
FRAMES_ENDING = "_frames.csv"
"""Of the table that says of each frame of a clip when it was and what is known of it in metres."""


class Format(Enum):
    """A kind of file that a map is written as: the name on the command line, and the end of the file's name."""

    NPZ = ("npz", ".npz")
    PFM = ("pfm", ".pfm")
    PNG16 = ("png16", "_16bit.png")
    COLOR = ("color", "_color.png")
    VIDEO = ("video", "_depth.mp4")
    METRES = ("metres", "_metres.npz")
    PLY = ("ply", ".ply")
    PCD = ("pcd", ".pcd")
    PNG16_MM = ("png16-mm", "_mm.png")
    PREVIEW = ("preview", "_preview.png")

    @property
    def ending(self) -> str:
        """What the file's name ends with."""
        return self.value[1]

    @property
    def is_metric(self) -> bool:
        """Whether it says distances, and so needs a calibration."""
        return self in {Format.METRES, Format.PNG16_MM, Format.PREVIEW} or self.is_cloud

    @property
    def is_cloud(self) -> bool:
        """Whether it is points in space, and so needs the camera as well."""
        return self in {Format.PLY, Format.PCD}


@dataclass(frozen=True, slots=True)
class Job:
    """One picture or clip."""

    path: Path
    stem: Path
    """Where its files go, without their endings; a folder of frames for a clip."""
    is_clip: bool
    topic: str = ""
    """Of a bag; empty for the one that is played."""

    def outputs(self, formats: Iterable[Format], frame: int | None = None) -> dict[Format, Path]:
        """The files of the picture, or of one frame of the clip."""
        base = self.stem if frame is None else self.stem / f"{frame:06d}"
        return {each: base.with_name(base.name + each.ending) for each in formats if each is not Format.VIDEO}

    def films(self, formats: Iterable[Format]) -> list[Path]:
        """The files of the clip as a whole: the depth video, and the table of its alignment."""
        return self._beside((Format.VIDEO.ending, ALIGNMENT_ENDING)) if Format.VIDEO in formats else []

    def tables(self, formats: Iterable[Format]) -> list[Path]:
        """The table of a clip's frames in metres."""
        return self._beside((FRAMES_ENDING,)) if any(each.is_metric for each in formats) else []

    def _beside(self, endings: Iterable[str]) -> list[Path]:
        return [self.stem.with_name(self.stem.name + ending) for ending in endings] if self.is_clip else []


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


def plan(
    inputs: Sequence[str],
    out: Path,
    formats: Sequence[Format],
    *,
    recursive: bool = False,
    passed: list[str] | None = None,
) -> list[Job]:
    """One job a picture or clip, in the order given; a file that is named twice is done once.

    Where two inputs of a folder share a stem, their files carry the whole name: `cup_jpg.npz` and `cup_png.npz`.

    Args:
        inputs: pictures, clips, folders; `-` is standard input.
        out: where the files go; what is in there is never an input found in a folder.
        formats: of the files.
        recursive: also what is below the folders; below `out` it then lies as it does there.
        passed: what was found in folders and not taken is added here, with the reason.

    Raises:
        InputError: an input that is not there; two inputs that would still be written to the same file; an output
            that is one of the inputs.
        SourceError: a folder without pictures.
    """
    passed = [] if passed is None else passed
    found: dict[tuple[Path, str], tuple[Path, Path, str]] = {}
    for text in inputs:
        if not text:
            raise InputError("an empty word among the inputs: give pictures, clips or folders")
        if text == STANDARD_INPUT:
            found[Path(text), ""] = (Path(text), Path(), "")
            continue
        bag, topic = _with_topic(text) or (None, "")
        for path, below in _files_of(str(bag or text), out, recursive, passed):
            found.setdefault((real(path), topic), (path, below, topic))
    clips = {path for path, _, _ in found.values() if str(path) == STANDARD_INPUT or _is_clip(path)}
    stems: dict[tuple[Path, str, bool], int] = {}
    for path, below, topic in found.values():
        stem = (below, _stem(path, topic).casefold(), path in clips)
        stems[stem] = stems.get(stem, 0) + 1
    jobs = []
    for path, below, topic in found.values():
        name = _stem(path, topic)
        shared = stems[below, name.casefold(), path in clips] > 1
        name = f"{name}_{path.suffix.lstrip('.')}" if shared and path.suffix else name
        jobs.append(Job(path, out / below / (_PIPED if str(path) == STANDARD_INPUT else name), path in clips, topic))
    _check_outputs(jobs, formats)
    return jobs


def _with_topic(text: str) -> tuple[Path, str] | None:
    from tui.camera.bag import with_topic

    return with_topic(text)


def _stem(path: Path, topic: str) -> str:
    stem = path.name if path.is_dir() else path.stem
    return "_".join((stem, *topic.strip("/").split("/"))) if topic else stem


def _files_of(text: str, out: Path, recursive: bool, passed: list[str]) -> list[tuple[Path, Path]]:
    """The files that an input stands for, each with the folder that its files go to below the output folder."""
    from tui.camera.once_log import is_log

    path = from_home(text)
    try:
        if path.is_dir() and is_log(path):
            return [(path, Path())]
        if path.is_dir():
            return _pictures_below(path, out, recursive, passed)
        if path.is_file():
            return [(path, Path())]
        if path.exists():
            raise InputError(f"{path}: not an ordinary file")
    except OSError as error:
        raise InputError(f"{text[:200]}: cannot be read: {error.strerror or error}") from error
    raise InputError(f"{path}: no such file or folder")


def _pictures_below(folder: Path, out: Path, recursive: bool, passed: list[str]) -> list[tuple[Path, Path]]:
    from tui.camera.imread import is_picture
    from tui.camera.stills import files_in, is_picture_name, pictures_in
    from tui.storage.export import PICTURE, is_capture

    own_outputs = real(out)
    found: list[tuple[Path, Path]] = []
    waiting = [folder]
    while waiting:
        here = waiting.pop(0)
        capture = is_capture(here)  # of whose pictures one is the camera's, and the others are made of it
        for path in files_in(here):
            if capture and path.name != PICTURE:
                passed.append(f"{path}: of a capture, whose picture is {PICTURE}")
            elif is_picture_name(path) or (not path.name.startswith(".") and not path.suffix and _is(is_picture, path)):
                found.append((path, here.relative_to(folder)))
            else:
                passed.append(f"{path}: {'hidden' if path.name.startswith('.') else 'not a picture'}")
        for path in sorted(each for each in here.iterdir() if each.is_dir()):
            if real(path) == own_outputs:
                continue
            if path.name.startswith(".") or path.is_symlink():
                passed.append(f"{path}: a {'hidden' if path.name.startswith('.') else 'linked'} folder")
            elif recursive:
                waiting.append(path)
            else:
                passed.append(f"{path}: a folder, taken with --recursive")
    if found or recursive:
        if not found:
            raise InputError(f"{folder}: no pictures in this folder or below it")
        return found
    return [(path, Path()) for path in pictures_in(folder)]  # says what is wrong


def _is(question: Callable[[Path], bool], path: Path) -> bool:
    try:
        return question(path)
    except OSError:
        return False


def _is_clip(path: Path) -> bool:
    """By the content; what is neither, and only called a picture, is left to the reader of pictures to refuse."""
    from tui.camera.animated import is_moving
    from tui.camera.imread import PICTURE_SUFFIXES, is_picture

    try:
        return path.is_dir() or is_moving(path) or not (is_picture(path) or path.suffix.lower() in PICTURE_SUFFIXES)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _check_outputs(jobs: Sequence[Job], formats: Sequence[Format]) -> None:
    """No output twice, and none in place of an input."""
    inputs = {real(job.path) for job in jobs}
    if list(formats) == [Format.VIDEO] and not all(job.is_clip for job in jobs):
        picture = next(job.path for job in jobs if not job.is_clip)
        raise InputError(f"{picture}: a picture has no depth video; add another --format, such as npz")
    taken: dict[str, Job] = {}
    for job in jobs:
        targets = (
            [job.stem, *job.films(formats), *job.tables(formats)]
            if job.is_clip
            else list(job.outputs(formats).values())
        )
        for target in targets:
            if real(target) in inputs:
                raise InputError(f"{target} is an input and would be overwritten; choose another --out")
            other = taken.setdefault(str(target).casefold(), job)
            if other is not job:
                raise InputError(
                    f"{other.path} and {job.path} would both be written to {target}; rename one, or give them "
                    "different --out folders"
                )
