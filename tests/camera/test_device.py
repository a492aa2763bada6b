"""Cameras: facts from planted /dev, /sys and /proc folders, pictures from planted captures."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tui.camera.lens import Lens
from tui.camera.listing import CameraInfo, list_cameras
from tui.camera.open import default_source, open_source
from tui.camera.opencv import Backend, Capture
from tui.camera.v4l2 import Capabilities, Machine, ask, holders
from tui.errors import SourceError
from tui.geometry.arrays import RGBImage


class FakeCapture:
    """Some frames, then what an unplugged camera gives."""

    rate_hz = 30.0
    position_s = 0.0

    def __init__(self, frames: int, *, hang: bool = False) -> None:
        self.frames = frames
        self.hang = hang
        self.let_go = threading.Event()
        self.released = threading.Event()

    def grab(self) -> bool:
        if self.frames == 0 and self.hang:
            self.let_go.wait(10)
        self.frames -= 1
        return self.frames >= 0

    def retrieve(self) -> RGBImage | None:
        return np.full((4, 6, 3), 9, np.uint8)

    def release(self) -> None:
        self.released.set()


@dataclass
class Fake:
    """A machine with the cameras that a test plants."""

    root: Path
    answers: dict[str, Capabilities | int | None] = field(default_factory=dict)
    captures: dict[str, FakeCapture] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in ["dev", "sys", "proc"]:
            (self.root / folder).mkdir()

    @property
    def machine(self) -> Machine:
        return Machine(self.root / "dev", self.root / "sys", self.root / "proc", self.query, self.open)

    def plant(
        self, number: int, name: str, answer: Capabilities | int | None = None, capture: FakeCapture | None = None
    ) -> Path:
        device = self.root / "dev" / f"video{number}"
        device.touch()
        folder = self.root / "sys" / f"video{number}"
        folder.mkdir()
        (folder / "name").write_text(name + "\n")
        self.answers[device.name] = answer or Capabilities(name, captures=True, formats=("Motion-JPEG",))
        if capture:
            self.captures[str(device)] = capture
        return device

    def hold(self, device: Path, process: int, program: str) -> None:
        folder = self.root / "proc" / str(process)
        (folder / "fd").mkdir(parents=True)
        (folder / "comm").write_text(program + "\n")
        (folder / "fd" / "5").symlink_to(device)

    def query(self, path: Path) -> Capabilities | None:
        if not path.exists():
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        answer = self.answers[path.name]
        if isinstance(answer, int):
            raise OSError(answer, os.strerror(answer))
        return answer

    def open(self, what: str, backend: Backend, timeout_s: float) -> Capture | None:
        assert backend == "v4l2"
        assert timeout_s > 0
        return self.captures.get(what)


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    root = tmp_path / "machine"
    root.mkdir()
    return Fake(root)


def complaint(spec: str, fake: Fake) -> str:
    with pytest.raises(SourceError) as caught:
        open_source(spec, fake.machine)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_lists_cameras_by_number_without_their_metadata_nodes(fake: Fake) -> None:
    fake.plant(10, "USB Cam")
    fake.plant(2, "HD Webcam")
    fake.plant(3, "HD Webcam", Capabilities("HD Webcam", captures=False))
    fake.plant(4, "Old Cam", errno.EACCES)
    fake.plant(5, "Old Cam", errno.EACCES)
    (fake.root / "sys" / "video5" / "index").write_text("1\n")
    (fake.root / "dev" / "video-notes").touch()
    cameras = list_cameras(fake.machine)
    assert [camera.label for camera in cameras] == ["2 (HD Webcam)", "4 (Old Cam)", "10 (USB Cam)"]
    assert cameras[0] == CameraInfo(2, str(fake.root / "dev" / "video2"), "HD Webcam", ("Motion-JPEG",))
    assert [camera.usable for camera in cameras] == [True, False, True]
    assert "'video' group" in cameras[1].problem


def test_no_cameras_no_list(fake: Fake) -> None:
    assert list_cameras(fake.machine) == []
    assert list_cameras(Machine(dev=fake.root / "absent")) == []


@pytest.mark.parametrize("spec", ["7", "webcam", "HD Webcam: HD", "PATH", "LINK"])
def test_opens_by_number_name_and_path(fake: Fake, spec: str) -> None:
    device = fake.plant(7, "HD Webcam: HD", capture=FakeCapture(1000))
    fake.plant(8, "Other")
    link = fake.root / "dev" / "v4l" / "by-id" / "usb-webcam"
    link.parent.mkdir(parents=True)
    link.symlink_to(device)
    spec = spec.replace("PATH", str(device)).replace("LINK", str(link))
    source = open_source(spec, fake.machine)
    assert source.info.label == "camera 7"
    assert source.info.spec == spec
    assert source.info.live
    assert source.read().image.shape == (4, 6, 3)
    source.close()
    source.close()
    assert fake.captures[str(device)].released.wait(5)


def test_an_exact_name_wins_over_longer_ones(fake: Fake) -> None:
    fake.plant(0, "Cam", capture=FakeCapture(1000))
    fake.plant(1, "Cam Pro")
    source = open_source("cam", fake.machine)
    assert source.info.label == "camera 0"
    source.close()


def test_an_ambiguous_name_lists_the_cameras(fake: Fake) -> None:
    fake.plant(0, "USB Cam")
    fake.plant(2, "USB Cam")
    assert complaint("usb", fake) == "'usb' matches several cameras: 0 (USB Cam), 2 (USB Cam); use the number"


def test_no_such_device_names_what_there_is(fake: Fake) -> None:
    assert "no such camera; this machine has none" in complaint("0", fake)
    fake.plant(2, "HD Webcam")
    assert complaint("0", fake).endswith("/dev/video0: no such camera; there is 2 (HD Webcam)")
    assert complaint("nonsense", fake) == ("nonsense: no such file, and no camera of that name; there is 2 (HD Webcam)")
    assert complaint("absent/cup.mp4", fake) == "absent/cup.mp4: no such file or folder"


def test_no_permission_names_the_group(fake: Fake) -> None:
    fake.plant(0, "HD Webcam", errno.EACCES)
    said = complaint("0", fake)
    assert "no permission; add yourself to the 'video' group" in said
    assert complaint("webcam", fake) == said


def test_a_metadata_node_is_not_a_camera(fake: Fake) -> None:
    fake.plant(0, "HD Webcam")
    fake.plant(1, "HD Webcam", Capabilities("HD Webcam", captures=False))
    assert "not a camera's picture" in complaint("1", fake)


def test_busy_names_the_program_or_how_to_find_it(fake: Fake) -> None:
    device = fake.plant(0, "HD Webcam", errno.EBUSY)
    assert f"busy, another program holds it; find it with: fuser -v {device}" in complaint("0", fake)
    fake.hold(device, 1234, "zoom")
    assert "busy, zoom (1234) holds it; close that program first" in complaint("0", fake)


def test_busy_only_when_streaming_starts(fake: Fake) -> None:
    device = fake.plant(0, "HD Webcam")
    assert "does not start; another program may hold it (fuser -v" in complaint("0", fake)
    fake.hold(device, 77, "cheese")
    assert "busy, cheese (77) holds it" in complaint("0", fake)


def test_our_own_process_is_no_holder(fake: Fake) -> None:
    device = fake.plant(0, "HD Webcam")
    fake.hold(device, os.getpid(), "depth-tui")
    fake.hold(device, 9, "cheese")
    assert holders(device, fake.root / "proc") == ["cheese (9)"]


def test_a_camera_lost_on_the_way_is_told_after_its_last_frame(fake: Fake) -> None:
    capture = FakeCapture(1)
    device = fake.plant(0, "HD Webcam", capture=capture)
    source = open_source("0", fake.machine)
    assert capture.released.wait(5)
    assert source.read().index == 0
    with pytest.raises(SourceError, match=r"camera 0 \(HD Webcam\): stopped delivering pictures"):
        source.read()
    source.close()
    device.unlink()
    fake.captures[str(device)] = FakeCapture(1)


def test_an_unplugged_camera_is_told(fake: Fake) -> None:
    capture = FakeCapture(0, hang=True)
    device = fake.plant(0, "HD Webcam", capture=capture)
    source = open_source("0", fake.machine)
    device.unlink()
    capture.let_go.set()
    with pytest.raises(SourceError, match=r"camera 0 \(HD Webcam\): lost; is it unplugged\?"):
        source.read()
    source.close()


def test_the_default_is_the_first_camera_that_delivers(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.camera.open._FIRST_FRAME_S", 0.5)
    hanging = FakeCapture(0, hang=True)
    fake.plant(0, "Denied", errno.EACCES)
    fake.plant(1, "Busy")
    fake.plant(2, "Hanging", capture=hanging)
    fake.plant(3, "Dead", capture=FakeCapture(0))
    fake.plant(4, "Good", capture=FakeCapture(1000))
    source, note = default_source(fake.machine)
    assert (source.info.label, note) == ("camera 4", "")
    assert source.read().image.shape == (4, 6, 3)
    source.close()
    hanging.let_go.set()
    assert hanging.released.wait(5)


def test_the_default_falls_back_to_the_demo_and_says_why(fake: Fake) -> None:
    source, note = default_source(fake.machine)
    assert (source.info.spec, note) == ("demo", "no camera found: showing the demo room")
    source.close()
    fake.plant(0, "Denied", errno.EACCES)
    source, note = default_source(fake.machine)
    assert "'video' group" in note
    assert note.endswith(": showing the demo room")
    source.close()


def test_asks_the_driver_in_its_own_words() -> None:
    def ioctl(file: int, request: int, data: bytearray) -> None:
        assert file == 3
        if request == 0x80685600:
            data[16:26] = b"HD Webcam\0"
            data[84:88] = (0x84A00001).to_bytes(4, "little")
            data[88:92] = (0x04200001).to_bytes(4, "little")
            return
        if request == 0xC008561B:  # a control: only the focus has one, and it moves by itself
            if data[:4] != (0x009A090C).to_bytes(4, "little"):
                raise OSError(errno.EINVAL, "Invalid argument")
            data[4] = 1
            return
        assert request == 0xC0405602
        names = [b"Motion-JPEG", b"YUYV 4:2:2"]
        assert data[4] == 1, "asks for video capture formats"
        if data[0] >= len(names):
            raise OSError(errno.EINVAL, "Invalid argument")
        name = names[data[0]]
        data[12 : 12 + len(name)] = name

    expected = Capabilities(
        "HD Webcam", captures=True, formats=("Motion-JPEG", "YUYV 4:2:2"), lens=Lens(automatic=True)
    )
    assert ask(3, ioctl) == expected


def test_what_is_no_camera_has_no_capabilities() -> None:
    def ioctl(*_: object) -> None:
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    assert ask(3, ioctl) is None


def test_a_device_that_only_puts_out_does_not_capture() -> None:
    def ioctl(_file: int, _request: int, data: bytearray) -> None:
        data[84:88] = (0x80000003).to_bytes(4, "little")  # the driver captures and puts out ...
        data[88:92] = (0x00000002).to_bytes(4, "little")  # ... but this node only puts out

    capabilities = ask(3, ioctl)
    assert capabilities is not None
    assert not capabilities.captures
