"""Without any extra the whole job is done; a model that needs one says the line that brings it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.planted import stripes
from tests.installed import hidden_env, hide
from tests.terminal import Terminal
from tui.camera.demo.source import DemoSource
from tui.cli.root import run
from tui.depth.engines import converted
from tui.depth.loader import default_model
from tui.depth.registry import find_spec
from tui.depth.weights import cached_path, find_weights
from tui.extras import EXTRAS, HUB, MIDAS, TRAIN
from tui.storage.paths import converted_dir
from tui.training.__main__ import main as train

LARGE = "dpt-beit-large-512"
REFERENCES = ((60, 200), (300, 120), (40, 60), (260, 200))
ASKED = ((160, 200), (20, 120), (160, 60))
"""Pixels of the demo's first picture."""


@pytest.fixture
def picture(tmp_path: Path) -> str:
    return str(stripes(tmp_path / "stripes.png"))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has no extra."""
    hide(monkeypatch)


def put_weights(name: str) -> str:
    """As if a model were fetched; returns the hash of its file."""
    path = cached_path(find_spec(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"weights")
    return find_weights(find_spec(name)).sha256


def put_conversion(name: str, sha256: str) -> None:
    """As if it had been converted, by the name and the list of sizes that a conversion has."""
    folder = converted_dir() / converted.compiled_folder(name, sha256).name.removesuffix(".compiled")
    folder.mkdir(parents=True)
    for file in ("model.xml", "model.bin"):
        (folder / file).write_bytes(b"12")
    (folder / "sizes.json").write_text(json.dumps({"model.xml": 2, "model.bin": 2}))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("model", "extra"), [("midas-small", MIDAS), (LARGE, MIDAS), ("hf:owner/net", HUB)])
@pytest.mark.parametrize(
    "command",
    [
        "measure PICTURE --at 1,1 --model",
        "depth PICTURE --out maps --model",
        "watch --source PICTURE --at 1,1 --count 1 --model",
        "measure PICTURE --at 1,1 --engine openvino --model",
        "bench --source PICTURE --seconds 0.01 --model",
        "bench --source PICTURE --seconds 0.01 --models",
        "models fetch --yes",
    ],
)
def test_a_model_that_is_asked_for_says_what_brings_it(
    command: str, model: str, extra: object, picture: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.bench.machine_limit.matmul_limits", lambda _threads=None: {"f32": 100.0})
    asked = [each.replace("PICTURE", picture) for each in command.split()]
    assert run([*asked, model]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert isinstance(extra, type(MIDAS))
    assert f"{model} needs torch, " in line
    assert line.endswith(f": run {extra.install}")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("command", ["train --data D --out O --steps 1", "validate --data D --checkpoint C"])
def test_so_does_training(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(command.split()) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"python -m tui.training {command.split()[0]} needs torch")
    assert line.endswith(f": run {TRAIN.install}")


@pytest.mark.usefixtures("small")
def test_what_cannot_run_is_no_default() -> None:
    sha256 = put_weights("midas-small")
    assert default_model() == "pocket"
    put_conversion("midas-v21-small-256", sha256)
    assert default_model() == "midas-v21-small-256", "its conversion runs without torch"


@pytest.mark.usefixtures("small")
def test_lists_say_what_each_model_needs(capsys: pytest.CaptureFixture[str]) -> None:
    put_weights("midas-small")
    assert run(["models"]) == 0
    listed = " ".join(capsys.readouterr().out.split())
    assert "midas-small installed, needs midas" in listed
    assert "dpt-large-384 to fetch, 1376 MB, needs midas" in listed
    assert f"run: {MIDAS.install}" in listed
    assert f"run: {HUB.install}" in listed
    assert run(["models", "--json"]) == 0
    needs = {each["name"]: each["needs"] for each in json.loads(capsys.readouterr().out)}
    assert (needs["pocket"], needs["midas-small"]) == (None, MIDAS.install)
    assert needs["hf:apple/DepthPro-hf"] == HUB.install


@pytest.mark.usefixtures("small")
def test_the_doctor_says_which_extras_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    put_weights("midas-small")
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    for extra in EXTRAS:
        (line,) = [each["detail"] for each in found if each["what"] == f"extra {extra.name}"]
        assert line.endswith(f"not installed; run: {extra.install}")
    assert any(
        each["verdict"] == "note" and f"it needs torch, torchvision and timm: run {MIDAS.install}" in each["detail"]
        for each in found
    )


@pytest.mark.usefixtures("small")
def test_a_comparison_leaves_out_what_cannot_run(
    picture: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_weights("midas-small")
    monkeypatch.setattr("tui.bench.machine_limit.matmul_limits", lambda _threads=None: {"f32": 100.0})
    monkeypatch.setattr("tui.bench.models._first_map_s", lambda *_: None)
    assert run(["bench", "--models", "--source", picture, "--seconds", "0.01", "--json"]) == 0
    out, error = capsys.readouterr()
    assert {row["model"] for row in json.loads(out)["rows"]} == {"pocket"}
    assert f"midas-small needs torch, torchvision and timm: run {MIDAS.install}" in error


def test_measuring_needs_no_extra(tmp_path: Path) -> None:
    """In a program of its own, by the network that comes along, on a picture whose distances are known."""
    put_weights("midas-small")
    source = DemoSource(moving=False)
    frame = source.read()
    source.close()
    assert frame.true_depth_m is not None
    path = tmp_path / "room.png"
    Image.fromarray(frame.image).save(path)
    true_m = {(u, v): float(frame.true_depth_m[v, u]) for u, v in (*REFERENCES, *ASKED)}
    command = ["measure", str(path), "--json"]
    command += [each for u, v in REFERENCES for each in ("--reference", f"{u},{v}={true_m[u, v]:.3f}m")]
    command += [each for u, v in ASKED for each in ("--at", f"{u},{v}")]
    found = subprocess.run(
        [sys.executable, "-m", "tui", *command], env=hidden_env(tmp_path), capture_output=True, text=True, check=True
    )
    measured = json.loads(found.stdout)
    assert measured["model"] == "pocket"
    for reading in measured["readings"]:
        assert reading["low_m"] < true_m[reading["x"], reading["y"]] < reading["high_m"]


def test_the_app_says_it_and_stays(tmp_path: Path) -> None:
    with Terminal(["--source", "demo", "--model", "pocket"], env=hidden_env(tmp_path)) as terminal:
        terminal.wait_text(r"units")
        terminal.keys("m")
        terminal.wait_text(r"midas-small .*needs midas")
        terminal.keys("midas-small\r")
        terminal.wait_text("midas-small needs torch, torchvision and timm: run")
        terminal.keys("r2m\r")
        terminal.wait_text(r" a \(")
        terminal.keys("q")
        terminal.wait_exit()
        assert terminal.exit_code == 0
