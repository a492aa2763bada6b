"""From what the user asked for to an estimator that is ready to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.depth.engines.choice import check_choice, openvino_ways, torch_ways
from tui.depth.engines.converted import compiled_folder, is_kept
from tui.depth.engines.fallback import FallbackNetwork
from tui.depth.engines.network import EngineError, Network
from tui.depth.engines.torch_engine import accelerator_may_be
from tui.depth.estimator import DepthEstimator, ModelIdentity
from tui.depth.file_model import SUFFIXES, load_file_model
from tui.depth.hub.address import is_hub
from tui.depth.needs import lacking
from tui.depth.registry import ModelSpec, find_spec, is_known
from tui.depth.remote.address import is_remote, parse_server
from tui.depth.speed import is_live
from tui.depth.weights import Weights, cached_path, find_weights, installed
from tui.errors import InputError, ModelError
from tui.extras import MIDAS, need
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from torch import nn

Progress = Callable[[str, float | None], None]
"""Called with what is being done and, where it is known, how much of the loading is done, 0..1."""

_DEFAULT_MODEL = "pocket"
"""What is used where nothing was said and nothing better is installed: it comes with the program."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Which model the user wants, and how it shall run."""

    model: str | None = None
    """A registry name, `hf:OWNER/NAME`, a folder in the Hub's format, the path of a model file with a card beside it,
    or `oip:http://host:8000/NAME`; None: the best one installed."""
    weights: Path | None = None
    """A checkpoint to use instead of the cached one."""
    engine: str = "auto"
    threads: int | None = None
    """Cores for inference; None leaves one to the interface where there are more than two."""
    precision: str = "f32"
    """What is computed in: one of `PRECISIONS`; auto is the fastest that the machine has."""
    card: Path | None = None
    """Of a network on a server or of a model file, instead of the one that lies with it."""
    jobs: int = 0
    """Of a batch on a server: how many requests may be in flight; 0 for a live view, which waits for no late answer."""


def default_model(*, live: bool = False) -> str | None:
    """The name of the most accurate model installed that can run here, or None.

    Args:
        live: only one that is expected to be quick enough for a live view; without any, the quickest kind: the last.
    """
    specs = tuple(spec for spec in installed() if lacking(spec) is None)
    if live:
        specs = tuple(spec for spec in specs if is_live(spec.name)) or specs[-1:]
    return specs[0].name if specs else None


def load_estimator(request: ModelRequest, progress: Progress | None = None) -> DepthEstimator:
    """Load a model; takes seconds the first time, so it is called off the interface's thread.

    What fails then, at compiling or at a frame, is replaced by the next best engine, device or precision; the
    estimator's `notes` say so.

    Raises:
        WeightsMissing: the model is known, but its weights must be fetched first.
        ExtraMissing: the libraries that it needs are not installed.
        ModelError: anything else that is wrong with the files; one line, except for a wrong card.
        InputError: what was asked for does not go together.
    """
    say = progress or _say_nothing
    check_choice(request.engine, request.precision, request.threads)
    name = request.model or default_model() or _DEFAULT_MODEL
    if is_remote(name):
        return _load_remote(name, request, say)
    if request.card is not None and not takes_card(name):
        raise InputError(f"{name} needs no card; leave --card out")
    if is_hub(name):
        return _load_hub(name, request, say)
    if _is_file(name):
        return _load_file(from_home(name), request, say)
    spec = find_spec(name)
    if spec.bundled:
        return _load_file(cached_path(spec), request, say)
    if request.weights is None and not cached_path(spec).is_file():
        need(MIDAS, spec.short_name)  # before it is fetched for nothing
    say(f"reading the weights of {spec.short_name}", 0.0)
    weights = find_weights(spec, request.weights)
    if request.engine == "torch" or not is_kept(spec.name, weights.sha256):
        need(MIDAS, spec.short_name)
    return _load_midas(spec, weights, request, say)


def needs_torch(request: ModelRequest) -> bool:
    """Whether torch may have to run in the process that loads this."""
    name = request.model or default_model() or _DEFAULT_MODEL
    if is_remote(name):
        local = parse_server(name).local
        return bool(local) and needs_torch(replace(request, model=local))
    if is_hub(name):
        return True
    if _is_file(name) or not is_known(name) or find_spec(name).bundled:
        return False
    return request.engine == "torch" or (request.engine == "auto" and accelerator_may_be())


def takes_card(name: str) -> bool:
    """Whether a card may be given along with this model: a file's or a server's."""
    return is_remote(name) or (_is_file(name) and not is_hub(name))


def model_file(name: str) -> Path:
    """The model file, which has a card, that a name means.

    Raises:
        InputError: that model is none.
        ModelError: no model has that name.
    """
    if is_remote(name) or is_hub(name):
        raise InputError(f"{name[:200]} is no model file with a card; give one, or pocket")
    if _is_file(name):
        return from_home(name)
    spec = find_spec(name)
    if not spec.bundled:
        raise InputError(f"{spec.short_name} is run from its makers' checkpoint, without a card; give a model file")
    return cached_path(spec)


def _is_file(name: str) -> bool:
    """A path rather than a registry name; a name wins over a file that happens to be called so."""
    return name.lower().endswith(SUFFIXES) or "/" in name or (not is_known(name) and Path(name).is_file())


def _load_remote(name: str, request: ModelRequest, say: Progress) -> DepthEstimator:
    from tui.depth.remote.load import load_remote  # a server is one way of several

    if request.weights is not None:
        raise InputError(f"{name} has its own weights; leave --weights out")
    if not parse_server(name).local and not (request.engine == "auto" and request.precision in {"auto", "f32"}):
        raise InputError(f"{name}: the server chooses what it computes with; leave --engine and --precision out")

    def local(model: str) -> DepthEstimator:
        return load_estimator(replace(request, model=model, card=None, jobs=0))

    say(f"asking {parse_server(name).host}", 0.0)
    return load_remote(name, request.card, request.jobs, local)


def _load_hub(name: str, request: ModelRequest, say: Progress) -> DepthEstimator:
    from tui.depth.hub.load import load_hub  # the Hub is one way of several

    if request.weights is not None:
        raise InputError(f"{name} brings its own weights; leave --weights out")
    return load_hub(name, say, engine=request.engine, threads=request.threads, precision=request.precision)


def _load_file(path: Path, request: ModelRequest, say: Progress) -> DepthEstimator:
    if path.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(SUFFIXES)
        raise ModelError(f"{path} is none of {kinds}; give a checkpoint as --model midas-small --weights {path}")
    if request.weights is not None:
        raise InputError(f"{path} holds its own weights; leave --weights out")
    if request.engine == "torch":
        raise InputError(f"torch cannot run {path.name}; use --engine openvino")
    say(f"reading {path.name}", 0.0)
    estimator = load_file_model(path, request.threads, request.precision, request.card)
    say(f"{estimator.identity.name} is ready", 1.0)
    return estimator


def _load_midas(spec: ModelSpec, weights: Weights, request: ModelRequest, say: Progress) -> DepthEstimator:
    from tui.depth.midas.estimator import MidasEstimator
    from tui.depth.midas.types import MIDAS_TYPES

    network = _midas_network(spec, weights, request, say)
    say(f"{spec.short_name} is ready", 1.0)
    identity = ModelIdentity(spec.name, weights.sha256)
    return MidasEstimator(identity, MIDAS_TYPES[spec.name].transform, network, (weights.note,) if weights.note else ())


def _midas_network(spec: ModelSpec, weights: Weights, request: ModelRequest, say: Progress) -> Network:
    """The network on the engine asked for, or on the best of all, with the others behind it."""
    from tui.depth.engines.torch_engine import find_accelerator

    def module() -> nn.Module:
        from tui.depth.midas.checkpoint import load_module

        say("starting torch", 0.2)
        return load_module(spec.name, weights.path)

    def model() -> Any:  # noqa: ANN401  # an openvino.Model
        return _converted(spec, weights, say)

    accelerator = find_accelerator() if request.engine != "openvino" else None
    by_torch = partial(torch_ways, module, threads=request.threads)
    by_openvino = partial(
        openvino_ways, model, request.precision, request.threads, compiled_folder(spec.name, weights.sha256)
    )
    if request.engine == "torch":
        ways = by_torch(precision=request.precision, accelerator=accelerator)
    elif request.engine == "openvino":
        ways = by_openvino()
    elif accelerator is not None:
        *on_accelerator, on_cpu = by_torch(precision=request.precision, accelerator=accelerator)
        ways = [*on_accelerator, *by_openvino(), on_cpu]
    else:
        ways = [*by_openvino(), *by_torch(precision="f32", accelerator=None)]
    try:
        return FallbackNetwork(ways)
    except EngineError as error:
        if request.engine == "openvino":
            raise ModelError(f"{error}; use --engine torch") from error
        raise


def _converted(spec: ModelSpec, weights: Weights, say: Progress) -> Any:  # noqa: ANN401  # an openvino.Model
    """The converted model from the cache, else converted now and put there.

    Raises:
        EngineError: OpenVINO cannot convert it.
        ModelError: the weights are wrong.
    """
    from tui.depth.engines import converted
    from tui.depth.midas import apart

    model = converted.find(spec.name, weights.sha256)
    if model is None and apart.convert_apart(spec.name, weights.path, weights.sha256, say):
        model = converted.find(spec.name, weights.sha256)
    if model is None:  # without a cache
        model = apart.convert_here(spec.name, weights.path, say)
    say("starting OpenVINO", 0.9)
    return model


def _say_nothing(_what: str, _fraction: float | None) -> None:
    """Progress that nobody watches."""
