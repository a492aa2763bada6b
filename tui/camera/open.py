"""From what the user wrote to a source of frames."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tui.camera.animated import is_moving
from tui.camera.bag import is_bag, open_bag, why_no_bag, with_topic
from tui.camera.clip import ClipSource
from tui.camera.command import is_command, open_command
from tui.camera.csi import is_csi, list_csi, open_csi, start_csi
from tui.camera.device import find_camera, names_camera, open_camera
from tui.camera.frame import FrameSource, SourceInfo
from tui.camera.imread import PICTURE_SUFFIXES, is_picture, read_noted
from tui.camera.listing import available, list_cameras
from tui.camera.mcap_file import is_mcap
from tui.camera.played import PlayedSource
from tui.camera.printable import printable_address
from tui.camera.rtsp import open_rtsp
from tui.camera.standard_input import STANDARD_INPUT
from tui.camera.stills import FolderSource, StillSource
from tui.camera.v4l2 import Machine
from tui.camera.web import open_web
from tui.camera.wish import AS_IT_COMES, CameraWish
from tui.errors import InputError, SourceError
from tui.storage.export import is_capture
from tui.storage.paths import from_home

SOURCE_KINDS = (
    "a camera (0, /dev/video0 or a part of its name), a picture, a folder of pictures, a video file, "
    "a recording (.mcap), a ROS 2 bag, http(s):// (motion JPEG or a picture), rtsp://, csi (a board's own camera), "
    "exec:COMMAND, or demo"
)
"""What a source can be, for help texts and errors."""

_FIRST_FRAME_S = 3.0
_ALL_CAMERAS_S = 6.0
_CSI_FRAME_S = 5.0
"""A second for the program to start, one for the sensor's exposure to settle."""


def open_source(spec: str, machine: Machine | None = None, wish: CameraWish = AS_IT_COMES) -> FrameSource:
    """Open what the user named; blocks until it is open, for seconds at most.

    Args:
        spec: a camera number, device file or (part of a) name; a picture, a folder of pictures or a video
            file; an http, https or rtsp address; 'csi', 'csi:1'; 'exec:COMMAND'; 'demo'.
        machine: where the facts about cameras come from.
        wish: what is asked of a camera of this machine; other sources are as they are.

    Raises:
        InputError: the camera has no such control.
        SourceError: it cannot be opened; the message says what, why and the remedy. A stream that may answer later is
            no such case: its `read` says what is amiss, as of one that was lost.
    """
    machine = machine or Machine()
    spec = spec.strip()
    if not spec:
        raise SourceError(f"no source named; use {SOURCE_KINDS}")
    if spec.casefold() == "demo":
        from tui.camera.demo.source import DemoSource

        return DemoSource()
    if is_command(spec):
        return open_command(spec)
    if is_csi(spec):
        return open_csi(spec, machine, wish)
    if spec == STANDARD_INPUT:
        raise SourceError(f"{spec}: standard input is for watch, depth and measure; the app reads its keys there")
    scheme = re.match(r"([a-z][a-z0-9+.-]*)://", spec, re.IGNORECASE)
    if scheme:
        return _open_address(spec, scheme[1].lower(), machine)
    path = from_home(spec)
    if not names_camera(spec, machine) and _exists(path):
        return _open_path(path, spec)
    if (bag := with_topic(spec)) is not None:
        return open_bag(*bag, spec)
    camera = find_camera(spec, machine)
    if camera is None:
        if "/" in spec or path.suffix:
            raise SourceError(f"{printable_address(spec)}: no such file or folder")
        raise SourceError(f"{printable_address(spec)}: no such file, and no camera of that name; {available(machine)}")
    if camera.is_raw:
        raise SourceError(f"{camera.path}: {camera.problem}")
    source = open_camera(camera, spec, machine, wish)
    source.wait_open()
    return source


def first_camera(machine: Machine | None = None, wish: CameraWish = AS_IT_COMES) -> FrameSource:
    """The first camera that delivers a frame; takes some seconds at most, whatever the cameras do.

    Raises:
        SourceError: there is none; says why and what to do.
    """
    machine = machine or Machine()
    deadline_s = time.monotonic() + _ALL_CAMERAS_S
    reason = "no camera found"
    for camera in list_cameras(machine):
        if camera.problem:
            reason = camera.problem
            continue
        left_s = deadline_s - time.monotonic()
        if left_s <= 0:
            break
        try:
            source = open_camera(camera, str(camera.number), machine, wish)
            source.wait_frame(min(_FIRST_FRAME_S, left_s))
        except SourceError as error:
            reason = str(error)
            continue
        return source
    for board in list_csi(machine)[:1]:
        source = start_csi(board.spec, machine, wish, board)
        try:
            source.wait_frame(_CSI_FRAME_S)
        except SourceError as error:
            reason = str(error)
            continue
        return source
    raise SourceError(
        f"{reason}; name a source with --source S (depth-tui cameras lists cameras, demo is a rendered room)"
    )


def default_source(machine: Machine | None = None, wish: CameraWish = AS_IT_COMES) -> tuple[FrameSource, str]:
    """The first camera that delivers a frame, else the demo room, and a note on why it is the demo.

    Takes some seconds at most, whatever the cameras do.

    Raises:
        InputError: the first camera has no such control.
    """
    try:
        return first_camera(machine, wish), ""
    except SourceError as error:
        reason = str(error).partition("; name a source")[0]
        return open_source("demo"), f"{reason}: showing the demo room"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long, or a folder on the way that may not be entered
        return False


def _open_address(spec: str, scheme: str, machine: Machine) -> FrameSource:
    if scheme in {"http", "https"}:
        return open_web(spec)
    if scheme in {"rtsp", "rtsps"}:
        source = open_rtsp(spec, machine.open_capture)
        source.wait_open()
        return source
    raise SourceError(f"{printable_address(spec)}: {scheme}:// is not supported; use {SOURCE_KINDS}")


def open_log(path: Path, spec: str) -> PlayedSource | None:
    """A recording or a ROS 2 bag; None for what is neither.

    Raises:
        OSError: it cannot be looked into.
        SourceError: it cannot be played; a bag without what describes it, or of ROS 1.
    """
    if path.is_file() and is_mcap(path):
        return _open_mcap(path, spec)
    if is_bag(path):
        return open_bag(path, spec=spec)
    if (path.is_dir() or path.is_file()) and (why := why_no_bag(path)):
        raise SourceError(why)
    return None


def _open_mcap(path: Path, spec: str) -> PlayedSource:
    """One of our own recordings, a ROS 2 bag, or another program's pictures."""
    from tui.camera.recording import Kind, NoPictures, kind_of, open_recording

    if kind_of(path) is not Kind.ROS:
        return open_recording(path, spec)
    try:
        return open_bag(path, spec=spec)
    except SourceError as error:
        try:
            return open_recording(path, spec)
        except NoPictures:
            raise error from None


def _open_path(path: Path, spec: str) -> FrameSource:
    try:
        if (log := open_log(path, spec)) is not None:
            return log
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    if path.is_dir() and is_capture(path):
        from tui.camera.captured import open_capture  # with all that a fit needs, which no first paint waits for

        return open_capture(path, spec)
    if path.is_dir():
        return FolderSource(path, spec)
    if not path.is_file():
        raise SourceError(f"{path}: not an ordinary file; use {SOURCE_KINDS}")
    try:
        if is_moving(path):
            return ClipSource(path, spec)
        looks_like_picture = is_picture(path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    if looks_like_picture or path.suffix.lower() in PICTURE_SUFFIXES:
        try:
            picture = read_noted(path)
        except InputError as error:
            raise SourceError(str(error)) from error
        return StillSource(SourceInfo(spec, path.name, live=False, still=True), picture.image, picture.note)
    return ClipSource(path, spec)
