"""The engines for a Hub's network: OpenVINO with one conversion an input size, or torch."""

from __future__ import annotations

import contextlib
import shutil
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tui.depth.engines.choice import openvino_ways, torch_ways
from tui.depth.engines.fallback import FallbackNetwork, Way
from tui.depth.engines.network import Batch, EngineError, Network
from tui.depth.hub.address import PREFIX
from tui.depth.hub.checkpoint import Checkpoint
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap
from tui.storage.paths import converted_dir

if TYPE_CHECKING:
    from torch import nn

_KEPT_SIZES = 3
"""Conversions of one model that are kept, each with a copy of the weights; the oldest goes first."""

_GROSS = 0.03
"""By which share of the map's range a conversion may differ from torch in the mean; a wrong one differs by more."""

LoadModule = Callable[[], "nn.Module"]


def hub_network(
    checkpoint: Checkpoint, module: LoadModule, engine: str, precision: str, threads: int | None
) -> FallbackNetwork:
    """The network on the engine asked for, or on the best of all, with the others behind it.

    Args:
        checkpoint: where the weights are.
        module: loads them.
        engine: 'auto', 'torch' or 'openvino'.
        precision: as the engines take it.
        threads: cores to use; None for the usual number.

    Raises:
        ModelError: the weights are wrong, or no engine can run them.
    """
    from tui.depth.engines.torch_engine import find_accelerator

    accelerator = find_accelerator() if engine != "openvino" else None
    by_openvino = Way("OpenVINO", partial(_by_openvino, checkpoint, module, precision, threads))
    if engine == "torch":
        ways = torch_ways(module, precision, threads, accelerator)
    elif engine == "openvino":
        ways = [by_openvino]
    elif accelerator is not None:
        *on_accelerator, on_cpu = torch_ways(module, precision, threads, accelerator)
        ways = [*on_accelerator, by_openvino, on_cpu]
    else:
        ways = [by_openvino, *torch_ways(module, "f32", threads, None)]
    try:
        return FallbackNetwork(ways)
    except EngineError as error:
        if engine == "openvino":
            raise ModelError(f"{error}; use --engine torch") from error
        raise


def _by_openvino(checkpoint: Checkpoint, module: LoadModule, precision: str, threads: int | None) -> Network:
    if checkpoint.kind.not_converted:
        raise EngineError(f"OpenVINO cannot run this network: {checkpoint.kind.not_converted}")
    return ConvertedPerSize(checkpoint, module, precision, threads)


class ConvertedPerSize:
    """Runs under OpenVINO, converted for each input size on its first picture.

    The code of transformers makes constants of an input's sides, so that a conversion is right for the size that it was
    traced with and silently wrong for others. Each is compared with torch once, on the picture that it was made for.

    Args:
        checkpoint: where the weights are.
        module: loads them; called at once if there is no conversion yet, so that wrong weights are found out early.
        precision: as OpenVINO's engine takes it.
        threads: cores to use; None for the usual number.

    Raises:
        ModelError: the weights cannot be loaded.
    """

    def __init__(self, checkpoint: Checkpoint, module: LoadModule, precision: str, threads: int | None) -> None:
        self._sha256 = checkpoint.identity.sha256
        self._family = _family(checkpoint)
        self._load = module
        self._precision, self._threads = precision, threads
        self._networks: OrderedDict[tuple[int, ...], FallbackNetwork] = OrderedDict()
        self._module: nn.Module | None = None if self._conversions() else module()
        self._engine = "openvino"

    @property
    def engine(self) -> str:
        """See `Network`; the precision is known from the first picture on."""
        return self._engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `Network`: of every size that is kept, each once."""
        return tuple(dict.fromkeys(note for network in self._networks.values() for note in network.notes))

    def run(self, batch: Batch) -> FloatMap:
        """See `Network`; the first picture of a size may take seconds."""
        network = self._networks.get(batch.shape)
        if network is not None:
            self._networks.move_to_end(batch.shape)
            return network.run(batch)
        network, values = self._prepared(batch)
        self._engine = network.engine
        self._networks[batch.shape] = network
        if len(self._networks) > _KEPT_SIZES:
            self._networks.popitem(last=False)[1].close()
        return values

    def close(self) -> None:
        """See `Network`."""
        self._module = None
        for network in self._networks.values():
            network.close()

    def _prepared(self, batch: Batch) -> tuple[FallbackNetwork, FloatMap]:
        """The network for this size, and what it makes of the picture."""
        from tui.depth.engines import converted

        height, width = batch.shape[2:]
        name = f"{self._family}-{height}x{width}"
        model = converted.find(name, self._sha256)
        if model is not None:
            network = self._network(name, model)
            return network, network.run(batch)
        module, self._module = self._module or self._load(), None
        try:
            model = converted.convert(module, height, (height, width))
        except ModelError as error:
            raise EngineError(str(error)) from error
        network = self._network(name, model)
        values = network.run(batch)
        _check_alike(values, _run_torch(module, batch))
        for path in self._conversions()[_KEPT_SIZES - 1 :]:
            for each in (path, path.with_suffix(".compiled")):
                shutil.rmtree(each, ignore_errors=True)
        converted.keep(model, name, self._sha256)
        return network, values

    def _network(self, name: str, model: Any) -> FallbackNetwork:  # noqa: ANN401  # an openvino.Model
        from tui.depth.engines.converted import compiled_folder

        compiled = compiled_folder(name, self._sha256)
        return FallbackNetwork(openvino_ways(lambda: model, self._precision, self._threads, compiled))

    def _conversions(self) -> list[Path]:
        """Of this model in the cache, the newest first."""
        with contextlib.suppress(OSError):
            start = f"{self._family}-"
            mine = [path for path in converted_dir().iterdir() if path.name.startswith(start) and not path.suffix]
            return sorted(mine, key=lambda path: path.stat().st_mtime, reverse=True)
        return []


def _family(checkpoint: Checkpoint) -> str:
    """Part of a conversion's name in the cache: transformers' code is as much its origin as the weights."""
    try:
        code = version("transformers")
    except PackageNotFoundError:
        code = "0"
    name = checkpoint.identity.name.removeprefix(PREFIX).partition("@")[0]
    row = "-focal" if checkpoint.kind.guesses_focal else ""  # below the map, since conversions without it were kept
    return f"hub-{name}-{code}{row}".replace("/", "--").replace(".", "_")


def _run_torch(module: nn.Module, batch: Batch) -> Any:  # noqa: ANN401  # numbers in any shape
    import torch  # the module is there, so torch is loaded already

    with torch.inference_mode():
        return module(torch.from_numpy(np.ascontiguousarray(batch))).numpy().reshape(-1)


def _check_alike(found: FloatMap, expected: Any) -> None:  # noqa: ANN401  # numbers in any shape
    """Whether a conversion computes what the module does.

    Raises:
        EngineError: grossly not.
    """
    difference = float(np.mean(np.abs(found.reshape(-1) - expected))) if found.size == expected.size else np.inf
    if not difference <= _GROSS * float(np.ptp(expected)) + 1e-4 * float(np.abs(expected).max()):
        raise EngineError("OpenVINO's conversion of this network gives another map than torch")
