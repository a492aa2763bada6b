"""Whatever a file is called: no terminal obeys its name, and JSON is JSON."""

from __future__ import annotations

import ast
import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tui.cli
from tests.cli.planted import plant, stripes
from tui.camera.listing import CameraInfo
from tui.cli.output import json_text, make_console, printable, say
from tui.cli.root import run
from tui.depth.hub.choices import HUB_MODELS
from tui.depth.registry import MODELS
from tui.depth.speed import Speed

EVIL = os.fsdecode(b"a\x1b[2J\x1b]0;owned\x07[red]\xff\xc2\x9b5n")
"""Clears the screen, names the window, is markup, is no UTF-8, and holds the one-character form of ESC [."""
ANY_NAME = st.text(st.characters(codec=None, min_codepoint=1))


def obeyed(text: str) -> list[str]:
    """What of it a terminal would act on, but for ends of lines."""
    return [each for each in text if each != "\n" and (ord(each) < 32 or 127 <= ord(each) < 160)]


def test_a_name_is_shown_with_all_that_it_hides() -> None:
    assert printable(EVIL) == r"a\x1b[2J\x1b]0;owned\x07[red]\xff\x9b5n"
    assert printable("a\nb\u202egnp.exe") == r"a\x0ab\u202egnp.exe"
    assert printable("Büro, 東京 👩‍💻.png") == "Büro, 東京 👩‍💻.png"


@given(ANY_NAME)
def test_any_name_is_one_line_of_utf8(name: str) -> None:
    shown = printable(name)
    assert obeyed(shown) == []
    assert "\n" not in shown
    shown.encode("utf-8")
    assert printable(shown) == shown


@given(ANY_NAME)
def test_json_holds_any_name_and_is_ascii(name: str) -> None:
    text = json_text({"name": name, name: [(name,), math.nan, math.inf, 1.5, 2, True, None]})
    assert text.isascii()
    found = json.loads(text, parse_constant=pytest.fail)
    found["name"].encode("utf-8")
    if name.isprintable() and name != "name":
        assert found == {"name": name, name: [[name], None, None, 1.5, 2, True, None]}


def test_what_is_printed_with_styles_keeps_its_own_codes_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("FORCE_COLOR", "1")
    make_console().print(EVIL, style="bold")
    out = capsys.readouterr().out
    assert out.startswith("\x1b[1m")
    assert out.count("\x1b") == 2, "bold on, bold off"
    assert "[red]" in out


def test_messages_are_safe(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"saved as {EVIL}\nnext line")
    assert run(["measure", f"{EVIL}.png", "--at", "1,1"]) == 2
    out, err = capsys.readouterr()
    assert obeyed(out + err) == []
    assert out.count("\n") == 2
    assert r"\x1b[2J" in err


def test_tables_and_files_of_a_picture_with_such_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    picture = str(stripes(tmp_path / f"{EVIL}.png"))
    out = tmp_path / EVIL
    assert run(["measure", picture, "--at", "10,20"]) == 0
    assert run(["depth", picture, "--out", str(out)]) == 0
    assert [path.name for path in out.iterdir()] == [f"{EVIL}.npz"], "on the disk it is called as it was"
    printed = "".join(capsys.readouterr())
    assert obeyed(printed) == []
    assert printable(EVIL) in printed


def test_cameras_and_the_doctor_speak_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    cameras = [CameraInfo(0, "/dev/video0", EVIL, ("YUYV",)), CameraInfo(2, "/dev/video2", "b", problem="busy")]
    monkeypatch.setattr("tui.camera.listing.list_cameras", lambda: cameras)
    assert run(["cameras", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["number"], first["path"], first["usable"], first["problem"]) == (0, "/dev/video0", True, None)
    assert first["formats"] == ["YUYV"]
    assert (second["name"], second["usable"], second["problem"]) == ("b", False, "busy")
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert {"verdict": "note", "what": "camera", "detail": "2 (b) /dev/video2: busy"} in found["findings"]


def test_without_a_camera_the_json_is_an_empty_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.camera.listing.list_cameras", list)
    assert run(["cameras", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_doctor_goes_on_where_a_look_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> list[CameraInfo]:
        raise RuntimeError(f"the driver says {EVIL}")

    monkeypatch.setattr("tui.camera.listing.list_cameras", fail)
    assert run(["doctor", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    (bad,) = [each for each in found["findings"] if each["verdict"] == "bad"]
    assert bad["what"] == "camera"
    assert "the driver says" in bad["detail"]
    assert found["findings"][-1]["what"] == "models", "what comes after it is looked at all the same"


@pytest.mark.parametrize("speed", [None, Speed(0.012345, "bf16", is_measured=True), Speed(0.012345, "f32", False)])
def test_models_fit_80_columns(
    speed: Speed | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("tui.depth.speed.expected_speed", lambda _name: speed)
    assert run(["models"]) == 0
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= 80
    words = " ".join(out.split())
    assert speed is None or words.count(speed.text) == len(MODELS)
    for spec in (*MODELS, *HUB_MODELS):
        for fact in (spec.short_name, spec.licence, spec.description, spec.use):
            assert fact in words


def test_commands_print_through_one_file() -> None:
    folder = Path(tui.cli.__file__).parent
    for path in sorted(folder.glob("*.py")):
        if path.name in {"output.py", "ledger.py", "judged.py"}:  # the others write files
            continue
        calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert not {"typer.echo", "print", "json.dumps", "Console"} & set(calls), path.name


@pytest.mark.parametrize("keep", ["--log=run.csv", "--log=run.jsonl", "--log=run.db", "--record=run.mcap"])
def test_a_source_whose_name_is_no_text_is_kept_all_the_same(
    keep: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch)
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"a\xff.png")
    stripes(Path(name))
    words = ["watch", "--source", name, "--at", "30,20", "--reference", "10,10=1m", "--count", "1", keep]
    assert run(words) == 0
    err = capsys.readouterr().err
    assert "lost" not in err
    assert "ended" not in err
    if keep.startswith("--log"):
        assert run(["log", keep.removeprefix("--log="), "--json"]) == 0
    else:
        assert run(["watch", "--source", "run.mcap", "--at", "30,20", "--count", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["distance_m"] is not None
