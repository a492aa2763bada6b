"""`depth-tui measure --profile`: metres of a saved calibration, and when it does not count."""

from __future__ import annotations

import json

import pytest

from tests.cli.asking import measured, refusal
from tests.cli.planted import DISTANCES_M, SCALE, SHA256, SHIFT
from tui.calibration.fit import typed
from tui.cli.root import run
from tui.storage.paths import profiles_dir
from tui.storage.profiles import Profile, save_profile


def _save(name: str, **changes: object) -> Profile:
    values: dict[str, object] = {
        "name": name, "model_name": "planted", "model_sha256": SHA256, "width": 80, "height": 40, "camera": "camera 0",
        "created": "2026-03-01T12:00:00+00:00", "window_px": 3, "references": (), "calibration": typed(SCALE, SHIFT),
    }  # fmt: skip
    profile = Profile(**(values | changes))  # type: ignore[arg-type]  # put together above
    save_profile(profile)
    return profile


def test_a_profile_gives_metres(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _save("bench")
    for profile in ("bench", str(profiles_dir() / "bench.json")):
        found = measured(capsys, picture, "--at", "50,20", "--profile", profile)
        (reading,) = found["readings"]
        assert reading["distance_m"] == pytest.approx(DISTANCES_M[2], rel=1e-4)


def test_a_profile_of_another_model_is_not_used_and_says_so(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _save("other", model_sha256="34" * 32)
    assert run(["measure", picture, "--at", "50,20", "--profile", "other", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["readings"][0]["status"], found["readings"][0]["distance_m"]) == ("uncalibrated", None)
    words = "profile other: made with the model planted, not other weights of that name"
    assert f"warning: {words}" in err
    assert words in found["warnings"][0]


def test_a_profile_of_another_size_is_carried_over_or_refused(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _save("larger", width=160, height=80)
    assert run(["measure", picture, "--at", "50,20", "--profile", "larger", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["readings"][0]["distance_m"] == pytest.approx(DISTANCES_M[2], rel=1e-4)
    assert "made for 160x80 pictures, these are 80x40: the same view, so its pixels are carried over" in err

    _save("wider", width=640)
    assert "made for 640x40 pictures, these are 80x40" in refusal(
        capsys, picture, "--at", "50,20", "--profile", "wider"
    )
    assert run(["measure", picture, "--at", "50,20", "--profile", "wider", "--force", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["readings"][0]["distance_m"] == pytest.approx(DISTANCES_M[2], rel=1e-4)
    assert "used all the same" in err


def test_references_come_before_a_profile(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _save("bench")
    assert run(["measure", picture, "--at", "30,20", "--profile", "bench", "--reference", "30,20=9m", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["readings"][0]["distance_m"] == pytest.approx(9)
    assert "not those of the profile bench" in err


def test_a_profile_without_calibration_is_refused(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _save("empty", calibration=None)
    assert "holds no calibration" in refusal(capsys, picture, "--at", "1,1", "--profile", "empty")


def test_a_corrupt_profile_is_named(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = profiles_dir() / "broken.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"format": ')
    line = refusal(capsys, picture, "--at", "1,1", "--profile", "broken")
    assert str(path) in line
    assert "save it again" in line
