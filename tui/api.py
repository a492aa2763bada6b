"""The Python interface: `from tui import load_capture, measure_image`. What is here stays as it is.

Everything that goes wrong raises `tui.errors.DepthTuiError` with one line that names the thing and the remedy.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.calibration.reading import Status
from tui.calibration.reference import Reference
from tui.calibration.units import DEFAULT_RELATIVE_SIGMA, parse_measurement
from tui.calibration.whole import MetricMap
from tui.camera.captured import open_capture
from tui.camera.imread import read_noted
from tui.depth.averaging import MirroredToo
from tui.depth.estimator import DepthEstimator
from tui.errors import InputError
from tui.geometry.arrays import FloatMap, RGBImage, check_rgb
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.sampling import check_pixel
from tui.geometry.space import position
from tui.instrument.captured import read_again
from tui.instrument.frame import FrameReading
from tui.instrument.one_picture import reading_of
from tui.instrument.whole import whole_frame
from tui.storage.camera_text import camera_from_text
from tui.storage.export import is_capture, why_no_capture
from tui.storage.paths import from_home

__all__ = ["Capture", "ImageMeasurement", "PixelReading", "load_capture", "measure_image"]

_one_at_a_time = threading.Lock()
"""A network is asked by one thread."""


@dataclass(frozen=True, slots=True)
class PixelReading:
    """What is known of the distance at a pixel."""

    u: int
    """Column."""
    v: int
    """Row."""
    distance_m: float | None
    """Along the optical axis; None where there is none."""
    low_m: float | None
    """Lower end of the 95 % interval; None where there is no distance."""
    high_m: float | None
    """Upper end of it; None also where the interval has none."""
    status: str
    """'ok', or what is against it: 'doubtful', 'extrapolated', 'saturated', 'uncalibrated' and others."""
    reasons: tuple[str, ...]
    """Why it is not 'ok', worst first."""
    xyz_m: tuple[float, float, float] | None = None
    """Right, down and ahead of the camera; None where the distance or the camera is not known."""

    @property
    def ok(self) -> bool:
        """Whether nothing is known against it."""
        return self.status == Status.OK.value


@dataclass(frozen=True, slots=True)
class ImageMeasurement:
    """What one picture says."""

    readings: tuple[PixelReading, ...]
    """One a pixel that was asked for, in that order."""
    width: int
    """Of the picture, pixels."""
    height: int
    model: str
    health: str | None
    """Of the calibration: 'good', 'fair', 'poor' and others; None without one."""
    warnings: tuple[str, ...]
    """What somebody who uses the numbers should know, a line each."""


class Capture:
    """What was captured with `c`: it reads as the screen did, to the last digit.

    Raises:
        DepthTuiError: it is no capture, or something in it is missing, damaged or changed.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = from_home(path)
        """Its folder."""
        if not is_capture(self.path):
            raise InputError(why_no_capture(self.path))
        self._reading, session = read_again(open_capture(self.path, str(self.path)))
        self._camera = session.intrinsics

    @property
    def picture(self) -> RGBImage:
        """RGB, uint8, shape (H, W, 3)."""
        assert self._reading.frame is not None  # noqa: S101 - it was read
        return self._reading.frame.image

    @property
    def inverse_depth(self) -> FloatMap:
        """The network's map, larger is nearer, without a unit, float32, shape (H, W); NaN where unknown."""
        assert self._reading.result is not None  # noqa: S101 - it was read
        return self._reading.result.inverse_depth

    @property
    def distance_m(self) -> FloatMap:
        """Metres along the optical axis, float32, shape (H, W), as `read` gives them; NaN where there is no distance.

        What is against a distance only `read` says.
        """
        return self._metric.distance_m

    @property
    def low_m(self) -> FloatMap:
        """Lower ends of the 95 % intervals, likewise."""
        return self._metric.low_m

    @property
    def high_m(self) -> FloatMap:
        """Upper ends of them, likewise; infinite where an interval has none."""
        return self._metric.high_m

    @cached_property
    def _metric(self) -> MetricMap:
        return whole_frame(self._reading)[0]

    @property
    def captured_at(self) -> datetime | None:
        """When the picture was taken."""
        return self._reading.captured_at

    @property
    def model(self) -> str:
        """Of the network."""
        assert self._reading.result is not None  # noqa: S101 - it was read
        return self._reading.result.identity.name

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody who uses the numbers should know, a line each."""
        return self._reading.warnings

    @property
    def readings(self) -> tuple[PixelReading, ...]:
        """What stood on the screen: at the crosshair, then at the pins."""
        return tuple(self.read(each.u_px, each.v_px) for each in self._reading.readings())

    def read(self, u: int, v: int) -> PixelReading:
        """The distance at a pixel, column and row.

        Raises:
            InputError: it lies outside the picture.
        """
        return _read(self._reading, _pixel((u, v), *self.inverse_depth.shape[::-1]), self._camera)


def load_capture(path: str | Path) -> Capture:
    """Read a capture again.

    >>> from tui import load_capture
    >>> capture = load_capture("captures/2026-03-01_12-30-59")
    >>> f"{capture.read(120, 200).distance_m:.2f} m"
    '0.90 m'
    >>> capture.distance_m.shape == capture.picture.shape[:2]
    True

    Args:
        path: the folder that `c` wrote.

    Raises:
        DepthTuiError: it is no capture, or something in it is missing, damaged or changed.
    """
    return Capture(path)


def measure_image(
    image: str | Path | npt.NDArray[np.uint8],
    at: Sequence[tuple[int, int]],
    *,
    references: Sequence[tuple[int, int, float | str]] = (),
    model: str | None = None,
    intrinsics: str | Intrinsics | None = None,
    window_px: int = 5,
) -> ImageMeasurement:
    """Measure distances at pixels of a picture, as `depth-tui measure` does.

    >>> from tui import measure_image
    >>> found = measure_image("desk.jpg", at=[(120, 200)], references=[(88, 301, "80cm"), (310, 210, 1.52)])
    >>> reading = found.readings[0]
    >>> f"{reading.distance_m:.2f} m, {reading.status}"
    '0.90 m, ok'
    >>> reading.low_m < reading.distance_m < reading.high_m
    True

    Args:
        image: a file, or RGB, uint8, shape (H, W, 3).
        at: pixels to read, (column, row).
        references: (column, row, true distance) of each; metres, or as it is written for `--reference`:
            "80cm", "5ft 11in", "2.5m±2cm".
        model: a name as `depth-tui models` lists them, or the path of a model file; None: the best one installed. The
            one used last stays loaded.
        intrinsics: the camera's, for positions in space: `fx,fy,cx,cy`, "66deg", or the name of saved ones.
        window_px: odd side of the window whose median is read.

    Raises:
        DepthTuiError: a pixel outside, a picture that cannot be read, references that contradict each other, a model
            that is not to be had.
    """
    picture, label = _picture(image)
    height, width = picture.shape[:2]
    if window_px < 1 or window_px % 2 == 0:
        raise InputError(f"window_px {window_px}: use an odd number of pixels, such as 5")
    pixels = [_pixel(each, width, height) for each in at]
    given = [_reference(each, width, height) for each in references]
    camera = camera_from_text(intrinsics, width, height) if isinstance(intrinsics, str) else intrinsics
    with _one_at_a_time:
        reading, unseen = reading_of(picture, label, given, camera, _loaded(model), window_px)
    aside = tuple(f"reference {each.reference} is set aside: {each.reason}" for each in unseen)
    if unseen and len(unseen) == len(given):
        raise InputError(f"{'; '.join(aside)}; choose pixels where there is depth")
    if reading.problem:
        raise InputError(reading.problem)
    assert reading.result is not None  # noqa: S101 - it was waited for
    calibration = reading.calibration
    return ImageMeasurement(
        tuple(_read(reading, pixel, camera) for pixel in pixels),
        width,
        height,
        reading.result.identity.name,
        None if calibration is None else calibration.health.grade.value,
        (*aside, *reading.warnings),
    )


def _pixel(pixel: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    try:
        u, v = (index(each) for each in pixel)
    except (TypeError, ValueError) as error:
        raise InputError(f"pixel {pixel!r}: give a whole column and row, such as (120, 200)") from error
    check_pixel(u, v, width, height)
    return u, v


def _picture(image: str | Path | npt.NDArray[Any]) -> tuple[RGBImage, str]:
    if isinstance(image, np.ndarray):
        return np.ascontiguousarray(check_rgb(image)), "array"
    return read_noted(image).image, Path(image).name


def _reference(given: tuple[int, int, float | str], width: int, height: int) -> Reference:
    try:
        *pixel, distance = given
        u, v = _pixel((pixel[0], pixel[1]), width, height)
        if isinstance(distance, str):
            distance_m, sigma_m = parse_measurement(distance)
        else:
            distance_m, sigma_m = float(distance), DEFAULT_RELATIVE_SIGMA * float(distance)
        return Reference(u, v, distance_m, sigma_m)
    except InputError as error:
        raise InputError(f"reference {given}: {error}") from error
    except (TypeError, ValueError, IndexError) as error:
        raise InputError(f"reference {given!r}: give column, row and distance, such as (88, 301, '80cm')") from error


@lru_cache(maxsize=1)
def _loaded(model: str | None) -> DepthEstimator:
    from tui.depth import loader

    return MirroredToo(loader.load_estimator(loader.ModelRequest(model)))


def _read(reading: FrameReading, pixel: tuple[int, int], camera: Intrinsics | None) -> PixelReading:
    found = reading.at(pixel)
    xyz_m = None
    if camera is not None and found.distance_m is not None:
        try:
            where = position(camera, *pixel, found.distance_m)
            xyz_m = (where.x_m, where.y_m, where.z_m)
        except InputError:  # no ray is known there
            xyz_m = None
    return PixelReading(*pixel, found.distance_m, found.low_m, found.high_m, found.status.value, found.reasons, xyz_m)
