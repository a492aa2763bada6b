"""Loading a model for a command, with a word on what takes so long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.options import Engine, Precision
from tui.cli.output import make_console

if TYPE_CHECKING:
    from tui.depth.estimator import DepthEstimator


@contextmanager
def loaded_model(
    model: str | None,
    weights: Path | None,
    engine: Engine,
    precision: Precision = Precision.F32,
    threads: int | None = None,
    *,
    flip: bool = False,
) -> Iterator[DepthEstimator]:
    """The estimator that the options name, closed in the end; what it has to say goes to the error stream at once.

    With `flip` its maps are means with those of the mirrored pictures.

    Raises:
        ModelError: it is not to be had.
        InputError: the options do not go together.
    """
    from tui.cli.told import Told
    from tui.depth.averaging import MirroredToo
    from tui.depth.loader import ModelRequest, load_estimator

    request = ModelRequest(model, weights, engine.value, threads, precision.value)
    if sys.stderr.isatty():
        from rich.text import Text

        with make_console(stderr=True).status("loading the model") as status:
            estimator = load_estimator(request, lambda what, _fraction: status.update(Text(what)))
    else:
        estimator = load_estimator(request)
    told = Told(MirroredToo(estimator) if flip else estimator)
    try:
        told.tell()
        yield told
    finally:
        told.close()
