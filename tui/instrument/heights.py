"""Heights above the floor of what is read in a frame, each with its interval and what to think of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tui.calibration.doubt import judged_between, judged_without
from tui.calibration.reading import Reading, Status, log_covariance, read_all
from tui.errors import InputError
from tui.geometry.height import height_above, height_of_camera
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import Floor, gains_of
from tui.geometry.sampling import samples_or_none
from tui.geometry.space import Extent, Located
from tui.instrument.floor import KnownFloor
from tui.instrument.frame import FrameReading

Pixel = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Height:
    """Of a point above the floor, or of one above another."""

    extent: Extent | None
    """None where a distance is missing or has no upper end."""
    judgement: Reading
    """Status and reasons: it is ok only where the readings are, and the floor is known well."""


@dataclass(frozen=True, eq=False, slots=True)
class _Support:
    floor: Floor
    points: tuple[Located, ...]
    readings: tuple[Reading, ...]
    pixels: tuple[tuple[float, float], ...]


class Heights:
    """Of one frame.

    Args:
        frame: whose readings they are of.
        camera: for its pictures.
        known: its floor.
    """

    def __init__(self, frame: FrameReading, camera: Intrinsics, known: KnownFloor) -> None:
        self.frame = frame
        self._camera = camera
        self.known = known

    def above(self, pixel: Pixel, reading: Reading) -> Height:
        """Of what is read at a pixel, above the floor."""
        return self._height([(pixel, reading)])

    def between(self, one: tuple[Pixel, Reading], other: tuple[Pixel, Reading]) -> Height:
        """How much higher the second one is than the first."""
        return self._height([one, other])

    def of_camera(self) -> Extent:
        """Of the camera above the floor."""
        support = self._support
        covariance = log_covariance(self.frame.calibration, support.readings, support.pixels)
        return height_of_camera(self._camera, support.floor, support.points, covariance)

    def _height(self, ends: Sequence[tuple[Pixel, Reading]]) -> Height:
        readings = [reading for _, reading in ends]
        if any(each.distance_m is None or each.low_m is None for each in readings):
            return Height(None, judged_without(readings))
        judgement = judged_between(readings, 1.0, 1.0, self._camera.caution)
        endless = any(each.high_m is None for each in readings)
        own = ("the interval has no upper end",) if endless else ()
        reasons = tuple(dict.fromkeys((*judgement.reasons, *own, *self.known.doubts)))
        doubtful = judgement.status is Status.OK and bool(reasons)
        judgement = replace(judgement, status=Status.DOUBTFUL if doubtful else judgement.status, reasons=reasons)
        if endless:
            return Height(None, judgement)
        try:
            return Height(self._extent(ends), judgement)
        except InputError as error:  # no ray is known there
            return Height(None, replace(judgement, status=Status.DOUBTFUL, reasons=(str(error), *reasons)))

    def _extent(self, ends: Sequence[tuple[Pixel, Reading]]) -> Extent:
        support = self._support
        points = [_located((float(u_px), float(v_px)), reading) for (u_px, v_px), reading in ends]
        covariance = log_covariance(
            self.frame.calibration,
            [*(reading for _, reading in ends), *support.readings],
            [*((float(u_px), float(v_px)) for (u_px, v_px), _ in ends), *support.pixels],
        )
        return height_above(self._camera, support.floor, points, support.points, covariance)

    @cached_property
    def _support(self) -> _Support:
        """What is read where a fitted floor rests, put onto it; of a stated one there is none."""
        floor, frame = self.known.floor, self.frame
        if floor.support_px is None or frame.result is None:
            return _Support(floor, (), (), ())
        pixels = [(round(u_px), round(v_px)) for u_px, v_px in floor.support_px.tolist()]
        samples = samples_or_none(frame.result.inverse_depth, pixels, frame.window_px)
        found = read_all(frame.calibration, samples, pixels, frame.context)
        kept = [place for place, each in enumerate(found) if each.low_m is not None and each.high_m is not None]
        rays = self._camera.rays(floor.support_px[kept])
        there = rays @ floor.per_metre
        places = [(float(u_px), float(v_px)) for u_px, v_px in floor.support_px[kept].tolist()]
        points = tuple(
            _located(place, replace(found[index], distance_m=1.0 / inverse), found[index].distance_m)
            for place, index, inverse in zip(places, kept, there.tolist(), strict=True)
        )
        gains = gains_of(floor.per_metre, rays) if kept else np.zeros((3, 0))
        return _Support(replace(floor, gains=gains), points, tuple(found[index] for index in kept), tuple(places))


def _located(pixel: tuple[float, float], reading: Reading, read_m: float | None = None) -> Located:
    """Where a reading is; with the uncertainty of what was read where it has been put elsewhere along its ray."""
    assert reading.distance_m is not None  # noqa: S101 - whoever asks has looked
    assert reading.low_m is not None  # noqa: S101 - the same
    own_m = reading.distance_m if read_m is None else read_m
    interval = Located.of_interval(*pixel, own_m, reading.low_m, reading.high_m)
    return replace(interval, distance_m=reading.distance_m)
