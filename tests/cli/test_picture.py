"""`measure` and `watch` look at the picture: no number from one that is dark, has moved, or shows something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.cli.planted import PlantedEstimator, plant
from tests.cli.test_watch_live import Watched, watching
from tests.fakes import SteppableSource, opener
from tests.instrument.driven import Driven
from tests.rooms import FLAT, HEIGHT, WIDTH, black, rolled, room
from tui.cli.root import run
from tui.geometry.arrays import RGBImage
from tui.instrument.instrument import Instrument
from tui.instrument.wanted import Wanted
from tui.pipeline import capture
from tui.pipeline.pipeline import Pipeline

MIDDLE = (320, 240)
AT = ["--at", "320,240"]
REFERENCES = [
    argument
    for (u_px, v_px), red in FLAT.items()
    if (u_px, v_px) != MIDDLE
    for argument in ("--reference", f"{u_px},{v_px}={red / 50}m")
]
SPOILED = {"dark": black(), "the view has moved": rolled(room(1)), "another scene": room(2)}


def written(path: Path, image: RGBImage) -> str:
    assert cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return str(path)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> PlantedEstimator:
    return plant(monkeypatch)[0]


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch, planted: PlantedEstimator) -> SteppableSource:
    assert planted
    held = SteppableSource("camera 0")

    def open_source(_spec: str) -> SteppableSource:
        held.closed.clear()
        return held

    monkeypatch.setattr("tui.camera.open.open_source", open_source)
    monkeypatch.setattr(capture, "_RETRY_S", (0.001,))
    return held


@pytest.fixture
def profile(planted: PlantedEstimator) -> str:
    """Saved with the first room in sight."""
    pipeline = Pipeline(lambda: None)
    start = Driven(Instrument(pipeline, Wanted(source="camera 0")))
    pipeline.want(float("inf"))
    pipeline.start()
    pipeline.load("planted", lambda _progress: planted)
    pipeline.open(opener(start.source))
    try:
        start.source.give(room(1))
        start.until(lambda: start.instrument.shown is not None, "the room is seen")
        for (u_px, v_px), red in FLAT.items():
            if (u_px, v_px) != MIDDLE:
                start.refer(u_px, v_px, red / 50)
        start.instrument.save_profile("room")
    finally:
        pipeline.stop()
    return "room"


def kinds(found: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in found["picture"]["verdicts"]]


def noticed(held: Watched, kind: str, to_x: int | None) -> dict[str, Any]:
    """The next line of a point, or of a distance to `to_x`, once the picture is found to be so."""
    return held.reading(lambda found: kind in kinds(found) and found["to_x"] == to_x)


def measured(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["measure", *arguments, *AT, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", SPOILED)
def test_watch_gives_no_number_while_the_picture_is_spoiled_and_says_so_once(
    kind: str, monkeypatch: pytest.MonkeyPatch, camera: SteppableSource, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*AT, *REFERENCES, "--distance", "80,240:320,240", "--fov", "60deg", "--json", "--every", "20ms"]
    with watching(monkeypatch, camera, *arguments, first=room(1)) as held:
        before = held.reading(lambda found: found["x"] == 320)
        assert before["distance_m"] == pytest.approx(3.0, rel=0.05)
        assert before["picture"] == {"passed": True, "verdicts": []}
        held.show(SPOILED[kind])
        for to_x in (None, 320):
            found = noticed(held, kind, to_x)
            assert (found["distance_m"], found["low_m"], found["high_m"]) == (None, None, None)
            assert found["status"] == "doubtful"
            (words, since) = next((v["words"], v["since"]) for v in found["picture"]["verdicts"] if v["kind"] == kind)
            assert words in found["warnings"]
            assert since <= found["time"]
        held.show(room(1))
        after = held.reading(lambda found: found["distance_m"] is not None and found["x"] == 320)
        assert after["distance_m"] == pytest.approx(before["distance_m"], rel=0.02)
        assert after["picture"]["passed"]
    lines = [line for line in capsys.readouterr().err.splitlines() if words in line]
    assert len(lines) == 2, lines
    assert "warning: " in lines[0]
    assert "no longer: " in lines[1]


def test_a_clip_that_goes_dark_is_read_until_then(
    tmp_path: Path, planted: PlantedEstimator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planted
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (WIDTH, HEIGHT))
    for image in [room(1)] * 30 + [black()] * 200:
        writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    writer.release()
    arguments = ["--source", str(path), *AT, *REFERENCES, "--json", "--every", "100ms", "--count", "45"]
    assert run(["watch", *arguments]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found[0]["distance_m"] == pytest.approx(3.0, rel=0.1)
    assert (found[-1]["distance_m"], found[-1]["status"]) == (None, "doubtful")
    assert "dark" in kinds(found[-1])


@pytest.mark.parametrize("kind", SPOILED)
def test_a_profile_is_compared_with_the_picture_that_it_is_used_with(
    kind: str, profile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = measured(capsys, written(tmp_path / "same.png", room(1)), "--profile", profile)
    assert same["readings"][0]["distance_m"] == pytest.approx(3.0, rel=0.05)
    assert same["picture"]["passed"]
    path = written(tmp_path / "spoiled.png", SPOILED[kind])
    found = measured(capsys, path, "--profile", profile)
    (reading,) = found["readings"]
    assert (reading["distance_m"], reading["low_m"], reading["status"]) == (None, None, "doubtful")
    assert kind in kinds(found)
    assert any(kind in each for each in found["warnings"])
    if kind != "dark":
        assert [kind in each["reason"] for each in found["set_aside"]] == [True] * 5
    assert all(each["read_m"] is None for each in found["calibration"]["references"])
    assert run(["measure", path, "--profile", profile, *AT]) == 0
    assert kind in capsys.readouterr().out


def test_references_given_in_the_picture_itself_are_compared_with_nothing(
    planted: PlantedEstimator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planted
    path = written(tmp_path / "other.png", room(2))
    found = measured(capsys, path, *REFERENCES)
    assert found["readings"][0]["distance_m"] == pytest.approx(3.0, rel=0.05)
    assert found["picture"] == {"passed": True, "verdicts": []}
    dark = measured(capsys, written(tmp_path / "dark.png", room(1) // 60), *REFERENCES[:4])
    assert dark["readings"][0]["distance_m"] is None
    assert "dark" in kinds(dark)
