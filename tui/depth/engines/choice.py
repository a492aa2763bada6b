"""Which engine, device and precision to try, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.depth.engines.fallback import Way
from tui.depth.engines.network import EngineError, Network
from tui.depth.engines.openvino_import import import_openvino
from tui.errors import InputError

if TYPE_CHECKING:
    from torch import nn

ENGINES = ("auto", "torch", "openvino")
"""What `--engine` takes."""

PRECISIONS = ("auto", "f32", "bf16", "f16")
"""What `--precision` takes; auto: the fastest that the machine computes in by itself."""


def check_choice(engine: str, precision: str, threads: int | None) -> None:
    """Refuse what no machine can do.

    Raises:
        InputError: one line that names the options.
    """
    if engine not in ENGINES:
        raise InputError(f"no engine is called {engine[:80]!r}; there are: {', '.join(ENGINES)}")
    if precision not in PRECISIONS:
        raise InputError(f"no precision is called {precision[:80]!r}; there are: {', '.join(PRECISIONS)}")
    if threads is not None and threads < 1:
        raise InputError(f"--threads {threads}: give 1 or more")


def openvino_ways(model: Callable[[], Any], precision: str, threads: int | None, compiled: Path | None) -> list[Way]:
    """The best device of OpenVINO, then the CPU, then the CPU in f32.

    Args:
        model: gives the openvino.Model; raises EngineError where it cannot be had.
        precision: one of `PRECISIONS`.
        threads: cores to use on the CPU; None for the usual number.
        compiled: where to keep compiled models, or None.
    """
    try:
        openvino = import_openvino()
    except (ImportError, OSError) as error:
        return [Way("OpenVINO", partial(_refuse, f"OpenVINO is not to be had: {error}"))]
    from tui.depth.engines.openvino_engine import OpenVinoNetwork, find_device

    def build(device: str, in_precision: str) -> Network:
        return OpenVinoNetwork(model(), threads, in_precision, device, compiled)

    device = find_device(openvino.Core(), precision)
    tried = dict.fromkeys([(device, precision), ("CPU", precision), ("CPU", "f32")])
    return [Way(_openvino_name(*each), partial(build, *each)) for each in tried]


def torch_ways(
    module: Callable[[], nn.Module], precision: str, threads: int | None, accelerator: str | None
) -> list[Way]:
    """The accelerator by torch, if there is one, and then the CPU in f32.

    Args:
        module: loads the torch module.
        precision: one of `PRECISIONS`.
        threads: cores to use on the CPU; None for the usual number.
        accelerator: as `find_accelerator` names it.
    """

    def build(device: str, in_precision: str) -> Network:
        try:
            from tui.depth.engines.torch_engine import TorchNetwork
        except (ImportError, OSError) as error:
            raise EngineError(f"torch is not to be had: {error}") from error
        return TorchNetwork(module(), device, threads, in_precision)

    on_cpu = ("cpu", "f32")
    if accelerator is None:
        tried = dict.fromkeys([("cpu", precision), on_cpu] if precision != "auto" else [on_cpu])
    else:
        tried = dict.fromkeys([(accelerator, precision), (accelerator, "f32"), on_cpu])
    return [Way(_torch_name(*each, accelerator), partial(build, *each)) for each in tried]


def _torch_name(device: str, precision: str, accelerator: str | None) -> str:
    where = "" if accelerator is None else f" {device}"
    return f"torch{where}" + (f" in {precision}" if where or precision != "f32" else "")


def _openvino_name(device: str, precision: str) -> str:
    where = "" if device == "CPU" else f" {device}"
    return f"OpenVINO{where}" + ("" if precision == "auto" else f" in {precision}")


def _refuse(message: str) -> Network:
    raise EngineError(message)
