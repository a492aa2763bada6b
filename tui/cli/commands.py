"""What all commands share: an empty word is refused; help has flags without a type, and examples at its end."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup, TyperOption

from tui.camera.printable import printable_address
from tui.cli.examples import EXAMPLES
from tui.cli.output import make_console
from tui.cli.typed import typed
from tui.errors import InputError
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from collections.abc import Iterable


_OF_FILES = frozenset(("--card", "--config", "--data", "--log", "--map", "--out", "--record", "--save", "--slide"))
_OF_FILES |= {"--source", "--weights"}
"""Options that name a file or a folder, in whatever command, and do not say themselves what is wrong with none."""


class Command(TyperCommand):
    """A command whose help ends with its examples."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - the parser's own, whichever version of it
        """See `TyperCommand`."""
        return _untyped_flags(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own
        """See `TyperCommand`."""
        words = _checked(args)
        if not ctx.resilient_parsing:  # the shell asks what could come next
            _refuse_twice(self.get_params(ctx), words)
        rest: list[str] = super().parse_args(ctx, words)
        _refuse_both_formats(ctx)
        return rest

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own
        """See `TyperCommand`."""
        super().format_help(ctx, formatter)
        _show_examples(ctx.command_path)


class Group(TyperGroup):
    """The same for a command that has commands."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - typer's own
        """See `TyperGroup`."""
        return _untyped_flags(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own
        """See `TyperGroup`."""
        words = _checked(args)
        if not ctx.resilient_parsing:
            _refuse_twice(self.get_params(ctx), words, before_command=True)
        return super().parse_args(ctx, words)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own
        """See `TyperGroup`."""
        super().format_help(ctx, formatter)
        _show_examples(ctx.command_path)


def _checked(words: list[str]) -> list[str]:
    """The words of a command line; those of which no shell makes what they say to a person are mended.

    An empty word is a variable that was never set: it means neither the current folder nor the first camera. In
    `--out=~/maps` shells leave the ~ as it is.

    Raises:
        InputError: says where an empty word stands.
    """
    found = []
    for before, word in pairwise(["", *words]):
        if not word and not before.startswith("-"):
            raise InputError(f"an empty word{f' after {before}' if before else ''}: give it a value, or leave it out")
        option, equals, value = word.partition("=") if word.startswith("--") else (before, "=", word)
        if option in _OF_FILES and equals and not value:
            raise InputError(f"{option} '': give it a value, or leave it out")
        mended = option in _OF_FILES and word.startswith("--") and value.startswith("~")
        found.append(f"{option}={from_home(value)}" if mended else word)
    return found


def _refuse_twice(params: Iterable[Any], words: list[str], *, before_command: bool = False) -> None:
    """Of two values for what has one, the first would be lost without a word.

    Raises:
        InputError: names the option and both.
    """
    single = {name for each in params if isinstance(each, TyperOption) for name in each.opts if _takes_one(each)}
    taking = {name for each in params if isinstance(each, TyperOption) for name in each.opts if not each.is_flag}
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word == "--" or (before_command and not word.startswith("-")):
            return
        option, equals, value = word.partition("=")
        if option not in taking:
            continue
        value = value if equals else next(rest, "")
        if option in single and given.setdefault(option, value) != value:
            one, other = printable_address(given[option]), printable_address(value)
            raise InputError(f"{option} {one} and {option} {other}: give one of them")


def _takes_one(option: TyperOption) -> bool:
    return not (option.is_flag or option.multiple or option.count)


def _refuse_both_formats(ctx: Any) -> None:  # noqa: ANN401 - typer's own
    """`--json` beside another `--format`: one of them would be lost.

    Raises:
        InputError: names both.
    """
    for each in ctx.command.params:
        if "--format" in each.opts and ctx.params.get("as_json") and typed(ctx, each.name):
            wanted = ctx.params[each.name].value
            if wanted != "json":
                raise InputError(f"--json and --format {wanted} contradict each other: give one of them")


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
