"""Which options were typed, rather than left out or taken from the environment."""

from __future__ import annotations

from collections.abc import Collection

import typer

from tui.errors import InputError


def typed(context: typer.Context, name: str) -> bool:
    """Whether an option was typed, by its parameter's name."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse_besides_config(context: typer.Context, names: Collection[str]) -> None:
    """See that none of these was typed beside `--config`, where it would count for nothing.

    Raises:
        InputError: names it as it is typed.
    """
    for parameter in context.command.params:
        if parameter.name in names and typed(context, parameter.name):
            option = max((*parameter.opts, *parameter.secondary_opts), key=len)
            raise InputError(f"{option}: --config FILE takes the place of the other options: write it into the file")
