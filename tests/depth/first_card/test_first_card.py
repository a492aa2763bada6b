"""A first card for files as people bring them: what it says, and that it runs."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.depth.conftest import noise_picture
from tests.depth.exports import IMAGENET, Export
from tests.depth.models import card_text, write_red_model
from tui.cli.root import run
from tui.depth.file_model import load_file_model
from tui.depth.first_card.write import draft_card
from tui.errors import ModelError

IMAGENET_CARD = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
AS_IT_IS = {"mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}
NEAR = noise_picture(48, 36)
TRUTH = np.asarray(1 / (0.3 + NEAR.mean(axis=2) / 255), np.float32)
"""What is bright is near, which a made-up export's brightness then shows."""
ROOM = [(np.ascontiguousarray(NEAR.repeat(10, axis=0).repeat(10, axis=1)), TRUTH.repeat(10, axis=0).repeat(10, axis=1))]


def card_of(export: Export, folder: Path) -> dict[str, Any]:
    """The first card of an export, written where it belongs, and read as TOML."""
    path = export.write(folder)
    text = draft_card(path, ROOM).text()
    path.with_suffix(".toml").write_text(text)
    return tomllib.loads(text)


ODD = {
    "wide, no batch": Export(shape=(1, 3, 448, 640), axes=(0, 1)),
    "channels last": Export(shape=(1, 240, 320, 3), nhwc=True, axes=(1,)),
    "upright, map's channel last": Export(shape=(1, 3, 96, 64), channels_last=True),
    "half the size, of several": Export(shape=(1, 3, 64, 96), half=True, others={"sky": (1, 1, 8, 8), "conf": (1,)}),
    "any size": Export(shape=("n", 3, "h", "w")),
}


@pytest.mark.parametrize("name", ODD)
def test_exports_of_odd_shapes_get_a_card_and_run(name: str, tmp_path: Path) -> None:
    export = ODD[name]
    card = card_of(export, tmp_path)
    assert card["input"]["layout"] == ("NHWC" if export.nhwc else "NCHW")
    assert card["output"]["kind"] == "inverse_depth", "bright is near"
    assert card["output"].get("name", "depth") == "depth"
    assert ("size" in card["input"]) == (name == "any size")
    estimator = load_file_model(tmp_path / "net.onnx")
    for picture in (noise_picture(50, 40), noise_picture(40, 50)):
        found = estimator.estimate(picture)
        assert found.shape == picture.shape[:2]
        assert np.isfinite(found).all()
        assert np.ptp(found) > 0


YOLO = {"task": "depth", "imgsz": "[768, 768]", "description": "Ultralytics YOLO26n-depth model", "license": "AGPL-3.0"}


@pytest.mark.parametrize(
    ("export", "title", "of_input", "of_output"),
    [
        (
            Export("depth_anything_v2_vits.onnx", "pixel_values", (1, 3, "h", "w"), "predicted_depth", (1,), tile=14),
            "Depth Anything V2",
            {**IMAGENET_CARD, "resize": "keep-aspect", "size": 518, "multiple_of": 14},
            {"kind": "inverse_depth"},
        ),
        (
            Export("model.onnx", "image", (1, 3, 518, 518), "depth", (1,), tile=14),
            "Depth Anything V2",
            {**IMAGENET_CARD, "resize": "stretch"},
            {"kind": "inverse_depth"},
        ),
        (
            Export("depth_anything_v2_metric_hypersim_vits.onnx", "input", (1, 3, 518, 518), "output", (1,), tile=14),
            "Depth Anything V2, a metric one",
            IMAGENET_CARD,
            {"kind": "depth_m"},
        ),
        (
            Export("model-f6b98070.onnx", "0", (1, 3, 384, 384), "1195", (1,), normalises=True),
            "MiDaS",
            {**AS_IT_IS, "scale": 1 / 255},
            {"kind": "inverse_depth"},
        ),
        (
            Export("any.onnx", "0", (1, 3, 256, 256), "797", (1,)),
            "MiDaS",
            {**IMAGENET_CARD, "scale": 1 / 255},
            {"kind": "inverse_depth"},
        ),
        (
            Export("best.onnx", "images", (1, 3, "h", "w"), "output0", metadata=YOLO),
            "Ultralytics YOLO26n-depth model",
            {**AS_IT_IS, "scale": 1 / 255, "resize": "stretch", "size": 768},
            {"kind": "depth_m"},
        ),
        (
            Export("da3metric-large.onnx", tile=14, axes=(1,), sky_output="sky"),
            "Depth Anything 3, metric",
            {**IMAGENET_CARD, "multiple_of": 14},
            {"kind": "depth_m", "name": "depth", "canonical_focal_px": 300.0, "sky_name": "sky", "sky_above": 0.3},
        ),
        (
            Export("m.onnx", "pixel_values", output="predicted_depth", others={"predicted_normal": (1, 3, 8, 8)}),
            "Metric3D",
            IMAGENET_CARD,
            {"kind": "depth_m", "name": "predicted_depth", "canonical_focal_px": 1000.0},
        ),
        (
            Export("metric3d-vit-small.onnx", "pixel_values", (1, 3, 56, 84), "predicted_depth"),
            "Metric3D",
            {**IMAGENET_CARD, "resize": "pad", "pad_color": [123.675, 116.28, 103.53]},
            {"kind": "depth_m", "canonical_focal_px": 1000.0},
        ),
        (
            Export("m.onnx", "pixel_values", (1, 3, 64, 64), "predicted_depth", (1,), focal_output="focallength_px"),
            "Depth Pro",
            {"mean": [0.5, 0.5, 0.5], "resize": "stretch"},
            {"kind": "depth_m", "name": "predicted_depth", "focal_name": "focallength_px"},
        ),
    ],
)  # fmt: skip
def test_known_networks_are_recognised_and_run(
    export: Export, title: str, of_input: dict[str, object], of_output: dict[str, object], tmp_path: Path
) -> None:
    path = export.write(tmp_path)
    draft = draft_card(path, ROOM)
    assert draft.known.title == title
    text = draft.text()
    card = tomllib.loads(text)
    assert {name: card["input"].get(name) for name in of_input} == of_input
    assert {name: card["output"].get(name) for name in of_output} == of_output
    path.with_suffix(".toml").write_text(text)
    assert load_file_model(path).estimate(noise_picture(64, 48)).shape == (48, 64)


def test_a_network_that_normalises_by_itself_gets_plain_values(tmp_path: Path) -> None:
    """Both ways, the picture reaches the weights the same."""
    inside = replace(ODD["any size"], name="inside.onnx", normalises=True).write(tmp_path)
    outside = replace(ODD["any size"], name="outside.onnx").write(tmp_path)
    for path in (inside, outside):
        path.with_suffix(".toml").write_text(draft_card(path, ROOM).text())
    assert IMAGENET[0].tolist() == pytest.approx(IMAGENET_CARD["mean"])
    picture = noise_picture(40, 30)
    assert load_file_model(inside).estimate(picture) == pytest.approx(
        load_file_model(outside).estimate(picture), abs=1e-4
    )


def test_a_card_that_normalises_once_more_is_doubted(tmp_path: Path) -> None:
    path = replace(ODD["any size"], normalises=True).write(tmp_path)
    path.with_suffix(".toml").write_text(draft_card(path, ROOM).text())
    assert load_file_model(path).notes == ()
    path.with_suffix(".toml").write_text(card_text(**IMAGENET_CARD))
    (note,) = load_file_model(path).notes
    assert "mean = [0.0, 0.0, 0.0]" in note


def test_larger_where_it_is_farther_is_taken_for_metres(tmp_path: Path) -> None:
    card = card_of(Export(gain=-1.0), tmp_path)
    assert card["output"]["kind"] == "depth_m"


@pytest.mark.parametrize(("gain", "said"), [(0.0, "0 everywhere"), (float("nan"), "gives no number")])
def test_what_shows_nothing_is_said_and_must_be_checked(
    gain: float, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Export(gain=gain).write(tmp_path)
    assert run(["models", "card", str(path)]) == 0
    out, error = capsys.readouterr()
    assert f"{path.with_suffix('.toml')} is written" in out
    assert said in error
    assert "with CHECK" in error
    assert said in path.with_suffix(".toml").read_text()


def test_the_command_writes_over_no_card_and_prints_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Export().write(tmp_path)
    card = path.with_suffix(".toml")
    assert run(["models", "card", str(path), "--print"]) == 0
    printed = capsys.readouterr().out
    assert tomllib.loads(printed)["name"] == "net"
    assert not card.exists()
    card.write_text("mine")
    assert run(["models", "card", str(path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert card.read_text() == "mine"
    assert run(["models", "card", str(path), "--force"]) == 0
    assert card.read_text() == printed


@pytest.mark.parametrize("name", ["net.onnx", "net.tflite", "net.pt"])
def test_what_is_no_model_is_refused_in_a_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text("nothing")
    assert run(["models", "card", str(tmp_path / name)]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert name in line
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.parametrize(
    ("shape", "outputs", "said"),
    [([1, 6, 32, 32], 1, "three channels"), ([3, 32, 32], 1, "four axes"), ([1, 3, 32, 32], 2, "expected one map")],
)
def test_what_no_card_can_make_usable_is_refused(shape: list[int], outputs: int, said: str, tmp_path: Path) -> None:
    path = write_red_model(tmp_path / "net.xml", shape, axis=len(shape) - 3, outputs=outputs)
    with pytest.raises(ModelError, match=said) as caught:
        draft_card(path, ROOM)
    assert "\n" not in str(caught.value)


def test_names_that_are_no_text_do_not_break_the_card(tmp_path: Path) -> None:
    export = Export('odd "name"\t.onnx', metadata={"description": 'new\nline "quoted" \x1b[31m'})
    card = card_of(export, tmp_path)
    assert card["name"].startswith('odd "name"')
    assert load_file_model(tmp_path / export.name).estimate(noise_picture(8, 6)).shape == (6, 8)
