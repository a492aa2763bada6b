"""Converts a checkpoint in a process of its own.

Starting torch and converting hold the interpreter's lock for up to a second at a time; in a thread, keys would wait.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.depth.engines import converted
from tui.depth.engines.network import EngineError
from tui.depth.midas.checkpoint import load_module
from tui.depth.midas.types import MIDAS_TYPES
from tui.depth.processes import program
from tui.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str, float | None], None]


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
        process = subprocess.Popen(
            [*program(__name__), type_name, str(weights), sha256],
            stdin=subprocess.PIPE,  # never written to: it ends when this process does
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False
    with process:
        for line in process.stdout or ():
            report = json.loads(line)
            if "kept" in report:
                return bool(report["kept"])
            if "engine" in report:
                raise EngineError(report["engine"])
            if "model" in report:
                raise ModelError(report["model"])
            say(report["step"], report["fraction"])
    raise EngineError(f"converting this model for OpenVINO broke off (exit code {process.returncode})")


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
    """The other process: reports one JSON object a line, the last one with the outcome."""
    _, type_name, weights, sha256 = sys.argv
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no report
    saving = threading.Lock()

    def report(**words: object) -> None:
        print(json.dumps(words), file=reports, flush=True)

    def end_with_the_other() -> None:
        sys.stdin.buffer.read()
        with saving:
            os._exit(1)

    threading.Thread(target=end_with_the_other, daemon=True).start()
    try:
        model = convert_here(type_name, Path(weights), lambda step, fraction: report(step=step, fraction=fraction))
    except EngineError as error:
        report(engine=str(error))
    except ModelError as error:
        report(model=str(error))
    else:
        with saving:
            kept = converted.keep(model, type_name, sha256)
        report(kept=kept)
    # What libraries do at their end has nothing to do any more.
    os._exit(0)
