"""`depth-tui profiles`: the saved calibrations, and exchanging them as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.cli.commands import Command, Group
from tui.cli.complete import profile_names
from tui.cli.exits import warn
from tui.cli.output import make_console, say
from tui.errors import DepthTuiError, InputError

app = typer.Typer(cls=Group, no_args_is_help=False, help="List the saved calibrations; export, import or remove one.")

_HEADINGS = ("name", "camera", "picture", "model", "calibration", "saved")


@app.callback(invoke_without_command=True)
def profiles(context: typer.Context) -> None:
    """List the saved calibrations and what they belong to."""
    if context.invoked_subcommand is not None:
        return
    from tui.cli.table import align
    from tui.storage.profiles import list_profiles, load_profile

    rows = []
    for name in list_profiles():
        try:
            profile = load_profile(name)
        except DepthTuiError as error:
            warn(str(error))
            continue
        calibration = profile.calibration
        references = f"{len(profile.references)} references" if profile.references else "typed"
        what = "none" if calibration is None else f"{references}, calibration {calibration.health.grade}"
        size = f"{profile.width}x{profile.height}"
        rows.append((name, profile.camera, size, profile.model_name, what, profile.created[:10]))
    console = make_console()
    if not rows:
        console.print("no profiles saved yet; the app saves one with p")
        return
    for line in align([_HEADINGS, *rows], right=False):
        console.print(line)


@app.command("export", cls=Command)
def export(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=profile_names, help="As 'depth-tui profiles' lists it.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it: a .json file.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write a saved calibration to a file, for another machine."""
    from tui.storage.profiles import load_profile, write_profile

    profile = load_profile(name)
    if file.exists() and not force:
        raise InputError(f"{file} is there already; give --force to replace it")
    say(f"{name} is written to {write_profile(profile, file)}")


@app.command("import", cls=Command)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A profile that was exported.")],
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Instead of the one it has.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a saved one of that name.")] = False,
) -> None:
    """Take over a calibration from a file, after checking it."""
    from dataclasses import replace

    from tui.storage.profiles import list_profiles, load_profile, save_profile

    profile = load_profile(file)
    wanted = name or profile.name
    if wanted in list_profiles() and not force:
        raise InputError(f"a profile {wanted} is saved already; give --name or --force")
    save_profile(replace(profile, name=wanted))
    say(f"{wanted} is saved; use it with --profile {wanted}")


@app.command("remove", cls=Command)
def remove(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=profile_names, help="As 'depth-tui profiles' lists it.")
    ],
) -> None:
    """Delete a saved calibration."""
    from tui.storage.profiles import remove_profile

    remove_profile(name)
    say(f"{name} is removed")
