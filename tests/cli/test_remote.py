"""Commands with a network on a server: batches in order and gone on with, a watch without a false number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import DISTANCES_M, stripes
from tests.cli.test_watch_live import FAST, THREE, watching
from tests.depth.models import card_text
from tests.depth.remote.fake import Behaviour, FakeServer, Floats, another
from tests.fakes import SteppableSource, wait_until
from tui.cli.root import run

CARD = card_text(resize="keep-aspect", size=40)
"""Pictures of 80x40 go as they are."""


def inverse(batch: Floats) -> Floats:
    """Sees the stripes' distances: 1/z, where red / 50 is z in metres."""
    return (50 / np.maximum(batch[:, :1], 1)).astype(np.float32)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(Behaviour(network=inverse, card=CARD)) as running:
        yield running


def folder_of(path: Path, count: int) -> Path:
    """Pictures that differ in their red."""
    path.mkdir()
    for number in range(count):
        picture = np.zeros((40, 80, 3), np.uint8)
        picture[..., 0] = 100 + number
        Image.fromarray(picture).save(path / f"{number:02}.png")
    return path


def test_a_folder_goes_in_order_with_several_in_flight(server: FakeServer, tmp_path: Path) -> None:
    folder, out = folder_of(tmp_path / "in", 12), tmp_path / "out"

    def together(batch: Floats) -> Floats:
        if server.behaviour.inferences > 1:  # the first test picture comes alone
            wait_until(lambda: server.behaviour.most_at_once >= 3, "three are in flight")
        return inverse(batch)

    server.behaviour.network = together
    assert run(["depth", str(folder), "--out", str(out), "--model", server.model, "--no-flip", "--jobs", "3"]) == 0
    assert server.behaviour.most_at_once == 3
    for number in range(12):
        with np.load(out / f"{number:02}.npz") as archive:
            np.testing.assert_allclose(archive["inverse_depth"], 50 / (100 + number), rtol=1e-6)


def test_a_folder_that_was_broken_off_is_gone_on_with(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.depth.remote.estimator.PATIENCE_S", 0.2)
    folder, out = folder_of(tmp_path / "in", 6), tmp_path / "out"
    command = ["depth", str(folder), "--out", str(out), "--model", server.model, "--no-flip", "--jobs", "1"]
    seen: list[int] = []

    def fails_at_last(batch: Floats) -> Floats:
        seen.append(0)
        if len(seen) > 4:  # the test picture and three
            raise ConnectionError
        return inverse(batch)

    server.behaviour.network = fails_at_last
    assert run(command) == 3
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert len(list(out.glob("*.npz"))) == 3
    server.behaviour.network, server.behaviour.inferences = inverse, 0
    assert run(command) == 0
    assert "3 were there already" in capsys.readouterr().out
    assert server.behaviour.inferences == 4, "the test picture, and what was missing"
    server.behaviour.network, server.behaviour.inferences = another, 0
    assert run(command) == 0
    assert server.behaviour.inferences == 7, "another network's maps are others"


def test_several_pictures_at_a_time_are_for_servers_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path / "in", 1)
    assert run(["depth", str(folder), "--out", str(tmp_path / "out"), "--model", "pocket", "--jobs", "2"]) == 2
    assert "--jobs 2" in capsys.readouterr().err


def test_recordings_are_judged_by_a_server(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("desk", "hall"):
        stripes(tmp_path / name / "0_color.png")
        depth_mm = np.repeat([round(1000 * z) for z in DISTANCES_M], 20).astype(np.uint16)
        Image.fromarray(np.tile(depth_mm, (40, 1))).save(tmp_path / name / "0_depth.png")
    assert run(["eval", "--data", str(tmp_path), "--model", server.model, "--json", "--jobs", "2"]) == 0
    report = json.loads(capsys.readouterr().out)["planted"]
    assert report["overall"]["pictures"] == 2
    assert report["overall"]["abs_rel"] == pytest.approx(0, abs=1e-4)


def test_recordings_that_were_broken_off_are_gone_on_with(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.depth.remote.estimator.PATIENCE_S", 0.2)
    for number in range(4):
        stripes(tmp_path / f"{number}_color.png")
        depth_mm = np.repeat([round(1000 * z) for z in DISTANCES_M], 20).astype(np.uint16)
        Image.fromarray(np.tile(depth_mm, (40, 1))).save(tmp_path / f"{number}_depth.png")
    command = ["eval", "--data", str(tmp_path), "--model", server.model, "--json", "--jobs", "1", "--no-flip"]

    def fails_at_last(batch: Floats) -> Floats:
        if server.behaviour.inferences > 3:  # the test picture and two
            raise ConnectionError
        return inverse(batch)

    server.behaviour.network = fails_at_last
    assert run(command) == 3
    capsys.readouterr()
    for before, asked in ((2, 3), (0, 5)):  # then it has come to its end, and the next one begins anew
        server.behaviour.network, server.behaviour.inferences = inverse, 0
        assert run(command) == 0
        out, err = capsys.readouterr()
        assert (f"{before} of 4 pictures" in err) == bool(before)
        assert server.behaviour.inferences == asked
        assert json.loads(out)["planted"]["overall"]["pictures"] == 4


def scaled(batch: Floats) -> Floats:
    """Another network of the same scene."""
    return 7 * inverse(batch) + np.float32(0.3)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> SteppableSource:
    """What `--source 0` opens."""
    held = SteppableSource("camera 0")
    monkeypatch.setattr("tui.camera.open.open_source", lambda _spec: held)
    monkeypatch.setattr("tui.instrument.freshness.LEAST_S", 0.3)
    return held


@pytest.mark.parametrize("stands_in", ["", ",pocket"])
def test_a_watch_is_stale_while_the_server_is_away_and_never_says_a_false_number(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource, server: FakeServer, stands_in: str
) -> None:
    """Restarted twice, the second time with another network: only true distances, or none, or a doubtful stand-in's."""
    told: list[dict[str, Any]] = []
    arguments = ["--model", server.model + stands_in, "--at", "50,20", "--json", *FAST, *THREE]
    with watching(monkeypatch, source, *arguments) as held:

        def next_like(like: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
            def noted(found: dict[str, Any]) -> bool:
                told.append(found)
                return like(found)

            return held.reading(noted)

        def by_server(found: dict[str, Any]) -> bool:
            return bool(found["status"] == "ok" and found["model"] == "planted")

        next_like(by_server)
        for network in (inverse, scaled):
            server.stop()
            gone = next_like(lambda found: found["model"] == "pocket" if stands_in else found["status"] == "stale")
            if not stands_in:
                assert (gone["distance_m"], gone["low_m"], gone["high_m"]) == (None, None, None)
            server.behaviour.network = network
            server.start()
            next_like(by_server)
    for found in told:
        if found["model"] == "planted" and found["distance_m"] is not None:
            assert found["distance_m"] == pytest.approx(3.0, rel=0.01)
