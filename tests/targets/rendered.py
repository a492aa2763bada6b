"""Pictures of printed targets seen by a pinhole camera whose pose is known."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics

FINE = 4
"""Pixels are this many times finer while the picture is made, then averaged as a sensor does."""


def rotation(right_rad: float = 0.0, down_rad: float = 0.0, roll_rad: float = 0.0) -> npt.NDArray[np.float64]:
    """camera_from_target: first rolled, then turned about the vertical and the horizontal axis."""
    turns = [(0.0, 0.0, roll_rad), (0.0, right_rad, 0.0), (down_rad, 0.0, 0.0)]
    result = np.eye(3)
    for turn in turns:
        result = np.asarray(cv2.Rodrigues(np.array(turn))[0]) @ result
    return result


def paste_sheet(
    picture: npt.NDArray[np.float64],
    sheet: npt.NDArray[np.uint8],
    pixel_m: float,
    centre_m: tuple[float, float, float],
    camera_from_sheet: npt.NDArray[np.float64],
    intrinsics: Intrinsics,
) -> None:
    """Paint a grey sheet into the FINE picture.

    Args:
        picture: grey, shape (FINE * H, FINE * W); written to.
        sheet: what is printed, grey, whose pixels have sides of `pixel_m`.
        pixel_m: metres.
        centre_m: middle of the sheet in the camera's frame.
        camera_from_sheet: rotation; the sheet's x runs right, y down, z away from the viewer.
        intrinsics: without distortion.
    """
    k = intrinsics
    fine = np.array(
        [
            [FINE * k.fx_px, 0, FINE * (k.cx_px + 0.5) - 0.5],
            [0, FINE * k.fy_px, FINE * (k.cy_px + 0.5) - 0.5],
            [0, 0, 1],
        ]
    )
    rows, columns = sheet.shape
    to_m = np.array([[pixel_m, 0, -pixel_m * (columns - 1) / 2], [0, pixel_m, -pixel_m * (rows - 1) / 2], [0, 0, 1]])
    pose = np.column_stack([camera_from_sheet[:, 0], camera_from_sheet[:, 1], np.array(centre_m)])
    homography = fine @ pose @ to_m
    size = (picture.shape[1], picture.shape[0])
    painted = cv2.warpPerspective(sheet.astype(np.float64), homography, size)
    covered = cv2.warpPerspective(np.ones(sheet.shape), homography, size)
    picture[:] = covered * painted + (1 - covered) * picture


def finish(picture: npt.NDArray[np.float64], noise: float = 2.0, seed: int = 0) -> RGBImage:
    """What the sensor makes of the FINE picture: blurred, averaged, noisy, RGB."""
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.5 * FINE)
    rows, columns = picture.shape[0] // FINE, picture.shape[1] // FINE
    grey = blurred.reshape(rows, FINE, columns, FINE).mean(axis=(1, 3))
    grey += np.random.default_rng(seed).normal(0, noise, grey.shape)
    clipped = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(clipped[:, :, None], 3, axis=2))


def blank(intrinsics: Intrinsics, grey: float = 150.0) -> npt.NDArray[np.float64]:
    """An empty FINE picture."""
    return np.full((FINE * intrinsics.height, FINE * intrinsics.width), grey)


def marker_sheet(dictionary: str, number: int, cells: int = 8) -> tuple[npt.NDArray[np.uint8], float]:
    """A marker with a white margin, and the sheet's pixels a marker's side."""
    side = 40 * cells
    found = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, dictionary))
    marker = cv2.aruco.generateImageMarker(found, number, side)
    return np.pad(np.asarray(marker), side // 4, constant_values=255), float(side)
