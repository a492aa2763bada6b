"""Which cameras there are."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path

from tui.camera.board import raw_node
from tui.camera.lens import UNKNOWN_LENS, Lens
from tui.camera.modes import Mode
from tui.camera.v4l2 import Capabilities, Machine, holders


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """One camera of this machine."""

    number: int
    """What `--source` takes."""
    path: str
    """'/dev/video0'."""
    name: str
    """As the driver calls it; several cameras may share a name."""
    formats: tuple[str, ...] = ()
    """As the driver words them; empty where it was not asked or did not say."""
    problem: str = ""
    """Why it cannot be used, with the remedy; empty when nothing is known against it."""
    lens: Lens = UNKNOWN_LENS
    driver: str = ""
    is_raw: bool = False
    """Whether it is a part of a CSI camera, and no picture comes from it by itself."""

    @property
    def usable(self) -> bool:
        """Whether nothing is known against it."""
        return not self.problem

    @property
    def label(self) -> str:
        """Number and name: '0 (HD Webcam)'."""
        return f"{self.number} ({self.name})"


def list_cameras(machine: Machine | None = None) -> list[CameraInfo]:
    """The cameras by number, without starting any of them; metadata nodes are left out.

    Takes milliseconds: the driver is asked for name and formats, never for a picture.
    """
    machine = machine or Machine()
    cameras = []
    for path in machine.dev.glob("video*"):
        match = re.fullmatch(r"video(\d+)", path.name)
        if match is None:
            continue
        camera = _describe(int(match[1]), path, machine)
        if camera is not None:
            cameras.append(camera)
    return sorted(cameras, key=lambda camera: camera.number)


def modes_of(camera: CameraInfo, machine: Machine) -> tuple[Mode, ...]:
    """Its sizes and rates; empty where it cannot be asked, as the listing says why."""
    try:
        return machine.modes(Path(camera.path))
    except OSError:
        return ()


def explain(path: str | Path, error: OSError, machine: Machine) -> str:
    """One line on why a device file cannot be opened, with the remedy."""
    path = Path(path)
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return (
                f"{path}: no permission; add yourself to the 'video' group "
                "(sudo usermod -aG video $USER) and log in again"
            )
        case errno.EBUSY:
            return busy(path, machine)
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return f"{path}: no such camera; {available(machine)}"
        case _:
            return f"{path}: cannot be opened: {error.strerror or error}"


def busy(path: Path, machine: Machine) -> str:
    """One line on who holds the camera, and how to find out where we cannot see it."""
    names = holders(path, machine.proc)
    if names:
        return f"{path}: busy, {', '.join(names)} holds it; close that program first"
    return f"{path}: busy, another program holds it; find it with: fuser -v {path}"


def available(machine: Machine) -> str:
    """One clause on which cameras there are."""
    cameras = [camera for camera in list_cameras(machine) if not camera.is_raw]
    if not cameras:
        return "this machine has none: plug one in, or try --source demo"
    return "there is " + ", ".join(camera.label for camera in cameras)


def _describe(number: int, path: Path, machine: Machine) -> CameraInfo | None:
    folder = machine.sys / path.name
    sys_name = _line(folder / "name")
    problem = ""
    capabilities: Capabilities | None = None
    try:
        capabilities = machine.query(path)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO}:
            return None
        problem = explain(path, error, machine)
    if capabilities is None:
        # Unasked, the kernel's index tells: a camera's metadata node comes after its picture node.
        if _line(folder / "index") not in {"", "0"}:
            return None
    elif not capabilities.captures:
        return None
    name = sys_name or (capabilities.name if capabilities else "") or "unnamed camera"
    if capabilities is None:
        return CameraInfo(number, str(path), name, problem=problem)
    problem = raw_node(capabilities.driver, machine) if capabilities.is_raw else ""
    return CameraInfo(
        number,
        str(path),
        name,
        capabilities.formats,
        problem,
        capabilities.lens,
        capabilities.driver,
        capabilities.is_raw,
    )


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
