"""Official checkpoints: read without running any code of theirs, and fitted strictly."""

from __future__ import annotations

import contextlib
import pickle
import warnings
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tui.depth.foreign import foreign, is_safetensors
from tui.depth.midas.types import MIDAS_TYPES
from tui.depth.sound import AGAIN
from tui.errors import ModelError

if TYPE_CHECKING:
    import torch
    from torch import nn

    from tui.depth.midas.network import MidasNetwork

_WRAPPERS = ("state_dict", "model_state_dict", "model")
_DEEPEST = 3
_PREFIXES = ("module.", "_orig_mod.", "module.")
"""Put before every name by DataParallel and by torch.compile, in either order."""

_UNREADABLE = (RuntimeError, pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError)
"""What `torch.load` raises for a file that it cannot or will not read."""


def load_module(type_name: str, path: Path) -> nn.Module:
    """The network of a MiDaS type with the weights of a checkpoint, in evaluation mode on the CPU.

    Raises:
        ModelError: if the file is no checkpoint, would run code, or belongs to another network.
    """
    state = read_state_dict(path)
    try:
        return fit_module(type_name, state)
    except _Misfit as error:
        message = f"{path} does not hold the weights of {type_name}: {error}; give that model's own file"
        raise ModelError(message) from error
    except _Broken as error:
        raise ModelError(f"{path}: {error}") from error


def fit_module(type_name: str, state: Mapping[str, torch.Tensor]) -> nn.Module:
    """The network of a MiDaS type with the tensors of an official checkpoint, which it takes over without copying.

    Every tensor must be there under its official name and in its shape, and no other one, except for those that the
    network computes itself.

    Raises:
        ModelError: with the first difference.
    """
    module = _build(type_name)
    own = module.state_dict()
    expected = {official: own[name] for official, name in module.official_names().items()}
    given = {official: value for official, value in state.items() if not module.is_computed(official)}
    problem = _difference(given, expected)
    if problem is not None:
        raise _Misfit(problem)
    for official, value in given.items():
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise _Broken(f"{official[:80]} holds values that are not finite: {AGAIN}")
    values = {
        name: given[official].to(own[name].dtype).contiguous() for official, name in module.official_names().items()
    }
    module.load_state_dict(values, strict=True, assign=True)
    module.pretrained.settle()
    return module.eval()


class _Broken(ModelError):
    """The right tensors with values that mean nothing."""


class _Misfit(ModelError):
    """Names or shapes of tensors are another network's."""


def _build(type_name: str) -> MidasNetwork:
    """The network without weights if it can be had so, else with random ones, which take seconds to draw.

    Raises:
        ModelError: if timm cannot be started.
    """
    import torch  # the weights are torch's already

    build = MIDAS_TYPES[type_name].build
    try:
        import_module("timm")
        # Older versions of timm look at values while they build, which have none there.
        with contextlib.suppress(RuntimeError), torch.device("meta"):
            module = build()
            # Tables that are not in the state dict must be computed, which needs memory behind them.
            kept = module.state_dict().keys()
            if all(name in kept for name, _ in module.named_buffers()):
                return module
        return build()
    except (ImportError, RuntimeError) as error:
        # A torchvision of another build than torch's cannot be imported; timm needs it.
        raise ModelError(f"timm cannot be started ({error}); install torch and timm anew, together") from error


def read_state_dict(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a checkpoint by name; what training code has put around them, and before their names, is left out.

    Raises:
        ModelError: if the file cannot be read as tensors only.
    """
    import torch  # reading a checkpoint is what it is for

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of kinds of file that are refused below anyway
            content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    except _UNREADABLE as error:
        raise ModelError(f"{path} is not a weights file: {_why(path, error)}") from error
    content = _unwrapped(content)
    if not isinstance(content, Mapping) or not content:
        raise ModelError(f"{path} is not a weights file: it holds no table of tensors")
    state: dict[str, torch.Tensor] = {}
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor):
            raise ModelError(f"{path} is not a weights file: its entry {str(name)[:60]!r} is not a tensor")
        state[name] = value
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) and name != prefix for name in state):
            state = {name.removeprefix(prefix): value for name, value in state.items()}
    return state


def _unwrapped(content: object) -> object:
    """The innermost table that training code has put among other things under one of the usual names."""
    for _ in range(_DEEPEST):
        inner = (
            next((content[key] for key in _WRAPPERS if key in content), None) if isinstance(content, Mapping) else None
        )
        if not isinstance(inner, Mapping):
            break
        content = inner
    return content


def _why(path: Path, error: BaseException) -> str:
    """What is wrong with a file that torch refused, in words of ours."""
    if (problem := foreign(path)) is not None:
        return problem
    with path.open("rb") as file:
        start = file.read(2)
    text = str(error)
    if "Unsupported global" in text or "Unsupported class" in text or "TorchScript" in text:
        return "it holds program code, which is never run; use the state dict that the model's makers publish"
    if start == b"PK":
        return "it is cut off or damaged; fetch it again"
    if is_safetensors(path):
        return "it is a safetensors file; give the .pt file that the model's makers publish"
    return "it is neither a PyTorch zip archive nor a table of tensors"


def _difference(state: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]) -> str | None:
    """The first difference in names or shapes, counted, or None."""
    missing = [name for name in expected if name not in state]
    if missing:
        return f"{len(missing)} of {len(expected)} tensors are missing, such as {missing[0]}"
    unknown = [name for name in state if name not in expected]
    if unknown:
        return f"{len(unknown)} tensors are unknown, such as {unknown[0][:80]}"
    for name, tensor in expected.items():
        if state[name].shape != tensor.shape:
            return f"{name} has shape {tuple(state[name].shape)} instead of {tuple(tensor.shape)}"
    return None
