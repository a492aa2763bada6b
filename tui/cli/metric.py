"""A frame in metres as files, and an account of what they could not say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tui import __version__
from tui.calibration.whole import MetricMap
from tui.cli.batch import Format
from tui.cli.camera_options import NEEDED
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.storage.points import Cloud, LeftOut, cloud_of, encode_pcd, encode_ply, vouched_for

if TYPE_CHECKING:
    from tui.instrument.instrument import Instrument

MAP_ENDINGS = {".npz": Format.METRES, ".ply": Format.PLY, ".pcd": Format.PCD, ".png": Format.PNG16_MM}
"""What `measure --map FILE` writes, by the file's name."""


def check_map(path: Path, image: str | None) -> None:
    """Refuse a name that no map can be written under, before anything is opened.

    Raises:
        InputError: it says no format, is a folder's, or is the picture itself.
    """
    if path.suffix.lower() not in MAP_ENDINGS:
        raise InputError(f"--map {path}: its name must end with one of {', '.join(MAP_ENDINGS)}")
    if path.is_dir():
        raise InputError(f"--map {path}: is a folder; name a file in it, such as {path / 'desk.npz'}")
    if image is not None and path.exists() and Path(image).exists() and path.samefile(image):
        raise InputError(f"--map {path}: is the picture itself and would be overwritten; choose another name")


def write_map(instrument: Instrument, path: Path) -> Counts:
    """Write what the instrument shows, in metres, as the file's name says.

    Raises:
        InputError: there is no distance, or points are asked for and the camera is not known.
        StorageError: it cannot be written.
    """
    from tui.storage.atomic import write_atomically

    kind = MAP_ENDINGS[path.suffix.lower()]
    info = instrument.snapshot.capture.info
    frame = MetricFrame.of(instrument, info.label if info is not None else path.name)
    if frame.nothing:
        raise InputError(f"--map {path}: no distance: {frame.nothing}")
    if kind.is_cloud and frame.camera is None:
        raise InputError(f"--map {path}: points in space need the camera: give {NEEDED}")
    write_atomically(path, frame.encode(kind))
    return frame.counts((kind,))


@dataclass(eq=False)
class MetricFrame:
    """One frame, ready to be written."""

    image: RGBImage
    """As it is shown, uint8, (H, W, 3)."""
    metric: MetricMap
    nothing: str = ""
    """Why it gives no distance; empty if it does."""
    camera: Intrinsics | None = None
    comments: tuple[str, ...] = ()
    """What a reader of the file should know."""
    unfit: int = field(default=0, init=False)
    """Distances that a PNG of millimetres could not hold."""

    @classmethod
    def of(cls, instrument: Instrument, about: str) -> MetricFrame:
        """What an instrument shows of the picture called `about`."""
        from tui.instrument.whole import whole_frame

        reading, result = instrument.reading, instrument.shown
        if result is None or reading.result is None:
            raise ValueError("no frame to read")
        metric, nothing = whole_frame(reading)
        waiting = instrument.session.waiting
        if reading.calibration is None and waiting and not reading.stale:
            nothing = f"of another shape than the {waiting[0].width}x{waiting[0].height} that the references are for"
        comments = [f"depth-tui {__version__}: {about}", f"model: {result.identity.name}"]
        if reading.calibration is not None:
            comments.append(f"calibration: {reading.calibration.trend}, {reading.calibration.health.grade.value}")
        return cls(result.frame.image, metric, nothing, instrument.session.intrinsics, tuple(comments))

    @cached_property
    def cloud(self) -> Cloud:
        """Its points.

        Raises:
            InputError: the camera is not known.
        """
        if self.nothing:
            return Cloud.without(self.metric)
        if self.camera is None:
            raise InputError(f"points in space need the camera: give {NEEDED}")
        return cloud_of(self.image, self.metric, self.camera)

    def encode(self, kind: Format) -> bytes:
        """The bytes of one file.

        Raises:
            InputError: points are asked for, and the camera is not known.
        """
        from tui.cli.preview import preview
        from tui.storage.encode import encode_metres, encode_png, encode_png16_mm

        writers: dict[Format, Callable[[], bytes]] = {
            Format.METRES: lambda: encode_metres(self.metric),
            Format.PLY: lambda: encode_ply(self.cloud, self.comments),
            Format.PCD: lambda: encode_pcd(self.cloud, self.comments),
            Format.PREVIEW: lambda: encode_png(preview(self.metric.distance_m)),
        }
        if kind in writers:
            return writers[kind]()
        known = np.where(vouched_for(self.metric), self.metric.distance_m, np.float32(np.nan))
        data, self.unfit = encode_png16_mm(known)
        return data

    def counts(self, kinds: Sequence[Format]) -> Counts:
        """What files of these kinds, which have been encoded, could and could not say."""
        cloud = any(each.is_cloud for each in kinds)
        metric = self.metric
        known, vouched = metric.known, vouched_for(metric)
        left_out = LeftOut(
            edge=int(np.count_nonzero(metric.edge & known)),
            unknown=int(np.count_nonzero(~known)),
            wide=int(np.count_nonzero(metric.surface & ~vouched)),
        )
        if cloud:
            left_out = self.cloud.left_out
        return Counts(
            pixels=known.size,
            points=len(self.cloud.sigma) if cloud else 0,
            left_out=left_out,
            clipped=int(np.count_nonzero(metric.clipped)),
            unfit=self.unfit,
            kinds=tuple(kinds),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the pixels of one frame, or of several."""

    pixels: int = 0
    points: int = 0
    left_out: LeftOut = field(default_factory=LeftOut)
    clipped: int = 0
    """Of those without a distance: where the network clips its values, or says that it is too far."""
    unfit: int = 0
    """Distances that a PNG of millimetres could not hold."""
    kinds: tuple[Format, ...] = ()
    """Of the files that were written."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.pixels + other.pixels,
            self.points + other.points,
            self.left_out + other.left_out,
            self.clipped + other.clipped,
            self.unfit + other.unfit,
            tuple(dict.fromkeys((*self.kinds, *other.kinds))),
        )

    def __str__(self) -> str:
        """'301200 points, left out: 120 at edges, 30 without a distance'; empty where there is nothing to be said."""
        if not self.pixels:
            return ""
        if any(each.is_cloud for each in self.kinds):
            words = [f"{self.points} points, {self.left_out}"]
        else:
            words = [f"of {self.pixels} pixels {str(self.left_out).removeprefix('left out: ')}"]
        if self.clipped:
            words.append(f"{self.clipped} of those without are too far for the model")
        if Format.PNG16_MM in self.kinds and self.left_out.wide:
            words.append("what is not known within a factor of 10 is 0 in the PNG of millimetres")
        if self.unfit:
            words.append(f"{self.unfit} beyond 65.535 m are 0 in the PNG of millimetres")
        return "; ".join(words)

    @property
    def plain(self) -> dict[str, object]:
        """The same as plain data, for `measure --json`."""
        return {
            "pixels": self.pixels,
            "points": self.points,
            "at_edges": self.left_out.edge,
            "without_distance": self.left_out.unknown,
            "too_far": self.clipped,
            "not_within_a_factor_of_10": self.left_out.wide,
            "beyond_the_lens": self.left_out.lens,
            "beyond_65_m": self.unfit,
        }
