"""`watch` and `measure` read anything: stills, clips, the demo, standard input; and say what does not fit."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.planted import DISTANCES_M, SCALE, SHA256, SHIFT, Leaning, plant, stripes
from tests.clips import equal_frames
from tui.calibration.fit import typed
from tui.cli.root import run
from tui.errors import SourceError
from tui.storage.profiles import Profile, save_profile

TWO = ["--reference", "10,20=1m", "--reference", "70,20=4m"]
THREE = [*TWO, "--reference", "30,20=2m"]
BENCH = Profile(
    name="bench", model_name="planted", model_sha256=SHA256, width=80, height=40, camera="camera 0",
    created="2026-03-01T12:00:00+00:00", window_px=5, references=(), calibration=typed(SCALE, SHIFT),
)  # fmt: skip


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    return stripes(tmp_path / "stripes.png", holes=True)


@pytest.fixture
def clip(picture: Path) -> Path:
    """Some equal frames."""
    return equal_frames(picture)


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[list[dict[str, Any]], str]:
    """The JSON lines, and what stood on the error stream."""
    assert run([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    if arguments[0] == "measure":
        return [json.loads(out)], err
    return [json.loads(line) for line in out.splitlines()], err


@pytest.mark.parametrize("every", ["0", "10ms"])
@pytest.mark.parametrize(("count", "expected"), [(["--count", "3"], 3), ([], 1)])
def test_a_still_gives_as_many_readings_as_are_asked_for_and_ends(
    picture: Path, capsys: pytest.CaptureFixture[str], every: str, count: list[str], expected: int
) -> None:
    found, err = lines(capsys, "watch", "--source", str(picture), "--at", "50,20", "--every", every, *count, *THREE)
    assert err == ""
    assert len(found) == expected
    assert len({each["time"] for each in found}) == 1, "it is one frame"
    assert all(each["status"] == "ok" for each in found)


@pytest.mark.parametrize("command", ["watch", "measure"])
def test_without_a_camera_nothing_stands_in_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    plant(monkeypatch)

    def none() -> None:
        raise SourceError("no camera found; name a source with --source S")

    monkeypatch.setattr("tui.camera.open.first_camera", none)
    monkeypatch.setattr("tui.camera.listing.list_cameras", lambda *_machine: [])
    given = [] if command == "watch" else ["--source", "7"]
    assert run([command, "--at", "10,10", *given]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_profile_stands_in_every_line_and_another_camera_is_marked(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_profile(BENCH)
    common = ["--source", str(clip), "--at", "50,30", "--profile", "bench"]
    found, err = lines(capsys, "watch", *common, "--count", "2", "--every", "10ms")
    for each in found:
        assert (each["source"], each["model"], each["profile"]) == ("clip.avi", "planted", "bench")
        assert each["status"] == "other camera"
        assert each["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.1)
        assert each["warnings"] == ["profile bench: made with camera 0, this is clip.avi"]
    assert "made with camera 0" in err
    (measured,), _ = lines(capsys, "measure", *common)
    assert measured["readings"][0]["status"] == "other camera"
    assert measured["profile"] == "bench"
    assert measured["warnings"] == found[0]["warnings"]
    assert run(["measure", *common]) == 0
    assert "   other camera: profile bench: made with camera 0" in capsys.readouterr().out.splitlines()[3]
    (forced,), _ = lines(capsys, "watch", *common, "--count", "1", "--force")
    assert forced["status"] == "doubtful"
    assert forced["reasons"] == ["the interval is wider than a factor of 2"], "typed numbers, and nothing of the camera"


@pytest.mark.parametrize("command", ["watch", "measure"])
def test_a_profile_of_another_shape_needs_force(
    picture: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    save_profile(replace(BENCH, width=40, height=80))
    arguments = [command, "--source", str(picture), "--at", "50,30", "--profile", "bench"]
    arguments += ["--count", "1"] if command == "watch" else []
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert "of another shape: not used; --force uses it all the same" in err.splitlines()[-1]
    assert "distance" not in out
    (found,), err = lines(capsys, *arguments, "--force")
    reading = found if command == "watch" else found["readings"][0]
    assert reading["distance_m"] == pytest.approx(DISTANCES_M[2], rel=1e-4)
    assert "used all the same" in err


@pytest.mark.parametrize("command", ["watch", "measure"])
def test_a_reference_where_the_map_has_no_value_is_set_aside_and_named(
    picture: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    arguments = [command, "--source", str(picture), "--at", "50,20", *TWO, "--reference", "3,3=2m"]
    arguments += ["--count", "1"] if command == "watch" else []
    (found,), err = lines(capsys, *arguments)
    reading = found if command == "watch" else found["readings"][0]
    assert reading["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.02)
    assert "reference (3, 3) = 2 m" in err
    assert "set aside" in err
    assert err.count("\n") == 1


def test_measure_reads_a_picture_from_standard_input(
    picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def given(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    (from_file,), _ = lines(capsys, "measure", str(picture), "--at", "50,20", *TWO)
    given(picture.read_bytes())
    (found,), _ = lines(capsys, "measure", "-", "--at", "50,20", *TWO)
    assert found["readings"] == from_file["readings"]
    assert found["source"] == "standard input"
    for data in (b"", b"no picture"):
        given(data)
        assert run(["measure", "-", "--at", "50,20"]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("depth-tui: standard input")
        assert err.count("\n") == 1


def test_measure_reads_one_frame_of_a_clip_and_of_the_demo(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,), _ = lines(capsys, "measure", "--source", str(clip), "--at", "50,30", *TWO)
    assert found["readings"][0]["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.1)
    assert found["source"] == "clip.avi"
    (found,), _ = lines(capsys, "measure", "--source", "demo", "--at", "50,30")
    assert found["source"] == "demo"
    assert found["model"] == "planted", "the network's, and not the geometry that the demo's frames bring along"
    assert np.isfinite(found["readings"][0]["inverse_depth"])


@pytest.mark.parametrize("given", [[], ["a.png", "--source", "b.png"]])
def test_measure_reads_one_thing(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", *given, "--at", "1,1"]) == 2
    assert "only one" in capsys.readouterr().err


def test_a_still_is_read_alike_by_watch_and_measure_also_where_a_network_leans_to_one_side(
    picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.depth.loader.load_estimator", lambda *_: Leaning())
    common = ["--source", str(picture), "--at", "50,30"]
    found = {
        (command, bool(flip)): lines(capsys, command, *common, *count, *flip)[0][-1]
        for command, count in (("measure", []), ("watch", ["--count", "2", "--every", "10ms"]))
        for flip in ([], ["--no-flip"])
    }
    values = {
        key: (each["readings"][0] if key[0] == "measure" else each)["inverse_depth"] for key, each in found.items()
    }
    assert values["watch", False] == values["measure", False]
    assert values["watch", True] == values["measure", True]
    upright = (1 / DISTANCES_M[2] - SHIFT) / SCALE
    assert values["measure", False] == pytest.approx(upright, rel=1e-3)
    assert values["measure", True] == pytest.approx(upright * 1.1 ** (1 - 2 * 50 / 79), rel=1e-3)


def test_a_line_in_words_says_a_reason_once(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["watch", "--source", str(picture), "--at", "70,20", "--reference", "10,20=1m", "--reference", "30,20=2m"]
    given += ["--reference", "50,20=1.1m"]
    (found,), _ = lines(capsys, *given)
    assert run(given) == 0
    line = capsys.readouterr().out
    assert found["warnings"]
    assert [line.count(each) for each in found["warnings"]] == [1] * len(found["warnings"])
    assert any(each in reason for each in found["warnings"] for reason in found["reasons"]), "this is such a case"
