"""`depth-tui cameras`: which cameras there are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from tui.cli.output import make_console, say, say_json


def cameras(
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print a JSON list instead: source, number, path, name, formats, usable, problem, lens, advice.",
        ),
    ] = False,
    modes: Annotated[bool, typer.Option("--modes", help="Which formats, picture sizes and rates each has.")] = False,
    controls: Annotated[
        bool, typer.Option("--controls", help="What can be set at each, for: --set NAME=VALUE.")
    ] = False,
) -> None:
    """List the cameras of this machine, and what is in the way of using them."""
    from tui.camera.csi import list_csi
    from tui.camera.listing import list_cameras, modes_of
    from tui.camera.v4l2 import Machine
    from tui.cli.camera_facts import (
        controls_of,
        csi_controls_of,
        plain_controls,
        plain_modes,
        show_controls,
        show_modes,
    )

    found, boards, machine = list_cameras(), list_csi(), Machine()
    if as_json:
        say_json(
            [
                {
                    "source": None if camera.is_raw else str(camera.number),
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
            + [
                {
                    "source": board.spec,
                    "number": None,
                    "path": None,
                    "name": board.name,
                    "formats": [],
                    "usable": True,
                    "problem": None,
                    "lens": None,
                    "advice": board.advice or None,
                    **({"modes": []} if modes else {}),
                    **({"controls": [asdict(each) for each in csi_controls_of(machine)]} if controls else {}),
                }
                for board in boards
            ]
        )
        return
    if not found and not boards:
        say("no cameras found: plug one in, or try depth-tui --source demo")
        return
    from rich.text import Text

    from tui.cli.table import align

    rows = [
        (str(camera.number), camera.path, camera.name, Text(camera.problem or "ready", "red" if camera.problem else ""))
        for camera in found
    ]
    rows += [("", board.spec, board.name, Text("ready")) for board in boards]
    advice = [(camera.path, words) for camera in found if (words := camera.lens.advice(camera.path))]
    advice += [(board.spec, board.advice) for board in boards if board.advice]
    console = make_console()
    for line in align([("no.", "device", "name", "state"), *rows], right=False):
        console.print(line)
    for path, words in advice:
        say(f"{path}: {words}")
    if modes:
        show_modes(found, machine)
    if controls:
        show_controls(found, boards, machine)
