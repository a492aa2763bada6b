"""`depth-tui cameras`: which cameras there are."""

from __future__ import annotations

import typer


def cameras() -> None:
    """List the cameras of this machine, and what is in the way of using them."""
    from rich.console import Console
    from rich.text import Text

    from tui.camera.listing import list_cameras
    from tui.cli.table import align

    found = list_cameras()
    if not found:
        typer.echo("no cameras found: plug one in, or try depth-tui --source demo")
        return
    rows = [
        (str(camera.number), camera.path, camera.name, Text(camera.problem or "ready", "red" if camera.problem else ""))
        for camera in found
    ]
    console = Console(highlight=False, soft_wrap=True)
    for line in align([("no.", "device", "name", "state"), *rows], right=False):
        console.print(line)
