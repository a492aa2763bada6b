"""`depth-tui measure --known` and `--floor`: what is there anyway, and a floor whose pitch something on it tells."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.cli.planted import plant
from tests.geometry.test_floor_pitch import floor
from tests.targets.rendered import blank, finish
from tests.targets.sheets import corners_of, paint, seen
from tui.calibration.beliefs import MapKind
from tui.cli.floor_options import floors_told
from tui.cli.root import run
from tui.depth.estimator import ModelIdentity
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import floor_of
from tui.storage.intrinsics import save_intrinsics

BENCH = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
CAMERA = ["--intrinsics", "bench"]


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A wall 3 m away with joints every 30 cm."""
    fine = blank(BENCH, 170.0)
    for number in range(-6, 7):
        paint(fine, seen(corners_of(0.03, 3.0) + np.array([number * 0.3, 0, 0]), np.eye(3), (0, 0, 3.0), BENCH), 90.0)
    path = tmp_path_factory.mktemp("wall") / "tiles.png"
    Image.fromarray(finish(fine, 3.0)).save(path)
    return str(path)


@pytest.fixture
def picture(wall: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of the wall, whose camera is known."""
    plant(monkeypatch)
    save_intrinsics("bench", BENCH)
    return wall


def _run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[list[dict[str, Any]], str]:
    assert run(["measure", *arguments, "--at", "10,10", "--json"]) == code
    out, err = capsys.readouterr()
    return (json.loads(out)["calibration"]["references"], err) if code == 0 else ([], err)


@pytest.mark.parametrize("known", ["tile=40,240:600,240=30cm", "Tile=600,240:40,240=30cm*9.3"])
def test_tiles_are_counted(picture: str, capsys: pytest.CaptureFixture[str], known: str) -> None:
    found, err = _run(capsys, picture, "--known", known, *CAMERA)
    assert [each["distance_m"] for each in found] == pytest.approx([3.0, 3.0], rel=0.005)
    assert {each["label"] for each in found} == {"tile 0.3 m"}
    assert "--known" not in err


@pytest.mark.parametrize(("known", "distance_m"), [("person", 3.0), ("person=1.36m", 2.4), ("door", 3.5824)])
def test_a_person_and_a_door_are_as_far_as_their_size_says(
    picture: str, capsys: pytest.CaptureFixture[str], known: str, distance_m: float
) -> None:
    name, _, size = known.partition("=")
    pinned = f"{name}=320,70:320,410{'=' + size if size else ''}"
    (found,), err = _run(capsys, picture, "--known", pinned, *CAMERA)
    assert found["distance_m"] == pytest.approx(distance_m, rel=1e-3)
    assert found["label"].startswith(name)
    assert "--known" not in err


def test_a_person_in_a_box_is_as_far_and_it_is_said_to_be_one(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    (found,), err = _run(capsys, picture, "--known", "person=250,70:390,410", *CAMERA)
    assert found["distance_m"] == pytest.approx(3.0, rel=1e-3)
    assert "taken as the opposite corners of a box" in err


@pytest.mark.parametrize("standing", [True, False])
def test_what_is_on_the_floor_tells_how_far_the_camera_looks_down(
    picture: str, capsys: pytest.CaptureFixture[str], standing: bool
) -> None:
    pitch = math.radians(14.0)
    at, foot, top = BENCH.pixels(
        np.stack([floor(pitch, 1.4, *each) for each in ((-0.4, 4.0), (0.3, 2.6), (0.3, 2.6, 0.8))])
    )
    place = f"{foot[0]:.0f},{foot[1]:.0f}"
    z_m = floor(pitch, 1.4, 0.3, 2.6)[2]
    witness = f"{place}:{top[0]:.0f},{top[1]:.0f}=80cm" if standing else f"{place}={z_m:.3f}m"
    (found,), err = _run(capsys, picture, "--floor", f"{at[0]:.0f},{at[1]:.0f}=1.4m@{witness}", *CAMERA)
    assert found["distance_m"] == pytest.approx(floor(pitch, 1.4, -0.4, 4.0)[2], rel=0.01)
    assert found["label"] == "floor"
    assert "the camera looks down by 1" in err


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--known", "cat=1,2:3,4", "write WHAT=X,Y:X,Y"),
        ("--known", "person", "write WHAT=X,Y:X,Y"),
        ("--known", "person=1,2", "write two pixels as"),
        ("--known", "person=320,70:320,410=tall", "--known 'person=320,70:320,410=tall'"),
        ("--known", "person=320,70:320,410=1.8m*3", "after * stands how often"),
        ("--known", "tile=40,240:600,240=30cm*x", "after * stands how often"),
        ("--known", "tile=40,240:600,240", "tiles have any size"),
        ("--known", "tile=40,240:900,240=30cm", "outside"),
        ("--known", "brick=330,40:330,300", "nothing repeats"),
        ("--known", "person=320,70:320,71", "at least 2 pixels"),
        ("--known", "person=100,70:420,80", "higher than wide"),
        ("--floor", "320,400=1.5m@100,200=", "--floor"),
        ("--floor", "320,400=1.5m@320,400=20cm", "no pitch of up to 45 degrees"),
        ("--floor", "320,400=1.5m@1,2:3=20cm", "write two pixels"),
        ("--floor", "320,400=1.5m", "foot and top"),
        ("--floor", "320,400=1.5m@map", "its zero means nothing"),
        ("--floor", "320,4000=1.5m@map", "outside"),
        ("--floor", "320,400=1.5m@20deg±80deg", "between 0.01 and 30 degrees"),
        ("--floor", "320,400=1.5m@1,2:3,4:5,6", "foot and top of one thing at two places"),
        ("--floor", "320,400=1.5m@1,2:3,4000=80cm", "outside"),
        ("--floor", "320,400=1.5m@320,400=2.2m+320,400=4.4m", "contradict each other"),
        ("--floor", f"320,400=1.5m@{'+'.join(['320,400=2.2m'] * 9)}", "8 at most"),
        ("--floor", "320,400=1.5m@320,400..320,400=2m", "no pitch of up to 45 degrees"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(
    picture: str, capsys: pytest.CaptureFixture[str], option: str, text: str, says: str
) -> None:
    _, err = _run(capsys, picture, option, text, *CAMERA, code=2)
    assert says in err
    assert err.count("\n") == 1


def _place(pixel: npt.NDArray[np.float64]) -> str:
    return f"{pixel[0]:.0f},{pixel[1]:.0f}"


def test_several_witnesses_tell_the_pitch_together(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    pitch, up = math.radians(14.0), 0.8 * np.array([0, math.cos(math.radians(14)), math.sin(math.radians(14))])
    one, two, at = (floor(pitch, 1.4, *each) for each in ((0.3, 2.6), (-0.6, 3.4), (-0.4, 4.0)))
    foot, top, other, its_top, place = BENCH.pixels(np.stack([one, one - up, two, two - up, at]))
    apart_m = float(np.linalg.norm(one - two))
    for told in (
        f"{_place(foot)}..{_place(other)}={apart_m:.3f}m",
        f"{_place(foot)}:{_place(top)}:{_place(other)}:{_place(its_top)}",
        f"{_place(foot)}:{_place(top)}=80cm±1cm+{_place(other)}={two[2]:.3f}m",
    ):
        found, err = _run(capsys, picture, "--floor", f"{_place(place)}:{_place(foot)}=1.4m@{told}", *CAMERA)
        assert [each["distance_m"] for each in found] == pytest.approx([at[2], one[2]], rel=0.02)
        assert "the camera looks down by 1" in err


def test_the_map_tells_the_pitch_where_the_models_zero_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    estimator, _ = plant(monkeypatch)
    save_intrinsics("bench", BENCH)
    true = floor_of(1.5, math.radians(20), 0.0)
    rays = BENCH.rays(np.stack(np.meshgrid(np.arange(640.0), np.arange(480.0)), -1).reshape(-1, 2))
    inverse = np.maximum(rays @ true.per_metre, 0.1).reshape(480, 640).astype(np.float32)
    monkeypatch.setattr(estimator, "estimate", lambda _image: 0.7 * inverse)
    monkeypatch.setattr(estimator, "identity", ModelIdentity("planted", "12" * 32, MapKind.PROPORTIONAL))
    path = tmp_path / "plain.png"
    Image.fromarray(np.random.default_rng(1).integers(60, 200, (480, 640, 3), np.uint8)).save(path)
    found, err = _run(capsys, str(path), "--floor", "320,400:200,330=1.5m@map", *CAMERA)
    for each, (u_px, v_px) in zip(found, ((320, 400), (200, 330)), strict=True):
        assert each["distance_m"] == pytest.approx(1 / float(true.per_metre @ BENCH.ray(u_px, v_px)), rel=0.01)
    assert "the camera looks down by 20 ± " in err
    assert "by the map's plane" in err


_PARTS = st.sampled_from(
    ["320,400", "10,20", "-5,9", "=", "@", ":", "..", "+", "1.5m", "20deg", "±", "map", "2m", "0m", " ", "x", "1e9m"]
)


@given(st.lists(_PARTS, max_size=12))
def test_whatever_is_written_of_the_floor_is_used_or_refused(parts: list[str]) -> None:
    try:
        found = floors_told(["".join(parts)], BENCH, (640, 480))
    except InputError:
        return
    assert all(each.distance_m > 0 and each.sigma_m > 0 for each in found)


def test_both_need_the_camera(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = _run(capsys, picture, "--known", "person=320,70:320,410", code=2)
    assert "--known needs to know the camera" in err
