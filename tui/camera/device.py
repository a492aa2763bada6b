"""Cameras at this machine."""

from __future__ import annotations

import re
from pathlib import Path

from tui.camera.frame import SourceInfo
from tui.camera.listing import CameraInfo, available, busy, explain, list_cameras
from tui.camera.live import LiveSource
from tui.camera.opencv import Capture
from tui.camera.printable import printable_address
from tui.camera.v4l2 import Machine, holders
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage

_OPEN_TIMEOUT_S = 10.0


def names_camera(spec: str, machine: Machine) -> bool:
    """Whether the words can only mean a camera: a number, or a device file of the video drivers."""
    path = Path(spec)
    if not path.is_absolute() or not path.is_relative_to(machine.dev):
        return spec.isascii() and spec.isdigit()
    return re.fullmatch(r"video\d+|v4l/.+", str(path.relative_to(machine.dev))) is not None


def find_camera(spec: str, machine: Machine) -> CameraInfo | None:
    """The camera that a number, a device file or a part of a name stands for; None if the words match no name.

    Raises:
        SourceError: no camera of that number or path, no permission, or several match the name.
    """
    if names_camera(spec, machine):
        return _at(machine.dev / f"video{int(spec)}" if spec.isdigit() else Path(spec), machine)
    matching = [camera for camera in list_cameras(machine) if spec.casefold() in camera.name.casefold()]
    exact = [camera for camera in matching if spec.casefold() == camera.name.casefold()]
    if len(exact) == 1:
        return exact[0]
    if len(matching) > 1:
        names = ", ".join(camera.label for camera in matching)
        raise SourceError(f"{printable_address(spec)!r} matches several cameras: {names}; use the number")
    return matching[0] if matching else None


def open_camera(camera: CameraInfo, spec: str, machine: Machine) -> LiveSource:
    """Start a camera; `LiveSource.wait_open` tells whether it opened."""
    advice = camera.lens.advice(camera.path)
    info = SourceInfo(
        spec, f"camera {camera.number}", live=True, camera=camera.name, lens=str(camera.lens), focus_advice=advice
    )
    return LiveSource(info, lambda: _CameraProducer(camera, machine), open_timeout_s=_OPEN_TIMEOUT_S)


def _at(path: Path, machine: Machine) -> CameraInfo:
    try:
        real = path.resolve(strict=True)  # by-id and by-path names are links
        capabilities = machine.query(real)
    except OSError as error:
        raise SourceError(explain(path, error, machine)) from error
    if capabilities is not None and not capabilities.captures:
        raise SourceError(f"{path}: not a camera's picture ({capabilities.name}); {available(machine)}")
    listed = [camera for camera in list_cameras(machine) if Path(camera.path) == real]
    if listed:
        return listed[0]
    raise SourceError(f"{path}: not a camera; {available(machine)}")


class _CameraProducer:
    def __init__(self, camera: CameraInfo, machine: Machine) -> None:
        self._path = Path(camera.path)
        self._name = camera.label
        self._machine = machine
        self._capture = self._open()

    def next(self) -> RGBImage:
        if self._capture.grab():
            image = self._capture.retrieve()
            if image is not None:
                return image
        if not self._path.exists():
            raise SourceError(f"camera {self._name}: lost; is it unplugged?")
        if holders(self._path, self._machine.proc):
            raise SourceError(busy(self._path, self._machine))
        raise SourceError(f"camera {self._name}: stopped delivering pictures; unplug it and plug it in again")

    def close(self) -> None:
        self._capture.release()

    def _open(self) -> Capture:
        try:
            self._machine.query(self._path)
        except OSError as error:
            raise SourceError(explain(self._path, error, self._machine)) from error
        capture = self._machine.open_capture(str(self._path), "v4l2", _OPEN_TIMEOUT_S)
        if capture is not None:
            return capture
        if holders(self._path, self._machine.proc):
            raise SourceError(busy(self._path, self._machine))
        raise SourceError(
            f"camera {self._name}: does not start; another program may hold it (fuser -v {self._path}), "
            "or its format is not supported"
        )
