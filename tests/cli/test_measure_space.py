"""`depth-tui measure` with a camera: markers as references, positions in space, distances between pixels."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import SHA256, plant
from tests.targets.rendered import blank, finish, marker_sheet, paste_sheet, rotation
from tui.calibration.fit import typed
from tui.calibration.result import Calibration
from tui.cli.camera_options import intrinsics_of, parse_pair
from tui.cli.root import run
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.storage.camera_text import parse_angle
from tui.storage.intrinsics import save_intrinsics
from tui.storage.profiles import Profile, save_profile

TWO = ["--reference", "10,20=1m", "--reference", "50,20=300cm±1cm"]
CAMERA = ["--intrinsics", "80,80,39.5,19.5"]


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["measure", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_reading_has_its_place_in_space(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, picture, "--at", "30,20", "--at", "3,3", *TWO, *CAMERA)
    here, hole = found["readings"]
    x, y = -9.5 / 80, 0.5 / 80
    assert here["z_m"] == here["distance_m"]
    assert (here["x_m"], here["y_m"]) == pytest.approx((2 * x, 2 * y), rel=1e-3)
    assert here["ray_m"] == pytest.approx(2 * np.linalg.norm([x, y, 1]), rel=1e-3)
    assert (hole["ray_m"], hole["x_m"], hole["y_m"], hole["z_m"]) == (None, None, None, None)
    assert (found["intrinsics"]["fx_px"], found["intrinsics"]["origin"]) == (80, "typed")
    assert found["distances"] == []


def test_a_distance_between_pixels(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = ["--distance", "10,20:50,20", "--distance", "10,20:3,3"]
    found = _json(capsys, picture, *TWO, *CAMERA, *pairs)
    assert found["readings"] == []
    across, broken = found["distances"]
    ends = [1.0 * np.array([-29.5 / 80, 0.5 / 80, 1]), 3.0 * np.array([10.5 / 80, 0.5 / 80, 1])]
    assert across["distance_m"] == pytest.approx(np.linalg.norm(ends[1] - ends[0]), rel=1e-3)
    assert across["low_m"] < across["distance_m"] < across["high_m"]
    assert (across["from"], across["to"]) == ([10, 20], [50, 20])
    assert (broken["distance_m"], broken["low_m"], broken["high_m"]) == (None, None, None)


def test_the_table_has_places_and_distances(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--at", "30,20", *TWO, *CAMERA, "--distance", "10,20:50,20"]) == 0
    out = capsys.readouterr().out
    assert "along the ray" in out
    assert re.search(r"2\.0 m +0\.\d+ - 0\.\d+ m left +up to [\d.]+ cm down +2\.0 m$", out, re.MULTILINE)
    assert re.search(r"\( 10,  20\)   \( 50,  20\)   2\.1 m   1\.\d+ - 2\.\d+ m   ok", out)
    assert "camera: typed, focal length 80.0 px" in out


def test_known_lengths_and_the_floor_are_references(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    known = ["--length", "22,20:38,20=40cm", "--floor", "50,30=1m@10deg"]
    found = _json(capsys, picture, "--at", "30,20", *CAMERA, *known)
    length, floor = found["calibration"]["references"]
    assert (length["x"], length["y"], length["label"]) == (30, 20, "length 0.4 m")
    assert length["distance_m"] == pytest.approx(0.4 / (16 / 80))
    assert floor["label"] == "floor"
    fall = np.cos(np.radians(10)) * 10.5 / 80 + np.sin(np.radians(10))
    assert floor["distance_m"] == pytest.approx(1 / fall)


BENCH = Intrinsics(600, 600, 319.5, 239.5, 640, 480)


def with_marker(folder: Path) -> str:
    """A picture of marker 7, 8 cm wide, 1 m away and left of the middle."""
    fine = blank(BENCH)
    sheet, side = marker_sheet("DICT_4X4_50", 7, 6)
    paste_sheet(fine, sheet, 0.08 / side, (-0.2, 0.0, 1.0), rotation(0.3, 0.2), BENCH)
    path = folder / "marker.png"
    Image.fromarray(finish(fine)).save(path)
    return str(path)


def test_printed_markers_are_references(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    save_intrinsics("bench", BENCH)
    marker = ["--marker", "DICT_4X4_50:7=80mm", "--marker", "DICT_4X4_50:8=80mm", "--intrinsics", "bench"]
    assert run(["measure", with_marker(tmp_path), "--at", "10,10", *marker, "--json"]) == 0
    out, err = capsys.readouterr()
    (reference,) = json.loads(out)["calibration"]["references"]
    assert reference["label"] == "marker 7"
    assert reference["distance_m"] == pytest.approx(1.0, rel=3e-3)
    assert (reference["x"], reference["y"]) == pytest.approx((319.5 - 120, 239.5), abs=0.1)
    assert err == "depth-tui: warning: --marker DICT_4X4_50:8=80mm: not seen in this picture\n"


def profile_with(*markers: str, calibration: Calibration | None = None) -> Profile:
    profile = Profile(
        "bench", "planted", SHA256, 640, 480, "camera 0", "2026-03-01T12:00:00+00:00", 3, (), calibration,
        intrinsics=BENCH, markers=markers,
    )  # fmt: skip
    save_profile(profile)
    return profile


def test_a_profile_s_markers_are_looked_for_and_come_before_what_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    path = with_marker(tmp_path)
    profile_with("DICT_4X4_50:7=80mm", "DICT_4X4_50:8=80mm", calibration=typed(123.0, 0.0))

    assert run(["measure", path, "--at", "200,240", "--profile", "bench", "--json"]) == 0

    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [each["label"] for each in found["calibration"]["references"]] == ["marker 7"]
    assert found["readings"][0]["distance_m"] == pytest.approx(1.0, rel=0.15)
    assert found["intrinsics"]["fx_px"] == 600, "the profile's camera is used too"
    assert err.splitlines() == [
        "depth-tui: warning: profile bench, marker DICT_4X4_50:8=80mm: not seen in this picture",
        "depth-tui: warning: profile bench: calibrated by marker 7 as seen in this picture, not as saved",
    ]


def test_without_its_markers_in_sight_a_profile_gives_what_was_saved_or_says_that_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    path = with_marker(tmp_path)
    profile_with("DICT_4X4_50:8=80mm", calibration=typed(123.0, 0.0))
    arguments = ["measure", path, "--at", "200,240", "--profile", "bench", "--json"]
    assert run(arguments) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["calibration"]["scale"] == 123.0
    assert "profile bench, marker DICT_4X4_50:8=80mm: not seen in this picture" in err

    profile_with("DICT_4X4_50:8=80mm")
    assert run(arguments) == 2
    assert "none of its markers was found in this picture, and it holds no calibration" in capsys.readouterr().err


def test_watch_calibrates_every_frame_by_a_profile_s_markers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    profile_with("DICT_4X4_50:7=80mm")
    watch = ["watch", "--source", with_marker(tmp_path), "--at", "200,240", "--count", "2", "--every", "1ms"]

    assert run([*watch, "--profile", "bench", "--format", "json"]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["distance_m"] for line in lines] == pytest.approx([1.0, 1.0], rel=0.15)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--distance", "1,1:2,2"], "--distance needs to know the camera"),
        (["--at", "1,1", "--marker", "DICT_4X4_50:0=8cm"], "--marker needs to know the camera"),
        (["--at", "1,1", "--length", "1,1:9,9=8cm"], "--length needs to know the camera"),
        (["--distance", "1,1", *CAMERA], "write two pixels as X1,Y1:X2,Y2"),
        (["--distance", "1,1:99,1", *CAMERA], "(99, 1) is outside the 80x40 picture"),
        (["--at", "1,1", "--floor", "1,30=2m", *CAMERA], "--floor '1,30=2m': write it as"),
        (["--at", "1,1", "--floor", "1,2=2m@0deg", *CAMERA], "at or above the horizon"),
        (["--at", "1,1", "--length", "1,1:9,9=8 stone", *CAMERA], "is not a distance"),
        (["--at", "1,1", "--marker", "DICT:0=8cm", *CAMERA], "is not a dictionary"),
        (["--at", "1,1", "--fov", "wide"], "--fov 'wide': write an angle as 66deg"),
        (["--at", "1,1", "--fov", "190deg"], "must lie between 0 and 180"),
        (["--at", "1,1", "--fov", "60deg", *CAMERA], "the same thing twice"),
        (["--at", "1,1", "--intrinsics", "1,2,3"], "write four numbers fx,fy,cx,cy"),
        (["--at", "1,1", "--intrinsics", "webcam"], "none are saved yet"),
        (["--at", "1,1", "--intrinsics", "exif"], "carries no focal length"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    picture: str, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(["measure", picture, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_saved_intrinsics_are_scaled_to_the_picture() -> None:
    save_intrinsics("webcam", Intrinsics(600, 600, 319.5, 239.5, 640, 480))
    found = intrinsics_of("webcam", None, "x.png", 320, 240)
    assert found is not None
    assert found.fx_px == 300
    with pytest.raises(InputError, match="of another shape"):
        intrinsics_of("webcam", None, "x.png", 320, 200)
    assert intrinsics_of(None, None, "x.png", 320, 240) is None


def test_angles_and_pairs() -> None:
    for text in ("66deg", "66°", "66", " 66,0 deg "):
        assert parse_angle(text, "--fov") == pytest.approx(np.radians(66))
    assert parse_angle("1.15rad", "--fov") == 1.15
    assert parse_pair("120,200:402,120") == ((120, 200), (402, 120))


def test_another_camera_s_intrinsics_are_found_by_the_markers_in_sight(
    shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A board at 0.37 m that another camera's focal length puts at 0.25 m."""
    plant(monkeypatch)
    picture = str(shared / "media/targets/aruco_board/9.jpg")
    marker = ["--marker", "DICT_6X6_1000:*=37.5mm", "--at", "320,240", "--json"]
    assert run(["measure", picture, *marker, "--intrinsics", "532.8,532.9,342.5,233.9"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    (doubt,) = [words for words in found["warnings"] if "focal length" in words]
    assert "too short: given as 533 px" in doubt
    assert doubt in err
    assert found["intrinsics"]["doubts"] == [doubt]
    assert found["intrinsics"]["seen_focal_px"] == pytest.approx(811, rel=0.1)
    assert run(["measure", picture, *marker, "--intrinsics", "811.4,810.8,317.8,240.7"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["intrinsics"]["doubts"] == []
    assert "focal" not in err


@pytest.mark.parametrize(
    ("known", "at"),
    [
        (["--length", "22,20:38,20=40cm"], "30,20"),
        (["--length", "22,20:38,20=40cm", "--length", "62,10:78,10=80cm"], "50,20"),
        (["--floor", "70,39=1m@0deg"], "70,39"),
    ],
)
def test_a_field_of_view_carries_its_three_per_cent_into_what_rests_on_it(
    picture: str, capsys: pytest.CaptureFixture[str], known: list[str], at: str
) -> None:
    fov = ["--fov", f"{2 * np.degrees(np.arctan(40 / 80)):.9f}deg"]
    exact = Intrinsics(80, 80, 39.5, 19.5, 80, 40)
    save_intrinsics("exact", exact)
    widths = []
    for camera in (["--intrinsics", "exact"], fov):
        (here,) = _json(capsys, picture, "--at", at, *known, *camera)["readings"]
        widths.append(np.log(here["high_m"] / here["low_m"]) / 2)
    assert widths[1] >= 1.96 * 0.03
    assert widths[1] ** 2 - widths[0] ** 2 >= 0.9 * (1.96 * 0.03) ** 2


def test_a_span_between_pixels_carries_it_too(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    fov = ["--fov", f"{2 * np.degrees(np.arctan(40 / 80)):.9f}deg"]
    save_intrinsics("exact", Intrinsics(80, 80, 39.5, 19.5, 80, 40))
    tape = ["--reference", "10,5=1m±0.1mm", "--reference", "30,20=2m±0.1mm", "--reference", "50,20=3m±0.1mm"]
    widths = []
    for camera in (["--intrinsics", "exact"], fov):
        (span,) = _json(capsys, picture, *tape, *camera, "--distance", "22,20:38,20")["distances"]
        widths.append(np.log(span["high_m"] / span["low_m"]) / 2)
    assert widths[1] ** 2 - widths[0] ** 2 == pytest.approx((1.96 * 0.03) ** 2, rel=0.5)
