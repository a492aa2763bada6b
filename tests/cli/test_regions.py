"""`--region`: nearest, median and farthest of a part of the picture, in `measure` and `watch`."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.planted import SCALE, SHA256, SHIFT
from tui.calibration.fit import typed
from tui.cli.asked import Asked
from tui.cli.root import run
from tui.geometry.region import Region, Statistic
from tui.storage.profiles import Profile, load_profile, save_profile

FOUR = [f"--reference={10 + 20 * number},20={number + 1}m" for number in range(4)]
MIDDLE = "middle=22,5:57,35"
"""Two stripes, 18 px wide each: at 2 m and 3 m."""
ALL_OF_IT = (MIDDLE, "half:median=0,0:39,39", "far:farthest=42,5:79,35")


def measured(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run(["measure", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["regions"]
    assert isinstance(found, list)
    return found


def regions(*texts: str) -> list[str]:
    return [f"--region={text}" for text in texts]


def test_json_has_a_region_with_its_statistic_and_its_interval(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    near, half, far = measured(capsys, picture, *FOUR, *regions(*ALL_OF_IT))
    assert set(near) == {
        "name", "statistic", "corners", "inverse_depth", "distance_m", "low_m", "high_m", "status", "reasons", "edge_m",
        "unknown_share",
    }  # fmt: skip
    assert (near["name"], near["statistic"]) == ("middle", "nearest")
    assert near["corners"] == [[22, 5], [57, 35]]
    assert near["distance_m"] == pytest.approx(2.0, rel=0.03)
    assert near["low_m"] < 2.0 < near["high_m"]
    assert near["unknown_share"] == 0
    assert (far["name"], far["statistic"]) == ("far", "farthest")
    assert far["distance_m"] == pytest.approx(4.0, rel=0.03)
    assert half["unknown_share"] == pytest.approx(144 / 1600)  # the hole of 12x12


def test_a_region_alone_is_enough_to_ask_for(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, *FOUR, *regions(MIDDLE)]) == 0
    out = capsys.readouterr().out
    assert "middle" in out
    assert "nearest" in out
    assert "2.0" in out


def test_watch_says_the_same_in_words_json_and_csv(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["watch", "--source", picture, "--count", "1", *FOUR, *regions("door=2,2:17,37")]
    (of_measure,) = measured(capsys, picture, *FOUR, *regions("door=2,2:17,37"), "--no-flip")
    assert run([*common, "--no-flip", "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["region"], line["statistic"], line["x"]) == ("door", "nearest", None)
    for name in ("distance_m", "low_m", "high_m", "status", "unknown_share"):
        assert line[name] == of_measure[name]
    assert run([*common, "--no-flip", "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert float(row["distance_m"]) == line["distance_m"]
    assert (row["region"], row["statistic"], float(row["unknown_share"])) == ("door", "nearest", line["unknown_share"])
    assert run([*common, "--no-flip"]) == 0
    words = capsys.readouterr().out
    assert "door nearest: 1.0" in words
    assert "% of it without a distance" in words


def test_without_references_it_says_so_and_gives_no_distance(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = measured(capsys, picture, *regions(MIDDLE))
    assert found["status"] == "uncalibrated"
    assert found["distance_m"] is None
    assert found["unknown_share"] is None


def test_strict_counts_regions(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", picture, "--strict", *regions(MIDDLE)]) == 5
    assert "middle nearest" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["door=70,2:80,20"], "region door: (80, 20) is outside the 80x40 picture"),
        (["door=2,2:2,20"], "encloses nothing"),
        (["door=2,2:20,20", "Door=4,4:20,20"], "there is a region 'door' already"),
        (["door"], "write a region as"),
        (["door:average=2,2:20,20"], "'average' is no statistic"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    picture: str, capsys: pytest.CaptureFixture[str], texts: list[str], words: str
) -> None:
    for command in (["measure", picture], ["watch", "--source", picture, "--count", "1"]):
        assert run([*command, *FOUR, *regions(*texts)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert words in err
        assert err.count("\n") == 1


@pytest.fixture
def bench(picture: str) -> str:
    """A saved profile with two regions."""
    del picture  # whose model it was made with
    door, wall = Region("door", ((2.0, 20.0), (17.0, 37.0))), Region("wall", ((62.0, 5.0), (77.0, 35.0)))
    profile = Profile(
        "bench", "planted", SHA256, 80, 40, "camera 0", "2026-03-01T12:00:00+00:00", 5, (), typed(SCALE, SHIFT),
        regions=(door, wall),
    )  # fmt: skip
    save_profile(profile)
    return "bench"


def test_a_profiles_regions_are_read_and_those_given_here_take_their_place(
    bench: str, picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measured(capsys, picture, "--profile", bench)
    assert [(each["name"], round(each["distance_m"])) for each in found] == [("door", 1), ("wall", 4)]
    found = measured(capsys, picture, "--profile", bench, *regions("DOOR:median=22,5:37,35"))
    assert [(each["name"], each["statistic"]) for each in found] == [("DOOR", "median"), ("wall", "nearest")]
    assert found[0]["distance_m"] == pytest.approx(2.0, rel=0.03)


def test_a_profiles_regions_are_carried_to_larger_pictures(
    bench: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    larger = tmp_path / "larger.png"
    with Image.open(tmp_path / "stripes.png") as small:
        small.resize((160, 80), Image.Resampling.NEAREST).save(larger)
    found = measured(capsys, str(larger), "--profile", bench)
    assert [(each["name"], round(each["distance_m"])) for each in found] == [("door", 1), ("wall", 4)]
    assert found[0]["corners"][0] == [4.5, 40.5]
    assert Statistic(found[0]["statistic"]) is Statistic.NEAREST


def test_a_profiles_region_half_out_of_the_picture_is_read_and_says_so(
    picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    half = Region("half", ((-30.0, 20.0), (17.0, 37.0)))
    profile = Profile(
        "out", "planted", SHA256, 80, 40, "camera 0", "2026-03-01T12:00:00+00:00", 5, (), typed(SCALE, SHIFT),
        regions=(half, Region("away", ((-30.0, 20.0), (-10.0, 37.0)))),
    )  # fmt: skip
    save_profile(profile)
    found, away = measured(capsys, picture, "--profile", "out")
    assert found["distance_m"] == pytest.approx(1.0, rel=0.03)
    assert found["status"] != "ok"
    assert "a part of the region is outside this picture" in found["reasons"]
    assert (away["status"], away["distance_m"]) == ("outside this picture", None)


def test_a_profiles_regions_of_pictures_of_another_shape_are_not_read_elsewhere(
    bench: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    portrait = tmp_path / "portrait.png"
    with Image.open(tmp_path / "stripes.png") as small:
        small.resize((40, 80)).save(portrait)
    arguments = [
        "measure",
        str(portrait),
        "--profile",
        bench,
        "--reference=5,5=1m",
        "--reference=35,5=4m",
        "--at=20,40",
    ]
    assert run([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["regions"] == []
    assert "its regions were set in other pictures: not read" in err


def test_a_profiles_alarms_are_those_of_its_own_regions(bench: str) -> None:
    alarms = ("door: surely nearer than 1 m", "pin 1: surely nearer than 1 m", "gone: no reading for 10 s")
    save_profile(replace(load_profile(bench), alarms=alarms))

    def held(*region: str) -> tuple[str, ...]:
        return Asked.of(
            at=["1,1"], region=region, distance=None, reference=None, marker=None, length=None, floor=None,
            intrinsics=None, fov=None, profile=bench, window=None, force=False,
        ).held_alarms  # fmt: skip

    assert held() == ("door: surely nearer than 1 m",), "pins are not in it, so pin 1 is another place"
    assert held("Door=1,1:30,30") == (), "nor is a region of that name that is given here"
