"""The one place that touches OpenCV's video input."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from tui.camera.interlaced import is_refused
from tui.camera.modes import fourcc_of
from tui.camera.printable import printable_address
from tui.camera.wish import CameraWish
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

if TYPE_CHECKING:
    import cv2

Backend = Literal["ffmpeg", "tcp", "udp", "v4l2"]
"""FFmpeg for files, for streams over either transport; or the cameras of this machine."""

_OPTIONS_NAME = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_STREAM_OPTIONS = "analyzeduration;1000000"
"""A second of looking into a stream will do: at one frame a second, FFmpeg's five hold the first pictures back."""
_EVERY = 8
"""Pixels: one in so many each way tells whether a frame is that before it."""


class Capture(Protocol):
    """An opened clip, stream or camera; one thread uses it."""

    @property
    def rate_hz(self) -> float:
        """Frames a second as the file says, 0 where it does not."""
        ...

    @property
    def position_s(self) -> float:
        """Time of the frame that was grabbed last, from the start of the clip."""
        ...

    def grab(self) -> bool:
        """Step to the next frame; False at the end and on every failure."""
        ...

    def retrieve(self) -> RGBImage | None:
        """The grabbed frame, RGB, uint8, shape (H, W, 3); None if it cannot be decoded.

        Raises:
            SourceError: it is of a kind that is not shown rightly.
        """
        ...

    def release(self) -> None:
        """Let go of the device or file; safe to call twice."""
        ...


@runtime_checkable
class Adjustable(Protocol):
    """A capture that can be asked for a size, a rate and a format before its first frame."""

    @property
    def fourcc(self) -> str:
        """The format it delivers now, empty where the driver does not say."""
        ...

    def adjust(self, wish: CameraWish) -> None:
        """Ask for it; the driver then does what it can."""
        ...


@runtime_checkable
class Windable(Protocol):
    """A capture of a file that can be moved through."""

    @property
    def length_s(self) -> float:
        """Of the whole, as the file says; 0 where it does not."""
        ...

    def wind(self, to_s: float) -> bool:
        """Let the next `grab` bring a frame of about that time, mostly an earlier one; False where that fails."""
        ...


OpenCapture = Callable[[str, Backend, float], Capture | None]
"""(path or address, backend, time-out in seconds) -> the capture, or None where it cannot be opened."""


def open_capture(what: str, backend: Backend, timeout_s: float) -> Capture | None:
    """Open a clip, stream or camera with OpenCV.

    Args:
        what: a path or an address.
        backend: FFmpeg for files and, over TCP or UDP, for streams; V4L2 for cameras.
        timeout_s: for every read of a stream, and half the time for opening one.
    """
    cv2 = load_cv2()
    timeout_ms = max(1, round(1000 * timeout_s))
    try:
        if backend == "v4l2":
            capture = cv2.VideoCapture(what, cv2.CAP_V4L2)
        elif backend == "ffmpeg":
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, timeout_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, timeout_ms]
            capture = cv2.VideoCapture(what, cv2.CAP_FFMPEG, limits)
        else:
            capture = _open_stream(what, backend, timeout_ms)
    except cv2.error:
        return None
    if not capture.isOpened():
        capture.release()
        return None
    return _OpenCVCapture(capture, None if backend == "v4l2" else _named(what))


class _Options:
    """FFmpeg's options, which OpenCV takes from the environment of the whole program.

    A camera that does not answer takes its time: others are opened over the same transport meanwhile.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._transport, self._count = "", 0
        self._own = False

    @contextmanager
    def over(self, transport: str) -> Iterator[None]:
        """Streams that are opened within this are opened so; waits while others are opened otherwise."""
        with self._changed:
            self._changed.wait_for(lambda: not self._count or self._transport == transport)
            if not self._count and _OPTIONS_NAME not in os.environ:  # else it is the user's
                self._own = True
                os.environ[_OPTIONS_NAME] = f"rtsp_transport;{transport}|{_STREAM_OPTIONS}"
            self._transport = transport
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                if not self._count and self._own:
                    self._own = False
                    del os.environ[_OPTIONS_NAME]
                self._changed.notify_all()


_options = _Options()


def _open_stream(what: str, transport: str, timeout_ms: int) -> cv2.VideoCapture:
    import cv2

    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 2 * timeout_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, timeout_ms]
    limits += [cv2.CAP_PROP_N_THREADS, 1]  # every thread more holds one more frame back
    with _options.over(transport):
        return cv2.VideoCapture(what, cv2.CAP_FFMPEG, limits)


def load_cv2() -> ModuleType:
    """Import OpenCV so that neither it nor FFmpeg writes to the terminal that the screen is drawn on."""
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
    import cv2

    if os.environ["OPENCV_LOG_LEVEL"] == "SILENT":  # holds, too, where another module was first to import it
        if hasattr(cv2, "setLogLevel"):  # OpenCV 4
            cv2.setLogLevel(0)
        else:
            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2


def _named(what: str) -> str:
    return printable_address(what) if "://" in what else Path(what).name


class _OpenCVCapture:
    def __init__(self, capture: cv2.VideoCapture, decoded: str | None = None) -> None:
        """`decoded` names what FFmpeg decodes; None where it does not."""
        self._cv2 = load_cv2()
        self._capture = capture
        self._decoded = decoded
        self._last: bytes | None = None
        """A sample of the frame before."""

    @property
    def rate_hz(self) -> float:
        rate = float(self._capture.get(self._cv2.CAP_PROP_FPS))
        return rate if math.isfinite(rate) and rate > 0 else 0.0

    @property
    def fourcc(self) -> str:
        return fourcc_of(max(0, int(self._capture.get(self._cv2.CAP_PROP_FOURCC))))

    def adjust(self, wish: CameraWish) -> None:
        cv2 = self._cv2
        asked: list[tuple[int, float]] = []
        if wish.fourcc:
            asked.append((cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*wish.fourcc)))
        if wish.size is not None:  # the width waits for the height, and then both are set at once
            asked += [(cv2.CAP_PROP_FRAME_WIDTH, wish.size[0]), (cv2.CAP_PROP_FRAME_HEIGHT, wish.size[1])]
        if wish.rate_hz is not None:
            asked.append((cv2.CAP_PROP_FPS, wish.rate_hz))
        for name, value in asked:
            with suppress(cv2.error):
                self._capture.set(name, value)

    @property
    def position_s(self) -> float:
        return float(self._capture.get(self._cv2.CAP_PROP_POS_MSEC)) / 1000

    @property
    def length_s(self) -> float:
        frames = float(self._capture.get(self._cv2.CAP_PROP_FRAME_COUNT))
        length_s = frames / self.rate_hz if self.rate_hz else 0.0
        return length_s if math.isfinite(length_s) and length_s > 0 else 0.0

    def wind(self, to_s: float) -> bool:
        try:
            return bool(self._capture.set(self._cv2.CAP_PROP_POS_MSEC, 1000 * max(0.0, to_s)))
        except self._cv2.error:
            return False

    def grab(self) -> bool:
        try:
            return bool(self._capture.grab())
        except self._cv2.error:
            return False

    def retrieve(self) -> RGBImage | None:
        try:
            ok, image = self._capture.retrieve()
            if not ok or image is None or image.size == 0:
                return None
            self._check_shown(image)
            code = self._cv2.COLOR_GRAY2RGB if image.ndim == 2 else self._cv2.COLOR_BGR2RGB
            rgb: RGBImage = self._cv2.cvtColor(image, code)
        except self._cv2.error:
            return None
        return rgb

    def _check_shown(self, image: cv2.typing.MatLike) -> None:
        """A frame that was not converted is the one before it, or the first."""
        if self._decoded is None:
            return
        sample = image[::_EVERY, ::_EVERY].tobytes()
        if self._last in (None, sample) and is_refused(self._capture.retrieve):
            raise SourceError(
                f"{self._decoded}: interlaced video, which OpenCV {self._cv2.__version__} cannot show; make it "
                "progressive (in the camera's settings, or ffmpeg -i FILE -vf bwdif OUT.mp4), or install "
                "'opencv-python-headless<4.13'"
            )
        self._last = sample

    def release(self) -> None:
        self._capture.release()
