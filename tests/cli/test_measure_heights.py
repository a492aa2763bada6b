"""`depth-tui measure --heights`: the demo's boxes, whose heights are known, and what cannot be had in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.planted import PlantedEstimator, plant, stripes
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer, pose_at
from tui.camera.demo.room import ROOM
from tui.camera.frame import Frame, FrameSource, SourceInfo
from tui.camera.stills import StillSource
from tui.cli.root import run
from tui.geometry.arrays import FloatMap, RGBImage
from tui.pipeline.oracle import ORACLE_IDENTITY, exact_inverse_depth

T_S = 0.0
PLACES = ((75, 185), (285, 175), (60, 130), (230, 180))
"""The carton, the plinth, the small carton, the floor."""


class StillDemo(StillSource):
    """One view of the demo's room."""

    def __init__(self) -> None:
        picture, self.depth_m = DemoRenderer().render(T_S)
        super().__init__(SourceInfo("demo", "demo", live=False, still=True), picture)

    def read(self) -> Frame:
        frame = super().read()
        return Frame(frame.image, frame.index, frame.captured_at_s, true_depth_m=self.depth_m)


class Knowing(PlantedEstimator):
    """A network that knows that view."""

    identity = ORACLE_IDENTITY

    def __init__(self, depth_m: FloatMap) -> None:
        super().__init__()
        self._depth_m = depth_m

    def estimate(self, image: RGBImage) -> FloatMap:
        del image
        return exact_inverse_depth(self._depth_m)


@pytest.fixture
def depth_m(monkeypatch: pytest.MonkeyPatch) -> np.ndarray[Any, np.dtype[np.float32]]:
    source = StillDemo()

    def open_source(_spec: str, *_rest: object) -> FrameSource:
        return StillDemo()

    monkeypatch.setattr("tui.camera.open.open_source", open_source)
    monkeypatch.setattr("tui.depth.loader.load_estimator", lambda *_: Knowing(source.depth_m))
    return source.depth_m


def true_height_m(depth_m: np.ndarray[Any, np.dtype[np.float32]], pixel: tuple[int, int]) -> float:
    pose = pose_at(T_S)
    point = np.array(DEMO_INTRINSICS.ray(*pixel)) * float(depth_m[pixel[1], pixel[0]])
    return float(ROOM.high_m[1] - (pose.room_from_camera @ point + pose.position_m)[1])


def asked(depth_m: np.ndarray[Any, np.dtype[np.float32]], *more: str) -> list[str]:
    given = [(60, 200), (150, 90), (285, 170), (20, 60), (180, 220)]
    references = [f"--reference={x},{y}={float(depth_m[y, x]):.4f}m±1mm" for x, y in given]
    return ["measure", "--source", "demo", "--fov", "66deg", *references, *more]


@pytest.mark.parametrize("floor", [(), ("--floor", "180,225=1.25m±2mm@9deg")], ids=["fitted", "stated"])
def test_the_demos_boxes_are_as_high_as_they_are(
    floor: tuple[str, ...], depth_m: np.ndarray[Any, np.dtype[np.float32]], capsys: pytest.CaptureFixture[str]
) -> None:
    at = [f"--at={x},{y}" for x, y in PLACES]
    pair = "--distance=75,200:75,185"
    assert run([*asked(depth_m, *at, pair, *floor), "--heights", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for pixel, reading in zip(PLACES, found["readings"], strict=True):
        true_m = true_height_m(depth_m, pixel)
        assert reading["height_m"] == pytest.approx(true_m, rel=0.02, abs=0.01)
        assert reading["height_low_m"] <= true_m <= reading["height_high_m"]
    rise = found["distances"][0]
    true_m = true_height_m(depth_m, (75, 185)) - true_height_m(depth_m, (75, 200))
    assert rise["rise_m"] == pytest.approx(true_m, rel=0.03)
    assert rise["rise_low_m"] <= true_m <= rise["rise_high_m"]
    assert found["floor"]["height_m"] == pytest.approx(1.25, rel=0.01)
    assert found["floor"]["pitch_deg"] == pytest.approx(9, abs=0.5)


def test_the_table_says_it_in_words(
    depth_m: np.ndarray[Any, np.dtype[np.float32]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked(depth_m, "--at=75,185", "--heights")) == 0
    out = capsys.readouterr().out
    assert "over the floor" in out
    assert "floor 1.25 m below the camera, which looks down by 9 degrees" in out


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--reference", "10,20=1m", "--reference", "50,20=300cm±1cm"], "--heights needs to know the camera"),
        (["--intrinsics", "80,80,39.5,19.5"], "--heights needs distances"),
        (
            ["--intrinsics", "80,80,39.5,19.5", "--reference", "10,20=1m", "--reference", "50,20=300cm±1cm"],
            "no floor is seen",
        ),
    ],
)
def test_what_is_missing_is_named(
    more: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plant(monkeypatch)
    picture = str(stripes(tmp_path / "stripes.png", holes=True))
    assert run(["measure", picture, "--at", "30,20", "--heights", *more]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error
