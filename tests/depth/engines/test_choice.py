"""Which engine, device and precision is tried, on machines that are made up."""

from __future__ import annotations

import builtins
from pathlib import Path

import numpy as np
import pytest

from tests.depth.engines.machines import Machine, rounded, run_on
from tests.depth.models import write_red_model
from tui.depth.engines import converted
from tui.depth.engines.choice import check_choice, openvino_ways, torch_ways
from tui.depth.engines.fallback import FallbackNetwork
from tui.depth.engines.network import EngineError
from tui.depth.engines.openvino_engine import OpenVinoNetwork, fast_precision, find_device, read_model
from tui.depth.engines.torch_engine import TorchNetwork
from tui.errors import InputError

BATCH = np.random.default_rng(0).random((1, 3, 8, 16), dtype=np.float32)


@pytest.mark.parametrize(
    ("machine", "precision", "expected"),
    [
        (Machine("CPU"), "auto", "CPU"),
        (Machine("CPU", "GPU"), "auto", "GPU"),
        (Machine("CPU", "GPU"), "f32", "GPU"),
        (Machine("CPU", "GPU"), "bf16", "CPU"),
        (Machine("CPU", "GPU.0", "GPU.1", discrete="GPU.1"), "f16", "GPU.1"),
        (Machine("CPU", "GPU.0", "GPU.1"), "f16", "GPU.0"),
        (Machine("CPU", "NPU"), "auto", "NPU"),
        (Machine("CPU", "NPU"), "f32", "CPU"),
        (Machine("CPU", "GPU", "NPU"), "auto", "GPU"),
    ],
)
def test_the_device(machine: Machine, precision: str, expected: str) -> None:
    assert find_device(machine, precision) == expected


def test_the_fast_precision() -> None:
    assert fast_precision(Machine("CPU", capabilities=("FP32", "BF16")), "CPU") == "bf16"
    assert fast_precision(Machine("CPU"), "CPU") == "f32"
    assert fast_precision(Machine("CPU", "GPU"), "GPU") == "f16"


def test_a_machine_with_a_gpu_falls_back_to_its_cpu_and_then_to_f32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(Machine("CPU", "GPU", broken=("GPU",)), monkeypatch)
    model = read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1]))
    ways = openvino_ways(lambda: model, "f16", 1, None)
    assert [each.name for each in ways] == ["OpenVINO GPU in f16", "OpenVINO in f16", "OpenVINO in f32"]
    network = FallbackNetwork(ways)
    assert (network.engine, network.notes) == ("openvino gpu f16", ())
    assert np.array_equal(network.run(BATCH), rounded(BATCH[0, 0], "f16"))
    assert network.engine == "openvino f16"
    (note,) = network.notes
    assert note.startswith("running on OpenVINO in f16 instead: OpenVINO cannot run this model")
    assert note.endswith("on GPU: GPU has no driver")


def test_a_device_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """By the real OpenVINO, whatever devices this machine has."""
    network = OpenVinoNetwork(read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1])), 1, "f16", "GPU.99")
    with pytest.raises(EngineError, match=r"cannot run this model with an input of 1x3x8x16 on GPU\.99: ") as caught:
        network.run(BATCH)
    assert "\n" not in str(caught.value)


def test_numbers_that_f16_cannot_hold_are_computed_in_f32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_on(Machine("CPU"), monkeypatch)
    model = read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1]))
    network = FallbackNetwork(openvino_ways(lambda: model, "f16", 1, None))
    huge = BATCH * np.float32(1e9)
    assert np.array_equal(network.run(huge), huge[0, 0])
    (note,) = network.notes
    assert note.startswith("running on OpenVINO in f32 instead: numbers grow too large for f16")


@pytest.mark.parametrize(
    ("asked", "given", "engine", "notes"),
    [
        ("f16", "bf16", "openvino bf16", ("computing in bf16 instead of f16: this CPU has no f16 for it",)),
        ("f16", "f32", "openvino f32", ("computing in f32 instead of f16: this CPU has no f16 for it",)),
        ("bf16", "f32", "openvino f32", ("computing in f32 instead of bf16: this CPU has no bf16 for it",)),
        ("f32", "bf16", "openvino bf16", ("computing in bf16 instead of f32: this CPU has no f32 for it",)),
        ("f32", "f32", "openvino f32", ()),
        ("f32", "dynamic", "openvino f32", ()),
        ("auto", "f32", "openvino f32", ()),
        ("auto", "bf16", "openvino bf16", ()),
    ],
)
def test_another_precision_than_asked_for_is_named_and_said(
    asked: str, given: str, engine: str, notes: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine("CPU", instead=dict.fromkeys(("f32", "bf16", "f16"), given))
    run_on(machine, monkeypatch)
    model = read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1]))
    network = FallbackNetwork(openvino_ways(lambda: model, asked, 1, None))
    assert network.notes == (), "nothing is known before the device has compiled it"
    assert np.array_equal(network.run(BATCH), rounded(BATCH[0, 0], given))
    assert (network.engine, network.notes) == (engine, notes)


def test_a_failed_device_and_another_precision_are_both_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_on(Machine("CPU", "GPU", broken=("GPU",), instead={"f16": "bf16"}), monkeypatch)
    model = read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1]))
    network = FallbackNetwork(openvino_ways(lambda: model, "f16", 1, None))
    network.run(BATCH)
    assert network.engine == "openvino bf16"
    failed, replaced = network.notes
    assert failed.endswith("GPU has no driver")
    assert replaced == "computing in bf16 instead of f16: this CPU has no f16 for it"


@pytest.mark.parametrize("asked", ["f32", "bf16", "f16", "auto"])
def test_on_any_cpu_the_name_is_that_of_what_computes(asked: str) -> None:
    """By the real OpenVINO: another precision's numbers are never told as those of f32, nor the other way round."""
    torch = pytest.importorskip("torch", reason="the extra 'midas' is not installed")
    torch.manual_seed(0)
    model = converted.convert(torch.nn.Conv2d(3, 1, 3, padding=1).eval(), 8)
    exact = OpenVinoNetwork(model, 1)
    network = FallbackNetwork(openvino_ways(lambda: model, asked, 1, None))
    difference = np.abs(network.run(BATCH) - exact.run(BATCH)).max()
    found = network.engine.removeprefix("openvino ")
    assert exact.engine == "openvino f32"
    assert (difference > 0) == (found != "f32")
    assert difference < 0.02
    assert network.notes or asked in ("auto", found)


def test_without_openvino_the_way_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *args: object, **kwargs: object) -> object:
        if name == "openvino":
            raise ImportError("no wheel for this machine")
        return real(name, *args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(builtins, "__import__", importing)
    (way,) = openvino_ways(lambda: None, "f32", 1, None)
    with pytest.raises(EngineError, match="OpenVINO is not to be had: no wheel"):
        way.build()


def test_torch_comes_down_from_an_accelerator_to_the_cpu() -> None:
    torch = pytest.importorskip("torch", reason="the extra 'midas' is not installed")
    module = torch.nn.Conv2d(3, 1, 1)
    ways = torch_ways(lambda: module, "auto", 1, "cuda")
    assert [each.name for each in ways] == ["torch cuda in auto", "torch cuda in f32", "torch cpu in f32"]
    if not torch.cuda.is_available():
        network = FallbackNetwork([ways[0], ways[-1]])
        assert network.engine == "torch cpu"
        assert network.notes[0].startswith("running on torch cpu in f32 instead: ")
    assert [each.name for each in torch_ways(lambda: module, "auto", 1, None)] == ["torch"]


def test_torch_computes_in_the_precision_that_it_names() -> None:
    torch = pytest.importorskip("torch", reason="the extra 'midas' is not installed")
    torch.manual_seed(0)
    module = torch.nn.Conv2d(3, 1, 3, padding=1)
    exact = TorchNetwork(module, threads=1)
    rough = TorchNetwork(module, threads=1, precision="bf16")
    assert (exact.engine, rough.engine) == ("torch cpu", "torch cpu bf16")
    difference = np.abs(exact.run(BATCH) - rough.run(BATCH)).max()
    assert 0 < difference < 0.02


def test_a_kept_compilation_that_is_damaged_costs_nothing_else(tmp_path: Path) -> None:
    model = read_model(write_red_model(tmp_path / "net.xml", [1, 3, -1, -1]))
    folder = tmp_path / "compiled"
    for _ in range(2):
        assert np.array_equal(OpenVinoNetwork(model, 1, compiled=folder).run(BATCH), BATCH[0, 0])
    (kept,) = folder.rglob("*.blob")
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    assert np.array_equal(OpenVinoNetwork(model, 1, compiled=folder).run(BATCH), BATCH[0, 0])
    for side in range(1, 9):
        OpenVinoNetwork(model, 1, compiled=folder).run(BATCH[:, :, :side])
    assert len(list(folder.rglob("*.blob"))) <= 5, "few are kept"


def test_a_compilation_is_never_run_for_another_precision(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the extra 'midas' is not installed")
    torch.manual_seed(0)
    model = converted.convert(torch.nn.Conv2d(3, 1, 3, padding=1).eval(), 8)
    alone = {each: OpenVinoNetwork(model, 1, each).run(BATCH) for each in ("bf16", "f16", "f32")}
    for precision, values in alone.items():  # the rougher ones first: f32 must not get what they have left behind
        for _ in range(2):
            again = OpenVinoNetwork(model, 1, precision, compiled=tmp_path).run(BATCH)
            assert np.array_equal(again, values), precision


@pytest.mark.parametrize(
    ("choice", "says"),
    [(("warp", "f32", None), "auto, torch, openvino"), (("auto", "int4", None), "f16"), (("auto", "f32", 0), "1 or")],
)
def test_what_no_machine_can_do_is_one_line(choice: tuple[str, str, int | None], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        check_choice(*choice)
    assert caught.value.exit_code == 2
