"""Pictures that move: GIF, PNG, WebP and AVIF with several frames, and raw motion JPEG, stepped through like a clip."""

from __future__ import annotations

from pathlib import Path

from tui.camera.imread import decode_picture, open_image, to_rgb
from tui.camera.limits import check_size, decode_errors
from tui.camera.motion_jpeg import JpegFile, is_motion_jpeg
from tui.camera.opencv import Capture
from tui.errors import InputError
from tui.geometry.arrays import RGBImage

MOTION_JPEG_RATE_HZ = 25.0
"""Raw motion JPEG has no times; this is what players take."""

_MOVING = {"GIF", "PNG", "WEBP", "AVIF"}
_USUAL_S = 0.1
_SHORTEST_S = 0.01
"""Frames that are to be shown for no longer than this get _USUAL_S, as in browsers."""


def is_moving(path: Path) -> bool:
    """Whether a file's content is an animation or raw motion JPEG, whatever its ending.

    Raises:
        OSError: it cannot be read.
    """
    if is_motion_jpeg(path):
        return True
    try:
        with path.open("rb") as file, open_image(file, str(path)) as image:
            return image.format in _MOVING and bool(getattr(image, "is_animated", False))
    except _failures():
        return False


def open_moving(path: Path) -> Capture | None:
    """The frames of a file of which `is_moving` holds; None for others, and for what cannot be read."""
    try:
        if is_motion_jpeg(path):
            return _MotionJpeg(path)
        return _Animation(path) if is_moving(path) else None
    except _failures():
        return None


class _MotionJpeg:
    def __init__(self, path: Path) -> None:
        self._file = JpegFile(path)
        self._spans = self._file.spans()
        self._index = -1
        self._data = b""
        self._name = path.name

    @property
    def rate_hz(self) -> float:
        return MOTION_JPEG_RATE_HZ

    @property
    def position_s(self) -> float:
        return max(0, self._index) / MOTION_JPEG_RATE_HZ

    def grab(self) -> bool:
        try:
            span = next(self._spans)
            self._data = self._file.bytes_of(span)
        except (StopIteration, ValueError):  # the end, or closed
            return False
        self._index += 1
        return True

    def retrieve(self) -> RGBImage | None:
        try:
            return decode_picture(self._data, self._name)
        except InputError:
            return None

    def release(self) -> None:
        self._file.close()


class _Animation:
    def __init__(self, path: Path) -> None:
        self._name = str(path)
        self._file = path.open("rb")
        try:
            self._image = open_image(self._file, str(path))
        except BaseException:
            self._file.close()
            raise
        self._index = -1
        self._frame: RGBImage | None = None
        self._at_s = 0.0
        self._lasts_s = 0.0

    @property
    def rate_hz(self) -> float:
        return 1 / _USUAL_S

    @property
    def position_s(self) -> float:
        return self._at_s

    def grab(self) -> bool:
        try:
            self._image.seek(self._index + 1)
            check_size(self._image, self._file, self._name)  # a frame may enlarge the picture
        except _failures():
            return False
        self._index += 1
        self._at_s += self._lasts_s
        try:
            self._image.load()  # here, because a WebP tells a frame's time only then
            self._frame = to_rgb(self._image)
        except decode_errors():
            self._frame = None
        self._lasts_s = _seconds(self._image.info.get("duration"))
        return True

    def retrieve(self) -> RGBImage | None:
        return self._frame

    def release(self) -> None:
        self._file.close()


def _failures() -> tuple[type[Exception], ...]:
    return (InputError, *decode_errors())


def _seconds(duration_ms: object) -> float:
    seconds = duration_ms / 1000 if isinstance(duration_ms, int | float) else 0.0
    return seconds if seconds > _SHORTEST_S else _USUAL_S
