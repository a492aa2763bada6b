"""From what the user asked for to an estimator that is ready to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.depth.estimator import DepthEstimator, ModelIdentity
from tui.depth.file_model import SUFFIXES, load_file_model
from tui.depth.registry import ModelSpec, find_spec, is_known
from tui.depth.weights import Weights, cached_path, find_weights, installed
from tui.errors import ModelError

if TYPE_CHECKING:
    from tui.depth.engines.network import Network

ENGINES = ("auto", "torch", "openvino")
"""What `--engine` takes."""

PRECISIONS = ("f32", "bf16", "f16")
"""What `--precision` takes."""

Progress = Callable[[str, float | None], None]
"""Called with what is being done and, where it is known, how much of the loading is done, 0..1."""

_DEFAULT_MODEL = "pocket"
"""What is used where nothing was said and nothing better is installed: it comes with the program."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Which model the user wants, and how it shall run."""

    model: str | None = None
    """A registry name, or the path of a model file with a card beside it; None: the best one installed."""
    weights: Path | None = None
    """A checkpoint to use instead of the cached one."""
    engine: str = "auto"
    threads: int | None = None
    """Cores for inference; None leaves one to the interface where there are more than two."""
    precision: str = "f32"
    """What OpenVINO computes in: one of `PRECISIONS`; torch always computes in f32."""


def default_model() -> str | None:
    """The name of the best model installed, or None."""
    specs = installed()
    return specs[0].name if specs else None


def load_estimator(request: ModelRequest, progress: Progress | None = None) -> DepthEstimator:
    """Load a model; takes seconds the first time, so it is called off the interface's thread.

    Raises:
        WeightsMissing: the model is known, but its weights must be fetched first.
        ModelError: anything else that is wrong with the request or the files; one line, except for a wrong card.
    """
    say = progress or _say_nothing
    if request.engine not in ENGINES:
        raise ModelError(f"no engine is called {request.engine[:80]!r}; there are: {', '.join(ENGINES)}")
    if request.precision not in PRECISIONS:
        raise ModelError(f"no precision is called {request.precision[:80]!r}; there are: {', '.join(PRECISIONS)}")
    if request.threads is not None and request.threads < 1:
        raise ModelError(f"{request.threads} threads: give 1 or more")
    name = request.model or default_model() or _DEFAULT_MODEL
    if _is_file(name):
        return _load_file(Path(name).expanduser(), request, say)
    spec = find_spec(name)
    if spec.bundled:
        return _load_file(cached_path(spec), request, say)
    say(f"reading the weights of {spec.short_name}", 0.0)
    return _load_midas(spec, find_weights(spec, request.weights), request, say)


def _is_file(name: str) -> bool:
    """A path rather than a registry name; a name wins over a file that happens to be called so."""
    return name.lower().endswith(SUFFIXES) or "/" in name or (not is_known(name) and Path(name).is_file())


def _load_file(path: Path, request: ModelRequest, say: Progress) -> DepthEstimator:
    if path.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(SUFFIXES)
        raise ModelError(f"{path} is none of {kinds}; give a checkpoint as --model midas-small --weights {path}")
    if request.weights is not None:
        raise ModelError(f"{path} holds its own weights; leave --weights out")
    if request.engine == "torch":
        raise ModelError(f"torch cannot run {path.name}; use --engine openvino")
    say(f"reading {path.name}", 0.0)
    estimator = load_file_model(path, request.threads, request.precision)
    say(f"{estimator.identity.name} is ready", 1.0)
    return estimator


def _load_midas(spec: ModelSpec, weights: Weights, request: ModelRequest, say: Progress) -> DepthEstimator:
    from tui.depth.midas.estimator import MidasEstimator
    from tui.depth.midas.types import MIDAS_TYPES

    network, note = _midas_network(spec, weights, request, say)
    notes = tuple(text for text in (weights.note, note) if text is not None)
    say(f"{spec.short_name} is ready", 1.0)
    return MidasEstimator(ModelIdentity(spec.name, weights.sha256), MIDAS_TYPES[spec.name].transform, network, notes)


def _midas_network(
    spec: ModelSpec, weights: Weights, request: ModelRequest, say: Progress
) -> tuple[Network, str | None]:
    """The network on the engine asked for, and a note if it is not the engine that `auto` prefers."""
    from tui.depth.engines.torch_engine import TorchNetwork, find_accelerator

    device = find_accelerator() if request.engine != "openvino" else None
    if request.engine == "auto" and device is None:
        try:
            return _openvino_network(spec, weights, request, say), None
        except _EngineFailed as error:
            note = f"running on torch instead: {error}"
    elif request.engine == "openvino":
        return _openvino_network(spec, weights, request, say), None
    else:
        note = None
    from tui.depth.midas.checkpoint import load_module

    say("starting torch", 0.2)
    module = load_module(spec.name, weights.path)
    return TorchNetwork(module, device or "cpu", request.threads), note


class _EngineFailed(ModelError):
    """The engine is at fault, not the weights: another engine may do."""


def _openvino_network(spec: ModelSpec, weights: Weights, request: ModelRequest, say: Progress) -> Network:
    """From the converted model in the cache, else converted now and put there."""
    try:
        from tui.depth.engines import converted
        from tui.depth.engines.openvino_engine import OpenVinoNetwork

        model = converted.find(spec.name, weights.sha256)
    except ImportError as error:
        raise _EngineFailed(f"OpenVINO is not to be had: {error}; use --engine torch") from error
    if model is None:
        from tui.depth.midas.checkpoint import load_module
        from tui.depth.midas.types import MIDAS_TYPES

        say("starting torch", 0.2)
        module = load_module(spec.name, weights.path)
        say("converting for OpenVINO, once", 0.5)
        try:
            model = converted.convert(module, MIDAS_TYPES[spec.name].trace_px)
        except ModelError as error:
            raise _EngineFailed(f"{error}; use --engine torch") from error
        converted.keep(model, spec.name, weights.sha256)
    say("starting OpenVINO", 0.9)
    return OpenVinoNetwork(model, request.threads, request.precision)


def _say_nothing(_what: str, _fraction: float | None) -> None:
    """Progress that nobody watches."""
