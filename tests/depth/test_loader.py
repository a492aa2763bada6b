from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.depth.conftest import Started, run_python, start_small
from tests.installed import hidden_env, needs_midas, pretend_all
from tui.depth.engines.network import EngineError
from tui.depth.loader import ModelRequest, default_model, load_estimator
from tui.depth.midas import apart
from tui.depth.midas.estimator import MidasEstimator
from tui.depth.registry import find_spec
from tui.depth.weights import WeightsMissing, cached_path
from tui.errors import DepthTuiError

HEAVY = ("torch", "timm", "cv2", "openvino", "scipy", "textual", "transformers")


def refusal(request: ModelRequest, exit_code: int = 3) -> str:
    with pytest.raises(DepthTuiError) as caught:
        load_estimator(request)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_code == exit_code
    return message


def test_importing_the_loader_imports_nothing_heavy() -> None:
    code = (
        "import sys, tui.depth.loader, tui.depth.registry, tui.depth.weights, tui.depth.download\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert run_python(code).strip() == "[]"


def test_no_start_imports_torch(small_checkpoint: Path, first_start: tuple[Path, Started]) -> None:
    cache, first = first_start
    assert len(list((cache / "depth-tui" / "converted").glob("midas-v21-small-256-*-v1"))) == 1
    for started in (first, start_small(small_checkpoint, cache)):
        assert started.shape == (48, 64)
        assert not started.imported


def test_a_conversion_that_is_kept_runs_without_torch(
    small_checkpoint: Path, warm_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", hidden_env(tmp_path)["PYTHONPATH"])
    assert start_small(small_checkpoint, warm_cache).shape == (48, 64)


def test_with_nothing_fetched_the_bundled_network_is_the_default() -> None:
    assert default_model() == "pocket"
    estimator = load_estimator(ModelRequest())
    assert estimator.identity.name == "pocket"
    image = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    values = estimator.estimate(image)
    assert values.shape == (120, 160)
    assert np.isfinite(values).all()
    assert np.ptp(values) > 0
    estimator.close()


def test_an_engine_tells_nobody_that_it_was_started(tmp_path: Path) -> None:
    code = (
        "import sys; from tui.depth.loader import ModelRequest, load_estimator; load_estimator(ModelRequest()); "
        "print([name for name in sys.modules if 'telemetry' in name and sys.modules[name] is not None])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"HOME": str(tmp_path)}
    assert run_python(code, env=environment).strip() == "[]"
    assert not (tmp_path / "intel").exists()


def test_what_is_not_fetched_yet_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_all(monkeypatch)
    with pytest.raises(WeightsMissing) as caught:
        load_estimator(ModelRequest("midas-small"))
    assert caught.value.spec.name == "midas-v21-small-256"


def test_the_bundled_network_is_small_and_loads_without_torch() -> None:
    path = cached_path(find_spec("pocket"))
    assert path.stat().st_size <= 12_000_000
    code = (
        "import sys; from tui.depth.loader import ModelRequest, load_estimator; "
        "load_estimator(ModelRequest()).close(); print('torch' in sys.modules)"
    )
    assert run_python(code).strip() == "False"


def test_what_is_installed_is_the_default(
    small_checkpoint: Path, warm_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(warm_cache))
    path = cached_path(find_spec("midas-small"))
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(small_checkpoint, path)
    try:
        assert default_model() == "midas-v21-small-256"
        told: list[tuple[str, float | None]] = []
        estimator = load_estimator(ModelRequest(), lambda what, fraction: told.append((what, fraction)))
        assert estimator.identity.name == "midas-v21-small-256"
        assert told[0][0] == "reading the weights of midas-small"
        assert told[-1] == ("midas-small is ready", 1.0)
        assert isinstance(estimator, MidasEstimator)
        assert len(estimator.notes) == 1
        assert "70d6b9c8" in estimator.notes[0]
        path.write_bytes(path.read_bytes()[:-1])
        assert "has changed since it was fetched" in refusal(ModelRequest())
    finally:
        shutil.rmtree(path.parent)


def test_bad_requests_are_one_line(small_checkpoint: Path, fastdepth: Path, tmp_path: Path) -> None:
    onnx = fastdepth / "fastdepth_nyu_fp32.onnx"
    assert "no engine is called 'warp'; there are: auto, torch, openvino" in refusal(ModelRequest(engine="warp"), 2)
    assert "there are: auto, f32, bf16, f16" in refusal(ModelRequest(precision="int4"), 2)
    assert "give 1 or more" in refusal(ModelRequest(threads=0), 2)
    assert "no model is called 'midas-huge'" in refusal(ModelRequest("midas-huge"))
    assert "there is no such file" in refusal(ModelRequest("midas-small", tmp_path / "nowhere.pt"))
    assert "there is no such file" in refusal(ModelRequest(str(tmp_path / "nowhere.onnx")))
    assert "--weights" in refusal(ModelRequest(str(small_checkpoint)))
    assert "holds its own weights" in refusal(ModelRequest(str(onnx), small_checkpoint), 2)
    assert "torch cannot run" in refusal(ModelRequest(str(onnx), engine="torch"), 2)


@needs_midas
@pytest.mark.parametrize("engine", ["auto", "torch", "openvino"])
def test_a_weights_file_that_is_none_is_one_line_with_every_engine(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not weights")
    assert f"{path} is not a weights file" in refusal(ModelRequest("midas-small", path, engine))


def test_a_users_file_is_loaded_by_its_path(fastdepth: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fastdepth)
    for name in ("fastdepth_nyu_fp32.onnx", str(fastdepth / "fastdepth_nyu_fp32.onnx")):
        estimator = load_estimator(ModelRequest(name, threads=1))
        assert estimator.identity.name == "fastdepth-nyu"
        assert estimator.engine == "openvino f32"


def test_auto_falls_back_to_torch_and_says_why(small_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> bool:
        raise EngineError("OpenVINO cannot convert this model: no rule for aten::warp")

    monkeypatch.setattr(apart, "convert_apart", fail)
    estimator = load_estimator(ModelRequest("midas-small", small_checkpoint, threads=1))
    assert estimator.engine == "torch cpu"
    assert isinstance(estimator, MidasEstimator)
    assert any("running on torch instead" in note and "aten::warp" in note for note in estimator.notes)
    message = refusal(ModelRequest("midas-small", small_checkpoint, engine="openvino"))
    assert "aten::warp" in message
    assert "--engine torch" in message
