"""A sheet of printed markers put into a picture, as a camera of a known focal length sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics

TARGET = "DICT_4X4_50:*=60mm"
_SIDE_M, _GAP_M, _ACROSS, _DOWN = 0.06, 0.02, 4, 3
_PX_PER_M = 2000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plane before the camera, turned about the upright axis."""

    distance_m: float
    """Of its middle, along the optical axis."""
    turned_rad: float

    def put_into(self, image: RGBImage, depth_m: FloatMap, camera: Intrinsics) -> tuple[RGBImage, FloatMap, Mask]:
        """The picture with the sheet in its middle, its truth, and where the sheet is.

        Args:
            image: RGB, uint8, (H, W, 3).
            depth_m: of it, float32, (H, W).
            camera: that sees it, for pictures of this size.
        """
        height, width = depth_m.shape
        sheet = _drawn()
        half_m = np.array([sheet.shape[1], sheet.shape[0]]) / (2 * _PX_PER_M)
        across = np.array([math.cos(self.turned_rad), 0.0, math.sin(self.turned_rad)])
        corners_m = np.array(
            [self._at(across, sign_u * half_m[0], sign_v * half_m[1]) for sign_u, sign_v in _CORNERS], np.float64
        )
        seen = corners_m @ camera.matrix.T
        seen_px = (seen[:, :2] / seen[:, 2:]).astype(np.float32)
        drawn_px = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * np.array(sheet.shape[1::-1], np.float32)
        homography = cv2.getPerspectiveTransform(drawn_px - 0.5, seen_px)
        smooth = cv2.warpPerspective(sheet, homography, (width, height), flags=cv2.INTER_AREA)
        covered = cv2.warpPerspective(np.full(sheet.shape, 255, np.uint8), homography, (width, height)) > 127
        picture = np.where(covered[..., None], smooth[..., None], image).astype(np.uint8)
        u_px = np.arange(width)
        slope = math.tan(self.turned_rad) * (u_px - camera.cx_px) / camera.fx_px
        plane_m = self.distance_m / np.maximum(1.0 - slope, 1e-6)  # z = d + x tan(turned), x = z (u - cx) / f, (W,)
        truth_m: FloatMap = np.where(covered, plane_m, depth_m).astype(np.float32)
        return picture, truth_m, covered

    def _at(self, across: NDArray[np.float64], u_m: float, v_m: float) -> NDArray[np.float64]:
        place: NDArray[np.float64] = np.array([0.0, v_m, self.distance_m]) + u_m * across
        return place


Mask = NDArray[np.bool_]
_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _drawn() -> NDArray[np.uint8]:
    """The sheet from the front, grey."""
    side, gap = round(_SIDE_M * _PX_PER_M), round(_GAP_M * _PX_PER_M)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    height, width = (count * side + (count + 1) * gap for count in (_DOWN, _ACROSS))
    sheet = np.full((height, width), 235, np.uint8)
    for number in range(_ACROSS * _DOWN):
        row, column = divmod(number, _ACROSS)
        top, left = gap + row * (side + gap), gap + column * (side + gap)
        marker = cv2.aruco.generateImageMarker(dictionary, number, side)
        sheet[top : top + side, left : left + side] = np.where(marker > 0, 235, 25)
    return sheet
