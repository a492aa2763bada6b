"""ROS 2 bags, written by rosbags' own writer."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from PIL import Image

from tests.numbered import numbered_picture
from tui.camera.frame import Steerable
from tui.camera.open import open_source
from tui.camera.played import PlayedSource
from tui.geometry.arrays import RGBImage

pytest.importorskip("rosbags", reason="rosbags is not installed")

from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

TYPES = get_typestore(Stores.ROS2_HUMBLE)
BEGAN_NS = 1_700_000_000_000_000_000
STORAGES = {"mcap": StoragePlugin.MCAP, "sqlite3": StoragePlugin.SQLITE3}


Message: TypeAlias = Any
"""What rosbags makes of a message's definition; its types are made while it runs."""


def _header() -> Message:
    stamp = TYPES.types["builtin_interfaces/msg/Time"](sec=1, nanosec=0)
    return TYPES.types["std_msgs/msg/Header"](stamp=stamp, frame_id="camera")


def raw(data: np.ndarray[Any, Any], encoding: str, width: int, height: int, step: int, *, big: bool = False) -> Message:
    """A sensor_msgs/Image."""
    return TYPES.types["sensor_msgs/msg/Image"](
        header=_header(), height=height, width=width, encoding=encoding, is_bigendian=int(big), step=step,
        data=np.frombuffer(data.tobytes(), np.uint8),
    )  # fmt: skip


def rgb8(picture: RGBImage) -> Message:
    """The same of a picture in rgb8."""
    height, width = picture.shape[:2]
    return raw(picture, "rgb8", width, height, 3 * width)


def compressed(picture: RGBImage, kind: str = "png") -> Message:
    """A sensor_msgs/CompressedImage."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind)
    return TYPES.types["sensor_msgs/msg/CompressedImage"](
        header=_header(), format=f"rgb8; {kind} compressed bgr8", data=np.frombuffer(file.getvalue(), np.uint8)
    )


def camera_info(width: int, height: int, focal_px: float, distortion: Iterable[float] = ()) -> Message:
    """A sensor_msgs/CameraInfo; its P says half the focal length."""
    fx, cx, cy = focal_px, width / 2, height / 2
    region = TYPES.types["sensor_msgs/msg/RegionOfInterest"](
        x_offset=0, y_offset=0, height=0, width=0, do_rectify=False
    )
    return TYPES.types["sensor_msgs/msg/CameraInfo"](
        header=_header(), height=height, width=width, distortion_model="plumb_bob",
        d=np.array(list(distortion) or [0.0] * 5), k=np.array([fx, 0, cx, 0, fx, cy, 0, 0, 1.0]),
        r=np.eye(3).ravel(), p=np.array([fx / 2, 0, cx, 0, 0, fx / 2, cy, 0, 0, 0, 1.0, 0]),
        binning_x=0, binning_y=0, roi=region,
    )  # fmt: skip


def write_bag(folder: Path, topics: Mapping[str, Iterable[tuple[float, Message]]], storage: str = "sqlite3") -> Path:
    """A bag of messages with their times, seconds."""
    with Writer(folder, version=9, storage_plugin=STORAGES[storage]) as writer:
        for topic, messages in topics.items():
            connection = None
            for at_s, message in messages:
                kind = message.__msgtype__
                connection = connection or writer.add_connection(topic, kind, typestore=TYPES)
                writer.write(connection, BEGAN_NS + round(at_s * 1e9), TYPES.serialize_cdr(message, kind))
            if connection is None:
                writer.add_connection(topic, "sensor_msgs/msg/Image", typestore=TYPES)
    return folder


def numbered_bag(folder: Path, frames: int, storage: str = "sqlite3", *, period_s: float = 0.1) -> Path:
    """A bag of numbered pictures on /camera/image_raw, with its camera_info."""
    pictures = [(number * period_s, rgb8(numbered_picture(number))) for number in range(frames)]
    info = [(0.0, camera_info(128, 64, 100.0, (0.1, -0.05, 0.001, 0.0, 0.0)))]
    return write_bag(folder, {"/camera/camera_info": info, "/camera/image_raw": pictures}, storage)


def file_of(folder: Path) -> Path:
    """The one data file of a bag."""
    (path,) = (each for each in folder.iterdir() if each.suffix in {".db3", ".mcap"})
    return path


def opened(spec: Path | str) -> PlayedSource:
    """A bag, or one of its topics as `BAG#TOPIC`, as a source."""
    source = open_source(str(spec))
    assert isinstance(source, PlayedSource)
    assert isinstance(source, Steerable)
    return source


def first_image(spec: Path | str) -> RGBImage:
    """The first picture that it shows."""
    source = opened(spec)
    image = source.read().image
    source.close()
    return image
