"""`depth-tui models`: which networks there are, and fetching their weights."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from rich.text import Text

    from tui.depth.registry import ModelSpec

app = typer.Typer(no_args_is_help=False, help="List the depth networks; 'models fetch NAME' downloads one.")


@app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the depth networks that can be asked for by name, and which are installed."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from tui.cli.hub import show_hub_models
    from tui.cli.table import align
    from tui.depth.registry import MODELS
    from tui.depth.weights import installed

    there = installed()
    rows = [
        (
            spec.short_name,
            _state(spec, spec in there),
            spec.licence,
            spec.description,
            spec.use,
        )
        for spec in MODELS
    ]
    console = Console(highlight=False, soft_wrap=True)
    for line in align([("name", "weights", "licence", "what it is", "when to choose it"), *rows], right=False):
        console.print(line)
    show_hub_models(console)
    console.print(" errors compared with dpt-large-384, fps on an RTX 3090: as MiDaS's makers state them", style="dim")
    console.print()
    console.print(" depth-tui models fetch NAME    downloads the weights from the official release", markup=False)
    console.print(
        " --model net.onnx               runs a file of your own with its card net.toml beside it", markup=False
    )


def _state(spec: ModelSpec, there: bool) -> Text:
    from rich.text import Text

    from tui.depth.weights import size_text

    if there:
        return Text("comes with the program" if spec.bundled else "installed", "green")
    return Text(f"to fetch, {size_text(spec.size_bytes)}")


@app.command("fetch")
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As 'depth-tui models' lists it, or hf:OWNER/NAME.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before downloading.")] = False,
) -> None:
    """Download the weights of a model from its official release; goes on where it was broken off."""
    from tui.cli.exits import warn
    from tui.depth.hub.address import is_hub
    from tui.depth.hub.load import find_checkpoint, spec_of
    from tui.depth.registry import find_spec
    from tui.depth.weights import WeightsMissing, find_weights, size_text
    from tui.errors import ModelError

    spec = spec_of(name) if is_hub(name) else find_spec(name)
    try:
        path = find_checkpoint(name).folder if is_hub(name) else find_weights(spec).path
    except WeightsMissing:
        pass
    except ModelError as error:
        warn(str(error))
    else:
        typer.echo(f"{spec.short_name} is installed already: {path}")
        return
    # Without a terminal to ask at, having typed the command is the confirmation.
    if not yes and sys.stdin.isatty():
        question = f"Download {spec.short_name} ({size_text(spec.size_bytes)}, {spec.licence}) from {spec.url}?"
        typer.confirm(question, default=True, abort=True, err=True)
    typer.echo(f"{spec.short_name} is installed: {_download(spec)}")


def _download(spec: ModelSpec) -> Path:
    """Fetch the weights with a progress bar on the error stream.

    Raises:
        ModelError: no connection, broken off, or another file was sent.
        StorageError: the cache cannot be written.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from tui.depth.download import fetch as fetch_weights

    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(spec.short_name, total=spec.size_bytes or None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total or spec.size_bytes or None)

        return fetch_weights(spec, show)
