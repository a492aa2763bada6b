"""What is asked of a camera on a ribbon cable: its size, its rate and its controls, by its program's own names."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.camera.rpicam import BODY, INSPECT
from tests.camera.stand_in import stand_in
from tests.camera.test_csi import DELIVERS, machine, make_jetson
from tui.camera.csi import identify_csi
from tui.camera.csi_controls import ask_csi_controls
from tui.camera.open import first_camera, open_source
from tui.camera.v4l2 import Machine
from tui.camera.wish import CameraWish, parse_wish
from tui.cli.root import run
from tui.errors import InputError, SourceError
from tui.storage.intrinsics import load_intrinsics

__all__ = ["machine"]


def wish(*controls: str, size: str | None = None, rate: float | None = None, fourcc: str | None = None) -> CameraWish:
    return parse_wish(size, rate, fourcc, controls)


def install(folder: Path, name: str = "rpicam-vid", body: str = BODY) -> Path:
    """A program of this name, on the PATH; its folder has what it was given."""
    words = stand_in(folder / name, body)
    program = folder / "bin" / name
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {words[-1]} "$@"\n')
    program.chmod(0o755)
    return folder / name


def given_to(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / "given").read_text().splitlines())


def test_size_rate_and_controls_arrive(tmp_path: Path, machine: Machine) -> None:
    folder = install(tmp_path)
    asked = wish("shutter=10000", "ev=-0.5", "hdr=off", "lens_position=0.5", "AWB=cloudy", size="64x48", rate=12.5)
    source = open_source("csi:1", machine, asked)
    frame = source.read()
    source.close()
    assert frame.note == ""
    given = given_to(folder)
    wanted = {
        "width": "64", "height": "48", "framerate": "12.5", "shutter": "10000", "ev": "-0.5", "hdr": "off",
        "lens-position": "0.5", "autofocus-mode": "manual", "awb": "cloudy", "camera": "1", "timeout": "0",
        "codec": "mjpeg", "flush": "1", "output": "-", "nopreview": "1",
    }  # fmt: skip
    assert given == wanted
    assert source.info.camera == "imx219"
    assert source.info.lens == "lens position 0.5"


def test_what_it_does_not_do_goes_along_with_the_first_picture(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path)
    source = open_source("csi", machine, wish(size="640x480", fourcc="YUYV"))
    assert source.read().note == "csi 0: asked 640x480, gives 64x48; asked YUYV, gives MJPG"
    assert source.read().note == ""
    source.close()


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ("shuter=3", r"--set shuter: rpicam-vid has no such control; there is shutter .*cameras --controls"),
        ("output=/tmp/x", "--set output: rpicam-vid has no such control"),
        ("post-process-file=x.json", "no such control"),
        ("config=x", "no such control"),
        ("width=3", "use --size"),
        ("framerate=3", "use --rate"),
        ("hflip=1", "use --flip h"),
        ("rotation=180", "use --rotate"),
        ("roi=0,0,1,1", "use --crop"),
        ("saturation=1", "no such control"),  # this version's help has none
        ('awb="auto"', "a value has letters"),
        ("awb=a!b", "a value has letters"),
    ],
)
def test_a_control_that_there_is_not_is_named_and_nothing_started(
    control: str, words: str, tmp_path: Path, machine: Machine
) -> None:
    folder = install(tmp_path)
    with pytest.raises(InputError, match=words):
        open_source("csi", machine, wish(control))
    assert not (folder / "given").exists()


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ("gain=much", r"the argument \('much'\) for option '--gain' is invalid"),
        ("awb=pink", "Invalid AWB mode: pink"),
    ],
)
def test_a_value_that_it_refuses_is_said_in_its_own_words(
    control: str, words: str, tmp_path: Path, machine: Machine
) -> None:
    install(tmp_path)
    source = open_source("csi", machine, wish(control))
    with pytest.raises(SourceError, match=f"exit code 255 without a picture: .*{words}"):
        source.read()
    source.close()


def test_focus_is_said_once(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path)
    with pytest.raises(InputError, match="same thing twice"):
        open_source("csi:0,focus=1m", machine, wish("lens-position=1"))


def test_a_program_that_says_nothing_of_itself(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path, body=DELIVERS.replace('say("[0', 'if "--help" in sys.argv: sys.exit(3)\nsay("[0'))
    with pytest.raises(InputError, match="does not say what can be set; leave --set away"):
        open_source("csi", machine, wish("gain=2"))


def test_profiles_know_the_camera_and_its_focus(tmp_path: Path, machine: Machine) -> None:
    folder = install(tmp_path)
    source = open_source("csi", machine)
    assert (source.info.camera, source.info.lens) == ("imx708_wide", "autofocus")
    assert "csi:0,focus=1.5m holds it" in source.info.focus_advice
    source.close()
    source = open_source("csi:0,focus=1.5m", machine)
    assert (source.info.camera, source.info.lens) == identify_csi("csi:0,focus=1.5m", machine)
    assert (source.info.lens, source.info.focus_advice) == ("focus 1.5m", "")
    source.close()
    source = open_source("csi:1", machine, wish("mode=1640:1232:10:P"))
    assert (source.info.camera, source.info.lens) == ("imx219", "sensor mode 1640:1232:10:P")
    source.close()
    (folder / "calls").unlink()
    source = first_camera(machine, wish(size="64x48"))
    assert source.info.camera == "imx708_wide"
    source.close()
    assert (folder / "calls").read_text().count("--list-cameras") == 1, "the search asks once"


def test_one_that_is_not_listed_is_a_camera_still(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path)
    source = open_source("csi:7", machine)
    assert source.info.camera == "csi 7", "so that a size can be asked of it"
    source.close()


def test_controls_are_listed_with_what_they_are(tmp_path: Path, machine: Machine) -> None:
    install(tmp_path)
    found = {each.name: each for each in ask_csi_controls(str(tmp_path / "bin" / "rpicam-vid"))}
    assert found["gain"].words == "Set a fixed gain value"
    assert found["tuning-file"].words.startswith("Name of camera tuning file")
    assert found["hdr"].joined
    assert not found["awb"].joined
    assert not {"output", "width", "hflip", "help", "config", "info-text"} & set(found)
    assert machine.which("rpicam-vid")


def test_a_jetson_is_asked_by_its_elements_names(tmp_path: Path, machine: Machine) -> None:
    folder = install(tmp_path, "gst-launch-1.0", DELIVERS)
    install(tmp_path, "gst-inspect-1.0", INSPECT)
    make_jetson(machine)
    asked = wish("exposuretimerange=34000 358733", "wbmode=0", size="1920x1080", rate=29.97)
    source = open_source("csi:1", machine, asked)
    source.read()
    source.close()
    words = (folder / "words").read_text().split("\n")
    assert words[1:5] == ["nvarguscamerasrc", "sensor-id=1", "exposuretimerange=34000 358733", "wbmode=0"]
    assert "video/x-raw(memory:NVMM),width=1920,height=1080,framerate=2997/100" in words
    with pytest.raises(InputError, match=r"gst-launch-1\.0 has no such control; there is "):
        open_source("csi", machine, wish("num-buffers=1"))
    with pytest.raises(InputError, match="use --source csi:1"):
        open_source("csi", machine, wish("sensor-id=1"))


def test_the_command_line_lists_them(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setattr("tui.camera.listing.list_cameras", lambda *_: [])
    assert machine.which("rpicam-vid") == shutil.which("rpicam-vid")
    assert run(["cameras", "--controls"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "camera csi:0, csi:1" in lines
    assert any(line.split()[:3] == ["gain", "Set", "a"] for line in lines)
    assert run(["cameras", "--json", "--controls"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["controls"] == second["controls"]
    assert {"name": "gain", "words": "Set a fixed gain value", "joined": False} in first["controls"]


def test_a_calibration_names_the_camera_as_the_source_does(
    shared: Path, tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    pictures = sorted(str(path) for path in (shared / "media/targets/chessboard").glob("left0[1-6].jpg"))
    board = ["--board", "9x6", "--square", "25mm", "--out", "pi"]
    assert run(["calibrate", "camera", *pictures, *board, "--camera", "csi:0,focus=1.5m"]) == 0
    found = load_intrinsics("pi")
    source = open_source("csi:0,focus=1.5m", machine)
    source.close()
    assert (found.camera, found.lens) == (source.info.camera, source.info.lens)
