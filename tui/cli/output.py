"""What commands print: nothing in a name is obeyed by the terminal, and JSON is JSON whatever a file is called."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import typer

from tui.camera.printable import writable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal acts on, or what turns the order of what it shows: controls, line ends, directions, and halves of
characters, which stand for bytes that are no UTF-8."""


def printable(name: str) -> str:
    """The name of a file, camera or model in one line that can be printed: what a terminal would obey is shown."""
    return _OBEYED.sub(_shown, name)


def printable_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(printable(line) for line in text.split("\n"))


def say(text: str, *, err: bool = False) -> None:
    """Print a text, of one or several lines."""
    typer.echo(printable_lines(text), err=err)


def put(line: str) -> None:
    """Print a line at once, also into a pipe."""
    say(line)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print a JSON document, in ASCII alone, so that it is UTF-8 in every locale."""
    typer.echo(json_text(value, indent=2))


def json_text(value: object, *, indent: int | None = None) -> str:
    r"""JSON of plain values: a byte of a file name that is no UTF-8 stands as `\xff`, what is no number as null."""
    return json.dumps(_valid(value), indent=indent, allow_nan=False)


def make_console(*, stderr: bool = False) -> Console:
    """Where tables and progress are shown. Text is taken as it is, never as markup."""
    from rich.console import Console
    from rich.segment import Segment

    class Careful(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for text, style, control in super().render(renderable, options):
                yield Segment(text if control else printable_lines(text), style, control)

    # Tables are as wide as they are; bars and spinners, on the error stream, must know how many lines they take.
    return Careful(stderr=stderr, highlight=False, soft_wrap=not stderr, markup=False, emoji=False)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that it cannot decode
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _valid(value: object) -> object:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_valid(key): _valid(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_valid(each) for each in value]
    return value
