"""Cameras on a ribbon cable, with stand-ins for the boards' programs, and planted nodes of their drivers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.camera.stand_in import stand_in
from tests.camera.test_device import Fake, FakeCapture
from tui.camera.board import find_tool
from tui.camera.csi import csi_command, list_csi
from tui.camera.listing import list_cameras
from tui.camera.open import default_source, open_source
from tui.camera.v4l2 import Capabilities, Machine
from tui.errors import SourceError

LISTED = """
if "--list-cameras" in sys.argv:
    write(b"Available cameras\\n-----------------\\n"
          b"0 : imx708_wide [4608x2592 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx708@1a)\\n"
          b"    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]\\n"
          b"1 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@0/imx219@10)\\n")
    sys.exit()
"""
DELIVERS = (
    LISTED
    + """
(HERE / "words").write_text("\\n".join(sys.argv[1:]))
say("[0:12:34] INFO Camera camera_manager.cpp:325 libcamera v0.3\\n")
while True:
    write(PICTURE); time.sleep(0.02)
"""
)
NONE = """
if "--list-cameras" in sys.argv:
    write(b"No cameras available!\\n"); sys.exit()
say("ERROR: *** no cameras available ***\\n"); sys.exit(255)
"""
BAYER = ("10-bit Bayer BGBG/GRGR Packed", "10-bit Bayer RGRG/GBGB Packed")
JETSON = b"nvidia,p3768-0000+p3767-0005\0nvidia,tegra234\0"


def install(folder: Path, name: str, body: str) -> Path:
    """A program of this name, first on the PATH; what it was given is in `words` beside it."""
    words = stand_in(folder / name, body)
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {words[-1]} "$@"\n')
    program.chmod(0o755)
    return folder / name


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Has what a test installs, and nothing else."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    fake = Fake(tmp_path)

    def which(name: str) -> str | None:
        program = tmp_path / "bin" / name
        return str(program) if program.exists() else None

    plain = fake.machine
    return Machine(plain.dev, plain.sys, plain.proc, plain.query, plain.open_capture, which)


def make_jetson(machine: Machine) -> None:
    (machine.proc / "device-tree").mkdir()
    (machine.proc / "device-tree" / "compatible").write_bytes(JETSON)


@pytest.mark.parametrize(("spec", "number"), [("csi", "0"), ("csi:1", "1"), (" CSI:0 ", "0")])
@pytest.mark.parametrize("name", ["rpicam-vid", "libcamera-vid"])
def test_a_raspberry_pi_is_asked_for_motion_jpeg(
    spec: str, number: str, name: str, tmp_path: Path, machine: Machine
) -> None:
    folder = install(tmp_path, name, DELIVERS)
    source = open_source(spec, machine)
    assert source.read().image.shape == (48, 64, 3)
    source.close()
    words = (folder / "words").read_text().split("\n")
    given = dict(zip(words, [*words[1:], ""], strict=True))
    assert (given["-t"], given["--codec"], given["-o"], given["--camera"]) == ("0", "mjpeg", "-", number)
    assert {"-n", "--flush"} <= set(words)
    assert all(given[option].isdigit() for option in ("--width", "--height", "--framerate"))
    assert "--lens-position" not in words
    assert source.info.label == f"csi {number}"


def test_the_newer_program_comes_first(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path, "libcamera-vid", DELIVERS)
    assert find_tool(machine) == "libcamera-vid"
    install(tmp_path, "rpicam-vid", DELIVERS)
    assert find_tool(machine) == "rpicam-vid"


@pytest.mark.parametrize(("focus", "dioptres"), [("2m", "0.5"), ("50cm", "2"), ("inf", "0")])
def test_the_focus_is_held_when_asked(focus: str, dioptres: str, tmp_path: Path, machine: Machine) -> None:
    folder = install(tmp_path, "rpicam-vid", DELIVERS)
    source = open_source(f"csi:1,focus={focus}", machine)
    source.read()
    source.close()
    words = (folder / "words").read_text().split("\n")
    assert words[words.index("--autofocus-mode") + 1] == "manual"
    assert words[words.index("--lens-position") + 1] == dioptres
    assert source.info.lens == f"focus {focus}"


def test_a_jetson_is_asked_through_gstreamer(tmp_path: Path, machine: Machine) -> None:
    folder = install(tmp_path, "gst-launch-1.0", DELIVERS)
    assert find_tool(machine) is None, "GStreamer alone makes no Jetson"
    make_jetson(machine)
    source = open_source("csi:1", machine)
    source.read()
    source.close()
    line = " ".join((folder / "words").read_text().split("\n"))
    assert line.startswith("-q nvarguscamerasrc sensor-id=1 ! video/x-raw(memory:NVMM),width=")
    assert "! nvjpegenc ! fdsink" in line
    with pytest.raises(SourceError, match="focus of a Jetson"):
        open_source("csi,focus=1m", machine)


@pytest.mark.parametrize("spec", ["csi:x", "csi:-1", "csi:0,zoom=2", "csi,focus=", "csi,focus=far", "csi,focus=0m"])
def test_what_is_not_understood_is_said(spec: str, tmp_path: Path, machine: Machine) -> None:
    install(tmp_path, "rpicam-vid", DELIVERS)
    with pytest.raises(SourceError, match=r"write csi, csi:1"):
        open_source(spec, machine)


def test_without_the_program_it_is_named(machine: Machine) -> None:
    with pytest.raises(SourceError, match="sudo apt install rpicam-apps"):
        open_source("csi", machine)
    make_jetson(machine)
    with pytest.raises(SourceError, match=r"gst-launch-1\.0 is missing"):
        open_source("csi", machine)


def test_no_camera_at_the_cable_is_said_in_the_programs_words(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path, "rpicam-vid", NONE)
    source = open_source("csi", machine)
    with pytest.raises(SourceError, match=r"csi 0: ended with exit code 255 .*no cameras available"):
        source.read()
    source.close()
    assert list_csi(machine) == []


def test_they_are_listed_with_what_holds_an_autofocus(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path, "rpicam-vid", LISTED)
    found = list_csi(machine)
    assert [(each.spec, each.name) for each in found] == [("csi:0", "imx708_wide"), ("csi:1", "imx219")]
    assert "--source csi:0,focus=1.5m" in found[0].advice
    assert found[1].advice == ""


def test_a_program_that_hangs_lists_nothing(tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.camera.csi._LIST_S", 0.2)
    install(tmp_path, "rpicam-vid", "\nwhile True: time.sleep(1)\n")
    assert list_csi(machine) == []


def test_the_search_takes_it_when_no_other_camera_delivers(tmp_path: Path, machine: Machine) -> None:
    fake = Fake.__new__(Fake)
    fake.root, fake.answers, fake.captures = tmp_path, {}, {}
    fake.plant(0, "unicam", Capabilities("unicam", captures=True, formats=BAYER, driver="unicam"))
    fake.plant(1, "HD Webcam", capture=FakeCapture(0))
    there = Machine(machine.dev, machine.sys, machine.proc, fake.query, fake.open, machine.which)
    source, note = default_source(there)
    assert source.info.spec == "demo"
    assert "camera 1" in note
    source.close()
    install(tmp_path, "rpicam-vid", DELIVERS)
    source, note = default_source(there)
    assert (source.info.spec, note) == ("csi:0", "")
    assert source.read().image.shape == (48, 64, 3)
    source.close()
    fake.captures["/"] = FakeCapture(0)
    fake.captures[str(there.dev / "video1")] = FakeCapture(5)
    source, _ = default_source(there)
    assert source.info.spec == "1", "a camera with a plug comes first"
    source.close()


@pytest.mark.parametrize(
    ("driver", "formats", "words"),
    [
        ("unicam", BAYER, "use --source csi"),
        ("rp1-cfe", ("YUYV 4:2:2", *BAYER), "use --source csi"),
        ("bcm2835-isp", ("Planar YUV 4:2:0",), "use --source csi"),
        ("pispbe", ("24-bit RGB 8-8-8",), "use --source csi"),
        ("tegra-video", BAYER, "use --source csi"),
        ("isys", BAYER, "libcamerasrc"),
        ("some-receiver", BAYER, "use --source csi"),
        ("unicam", ("10-bit Greyscale",), "use --source csi"),
    ],
)
def test_parts_of_csi_cameras_are_told_from_cameras(
    driver: str, formats: tuple[str, ...], words: str, tmp_path: Path, machine: Machine
) -> None:
    install(tmp_path, "rpicam-vid", LISTED)
    fake = Fake.__new__(Fake)
    fake.root, fake.answers, fake.captures = tmp_path, {}, {}
    fake.plant(0, driver, Capabilities(driver, captures=True, formats=formats, driver=driver))
    fake.plant(1, "HD Webcam", Capabilities("HD Webcam", captures=True, formats=BAYER, driver="uvcvideo"))
    there = Machine(machine.dev, machine.sys, machine.proc, fake.query, fake.open, machine.which)
    part, camera = list_cameras(there)
    assert part.is_raw
    assert not part.usable
    assert words in part.problem
    assert camera.usable
    with pytest.raises(SourceError, match="gives no picture by itself"):
        open_source("0", there)


def test_without_the_program_a_part_says_what_to_install(machine: Machine) -> None:
    fake = Fake.__new__(Fake)
    fake.root, fake.answers, fake.captures = machine.dev.parent, {}, {}
    fake.plant(0, "unicam", Capabilities("unicam", captures=True, formats=BAYER, driver="unicam"))
    (part,) = list_cameras(Machine(machine.dev, machine.sys, machine.proc, fake.query, fake.open, machine.which))
    assert "sudo apt install rpicam-apps" in part.problem


def test_the_commands_differ_in_nothing_but_their_program() -> None:
    assert csi_command("rpicam-vid", 0, None)[1:] == csi_command("libcamera-vid", 0, None)[1:]
