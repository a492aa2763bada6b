"""Pictures and cameras as ROS 2 writes them down: sensor_msgs/Image, CompressedImage, CameraInfo."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from tui.camera.deep import bits_in_use, stretched, upper_eight
from tui.camera.imread import decode_picture
from tui.camera.limits import MAX_PIXELS, too_large
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics

_U8, _U16, _F32 = "u1", "u2", "f4"
_PLAIN: dict[str, tuple[str, int, str]] = {
    "rgb8": (_U8, 3, "rgb"),
    "bgr8": (_U8, 3, "bgr"),
    "8uc3": (_U8, 3, "bgr"),
    "rgba8": (_U8, 4, "rgb"),
    "bgra8": (_U8, 4, "bgr"),
    "8uc4": (_U8, 4, "bgr"),
    "rgb16": (_U16, 3, "rgb"),
    "bgr16": (_U16, 3, "bgr"),
    "rgba16": (_U16, 4, "rgb"),
    "bgra16": (_U16, 4, "bgr"),
    "mono8": (_U8, 1, "grey"),
    "8uc1": (_U8, 1, "grey"),
    "mono16": (_U16, 1, "grey"),
    "16uc1": (_U16, 1, "grey"),
    "32fc1": (_F32, 1, "grey"),
}
"""Kind of a value, values a pixel, and what they are."""
_BAYER = {"rggb": "BayerRGGB", "bggr": "BayerBGGR", "gbrg": "BayerGBRG", "grbg": "BayerGRBG"}
_PAIRS = {"yuv422": "UYVY", "uyvy": "UYVY", "yuv422_yuy2": "YUY2", "yuyv": "YUY2"}
_PLANES = {"nv21": "NV21", "nv12": "NV12"}
_READ = "rgb8, bgr8, rgba8, bgra8, mono8, mono16, 16UC1, 32FC1, yuv422, yuyv, nv12, nv21 and bayer_*"
_DISTORTIONS = {"": (0,), "plumb_bob": (4, 5), "rational_polynomial": (8,)}
"""Models of `Intrinsics`, with how many coefficients they may have."""

Bytes = npt.NDArray[np.uint8]


class RosImage(Protocol):
    """A deserialised sensor_msgs/Image."""

    height: int
    width: int
    encoding: str
    is_bigendian: int
    step: int
    data: Bytes


class RosCompressed(Protocol):
    """A deserialised sensor_msgs/CompressedImage."""

    format: str
    data: Bytes


class RosCameraInfo(Protocol):
    """A deserialised sensor_msgs/CameraInfo, as far as it is used."""

    height: int
    width: int
    distortion_model: str
    d: npt.NDArray[np.float64]
    k: npt.NDArray[np.float64]
    p: npt.NDArray[np.float64]
    binning_x: int
    binning_y: int


class Developer:
    """Makes pictures of one topic's messages; how many of 16 bits are in use is learnt from them, and only grows."""

    def __init__(self) -> None:
        self._bits = 0

    def picture(self, message: RosImage, name: str) -> RGBImage:
        """A raw image as RGB, uint8, shape (H, W, 3).

        Raises:
            InputError: an encoding that is not read, a size that cannot be, rows that are missing.
        """
        encoding = message.encoding.strip().lower()
        width, height = int(message.width), int(message.height)
        if width < 1 or height < 1:
            raise InputError(f"{name}: a picture of {width}x{height}")
        if width * height > MAX_PIXELS:
            raise too_large(name, f"{width}x{height}")
        if encoding in _PLAIN:
            kind, channels, order = _PLAIN[encoding]
            eight = self._eight(_rows(message, name, kind, width * channels))
            if order == "grey":
                return np.repeat(eight[:, :, None], 3, axis=2)
            pixels = eight.reshape(height, width, channels)[:, :, :3]
            return np.ascontiguousarray(pixels if order == "rgb" else pixels[:, :, ::-1])
        if encoding in _PAIRS and width % 2 == 0:
            pairs = _rows(message, name, _U8, 2 * width).reshape(height, width, 2)
            return _converted(pairs, f"COLOR_YUV2RGB_{_PAIRS[encoding]}")
        if encoding in _PLANES and width % 2 == 0 and height % 2 == 0:
            planes = _rows(message, name, _U8, width, height * 3 // 2)
            return _converted(planes, f"COLOR_YUV2RGB_{_PLANES[encoding]}")
        pattern, bits = encoding.removeprefix("bayer_")[:4], encoding[len("bayer_rggb") :]
        if encoding.startswith("bayer_") and pattern in _BAYER and bits in {"8", "16"} and min(width, height) > 1:
            mosaic = _rows(message, name, _U8 if bits == "8" else _U16, width)
            return _converted(self._eight(mosaic), f"COLOR_{_BAYER[pattern]}2RGB")
        raise InputError(f"{name}: pictures in {message.encoding[:40]!r} are not read, but {_READ}")

    def _eight(self, values: npt.NDArray[np.generic]) -> Bytes:
        if values.dtype == np.uint8:
            return np.asarray(values, np.uint8)
        if values.dtype == np.uint16:
            deep = np.asarray(values, np.uint16)
            self._bits = max(self._bits, bits_in_use(deep))
            return upper_eight(deep, self._bits)[0]
        return stretched(values)[0]


def compressed_picture(message: RosCompressed, name: str) -> RGBImage:
    """A compressed image as RGB, uint8, shape (H, W, 3).

    Raises:
        InputError: damaged, too large, or compressed in another way than as a picture file.
    """
    if "compresseddepth" in message.format.lower():
        raise InputError(f"{name}: holds compressed depth, not a camera's pictures")
    return decode_picture(bytes(message.data), name)


def is_colour(encoding: str) -> bool:
    """Whether pictures of an encoding, or of a compressed format, are a camera's in colour."""
    words = encoding.lower()
    grey = any(word in words for word in ("mono", "16uc1", "32fc1", "8uc1", "depth"))
    return not grey


def intrinsics_of_info(
    info: RosCameraInfo, width: int, height: int, origin: str, *, rectified: bool
) -> Intrinsics | None:
    """The camera of pictures of this size; None where the message says nothing that can be used.

    Args:
        info: the message; its K is of raw pictures, its P of rectified ones, which have no distortion.
        width: of the pictures.
        height: of the pictures.
        origin: where it was found, for a person.
        rectified: whether the pictures are.
    """
    binned = max(int(info.binning_x), int(info.binning_y)) > 1
    if (int(info.width), int(info.height)) != (width, height) or binned:
        return None
    matrix = np.asarray(info.p, float).reshape(3, 4)[:, :3] if rectified else np.asarray(info.k, float).reshape(3, 3)
    distortion = () if rectified else tuple(float(each) for each in info.d)
    if not any(distortion):
        distortion = ()
    elif len(distortion) not in _DISTORTIONS.get(info.distortion_model.strip().lower(), ()):
        return None
    try:
        found = Intrinsics(
            float(matrix[0, 0]), float(matrix[1, 1]), float(matrix[0, 2]), float(matrix[1, 2]), width, height,
            distortion=distortion, origin=origin, made_for=(width, height),
        )  # fmt: skip
    except InputError:  # all zeros: not calibrated
        return None
    return None if found.signs else found


def _rows(message: RosImage, name: str, kind: str, values: int, rows: int | None = None) -> npt.NDArray[np.generic]:
    """The values of each row, shape (H, values), in this machine's byte order; what fills a row up is left out.

    Raises:
        InputError: rows that are shorter than that, or not all there.
    """
    rows = int(message.height) if rows is None else rows
    size = np.dtype(kind).itemsize
    step = int(message.step) or values * size
    data = np.asarray(message.data, np.uint8).ravel()
    if step < values * size or len(data) < step * (rows - 1) + values * size:
        raise InputError(
            f"{name}: damaged: {message.width}x{message.height} in {message.encoding[:40]} with rows of {step} bytes "
            f"does not fit into {len(data)} bytes"
        )
    whole = np.zeros(step * rows, np.uint8)
    whole[: min(len(data), len(whole))] = data[: len(whole)]
    cut = np.ascontiguousarray(whole.reshape(rows, step)[:, : values * size])
    found = cut.view(np.dtype(kind).newbyteorder(">" if message.is_bigendian else "<"))
    return found.astype(np.dtype(kind), copy=False)


def _converted(values: npt.NDArray[np.generic], code: str) -> RGBImage:
    import cv2

    return np.asarray(cv2.cvtColor(np.asarray(values, np.uint8), int(getattr(cv2, code))), np.uint8)
