"""What `depth-tui depth` reads from its first picture to its last: clips, recordings, bags, standard input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from tui.cli.batch import STANDARD_INPUT, Job
from tui.geometry.arrays import RGBImage

if TYPE_CHECKING:
    from tui.geometry.intrinsics import Intrinsics
    from tui.geometry.mounting import Mounted


class Clip(Protocol):
    """Every picture of an input once; iterate over it, and then ask what was wrong."""

    @property
    def rate_hz(self) -> float:
        """Nominal pictures a second, 0 where it is not known."""
        ...

    def __iter__(self) -> Iterator[tuple[float, RGBImage]]:
        """(seconds from the start, RGB, uint8, shape (H, W, 3)) of each that can be decoded."""
        ...

    @property
    def faults(self) -> str:
        """What is missing of it, in one line with its name; empty if nothing is."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What else the user should know."""
        ...


def opened(job: Job) -> Clip:
    """What the input is, by its content.

    Raises:
        SourceError: empty, damaged, or nothing that can be decoded.
    """
    from tui.camera.once import Once
    from tui.camera.once_log import OnceLog, is_log
    from tui.camera.standard_input import EveryPicture

    if str(job.path) == STANDARD_INPUT:
        return EveryPicture()
    return OnceLog(job.path, job.topic) if job.topic or is_log(job.path) else Once(job.path)


def camera_of(clip: Clip) -> Intrinsics | None:
    """What it says of its camera; None where it says nothing."""
    from tui.camera.once_log import OnceLog

    return clip.intrinsics if isinstance(clip, OnceLog) else None


def mounting_of(clip: Clip) -> Mounted | None:
    """How the picture that it gave last had been turned before; None where nothing is known of it."""
    from tui.camera.once_log import OnceLog

    return clip.mounted if isinstance(clip, OnceLog) else None
