"""`models`, `cameras` and `doctor`: what there is, and what to do where there is nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.installed import pretend_all
from tui.camera.controls import Control
from tui.camera.lens import Lens
from tui.camera.listing import CameraInfo
from tui.camera.modes import Mode
from tui.cli.root import run
from tui.depth.registry import MODELS, ModelSpec
from tui.depth.weights import Weights, WeightsMissing
from tui.errors import ModelError
from tui.storage.paths import config_dir
from tui.terminal.tmux import Tmux


def test_models_are_listed_with_their_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    out = capsys.readouterr().out
    for spec in MODELS:
        assert spec.short_name in out
    assert "to fetch, 86 MB" in out
    assert "depth-tui models fetch NAME" in out


def test_an_unknown_model_exits_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "fetch", "gigantic"]) == 3
    assert "no model is called 'gigantic'" in capsys.readouterr().err


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was downloaded, by a download that takes no time and no network."""
    names: list[str] = []

    def fetch(spec: ModelSpec, progress: object) -> Path:
        assert callable(progress)
        progress(spec.size_bytes // 2, None)
        progress(spec.size_bytes, spec.size_bytes)
        names.append(spec.short_name)
        return Path("there.pt")

    monkeypatch.setattr("tui.depth.download.fetch", fetch)
    pretend_all(monkeypatch)
    return names


@pytest.mark.parametrize("arguments", [[], ["--yes"]])
def test_a_model_is_fetched(arguments: list[str], fetched: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "fetch", "midas-small", *arguments]) == 0
    assert fetched == ["midas-small"]
    assert capsys.readouterr() == ("midas-small is installed: there.pt\n", "")


@pytest.mark.parametrize(("answer", "code", "count"), [("y\n", 0, 1), ("\n", 0, 1), ("n\n", 130, 0)])
def test_at_a_terminal_the_user_is_asked_first(
    answer: str, code: int, count: int, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    assert run(["models", "fetch", "midas-small"]) == code
    assert len(fetched) == count


def test_a_model_that_is_there_is_not_fetched_again(
    fetched: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.depth.weights.find_weights", lambda spec: Weights(Path(spec.file_name), "ab" * 32))
    assert run(["models", "fetch", "midas-small"]) == 0
    assert "is installed already: midas_v21_small_256.pt" in capsys.readouterr().out
    assert fetched == []


def test_a_damaged_model_is_fetched_again(
    fetched: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def changed(spec: ModelSpec) -> Weights:
        raise ModelError(f"{spec.file_name} has changed")

    monkeypatch.setattr("tui.depth.weights.find_weights", changed)
    assert run(["models", "fetch", "midas-small"]) == 0
    assert "warning: midas_v21_small_256.pt has changed" in capsys.readouterr().err
    assert fetched == ["midas-small"]


def test_a_fetch_that_fails_exits_with_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def offline(spec: ModelSpec, progress: object) -> Path:
        del progress
        raise ModelError(f"{spec.url} cannot be reached: check the network")

    monkeypatch.setattr("tui.depth.download.fetch", offline)
    pretend_all(monkeypatch)
    assert run(["models", "fetch", "midas-small", "--yes"]) == 3
    assert "cannot be reached" in capsys.readouterr().err
    assert issubclass(WeightsMissing, ModelError)


def _cameras(monkeypatch: pytest.MonkeyPatch, *cameras: CameraInfo) -> None:
    monkeypatch.setattr("tui.camera.listing.list_cameras", lambda: list(cameras))


def test_no_camera_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _cameras(monkeypatch)
    assert run(["cameras"]) == 0
    assert "no cameras found" in capsys.readouterr().out


def test_cameras_are_listed_with_what_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _cameras(
        monkeypatch,
        CameraInfo(0, "/dev/video0", "HD Webcam"),
        CameraInfo(2, "/dev/video2", "[red]Microscope", problem="busy, guvcview holds it"),
    )
    assert run(["cameras"]) == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["0", "/dev/video0", "HD", "Webcam", "ready"]
    assert second.endswith("[red]Microscope   busy, guvcview holds it")


def test_an_autofocus_is_named_with_the_line_that_holds_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "v4l2-ctl -d /dev/video4 -c focus_automatic_continuous=0"
    _cameras(monkeypatch, CameraInfo(4, "/dev/video4", "HD Webcam", lens=Lens(automatic=True, focus=30)))
    assert run(["cameras"]) == 0
    assert line in capsys.readouterr().out.splitlines()[-1]
    assert run(["cameras", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["lens"] == "autofocus"
    assert line in found["advice"]
    assert run(["doctor", "--json"]) == 0
    (focus,) = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["what"] == "focus"]
    assert (focus["verdict"], line in focus["detail"]) == ("note", True)
    _cameras(monkeypatch, CameraInfo(4, "/dev/video4", "HD Webcam", lens=Lens(automatic=False, focus=30)))
    assert run(["cameras"]) == 0
    assert "v4l2-ctl" not in capsys.readouterr().out


def test_the_doctor_finds_what_there_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _cameras(monkeypatch, CameraInfo(0, "/dev/video0", "HD Webcam", problem="no permission"))
    assert run(["doctor"]) == 0
    out = capsys.readouterr().out
    for what in (
        "depth-tui 0.",
        "packages",
        "core",
        "pocket",
        "models fetch midas-small",
        "no permission",
        "video group",
        "terminal",
    ):
        assert what.replace("depth-tui 0.", "depth-tui") in out
    assert str(config_dir()) in out
    assert "bad" not in out


@pytest.mark.parametrize("utf8", [False, True])
def test_the_doctor_asks_tmux_what_it_shows(
    utf8: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _cameras(monkeypatch)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("tui.terminal.tmux.ask_tmux", lambda _environment: Tmux(utf8, frozenset({"RGB"})))
    assert run(["doctor", "--json"]) == 0
    said = [each["detail"] for each in json.loads(capsys.readouterr().out)["findings"] if each["what"] == "terminal"]
    assert "16 million colours" in said[0]
    assert ("tmux -u" in " ".join(said)) == (not utf8)


def test_the_doctor_finds_a_folder_that_cannot_be_written(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _cameras(monkeypatch)
    own_home.mkdir()
    (own_home / "config").write_text("a file in the way")
    assert run(["doctor"]) == 2
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(" bad")]
    assert "settings" in line
    assert "cannot be written" in line


def test_cameras_show_their_modes_and_controls(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    control = Control(7, "exposure_time_absolute", "number", 3, 2047, 1, 250, 156, inactive=True)
    monkeypatch.setattr("tui.camera.v4l2.Machine.modes", lambda *_: (Mode("MJPG", "1280x720", (30.0, 7.5)),))
    monkeypatch.setattr("tui.camera.v4l2.Machine.controls", lambda *_: (control,))
    _cameras(monkeypatch, CameraInfo(4, "/dev/video4", "HD Webcam"))
    assert run(["cameras", "--modes", "--controls"]) == 0
    out = capsys.readouterr().out
    assert "camera 4 (HD Webcam)" in out
    assert "MJPG" in out
    assert "30, 7.5" in out
    assert "156, 3 to 2047 (by default 250), inactive" in out
    assert run(["cameras", "--json", "--modes", "--controls"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["modes"] == [{"fourcc": "MJPG", "size": "1280x720", "rates_hz": [30.0, 7.5]}]
    assert found["controls"][0]["name"] == "exposure_time_absolute"
    assert run(["cameras", "--json"]) == 0
    assert "modes" not in json.loads(capsys.readouterr().out)[0]


def test_a_camera_that_cannot_be_asked_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _cameras(monkeypatch, CameraInfo(4, str(tmp_path / "video4"), "HD Webcam"))
    assert run(["cameras", "--modes", "--controls"]) == 0
    assert "its driver says nothing of that" in capsys.readouterr().out
