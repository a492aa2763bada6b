"""torch modules converted to OpenVINO, kept in the cache so that the next start needs no torch."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.depth.engines.network import reason
from tui.depth.engines.openvino_engine import read_model
from tui.depth.engines.openvino_import import import_openvino
from tui.errors import ModelError
from tui.storage.paths import converted_dir

if TYPE_CHECKING:
    from torch import nn

_VERSION = 1
"""Raised whenever a network's code or its conversion changes what is computed."""

_MODEL = "model.xml"
_WEIGHTS = "model.bin"
_SIZES = "sizes.json"


def convert(module: nn.Module, trace_px: int, fixed: tuple[int, int] | None = None) -> Any:  # noqa: ANN401  # an openvino.Model
    """Convert a module from (1, 3, h, w) to an OpenVINO model with h and w left open.

    This is what `openvino.convert_model` does for a torch module, without its layer that reports each conversion to
    its maker over the network.

    Args:
        module: in evaluation mode, on the CPU.
        trace_px: side of the square input to trace with.
        fixed: (h, w) instead, for a module whose code makes constants of them: the model then takes this size alone.

    Raises:
        ModelError: with the converter's reason.
    """
    import torch  # the module is there, so torch is loaded already

    openvino = import_openvino()
    from openvino import frontend
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    failures: tuple[type[Exception], ...] = (
        *(RuntimeError, TypeError, ValueError, AttributeError, ImportError, LookupError),
        *(frontend.OpConversionFailure, frontend.GeneralFailure, frontend.NotImplementedFailure),
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the traced picture is small; more threads would only wait for each other
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # the tracer's remarks are for the authors of modules
            decoder = TorchScriptPythonDecoder(
                module,
                example_input=torch.zeros(1, 3, *(fixed or (trace_px, trace_px))),
                shared_memory=False,  # the weights live longer than the module
                trace_kwargs={"check_trace": False},  # two more runs of the network, through a slow executor
            )
            front_end = frontend.FrontEndManager().load_by_framework("pytorch")
            model = front_end.convert(front_end.load(decoder))
            model.reshape({0: openvino.PartialShape([1, 3, *(fixed or (-1, -1))])})
    except failures as error:
        raise ModelError(f"OpenVINO cannot convert this model: {reason(error)}") from error
    finally:
        torch.set_num_threads(threads)
    return model


def find(type_name: str, sha256: str) -> Any | None:  # noqa: ANN401  # an openvino.Model
    """The converted model for these weights if the cache has it whole, else None."""
    if not is_kept(type_name, sha256):
        return None
    with contextlib.suppress(ModelError):
        return read_model(_folder(type_name, sha256) / _MODEL)
    return None


def is_kept(type_name: str, sha256: str) -> bool:
    """Whether the cache has the converted model for these weights whole; told without OpenVINO."""
    folder = _folder(type_name, sha256)
    try:
        sizes = json.loads((folder / _SIZES).read_text(encoding="ascii"))
        return all((folder / name).stat().st_size == sizes[name] for name in (_MODEL, _WEIGHTS))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def keep(model: Any, type_name: str, sha256: str) -> bool:  # noqa: ANN401  # an openvino.Model
    """Put a converted model into the cache, whole or not at all; False if it could not be written.

    A cache that cannot be written costs time at the next start, nothing else.
    """
    openvino = import_openvino()

    folder = _folder(type_name, sha256)
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".converting-", dir=folder.parent))
        openvino.save_model(model, temporary / _MODEL, compress_to_fp16=False)
        sizes = {name: (temporary / name).stat().st_size for name in (_MODEL, _WEIGHTS)}
        (temporary / _SIZES).write_text(json.dumps(sizes), encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    except (OSError, RuntimeError):
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        return False
    return True


def can_keep() -> bool:
    """Whether there is a cache that can be written."""
    folder = converted_dir()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)


def compiled_folder(type_name: str, sha256: str) -> Path:
    """Where OpenVINO may keep what it has compiled from these weights."""
    folder = _folder(type_name, sha256)
    return folder.with_name(f"{folder.name}.compiled")


def _folder(type_name: str, sha256: str) -> Path:
    return converted_dir() / f"{type_name}-{sha256[:32]}-f32-v{_VERSION}"
