"""The pinhole camera with its lens: where a pixel's ray goes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.errors import InputError
from tui.geometry.distortion import COUNTS, Points, distort, undistort
from tui.geometry.mounting import Crop, Mounted, Turn

TYPED_SIGMA = 0.01
"""Relative standard deviation of a focal length that somebody types in."""

FOV_SIGMA = 0.03
"""The same from a data sheet's field of view: rounded, and often that of another mode of the sensor."""

_LEAST_FOV_RAD, _MOST_FOV_RAD = math.radians(2.0), math.radians(170.0)
_MOST_ASPECT = 1.4
"""Of fx and fy: a picture of 16:9 squeezed to 4:3 has 1.33."""
_MOST_COEFFICIENT = 100.0

_FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)
_ASPECT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Pinhole intrinsics for pictures of one size, K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]], with distortion.

    Pixel centres have integer coordinates.

    Raises:
        InputError: if a focal length or the picture size is not positive, a number is not finite, or the number of
            distortion coefficients is not 0, 4, 5 or 8.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    width: int
    height: int
    distortion: tuple[float, ...] = ()
    """(k1, k2, p1, p2, k3, k4, k5, k6) as in `tui.geometry.distortion`: none, or the first 4, 5 or 8 of them."""
    focal_sigma: float = 0.0
    """Relative standard deviation of the focal length: distances from known sizes are wrong by as much."""
    rms_px: float | None = None
    """Reprojection error of the calibration; None if these come from elsewhere."""
    origin: str = ""
    """How they came about, for a person: 'chessboard, 13 views', 'typed'."""
    created: str = ""
    """When, ISO 8601 with offset; empty where that says nothing."""

    camera: str = ""
    """Whose they are, as its driver calls it; empty where that is not known."""
    made_for: tuple[int, int] | None = None
    """Size of the pictures that they were made from; None where they are of any, as a field of view is."""
    lens: str = ""
    """Focus and zoom at that time: 'focus 30', 'autofocus'; empty where that is not known."""

    mounted: Mounted | None = None
    """How the pictures that these are for were turned and cropped; None for a camera's pictures as they come."""

    doubt: str = ""
    """Why these are not to be believed, as their calibration found; what uses them repeats it. Empty if they are."""

    def __post_init__(self) -> None:
        numbers = (self.fx_px, self.fy_px, self.cx_px, self.cy_px, self.focal_sigma, *self.distortion)
        if not all(math.isfinite(number) for number in numbers):
            raise InputError(f"intrinsics {self.numbers}: every number must be finite")
        if not (self.fx_px > 0 and self.fy_px > 0 and self.width > 0 and self.height > 0 and self.focal_sigma >= 0):
            raise InputError(f"intrinsics {self.numbers}: focal lengths and picture size must be positive")
        if len(self.distortion) not in COUNTS:
            raise InputError(f"{len(self.distortion)} distortion coefficients: there can be 0, 4, 5 or 8")
        if self.mounted is not None and self.mounted.size != (self.width, self.height):
            raise InputError(f"intrinsics for {self.width}x{self.height} pictures, but mounted for {self.mounted.size}")

    @property
    def numbers(self) -> str:
        """`fx,fy,cx,cy`, as they are typed."""
        return ",".join(f"{number:.8g}" for number in (self.fx_px, self.fy_px, self.cx_px, self.cy_px))

    @property
    def matrix(self) -> npt.NDArray[np.float64]:
        """K, shape (3, 3)."""
        return np.array([[self.fx_px, 0.0, self.cx_px], [0.0, self.fy_px, self.cy_px], [0.0, 0.0, 1.0]])

    @property
    def horizontal_fov_rad(self) -> float:
        """Angle between the left and the right edge's middles, without distortion."""
        left, right = (self.cx_px + 0.5) / self.fx_px, (self.width - 0.5 - self.cx_px) / self.fx_px
        return math.atan(left) + math.atan(right)

    @property
    def signs(self) -> tuple[str, ...]:
        """What no camera has, in words: each says by itself that something went wrong."""
        if self.mounted is not None:  # a part of a picture may well be narrow, or lie beside the centre
            return self.as_taken().signs
        fov_deg, aspect = math.degrees(self.horizontal_fov_rad), self.fx_px / self.fy_px
        words = []
        if not _LEAST_FOV_RAD <= self.horizontal_fov_rad <= _MOST_FOV_RAD:
            words.append(f"a field of view of {fov_deg:.2g} degrees across")
        if not 1 / _MOST_ASPECT <= aspect <= _MOST_ASPECT:
            words.append(f"fx is {aspect:.3g} times fy")
        if not (0 <= self.cx_px < self.width and 0 <= self.cy_px < self.height):
            words.append(f"its centre ({self.cx_px:.0f}, {self.cy_px:.0f}) is outside of the picture")
        if self.distortion and (worst := max(self.distortion, key=abs)) and abs(worst) > _MOST_COEFFICIENT:
            words.append(f"a distortion coefficient of {worst:.3g}")
        return tuple(words)

    @property
    def caution(self) -> str:
        """What whoever uses these must be told, in one line; empty if there is nothing."""
        return self.doubt or ", ".join(self.signs)

    @classmethod
    def from_horizontal_fov(
        cls, fov_rad: float, width: int, height: int, *, focal_sigma: float = FOV_SIGMA
    ) -> Intrinsics:
        """Square pixels, principal point in the middle; the field of view spans the picture's width.

        Raises:
            InputError: an angle that is not between 0 and 180 degrees.
        """
        if not 0 < fov_rad < math.pi:
            raise InputError(f"field of view of {math.degrees(fov_rad):.1f} degrees: must lie between 0 and 180")
        focal_px = 0.5 * width / math.tan(0.5 * fov_rad)
        origin = f"field of view of {math.degrees(fov_rad):.4g} degrees across"
        return _centred(focal_px, width, height, focal_sigma, origin)

    @classmethod
    def from_35mm(cls, focal_mm: float, width: int, height: int, *, focal_sigma: float = FOV_SIGMA) -> Intrinsics:
        """From the focal length that has the same diagonal field of view on 36 x 24 mm (CIPA DCG-001).

        Raises:
            InputError: a focal length that is not positive and finite.
        """
        if not (focal_mm > 0 and math.isfinite(focal_mm)):
            raise InputError(f"focal length of {focal_mm:g} mm: must be above 0")
        focal_px = focal_mm / _FULL_FRAME_DIAGONAL_MM * math.hypot(width, height)
        return _centred(focal_px, width, height, focal_sigma, f"{focal_mm:g} mm (35 mm equivalent)")

    @classmethod
    def from_sensor(
        cls, focal_mm: float, sensor_width_mm: float, width: int, height: int, *, focal_sigma: float = FOV_SIGMA
    ) -> Intrinsics:
        """From the lens's true focal length and the width of the sensor that the picture's width spans.

        Raises:
            InputError: a length that is not positive and finite.
        """
        if not (focal_mm > 0 and sensor_width_mm > 0 and math.isfinite(focal_mm / sensor_width_mm)):
            raise InputError(f"focal length {focal_mm:g} mm on a sensor {sensor_width_mm:g} mm wide: must be above 0")
        origin = f"{focal_mm:g} mm on a sensor {sensor_width_mm:.3g} mm wide"
        return _centred(focal_mm / sensor_width_mm * width, width, height, focal_sigma, origin)

    def scaled_to(self, width: int, height: int) -> Intrinsics:
        """The same camera's, for its pictures scaled to another size.

        Raises:
            InputError: another aspect, since a cropped picture's principal point is not known.
        """
        if (width, height) == (self.width, self.height):
            return self
        if self.mounted is not None:
            scaled = replace(self, mounted=None).scaled_to(width, height)
            return replace(scaled, mounted=self.mounted.scaled_to(width, height))
        across, down = width / self.width, height / self.height
        if abs(across / down - 1) > _ASPECT_TOLERANCE:
            raise InputError(
                f"intrinsics for {self.width}x{self.height} pictures, these are {width}x{height}, of another shape: "
                "calibrate the camera at this size"
            )
        return replace(
            self,
            mounted=None,
            fx_px=self.fx_px * across,
            fy_px=self.fy_px * down,
            cx_px=(self.cx_px + 0.5) * across - 0.5,
            cy_px=(self.cy_px + 0.5) * down - 0.5,
            width=width,
            height=height,
            rms_px=None if self.rms_px is None else self.rms_px * across,
        )

    def turned(self, turn: Turn) -> Intrinsics:
        """For the same pictures turned and mirrored: exact, the lens's distortion with it.

        The tangential part of the distortion, q r^2 + 2 (q . x) x with q = (p2, p1), turns as a direction does; the
        radial part is the same to all sides.
        """
        width, height = turn.size(self.width, self.height)
        fx_px, fy_px = (self.fy_px, self.fx_px) if turn.quarters % 2 else (self.fx_px, self.fy_px)
        cx_px, cy_px = turn.pixel(self.cx_px, self.cy_px, self.width, self.height)
        distortion = self.distortion
        if distortion:
            p2, p1 = turn.direction(distortion[3], distortion[2])
            distortion = (*distortion[:2], p1, p2, *distortion[4:])
        made_for = None if self.made_for is None else turn.size(*self.made_for)
        return replace(
            self, fx_px=fx_px, fy_px=fy_px, cx_px=cx_px, cy_px=cy_px, width=width, height=height,
            distortion=distortion, made_for=made_for, mounted=None,
        )  # fmt: skip

    def cropped(self, crop: Crop) -> Intrinsics:
        """For a part of the same pictures, or for larger ones of which these are a part (negative left and top)."""
        made_for = self.made_for
        if made_for is not None:  # another size than that of these pictures stays as much another one
            across, down = made_for[0] / self.width, made_for[1] / self.height
            made_for = (max(1, round(crop.width * across)), max(1, round(crop.height * down)))
        return replace(
            self, cx_px=self.cx_px - crop.left, cy_px=self.cy_px - crop.top, width=crop.width, height=crop.height,
            made_for=made_for, mounted=None,
        )  # fmt: skip

    def mounted_as(self, mounted: Mounted) -> Intrinsics:
        """Of a camera as it delivers its pictures, for those pictures as they are shown; exact.

        Raises:
            InputError: they are of another shape than the camera's pictures.
        """
        own = self.as_taken().scaled_to(*mounted.taken)
        return own if mounted.plain else replace(own.turned(mounted.turn).cropped(mounted.crop), mounted=mounted)

    def as_taken(self) -> Intrinsics:
        """The inverse of `mounted_as`."""
        mounted = self.mounted
        if mounted is None:
            return self
        turned = mounted.turn.size(*mounted.taken)
        whole = self.cropped(Crop(-mounted.crop.left, -mounted.crop.top, *turned))
        return whole.turned(mounted.turn.inverse)

    def rays(self, pixels: Points) -> npt.NDArray[np.float64]:
        """K^-1 (u, v, 1) with the distortion undone: points at distance 1 along the axis (x right, y down).

        Args:
            pixels: (column, row), shape (N, 2).

        Returns:
            Shape (N, 3); NaN for a pixel beyond what the distortion describes.
        """
        plane = (pixels - (self.cx_px, self.cy_px)) / (self.fx_px, self.fy_px)
        return np.column_stack([undistort(plane, self.distortion), np.ones(len(pixels))])

    def pixels(self, points: npt.NDArray[np.float64]) -> Points:
        """Where points in front of the camera are seen, shape (N, 2); the inverse of `rays`.

        Args:
            points: in the camera's frame, z > 0, shape (N, 3), any unit.
        """
        plane = distort(points[:, :2] / points[:, 2:], self.distortion)
        return plane * (self.fx_px, self.fy_px) + (self.cx_px, self.cy_px)

    def ray(self, u_px: float, v_px: float) -> tuple[float, float, float]:
        """K^-1 (u, v, 1) with the distortion undone: the point at distance 1 along the axis (x right, y down).

        Raises:
            InputError: the pixel lies beyond what the distortion describes.
        """
        x, y, z = self.rays(np.array([[u_px, v_px]]))[0]
        if math.isnan(x):
            raise InputError(f"({u_px:g}, {v_px:g}): the lens's distortion is not known there; calibrate further out")
        return (float(x), float(y), float(z))

    def ray_per_axis(self, u_px: float, v_px: float) -> float:
        """Distance along the ray for one metre along the optical axis, |K^-1 (u, v, 1)| >= 1."""
        return math.hypot(*self.ray(u_px, v_px))


def parse_intrinsics(text: str, width: int, height: int) -> Intrinsics:
    """Intrinsics from `fx,fy,cx,cy` in pixels, for pictures of the given size.

    Raises:
        InputError: shows the form.
    """
    try:
        fx_px, fy_px, cx_px, cy_px = (float(part) for part in text.split(","))
        return Intrinsics(
            fx_px, fy_px, cx_px, cy_px, width, height,
            focal_sigma=TYPED_SIGMA, origin="typed", made_for=(width, height),
        )  # fmt: skip
    except (ValueError, InputError) as error:
        raise InputError(f"intrinsics '{text}': write four numbers fx,fy,cx,cy, as in 520.9,521,325.1,249.7") from error


def _centred(focal_px: float, width: int, height: int, focal_sigma: float, origin: str) -> Intrinsics:
    centre = ((width - 1) / 2, (height - 1) / 2)
    return Intrinsics(focal_px, focal_px, *centre, width, height, focal_sigma=focal_sigma, origin=origin)
