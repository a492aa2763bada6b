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
    modes: Annotated[bool, typer.Option("--modes", help="Which formats, picture sizes and rates each has.")] = False,
    controls: Annotated[
        bool, typer.Option("--controls", help="What can be set at each, for: --set NAME=VALUE.")
    ] = False,
) -> None:
    """List the cameras of this machine, and what is in the way of using them."""
    from tui.camera.listing import list_cameras
    from tui.camera.v4l2 import Machine
    from tui.cli.camera_facts import controls_of, modes_of, plain_controls, plain_modes, show_controls, show_modes

    found, machine = list_cameras(), Machine()
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
                    **({"modes": plain_modes(modes_of(camera, machine))} if modes else {}),
                    **({"controls": plain_controls(controls_of(camera, machine))} if controls else {}),
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
    if modes:
        show_modes(found, machine)
    if controls:
        show_controls(found, machine)
