"""Maps of small networks equal those of transformers' own chain: processor, model, post-processing."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openvino
import pytest
from openvino import opset13 as ops

from tests.depth.engines.machines import Machine, run_on
from tests.depth.hub.checkpoints import COMMIT, CONFIGS, picture, processor_class, put_into_cache
from tests.installed import hide
from tui.calibration.beliefs import METRIC_NETWORK, MapKind
from tui.depth.beside import EstimatorBeside, load_beside
from tui.depth.engines import converted
from tui.depth.estimator import DepthEstimator
from tui.depth.loader import ModelRequest, load_estimator
from tui.errors import ModelError
from tui.extras import HUB
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.session import Session

Hub = Callable[[str], str]
METRIC = {"dpt-dinov2", "depth-anything-metric", "zoedepth", "zoedepth-two", "glpn", "depth-pro"}


def theirs(name: str, folder: Path, image: RGBImage) -> FloatMap:
    """What transformers makes of a picture by itself."""
    import torch
    import transformers

    height_width = image.shape[:2]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of libraries that are not under test
        model = transformers.AutoModelForDepthEstimation.from_pretrained(folder).eval()
        processor = processor_class(CONFIGS[name][2]).from_pretrained(folder)
        found = model(**processor(images=image, return_tensors="pt"))
        more = {"source_sizes": [height_width]} if name.startswith("zoe") else {}
        (result,) = processor.post_process_depth_estimation(found, target_sizes=[height_width], **more)
        values: FloatMap = result["predicted_depth"].numpy()
        return values


def load(name: str, engine: str) -> DepthEstimator:
    return load_estimator(ModelRequest(name, engine=engine, threads=1))


def assert_same(estimator: DepthEstimator, image: RGBImage, theirs_alone: FloatMap) -> None:
    found = estimator.estimate(image)
    assert found.dtype == np.float32
    assert found.shape == image.shape[:2]
    expected = np.float32(1) / theirs_alone if estimator.identity.kind is MapKind.METRIC else theirs_alone
    span = float(np.ptp(expected))
    assert span > 0.02 * np.abs(expected).mean()
    assert np.abs(found - expected).max() < 2e-4 * span


@pytest.mark.parametrize("name", list(CONFIGS))
def test_torch_gives_what_transformers_gives(name: str, hub: Hub, saved: Callable[[str], Path]) -> None:
    estimator = load(hub(name), "torch")
    assert estimator.engine == "torch cpu"
    assert (estimator.identity.kind is MapKind.METRIC) == (name in METRIC)
    assert estimator.identity.name == f"hf:tiny/{name}@{COMMIT[:12]}"
    for image in (picture(), picture(40, 70, seed=1)):
        assert_same(estimator, image, theirs(name, saved(name), image))
    estimator.close()


@pytest.mark.parametrize("name", ["depth-anything-metric", "depth-pro"])
def test_openvino_gives_the_same_in_every_size(
    name: str, hub: Hub, saved: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sides become constants in a conversion: one made for a square would be wrong for these."""
    estimator = load(hub(name), "openvino")
    for image in (picture(), picture(40, 70, seed=1)):
        assert_same(estimator, image, theirs(name, saved(name), image))
    assert estimator.engine == "openvino f32"
    assert estimator.notes == ()
    estimator.close()

    def fail(_checkpoint: object) -> None:
        raise AssertionError("the conversion is there: torch is not needed")

    monkeypatch.setattr("tui.depth.hub.load.load_hub_module", fail)
    again = load(f"hf:tiny/{name}", "auto")
    assert_same(again, picture(), theirs(name, saved(name), picture()))
    again.close()


def test_the_cameras_focal_length_takes_the_place_of_a_guessed_one(hub: Hub, saved: Callable[[str], Path]) -> None:
    """Metres are proportional to it: at half the focal length that was guessed everything is half as far away."""
    estimator = load(hub("depth-pro"), "torch")
    image = picture()
    (p,) = np.unique(np.median(estimator.estimate(image)))
    own_px = 88 * _guessed_widths(saved("depth-pro"), image)
    usual, kind = estimator.identity.usual, estimator.identity.kind
    assert estimator.identity == load("hf:tiny/depth-pro", "torch").identity, "a guess makes no other network"
    found = {}
    for name, camera in {"own": None, "same": own_px, "half": 0.5 * own_px}.items():
        lens = None if camera is None else Intrinsics(camera, camera, 44, 33, 88, 66)
        calibration = replace(
            Session().with_picture_size(88, 66), map_kind=kind, usual=usual, intrinsics=lens
        ).calibration()
        assert calibration is not None
        found[name] = 1 / (calibration.trend.scale * p + calibration.trend.shift), calibration.noise
    assert found["own"][0] == pytest.approx(1 / p, rel=1e-5)
    assert found["same"][0] == pytest.approx(1 / p, rel=1e-3)
    assert found["half"][0] == pytest.approx(0.5 / p, rel=1e-3)
    assert found["same"][1] < found["own"][1] == pytest.approx(METRIC_NETWORK.unverified, rel=0.01)


def _guessed_widths(folder: Path, image: RGBImage) -> float:
    import torch
    import transformers

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of libraries that are not under test
        model = transformers.AutoModelForDepthEstimation.from_pretrained(folder).eval()
        processor = processor_class(CONFIGS["depth-pro"][2]).from_pretrained(folder)
        found = model(**processor(images=image, return_tensors="pt"))
    return 0.5 / math.tan(math.radians(float(found.field_of_view)) / 2)


def test_another_precision_than_asked_for_is_said_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    run_on(Machine("CPU", instead={"f16": "f32"}), monkeypatch)
    estimator = load_estimator(ModelRequest(hub("glpn"), engine="openvino", threads=1, precision="f16"))
    for image in (picture(), picture(40, 70)):
        estimator.estimate(image)
    assert estimator.engine == "openvino f32"
    assert estimator.notes == ("computing in f32 instead of f16: this CPU has no f16 for it",)


def test_a_network_that_chooses_its_head_runs_on_torch(hub: Hub) -> None:
    name = hub("zoedepth-two")
    estimator = load(name, "auto")
    assert estimator.engine == "torch cpu"
    assert any("indoor and an outdoor head" in note for note in estimator.notes)
    with pytest.raises(ModelError, match=r"indoor and an outdoor head.*use --engine torch"):
        load(name, "openvino")


def test_a_conversion_that_computes_something_else_is_not_used(
    hub: Hub, saved: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_module: object, _trace_px: int, fixed: tuple[int, int]) -> openvino.Model:
        entry = ops.parameter(openvino.PartialShape([1, 3, *fixed]), openvino.Type.f32)
        axis = ops.constant(1, openvino.Type.i64)
        return openvino.Model([ops.gather(entry, ops.constant([0], openvino.Type.i64), axis)], [entry])

    monkeypatch.setattr(converted, "convert", wrong)
    estimator = load(hub("depth-anything"), "auto")
    assert_same(estimator, picture(), theirs("depth-anything", saved("depth-anything"), picture()))
    assert estimator.engine == "torch cpu"
    assert any("gives another map than torch" in note for note in estimator.notes)
    with pytest.raises(ModelError, match="gives another map than torch"):
        load("hf:tiny/depth-anything", "openvino").estimate(picture())


def test_a_folder_works_as_well(folder: Path, saved: Callable[[str], Path]) -> None:
    expected = theirs("glpn", saved("glpn"), picture())
    for name in (str(folder), f"hf:{folder}"):
        estimator = load(name, "torch")
        assert estimator.identity.name == "hf:own"
        assert_same(estimator, picture(), expected)


def test_the_hash_covers_weights_and_settings(folder: Path, hub: Hub) -> None:
    """Weights in metres up to 10 become others when the configuration says 80."""
    before = load(str(folder), "torch").identity
    assert before.sha256 == load(hub("glpn"), "torch").identity.sha256
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"max_depth": 10', '"max_depth": 80'))
    assert load(str(folder), "torch").identity.sha256 != before.sha256


def test_revisions_are_told_apart(hub: Hub, tmp_path: Path, folder: Path) -> None:
    hub("glpn")
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"max_depth": 10', '"max_depth": 20'))
    put_into_cache(folder, tmp_path / "hf" / "hub", "tiny/glpn", "f" * 40, "twenty")
    asked = ("main", "twenty", COMMIT, "fffffff")
    found = [load(f"hf:tiny/glpn@{each}", "torch") for each in asked]
    assert [each.identity.name[-12:] for each in found] == [COMMIT[:12], "f" * 12, COMMIT[:12], "f" * 12]
    ten, twenty = (each.estimate(picture()) for each in found[:2])
    assert ten == pytest.approx(2 * twenty, rel=1e-4)


def test_nothing_is_said_on_the_terminal(hub: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    """Bars and remarks of the libraries would be painted over the app."""
    load(hub("glpn"), "torch").estimate(picture())
    assert capfd.readouterr() == ("", "")


def test_without_the_extra_one_line_says_how_to_get_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    name = hub("glpn")
    hide(monkeypatch, ["transformers"])
    for asked in (name, "hf:tiny/none"):
        with pytest.raises(ModelError) as caught:
            load(asked, "auto")
        assert str(caught.value) == f"{asked} needs transformers: run {HUB.install}"


def test_in_the_app_it_runs_beside(hub: Hub) -> None:
    name = hub("depth-anything-metric")
    estimator = load_beside(ModelRequest(name, threads=1), lambda _what, _fraction: None)
    assert isinstance(estimator, EstimatorBeside)
    assert estimator.identity.kind is MapKind.METRIC
    here = load(name, "auto")
    np.testing.assert_allclose(estimator.estimate(picture()), here.estimate(picture()), rtol=1e-4)
    assert estimator.engine == here.engine
    estimator.close()
    here.close()
