"""`depth-tui cameras`: which cameras there are."""

from __future__ import annotations

from typing import Annotated

import typer

from tui.cli.output import make_console, say, say_json


def cameras(
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print a JSON list instead: number, path, name, formats, usable, problem, lens, advice of each.",
        ),
    ] = False,
) -> None:
    """List the cameras of this machine, and what is in the way of using them."""
    from tui.camera.listing import list_cameras

    found = list_cameras()
    if as_json:
        say_json(
            [
                {
                    "number": camera.number,
                    "path": camera.path,
                    "name": camera.name,
                    "formats": camera.formats,
                    "usable": camera.usable,
                    "problem": camera.problem or None,
                    "lens": str(camera.lens) or None,
                    "advice": camera.lens.advice(camera.path) or None,
                }
                for camera in found
            ]
        )
        return
    if not found:
        say("no cameras found: plug one in, or try depth-tui --source demo")
        return
    from rich.text import Text

    from tui.cli.table import align

    rows = [
        (str(camera.number), camera.path, camera.name, Text(camera.problem or "ready", "red" if camera.problem else ""))
        for camera in found
    ]
    advice = [(camera.path, words) for camera in found if (words := camera.lens.advice(camera.path))]
    console = make_console()
    for line in align([("no.", "device", "name", "state"), *rows], right=False):
        console.print(line)
    for path, words in advice:
        say(f"{path}: {words}")
