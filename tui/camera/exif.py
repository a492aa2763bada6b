"""Intrinsics from what a picture's EXIF block says of the lens."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.camera.imread import open_image
from tui.camera.limits import decode_errors
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from PIL import Image

_EXIF_IFD = 0x8769
_FOCAL_LENGTH, _FOCAL_LENGTH_35MM = 0x920A, 0xA405
_PIXELS_ACROSS, _PIXELS_DOWN = 0xA002, 0xA003
_PLANE_RESOLUTION, _PLANE_UNIT = 0xA20E, 0xA210
_DIGITAL_ZOOM = 0xA404
_UNIT_MM = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
_ASPECT_TOLERANCE = 0.02
_AGREE = 0.1
"""Sensor size and 35 mm equivalent must agree by this much for the former, which is finer, to be used."""


def intrinsics_from_exif(path: str | Path, width: int, height: int) -> Intrinsics:
    """Intrinsics by the focal length that the picture carries; `origin` says which statement was used.

    The size of the sensor (focal plane resolution) is used if it agrees with the 35 mm equivalent or stands alone;
    else the 35 mm equivalent, of which cameras state whole millimetres only.

    Args:
        path: the picture.
        width: of the picture as it is read, upright, pixels.
        height: of it.

    Raises:
        InputError: no such statement, or a picture that was cropped since.
    """
    path = from_home(path)
    try:
        with path.open("rb") as file, open_image(file, str(path)) as image:
            values = _values(image)
    except decode_errors() as error:
        raise InputError(f"{path}: its EXIF block cannot be read ({error})") from error
    across, down = values.get(_PIXELS_ACROSS, 0.0), values.get(_PIXELS_DOWN, 0.0)
    if across > 0 and down > 0 and abs(_aspect(across, down) / _aspect(width, height) - 1) > _ASPECT_TOLERANCE:
        raise InputError(
            f"{path}: taken as {across:.0f}x{down:.0f} and cropped since, so its EXIF focal length says nothing of its "
            "field of view; give --fov or --intrinsics fx,fy,cx,cy"
        )
    equivalent_mm = values.get(_FOCAL_LENGTH_35MM, 0.0)
    by_equivalent = Intrinsics.from_35mm(equivalent_mm, width, height) if equivalent_mm > 0 else None
    sensor_mm = _sensor_mm(values, max(across, down) or float(max(width, height)))
    focal_mm = values.get(_FOCAL_LENGTH, 0.0) * max(1.0, values.get(_DIGITAL_ZOOM, 1.0))
    if sensor_mm is not None and focal_mm > 0:
        shown_mm = sensor_mm * width / max(width, height)
        by_sensor = Intrinsics.from_sensor(focal_mm, shown_mm, width, height)
        if by_equivalent is None or abs(by_sensor.fx_px / by_equivalent.fx_px - 1) < _AGREE:
            return _named(by_sensor)
    if by_equivalent is None:
        raise InputError(
            f"{path}: carries no focal length that fixes its field of view (EXIF); calibrate the camera, or give --fov "
            "or --intrinsics fx,fy,cx,cy"
        )
    return _named(by_equivalent)


def _named(intrinsics: Intrinsics) -> Intrinsics:
    return replace(intrinsics, origin=f"EXIF, {intrinsics.origin}")


def _values(image: Image.Image) -> dict[int, float]:
    """The numbers of the EXIF block's camera part; what is no finite number is left out."""
    found = {}
    for tag, value in image.getexif().get_ifd(_EXIF_IFD).items():
        try:
            number = float(value)
        except (TypeError, ValueError, ArithmeticError):
            continue
        if math.isfinite(number):
            found[tag] = number
    return found


def _sensor_mm(values: dict[int, float], longer_px: float) -> float | None:
    """Length of the sensor's longer side; None where the block does not say."""
    resolution, unit_mm = values.get(_PLANE_RESOLUTION, 0.0), _UNIT_MM.get(int(values.get(_PLANE_UNIT, 2)))
    return longer_px / resolution * unit_mm if resolution > 0 and unit_mm is not None else None


def _aspect(width: float, height: float) -> float:
    """Longer side over shorter: a picture may have been turned upright."""
    return max(width, height) / min(width, height)
