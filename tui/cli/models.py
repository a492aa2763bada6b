"""`depth-tui models`: which networks there are, fetching their weights, checking and removing them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.commands import Command, Group
from tui.cli.complete import model_names
from tui.cli.options import CardOption
from tui.cli.output import make_console, printable, say, say_json

if TYPE_CHECKING:
    from tui.depth.registry import ModelSpec

app = typer.Typer(
    cls=Group,
    no_args_is_help=False,
    help="List the depth networks; 'models fetch', 'check', 'remove', 'export' and 'card' look after them.",
)


@app.callback(invoke_without_command=True)
def models(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list instead of a table.")] = False,
) -> None:
    """List the depth networks that can be asked for by name, which are installed, and how fast they are here."""
    if context.invoked_subcommand is not None:
        return
    if as_json:
        _list_as_json()
        return
    from tui.cli.models_text import show_models

    show_models()


def _list_as_json() -> None:
    from tui.depth.hub.choices import HUB_MODELS
    from tui.depth.needs import lacking
    from tui.depth.registry import MODELS
    from tui.depth.speed import expected_speed
    from tui.depth.weights import cached_path

    found = []
    for spec in (*MODELS, *HUB_MODELS):
        path, speed = cached_path(spec), expected_speed(spec.name)
        extra = lacking(spec)
        there = path.is_file()
        found.append(
            {
                "name": spec.short_name,
                "full_name": spec.name,
                "installed": there,
                "bundled": spec.bundled,
                "needs": None if extra is None else extra.install,
                "path": str(path) if there else None,
                "size_bytes": path.stat().st_size if there and spec in MODELS else spec.size_bytes,
                "licence": spec.licence,
                "source": spec.url or None,
                "description": spec.description,
                "use": spec.use,
                "fps": None if speed is None else round(speed.fps, 3),
                "fps_precision": None if speed is None else speed.precision,
                "fps_how": None if speed is None else "measured" if speed.is_measured else "estimated",
            }
        )
    say_json(found)


@app.command("check", cls=Command)
def check() -> None:
    """Hash the weights of all installed models again; exits with 2 if any has changed since it came."""
    from tui.cli.exits import complain
    from tui.depth.keeping import check_all

    damaged = 0
    console = make_console()
    for each in check_all():
        if each.problem:
            damaged += 1
            complain(each.problem)
        else:
            console.print(f"{each.name}: as it came ({each.path})")
    if damaged:
        raise typer.Exit(2)


@app.command("remove", cls=Command)
def remove(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=model_names, help="As 'depth-tui models' lists it.")
    ],
) -> None:
    """Delete the weights of a model and what was converted from them."""
    from tui.depth.hub.address import is_hub
    from tui.depth.keeping import remove as remove_weights
    from tui.depth.registry import find_spec
    from tui.depth.weights import size_text
    from tui.errors import InputError

    if is_hub(name):
        raise InputError(
            f"{name} lies in the Hub's cache, which other programs use too; remove it with the Hub's tool: hf cache"
        )
    spec = find_spec(name)
    say(f"{spec.short_name} is removed: {size_text(remove_weights(spec))} are free again")


@app.command("card", cls=Command)
def card(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An .onnx, .tflite or .xml file of your own.")],
    show: Annotated[
        bool, typer.Option("--print", help="Print the card instead of writing it beside the file.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the card that lies there.")] = False,
) -> None:
    """Write a first card for a network of your own, from the file and from what it gives for test pictures."""
    from tui.cli.models_card import write_first_card

    write_first_card(file, show=show, force=force)


@app.command("fetch", cls=Command)
def fetch(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", autocompletion=model_names, help="As 'depth-tui models' lists it, or hf:OWNER/NAME."
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before downloading.")] = False,
) -> None:
    """Download the weights of a model from its official release; goes on where it was broken off."""
    from tui.cli.exits import warn
    from tui.depth.hub.address import is_hub
    from tui.depth.hub.load import find_checkpoint, spec_of
    from tui.depth.needs import extra_of
    from tui.depth.registry import find_spec
    from tui.depth.weights import WeightsMissing, find_weights, size_text
    from tui.errors import ModelError
    from tui.extras import ExtraMissing, need

    spec = spec_of(name) if is_hub(name) else find_spec(name)
    try:
        path = find_checkpoint(name).folder if is_hub(name) else find_weights(spec).path
    except WeightsMissing:
        pass
    except ExtraMissing:
        raise
    except ModelError as error:
        warn(str(error))
    else:
        say(f"{spec.short_name} is installed already: {path}")
        return
    if extra := extra_of(spec):
        need(extra, spec.short_name)  # before gigabytes come for nothing
    # Without a terminal to ask at, having typed the command is the confirmation.
    if not yes and sys.stdin.isatty():
        question = f"Download {spec.short_name} ({size_text(spec.size_bytes)}, {spec.licence}) from {spec.url}?"
        typer.confirm(printable(question), default=True, abort=True, err=True)
    say(f"{spec.short_name} is installed: {_download(spec)}")


class Server(StrEnum):
    """What a model is exported for."""

    TRITON = "triton"
    OVMS = "ovms"


@app.command("export", cls=Command)
def export(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|FILE", autocompletion=model_names, help="pocket, or a model file with its card."),
    ],
    server: Annotated[Server, typer.Option("--for", help="Triton Inference Server or OpenVINO Model Server.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder of the repository; made if it is not there.")
    ] = Path("models"),
    card: CardOption = None,
) -> None:
    """Write a model as a repository that a server takes as it is: the network, the server's configuration, the card."""
    from tui.depth.loader import model_file
    from tui.depth.remote.export import export as write

    found = write(model_file(name), server.value, out, card)
    say(f"{found.folder} is ready; serve {out}, then: --model oip:http://HOST:8000/{found.name}")


def _download(spec: ModelSpec) -> Path:
    """Fetch the weights with a progress bar on the error stream.

    Raises:
        ModelError: no connection, broken off, or another file was sent.
        StorageError: the cache cannot be written.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from tui.depth.download import fetch as fetch_weights

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    console = make_console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(spec.short_name, total=spec.size_bytes or None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total or spec.size_bytes or None)

        return fetch_weights(spec, show)
