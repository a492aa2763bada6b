"""Cameras at this machine."""

from __future__ import annotations

import re
from collections import deque
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tui.camera.frame import SourceInfo
from tui.camera.listing import CameraInfo, available, busy, explain, list_cameras
from tui.camera.live import LiveSource
from tui.camera.opencv import Adjustable, Capture
from tui.camera.printable import printable_address
from tui.camera.v4l2 import Machine, holders
from tui.camera.wish import AS_IT_COMES, CameraWish
from tui.errors import InputError, SourceError
from tui.geometry.arrays import RGBImage

_OPEN_TIMEOUT_S = 10.0
_MOST_DIGITS = 9
"""A longer number is no camera's."""


def names_camera(spec: str, machine: Machine) -> bool:
    """Whether the words can only mean a camera: a number, or a device file of the video drivers."""
    path = Path(spec)
    if not path.is_absolute() or not path.is_relative_to(machine.dev):
        return spec.isascii() and spec.isdigit() and len(spec) <= _MOST_DIGITS
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


def open_camera(camera: CameraInfo, spec: str, machine: Machine, wish: CameraWish = AS_IT_COMES) -> LiveSource:
    """Start a camera; `LiveSource.wait_open` tells whether it opened.

    What it does not do of what is wished goes along with its first frame.

    Raises:
        InputError: it has no such control, or one that cannot have such a value.
        SourceError: its device file cannot be opened for setting controls.
    """
    if wish.controls:  # before it starts, so that its first picture is as it was asked for
        _set_controls(camera, machine, wish)
        with suppress(OSError):
            asked = machine.query(Path(camera.path))
            camera = camera if asked is None else replace(camera, lens=asked.lens)
    advice = camera.lens.advice(camera.path)
    info = SourceInfo(
        spec, f"camera {camera.number}", live=True, camera=camera.name, lens=str(camera.lens), focus_advice=advice
    )
    notes: deque[str] = deque()
    return LiveSource(
        info, lambda: _CameraProducer(camera, machine, wish, notes), open_timeout_s=_OPEN_TIMEOUT_S, notes=notes
    )


def _set_controls(camera: CameraInfo, machine: Machine, wish: CameraWish) -> tuple[str, ...]:
    path = Path(camera.path)
    try:
        return machine.set_controls(path, wish.controls, camera.label)
    except OSError as error:
        raise SourceError(explain(path, error, machine)) from error


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
    def __init__(self, camera: CameraInfo, machine: Machine, wish: CameraWish, notes: deque[str]) -> None:
        self._camera = camera
        self._wish = wish
        self._notes = notes
        self._begun = False
        self._path = Path(camera.path)
        self._name = camera.label
        self._machine = machine
        self._capture = self._open()

    def next(self) -> RGBImage:
        if self._capture.grab():
            if not self._begun and self._wish.controls:  # some cameras forget them when they start
                self._set_controls()
            image = self._capture.retrieve()
            if image is not None:
                if not self._begun:
                    self._compare(image)
                self._begun = True
                return image
        if not self._path.exists():
            raise SourceError(f"camera {self._name}: lost; is it unplugged?")
        if holders(self._path, self._machine.proc):
            raise SourceError(busy(self._path, self._machine))
        raise SourceError(f"camera {self._name}: stopped delivering pictures; unplug it and plug it in again")

    def close(self) -> None:
        self._capture.release()

    def _set_controls(self) -> None:
        try:
            self._notes.extend(_set_controls(self._camera, self._machine, self._wish))
        except InputError as error:  # another camera of that number by now
            raise SourceError(str(error)) from error

    def _compare(self, image: RGBImage) -> None:
        """Say what the first picture shows that the camera does otherwise than it was asked."""
        fourcc = self._capture.fourcc if isinstance(self._capture, Adjustable) else ""
        unmet = self._wish.unmet((image.shape[1], image.shape[0]), self._capture.rate_hz, fourcc)
        if unmet:
            self._notes.append(f"camera {self._name}: {unmet}; what it can do: depth-tui cameras --modes")

    def _open(self) -> Capture:
        try:
            self._machine.query(self._path)
        except OSError as error:
            raise SourceError(explain(self._path, error, self._machine)) from error
        capture = self._machine.open_capture(str(self._path), "v4l2", _OPEN_TIMEOUT_S)
        if capture is not None:
            if isinstance(capture, Adjustable):
                capture.adjust(self._wish)
            return capture
        if holders(self._path, self._machine.proc):
            raise SourceError(busy(self._path, self._machine))
        raise SourceError(
            f"camera {self._name}: does not start; another program may hold it (fuser -v {self._path}), "
            "or its format is not supported"
        )
