"""Converts a checkpoint in a process of its own.

Starting torch and converting hold the interpreter's lock for up to a second at a time; in a thread, keys would wait.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui.depth.engines import converted
from tui.depth.engines.network import EngineError
from tui.depth.midas.checkpoint import load_module
from tui.depth.midas.types import MIDAS_TYPES
from tui.depth.processes import Helper, HelperEnded, Say, serve, unbroken
from tui.errors import ModelError


def convert_apart(type_name: str, weights: Path, sha256: str, say: Say) -> bool:
    """Convert a MiDaS checkpoint to OpenVINO and put it into the cache, without torch in this process.

    Args:
        type_name: as the cache has it, 'midas-v21-small-256'.
        weights: the checkpoint.
        sha256: of the checkpoint.
        say: is told what is being done.

    Returns:
        False if this cannot be done in another process, or not be kept: convert it here.

    Raises:
        EngineError: OpenVINO cannot convert it.
        ModelError: the weights are wrong.
    """
    if not converted.can_keep():
        return False
    try:
        helper = Helper(__name__)
    except OSError:
        return False
    try:
        return bool(helper.ask((type_name, weights, sha256), say))
    except HelperEnded as error:
        raise EngineError(f"converting this model for OpenVINO broke off ({error})") from error
    finally:
        helper.close()


def convert_here(type_name: str, weights: Path, say: Say) -> Any:  # noqa: ANN401  # an openvino.Model
    """Convert a MiDaS checkpoint in this process.

    Raises:
        EngineError: OpenVINO cannot convert it.
        ModelError: the weights are wrong.
    """
    say("starting torch", 0.2)
    module = load_module(type_name, weights)
    say("converting for OpenVINO, once", 0.5)
    try:
        return converted.convert(module, MIDAS_TYPES[type_name].trace_px)
    except ModelError as error:
        raise EngineError(str(error)) from error


def main() -> None:
    """The other process: converts one checkpoint, and answers whether it could be kept."""

    def answer(question: tuple[str, Path, str], say: Say) -> bool:
        type_name, weights, sha256 = question
        model = convert_here(type_name, weights, say)
        with unbroken:
            return converted.keep(model, type_name, sha256)

    serve(answer)
