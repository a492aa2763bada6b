"""Loading a model for a command, with a word on what takes so long."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.options import Engine, Precision
from tui.cli.output import make_console
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.depth.estimator import DepthEstimator


IN_FLIGHT = 4
"""Pictures of a batch with a server, where nothing was said."""


def jobs_of(given: int | None, models: Iterable[str | None]) -> int:
    """How many pictures of a batch to have in flight: with a model of this machine one, as it has all the cores.

    Raises:
        InputError: more were asked for, of models that are all on this machine.
    """
    from tui.depth.remote.address import is_remote

    if any(name is not None and is_remote(name) for name in models):
        return given or IN_FLIGHT
    if given is not None and given > 1:
        raise InputError(f"--jobs {given}: only a server (--model oip:...) takes several pictures at a time")
    return 1


@contextmanager
def loaded_model(
    model: str | None,
    weights: Path | None,
    engine: Engine,
    precision: Precision = Precision.F32,
    threads: int | None = None,
    *,
    flip: bool = False,
    card: Path | None = None,
    jobs: int = 0,
) -> Iterator[DepthEstimator]:
    """The estimator that the options name, closed in the end; what it has to say goes to the error stream at once.

    With `flip` its maps are means with those of the mirrored pictures. `card` is in place of the one that comes with
    it; `jobs` are how many pictures of a batch may be in flight with a server, 0 for a live view.

    Raises:
        ModelError: it is not to be had.
        InputError: the options do not go together.
    """
    from tui.cli.told import Told
    from tui.depth.averaging import MirroredToo
    from tui.depth.loader import ModelRequest, load_estimator

    request = ModelRequest(model, weights, engine.value, threads, precision.value, card, jobs)
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
