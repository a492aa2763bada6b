"""Networks whose metres are proportional to the focal length get the camera's own."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.depth.conftest import noise_picture
from tests.depth.exports import Export
from tests.depth.models import card_text
from tui.calibration.beliefs import METRIC_NETWORK, MapKind
from tui.calibration.reading import Status
from tui.calibration.reference import Reference
from tui.calibration.unverified import unverified
from tui.calibration.usual import ASSUMED_FOV_DEG, FOCAL_SIGMA, Usual, usual_of
from tui.cli.root import run
from tui.depth.card import OutputCard
from tui.depth.file_model import FileModelEstimator, focal_factor, load_file_model
from tui.errors import ModelError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.camera import rests_on_camera
from tui.instrument.session import Session
from tui.storage.calibrations import usual_from_plain, usual_to_plain
from tui.storage.plain import Fields

RAW = 30.0
"""What the network says everywhere: 30 'metres' for a focal length of 300 px of its input."""
FIELDS: dict[str, object] = {
    "resize": "keep-aspect",
    "size": 24,
    "multiple_of": 8,
    "kind": "depth_m",
    "valid_above": 0.0,
}


PLAIN = Export(tile=1)
"""Gives brightness, as it is."""


def picture(width: int = 64, height: int = 48) -> RGBImage:
    return np.full((height, width, 3), int(RAW), np.uint8)


def camera(fx_px: float, width: int = 64, height: int = 48, sigma: float = 0.0) -> Intrinsics:
    return Intrinsics(fx_px, fx_px, width / 2, height / 2, width, height, focal_sigma=sigma)


def network(folder: Path, export: Export = PLAIN, card: str = "canonical_focal_px = 300.0", **fields: object) -> Path:
    path = export.write(folder)
    path.with_suffix(".toml").write_text(f"{card_text(**{**FIELDS, **fields})}{card}\n")
    return path


def metres(estimator: FileModelEstimator, image: RGBImage, lens: Intrinsics | None) -> float:
    """What the session reads in the middle, before any reference."""
    height, width = image.shape[:2]
    identity = estimator.identity
    session = replace(
        Session().with_picture_size(width, height), map_kind=identity.kind, usual=identity.usual, intrinsics=lens
    )
    calibration = session.calibration()
    assert calibration is not None
    p = float(estimator.estimate(image)[height // 2, width // 2])
    return 1.0 / (calibration.trend.scale * p + calibration.trend.shift)


@pytest.mark.parametrize("size", [24, 48])
@pytest.mark.parametrize("fx_px", [40.0, 80.0])
def test_metres_are_focal_length_of_the_input_times_output_over_300(size: int, fx_px: float, tmp_path: Path) -> None:
    estimator = load_file_model(network(tmp_path, size=size))
    assert estimator.identity.kind is MapKind.METRIC
    in_input_px = fx_px * size / 48
    assert metres(estimator, picture(), camera(fx_px)) == pytest.approx(in_input_px * RAW / 300, rel=1e-5)


def test_another_camera_a_crop_and_a_scaled_picture_follow(tmp_path: Path) -> None:
    """A crop has the same focal length in pixels of a smaller picture, which the network sees enlarged."""
    estimator = load_file_model(network(tmp_path))
    whole = metres(estimator, picture(), camera(60.0))
    assert metres(estimator, picture(), camera(90.0)) == pytest.approx(1.5 * whole, rel=1e-5)
    assert metres(estimator, picture(32, 24), camera(60.0, 32, 24)) == pytest.approx(2 * whole, rel=1e-5)
    assert metres(estimator, picture(128, 96), camera(120.0, 128, 96)) == pytest.approx(whole, rel=1e-5)


def test_where_a_side_is_stretched_the_mean_of_both_focal_lengths_counts() -> None:
    """4:3 pictures as squares of 40 px: fx of 1 width is 40 px across, 40 x 4/3 px upwards."""
    card = OutputCard("depth_m", 1.0, 0.0, canonical_focal_px=300.0)
    assert focal_factor(card, (40, 40), (64, 48)) == pytest.approx(0.5 * (40 + 40 * 4 / 3) / 300)
    assert focal_factor(replace(card, focal_name="f", canonical_focal_px=1.0), (40, 40), (64, 48)) == 40.0
    assert focal_factor(OutputCard("depth_m", 1.0, 0.0), (40, 40), (64, 48)) == 1.0


def test_a_focal_length_that_the_network_guesses_is_replaced(tmp_path: Path) -> None:
    """It guesses 100 px plus the brightness of its input, which is 30: 130 px."""
    path = network(
        tmp_path, Export(tile=1, focal_output="f"), 'name = "depth"\nfocal_name = "f"', resize="stretch", size=32
    )
    estimator = load_file_model(path)
    guessed_px, fx_px = 130.0, 64.0
    assert metres(estimator, picture(), camera(fx_px)) == pytest.approx(RAW * (fx_px * 32 / 64) / guessed_px, rel=1e-5)


def test_a_focal_length_that_the_network_is_told_is_the_cameras(tmp_path: Path) -> None:
    """Its map is brightness times focal length, in metres: 0.001 of that here."""
    export = Export(tile=1, focal_input="f")
    path = network(tmp_path, export, "", output_scale=0.001)
    text = path.with_suffix(".toml").read_text()
    path.with_suffix(".toml").write_text(text.replace("[output]", 'focal_name = "f"\n\n[output]'))
    estimator = load_file_model(path)
    in_input_px = 80.0 * 24 / 48
    assert metres(estimator, picture(), camera(80.0)) == pytest.approx(0.001 * RAW * in_input_px, rel=1e-5)


def test_the_interval_narrows_with_a_calibrated_camera_and_says_what_is_assumed_without() -> None:
    stated = Usual(1.0, FOCAL_SIGMA, per_focal=True)
    assert METRIC_NETWORK.unverified is not None
    without, exact, told = (
        unverified(METRIC_NETWORK, stated, each) for each in (None, camera(60.0), camera(60.0, sigma=0.1))
    )
    assert without is not None
    assert exact is not None
    assert told is not None
    assert exact.noise < told.noise < without.noise
    assert without.noise == pytest.approx(METRIC_NETWORK.unverified, rel=0.01)
    assert f"assumed field of view of {ASSUMED_FOV_DEG:.0f} degrees" in without.health.reasons[0]
    assert "assumed" not in exact.health.reasons[0]
    fov = Intrinsics.from_horizontal_fov(math.radians(ASSUMED_FOV_DEG), 64, 48, focal_sigma=0.0)
    seen = unverified(METRIC_NETWORK, stated, fov)
    assert seen is not None
    assert seen.trend.scale == pytest.approx(without.trend.scale)
    plain = unverified(METRIC_NETWORK)
    assert plain == unverified(METRIC_NETWORK, Usual(1.0, 0.5), camera(60.0)), "other networks do not ask for it"


def test_references_are_asked_about_with_the_cameras_own_focal_length(tmp_path: Path) -> None:
    """The camera comes to be known after the reference: what is usual follows."""
    estimator = load_file_model(network(tmp_path))
    inverse_depth = estimator.estimate(picture())
    identity = estimator.identity
    session = replace(Session().with_picture_size(64, 48), map_kind=identity.kind, usual=identity.usual)
    session = session.with_reference(Reference(32, 24, 2.0, 0.02), inverse_depth, identity.key)
    for lens in (camera(60.0), camera(90.0), None):
        session = replace(session, intrinsics=lens)
        calibration = session.calibration()
        assert calibration is not None
        assert calibration.context is not None
        assert calibration.context.usual == usual_of(MapKind.METRIC, identity.usual, lens)
    assert rests_on_camera(unverified(METRIC_NETWORK, identity.usual), identity.usual)
    assert not rests_on_camera(unverified(METRIC_NETWORK), None)
    assert identity.usual is not None
    for usual in (identity.usual, replace(identity.usual, own_widths=0.9)):
        kept = usual_from_plain(Fields({"usual": usual_to_plain(usual)}, what="kept", remedy=""), "usual")
        assert kept == usual
        assert kept.own_widths == usual.own_widths


@pytest.mark.parametrize(
    ("card", "fields", "said"),
    [
        ("canonical_focal_px = -1", {}, "output.canonical_focal_px is -1: must be greater than 0"),
        ("canonical_focal_px = 300", {"kind": "inverse_depth"}, "says something about metres only"),
        ('canonical_focal_px = 300\nfocal_name = "f"', {}, "exclude each other"),
        ('focal_name = "f"', {"valid_above": 0.5}, "valid_above must be 0"),
        ('focal_name = "g"', {}, 'output.focal_name is "g", but net.onnx has depth'),
        ('focal_name = "depth"', {}, "a focal length is one number"),
    ],
)
def test_a_wrong_card_names_the_field(card: str, fields: dict[str, object], said: str, tmp_path: Path) -> None:
    path = network(tmp_path, Export(focal_output="f", shape=(1, 3, 32, 32)), card, **fields)
    with pytest.raises(ModelError) as caught:
        load_file_model(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_measure_takes_the_field_of_view(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = network(tmp_path)
    brightness = 127.5  # of noise, as the network sees it: in means over tiles of 20 px
    Image.fromarray(noise_picture(640, 480)).save(tmp_path / "p.png")
    found = {}
    for fov in ("60", "90", ""):
        asked = ["measure", str(tmp_path / "p.png"), "--model", str(path), "--at", "320,240", "--json"]
        assert run([*asked, *(["--fov", fov] if fov else [])]) == 0
        out, error = capsys.readouterr()
        found[fov] = json.loads(out)
        assert ("assumed field of view of 60 degrees" in out + error) == (not fov)
    read = {fov: each["readings"][0] for fov, each in found.items()}
    widths = {fov: 0.5 / math.tan(math.radians(fov / 2)) for fov in (60, 90)}
    assert read["60"]["distance_m"] == pytest.approx(widths[60] * 32 * brightness / 300, rel=0.1)
    assert read["90"]["distance_m"] == pytest.approx(widths[90] * 32 * brightness / 300, rel=0.1)
    assert read[""]["distance_m"] == pytest.approx(read["60"]["distance_m"], rel=1e-6)
    assert read["60"]["status"] == Status.UNVERIFIED.value
    assert read["60"]["high_m"] / read["60"]["low_m"] < read[""]["high_m"] / read[""]["low_m"]
