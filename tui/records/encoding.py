"""One frame with its readings as the messages of a recording; pure, and some milliseconds of work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui.calibration.distance import distances
from tui.errors import StorageError
from tui.geometry.arrays import RGBImage
from tui.instrument.frame import FrameReading
from tui.instrument.recorded import reading_to_plain
from tui.instrument.session import Session
from tui.storage import recorded, ros
from tui.storage.ros import MapMessage

_JPEG_QUALITY = 92
_DEPTH_COLUMNS = 160
"""A depth picture has about so many; whoever wants more has the map."""

_DEPTH_SHARE = 0.05
"""Of a core that depth pictures may cost: with many references they come less often than frames do."""

_FARTHEST = 65535


@dataclass(frozen=True, slots=True)
class Topic:
    """One channel of a recording."""

    name: str
    schema: str
    metadata: tuple[tuple[str, str], ...] = ()


TOPICS = (
    Topic(recorded.IMAGE, ros.COMPRESSED_IMAGE),
    Topic(recorded.CAMERA, ros.CAMERA_INFO),
    Topic(
        recorded.DEPTH,
        ros.COMPRESSED_IMAGE,
        (("unit_m", str(recorded.DEPTH_UNIT_M)), ("meaning", "distance along the optical axis; 0: no distance")),
    ),
    Topic(recorded.DEPTH_CAMERA, ros.CAMERA_INFO),
    Topic(recorded.READING, ros.STRING, (("data", "JSON; its schema is attached"),)),
    Topic(recorded.MAP, ros.MAP),
)


class Encoder:
    """Encodes the frames of one recording, in one thread.

    Args:
        depth_share: of a core that depth pictures may cost; infinite for one with every frame.
    """

    def __init__(self, depth_share: float = _DEPTH_SHARE) -> None:
        self._depth_share = depth_share
        self._depth_due_s = 0.0

    def messages(self, reading: FrameReading, session: Session, at_ns: int) -> Iterator[tuple[str, bytes]]:
        """Topic and message, one after the other.

        Args:
            reading: of a frame that has a map.
            session: that it was read with.
            at_ns: when the frame was taken, since the epoch.

        Raises:
            StorageError: the picture cannot be encoded.
        """
        result = reading.result
        assert result is not None  # noqa: S101 - the caller has looked
        height, width = result.inverse_depth.shape
        small, enlarging = result.depth_map.parts
        found = MapMessage(small, enlarging.kernel.value, (width, height))
        camera = session.intrinsics
        yield recorded.MAP, ros.inverse_depth(at_ns, found)
        yield recorded.READING, ros.string(recorded.text_of(reading_to_plain(reading, session)))
        if camera is not None:
            yield recorded.CAMERA, ros.camera_info(at_ns, camera)
        if (depth := self._depth(reading)) is not None:
            data, every_px = depth
            yield recorded.DEPTH, ros.compressed_image(at_ns, "16UC1; png compressed ", data)
            if camera is not None:
                yield recorded.DEPTH_CAMERA, ros.camera_info(at_ns, camera, every_px)
        # Last, as whoever finds the picture then finds the rest as well.
        yield recorded.IMAGE, ros.compressed_image(at_ns, "jpeg", _jpeg(result.frame.image))

    def _depth(self, reading: FrameReading) -> tuple[bytes, int] | None:
        """Metres as a 16-bit PNG, and of every how many pixels; None where there are none, or it is too soon."""
        result, calibration = reading.result, reading.calibration
        now_s, began_s = time.monotonic(), time.thread_time()
        if result is None or calibration is None or reading.silent or now_s < self._depth_due_s:
            return None
        every_px = max(1, -(-result.inverse_depth.shape[1] // _DEPTH_COLUMNS))
        metres = distances(result.inverse_depth, calibration, reading.context, every_px)
        steps = np.rint(metres / np.float32(recorded.DEPTH_UNIT_M))
        known = np.isfinite(steps) & (steps <= _FARTHEST)
        data = _encoded(".png", np.where(known, steps, 0).astype(np.uint16), "IMWRITE_PNG_COMPRESSION", 1)
        self._depth_due_s = now_s + (time.thread_time() - began_s) / self._depth_share
        return data, every_px


def _jpeg(image: RGBImage) -> bytes:
    import cv2

    return _encoded(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), "IMWRITE_JPEG_QUALITY", _JPEG_QUALITY)


def _encoded(suffix: str, pixels: NDArray[Any], option: str, value: int) -> bytes:
    import cv2

    try:
        done, data = cv2.imencode(suffix, pixels, [getattr(cv2, option), value])
    except cv2.error as error:  # a picture larger than the format has room for
        raise StorageError(f"a picture of {pixels.shape[1]}x{pixels.shape[0]} cannot be recorded") from error
    if not done:
        raise StorageError(f"a picture of {pixels.shape[1]}x{pixels.shape[0]} cannot be recorded")
    return data.tobytes()
