"""How commands show their help: flags without a type, and examples at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup, TyperOption

from tui.cli.examples import EXAMPLES
from tui.cli.output import make_console

if TYPE_CHECKING:
    from collections.abc import Iterable


class Command(TyperCommand):
    """A command whose help ends with its examples."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - the parser's own, whichever version of it
        """See `TyperCommand`."""
        return _untyped_flags(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """See `TyperCommand`."""
        super().format_help(ctx, formatter)
        _show_examples(ctx.command_path)


class Group(TyperGroup):
    """The same for a command that has commands."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401
        """See `TyperGroup`."""
        return _untyped_flags(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """See `TyperGroup`."""
        super().format_help(ctx, formatter)
        _show_examples(ctx.command_path)


def _untyped_flags(params: Iterable[Any]) -> list[Any]:
    found = list(params)
    for each in found:
        if isinstance(each, TyperOption) and each.is_flag and each.metavar is None:
            each.metavar = ""  # a flag takes no value, so there is no type to tell
    return found


def _show_examples(command_path: str) -> None:
    examples = EXAMPLES.get(command_path, ())
    console = make_console()
    if examples:
        console.print(" Examples:")
    for example in examples:
        console.print()
        console.print(f" # {example.what}", style="dim")
        console.print(f" {example.line}")
