"""Loading a model for a command, with a word on what takes so long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.exits import warn
from tui.cli.options import Engine

if TYPE_CHECKING:
    from tui.depth.estimator import DepthEstimator


@contextmanager
def loaded_model(model: str | None, weights: Path | None, engine: Engine) -> Iterator[DepthEstimator]:
    """The estimator that the options name, closed in the end.

    Raises:
        ModelError: it is not to be had.
    """
    from tui.depth.loader import ModelRequest, load_estimator

    request = ModelRequest(model, weights, engine.value)
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("loading the model") as status:
            estimator = load_estimator(request, lambda what, _fraction: status.update(what))
    else:
        estimator = load_estimator(request)
    try:
        for note in estimator.notes:
            warn(note)
        yield estimator
    finally:
        estimator.close()
