"""A camera's modes and controls, from a planted driver behind the ioctl seam: no real camera took part."""

from __future__ import annotations

import errno
import struct
from pathlib import Path
from typing import cast

import cv2
import pytest

from tests.camera.webcam import (
    AUTO,
    ENUM_RATES,
    ENUM_SIZES,
    EXPOSURE,
    EXPOSURE_AUTO,
    FOCUS,
    GAIN,
    INTEGER,
    MJPG,
    QUERYCTRL,
    YUYV,
    Planted,
)
from tui.camera.controls import ask_controls, control_name, set_controls
from tui.camera.modes import Mode, fourcc_of
from tui.camera.open import first_camera, open_source
from tui.camera.opencv import Adjustable, _OpenCVCapture
from tui.camera.wish import CameraWish, parse_wish
from tui.errors import InputError, SourceError


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    return Planted(tmp_path)


def test_modes_are_what_the_driver_enumerates(planted: Planted) -> None:
    assert planted.machine.modes(planted.device) == (
        Mode("MJPG", "1920x1080", (30.0, 15.0)),
        Mode("MJPG", "640x480", (29.97,)),
        Mode("YUYV", "640x480", (30.0,)),
    )


def test_a_camera_with_every_size_between_says_its_range() -> None:
    def ioctl(_file: int, request: int, data: bytearray) -> None:
        if request == ENUM_SIZES and data[0] == 0:
            struct.pack_into("=I6I", data, 8, 3, 32, 1920, 8, 16, 1080, 4)
        elif request == ENUM_RATES and data[0] == 0:
            assert struct.unpack_from("=II", data, 8) == (1920, 1080)
            struct.pack_into("=I6I", data, 16, 3, 1, 60, 1, 1, 1, 60)
        else:
            raise OSError(errno.EINVAL, "Invalid argument")

    from tui.camera.modes import ask_modes

    assert ask_modes(3, ioctl, (YUYV,)) == (Mode("YUYV", "32x16 to 1920x1080", (60.0, 1.0)),)


@pytest.mark.parametrize(("number", "letters"), [(MJPG, "MJPG"), (MJPG | 1 << 31, "MJPG"), (0, ""), (7, "")])
def test_four_letters(number: int, letters: str) -> None:
    assert fourcc_of(number) == letters


def test_controls_have_v4l2s_own_names(planted: Planted) -> None:
    found = {each.name: each for each in planted.machine.controls(planted.device)}
    assert list(found) == [
        "gain", "pan_reset", "auto_exposure", "exposure_time_absolute", "focus_absolute", "focus_automatic_continuous",
    ]  # fmt: skip
    assert str(found["focus_absolute"]) == "30, 0 to 255 in steps of 5 (by default 0), inactive"
    assert str(found["auto_exposure"]) == "3, 1 Manual Mode, 3 Aperture Priority Mode (by default 3)"
    assert str(found["focus_automatic_continuous"]) == "1, 0 or 1 (by default 1)"
    assert found["pan_reset"].value is None
    assert control_name(b"White Balance, Auto & Preset\0x") == "white_balance_auto_preset"


def test_a_driver_that_goes_in_circles_or_has_none_ends() -> None:
    def circling(_file: int, request: int, data: bytearray) -> None:
        if request == QUERYCTRL:
            struct.pack_into("=II32siiiiI", data, 0, GAIN, INTEGER, b"Gain", 0, 1, 1, 0, 0)

    def none(*_: object) -> None:
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    assert [each.name for each in ask_controls(3, circling)] == ["gain"]
    assert ask_controls(3, none) == ()


def test_what_an_automatic_holds_is_set_after_it_whatever_the_order(planted: Planted) -> None:
    wanted = [("focus_absolute", "45"), ("exposure_time_absolute", "200")]
    wanted += [("focus_automatic_continuous", "off"), ("auto_exposure", "manual mode")]
    assert planted.machine.set_controls(planted.device, wanted, "0 (HD Webcam)") == ()
    assert planted.driver.values == {AUTO: 0, FOCUS: 45, EXPOSURE_AUTO: 1, EXPOSURE: 200, GAIN: 8}


def test_what_the_camera_does_not_do_is_a_line_each(planted: Planted) -> None:
    planted.driver.broken = {EXPOSURE_AUTO}
    wanted = [("gain", "13"), ("focus_absolute", "45"), ("auto_exposure", "1"), ("pan_reset", "1")]
    assert planted.machine.set_controls(planted.device, wanted, "0 (HD Webcam)") == (
        "camera 0 (HD Webcam): asked gain=13, takes 8",
        "camera 0 (HD Webcam): focus_absolute=45 is refused (Permission denied)",
        "camera 0 (HD Webcam): auto_exposure=1 is refused (Input/output error)",
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("focus_auto", "0", "no such control; there is focus_absolute, focus_automatic"),
        ("brightness", "3", "no such control; there is"),
        ("gain", "256", "--set gain=256: it takes 0 to 255 in steps of 8"),
        ("gain", "much", "--set gain=much: it takes 0 to 255"),
        ("gain", "1.5", "--set gain=1.5"),
        ("gain", "99999999999999999999", "--set gain=9"),
        ("auto_exposure", "2", "it takes 1 Manual Mode, 3 Aperture Priority Mode"),
        ("focus_automatic_continuous", "2", "it takes 0 or 1"),
    ],
)
def test_what_cannot_be_set_is_named_and_nothing_is_set(planted: Planted, name: str, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        open_source("0", planted.machine, CameraWish(controls=(("gain", "16"), (name, text))))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert planted.driver.taken == []


def test_a_camera_that_does_as_it_is_asked_says_nothing(planted: Planted) -> None:
    planted.webcam.fourcc, planted.webcam.size, planted.webcam.rate_hz = "MJPG", (1280, 720), 14.99
    wish = parse_wish("1280x720", 15, "mjpg", ["gain=16"])
    source = open_source("0", planted.machine, wish)
    frame = source.read()
    assert (frame.image.shape, frame.note) == ((720, 1280, 3), "")
    assert planted.webcam.asked == [wish]
    source.close()


def test_what_it_gives_instead_goes_along_with_its_first_frame(planted: Planted) -> None:
    source = open_source("0", planted.machine, parse_wish("1280x720", 15, "MJPG", ["gain=13"]))
    assert source.read().note == (
        "camera 0 (HD Webcam): asked gain=13, takes 8; camera 0 (HD Webcam): asked 1280x720, gives 640x480; "
        "asked 15 pictures a second, gives 30; asked MJPG, gives YUYV; what it can do: depth-tui cameras --modes"
    ).replace("HD Webcam", source.info.camera)
    source.close()


def test_after_a_reconnect_everything_is_asked_and_set_again(planted: Planted) -> None:
    wish = parse_wish("640x480", None, None, ["focus_automatic_continuous=0", "focus_absolute=30"])
    for turn in range(1, 3):
        source = open_source("0", planted.machine, wish)
        assert source.info.lens == "focus 30"
        assert source.info.focus_advice == ""
        assert planted.webcam.released.wait(10)
        source.read()
        with pytest.raises(SourceError, match="stopped delivering"):
            source.read()
        source.close()
        assert planted.driver.values[AUTO] == 0
        assert len(planted.webcam.asked) == turn
        planted.driver.values |= {AUTO: 1, FOCUS: 0}  # as a camera is after it was plugged in again


def test_the_first_camera_is_asked_too(planted: Planted) -> None:
    source = first_camera(planted.machine, parse_wish(None, None, None, ["gain=16"]))
    assert planted.driver.values[GAIN] == 16
    source.close()
    planted.driver.broken = {GAIN}
    source = first_camera(planted.machine, parse_wish(None, None, None, ["gain=24"]))
    assert "gain=24 is refused" in source.read().note
    source.close()


@pytest.mark.parametrize(
    ("size", "rate", "fourcc", "control", "names"),
    [
        ("1280", None, None, None, "--size 1280"),
        ("0x480", None, None, None, "--size 0x480"),
        ("1280x720x3", None, None, None, "--size 1280x720x3"),
        (None, 0.0, None, None, "--rate 0"),
        (None, float("nan"), None, None, "--rate nan"),
        (None, 1e9, None, None, "--rate 1e"),
        (None, None, "H264", None, "--fourcc H264"),
        (None, None, "", None, "--fourcc"),
        (None, None, None, ["focus"], "--set focus"),
        (None, None, None, ["=3"], "--set =3"),
        (None, None, None, ["gain="], "--set gain="),
    ],
)
def test_what_cannot_be_asked_is_named(
    size: str | None, rate: float | None, fourcc: str | None, control: list[str] | None, names: str
) -> None:
    with pytest.raises(InputError, match=names):
        parse_wish(size, rate, fourcc, control)


def test_opencv_is_asked_for_the_format_first_and_the_width_before_the_height() -> None:
    class Video:
        def __init__(self) -> None:
            self.asked: list[tuple[int, float]] = []

        def set(self, name: int, value: float) -> bool:
            self.asked.append((name, value))
            return True

        def get(self, name: int) -> float:
            return {cv2.CAP_PROP_FOURCC: float(YUYV), cv2.CAP_PROP_FPS: 15.0}[name]

    video = Video()
    capture = _OpenCVCapture(cast("cv2.VideoCapture", video))
    assert isinstance(capture, Adjustable)
    capture.adjust(CameraWish((1280, 720), 15.0, "MJPG"))
    assert video.asked == [
        (cv2.CAP_PROP_FOURCC, MJPG), (cv2.CAP_PROP_FRAME_WIDTH, 1280), (cv2.CAP_PROP_FRAME_HEIGHT, 720),
        (cv2.CAP_PROP_FPS, 15.0),
    ]  # fmt: skip
    assert (capture.fourcc, capture.rate_hz) == ("YUYV", 15.0)
    video.asked.clear()
    capture.adjust(CameraWish(controls=(("gain", "1"),)))
    assert video.asked == []


def test_the_planted_driver_is_what_the_lens_is_asked_of(planted: Planted) -> None:
    with planted.device.open("rb") as file:
        set_controls(file.fileno(), planted.driver.ioctl, [("focus_automatic_continuous", "0")], "0")
    found = planted.query(planted.device)
    assert found is not None
    assert (str(found.lens), found.name) == ("focus 30", "HD Webcam")
