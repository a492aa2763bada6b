"""The few ROS 2 messages of a recording: their definitions, as a file holds them, and their bytes."""

from __future__ import annotations

from dataclasses import dataclass

from tui.geometry.arrays import FloatMap
from tui.geometry.intrinsics import Intrinsics
from tui.storage.cdr import CdrReader, CdrWriter
from tui.storage.lossless import ENCODING, pack, unpack

_RULE = "=" * 80
_TIME = f"{_RULE}\nMSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec\n"
_HEADER = f"{_RULE}\nMSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id\n{_TIME}"

COMPRESSED_IMAGE = "sensor_msgs/msg/CompressedImage"
CAMERA_INFO = "sensor_msgs/msg/CameraInfo"
STRING = "std_msgs/msg/String"
MAP = "depth_tui/msg/InverseDepth"

DEFINITIONS = {
    COMPRESSED_IMAGE: f"std_msgs/Header header\nstring format\nuint8[] data\n{_HEADER}",
    CAMERA_INFO: (
        "std_msgs/Header header\nuint32 height\nuint32 width\nstring distortion_model\nfloat64[] d\nfloat64[9] k\n"
        "float64[9] r\nfloat64[12] p\nuint32 binning_x\nuint32 binning_y\nsensor_msgs/RegionOfInterest roi\n"
        f"{_RULE}\nMSG: sensor_msgs/RegionOfInterest\nuint32 x_offset\nuint32 y_offset\nuint32 height\nuint32 width\n"
        f"bool do_rectify\n{_HEADER}"
    ),
    STRING: "string data\n",
    MAP: (
        "# A network's own map of relative inverse depth, float32, rows from the top, packed without a loss.\n"
        "std_msgs/Header header\nuint32 height\nuint32 width\n"
        "string enlarging  # to the picture's size: none, linear, cubic\n"
        "uint32 picture_height\nuint32 picture_width\n"
        f"string encoding  # {ENCODING}\nuint8[] data\n{_HEADER}"
    ),
}
"""By name, as `ros2msg` schemas."""

_FRAME_ID = "camera"
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
_FOUR, _EIGHT = "plumb_bob", "rational_polynomial"


@dataclass(frozen=True, eq=False, slots=True)
class MapMessage:
    """What `MAP` holds."""

    small: FloatMap
    """float32, (h, w)."""
    enlarging: str
    picture_size: tuple[int, int]
    """(width, height) in pixels."""


def compressed_image(at_ns: int, image_format: str, data: bytes) -> bytes:
    """A picture as a file: 'jpeg', '16UC1; png compressed '."""
    return CdrWriter().header(at_ns, _FRAME_ID).text(image_format).octets(data).whole


def picture_of(message: bytes) -> bytes:
    """The file within a `COMPRESSED_IMAGE`.

    Raises:
        StorageError: it is none.
    """
    reader = CdrReader(message)
    reader.header()
    reader.text()
    return reader.octets()


def camera_info(at_ns: int, camera: Intrinsics, every_px: int = 1) -> bytes:
    """The intrinsics; `every_px` for a picture of which every so-manieth row and column were taken."""
    k = (
        *(camera.fx_px / every_px, 0.0, camera.cx_px / every_px),
        *(0.0, camera.fy_px / every_px, camera.cy_px / every_px),
        *(0.0, 0.0, 1.0),
    )
    d = camera.distortion
    d = (*d, *(0.0,) * (5 - len(d))) if len(d) < 5 else d
    p = (*k[:3], 0.0, *k[3:6], 0.0, *k[6:], 0.0)
    writer = CdrWriter().header(at_ns, _FRAME_ID)
    writer.number("I", -(-camera.height // every_px)).number("I", -(-camera.width // every_px))
    writer.text(_FOUR if len(d) == 5 else _EIGHT).numbers(d, counted=True)
    writer.numbers(k, counted=False).numbers(_IDENTITY, counted=False).numbers(p, counted=False)
    for kind in "IIIIIIB":  # binning, the region of interest, not rectified
        writer.number(kind, 0)
    return writer.whole


def string(text: str) -> bytes:
    """A `STRING`."""
    return CdrWriter().text(text).whole


def text_of(message: bytes) -> str:
    """What a `STRING` says.

    Raises:
        StorageError: it is none.
    """
    return CdrReader(message).text()


def inverse_depth(at_ns: int, found: MapMessage) -> bytes:
    """A `MAP`."""
    height, width = found.small.shape
    writer = CdrWriter().header(at_ns, _FRAME_ID).number("I", height).number("I", width).text(found.enlarging)
    writer.number("I", found.picture_size[1]).number("I", found.picture_size[0])
    return writer.text(ENCODING).octets(pack(found.small)).whole


def map_of(message: bytes) -> MapMessage:
    """What a `MAP` holds.

    Raises:
        StorageError: it is none.
    """
    reader = CdrReader(message)
    reader.header()
    height, width, enlarging = reader.number("I"), reader.number("I"), reader.text()
    picture_height, picture_width = reader.number("I"), reader.number("I")
    reader.text()
    return MapMessage(unpack(reader.octets(), height, width), enlarging, (picture_width, picture_height))
