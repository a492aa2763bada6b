"""The list of the depth networks, for a person: no line is longer than the terminal is wide."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from tui.cli.output import make_console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from tui.depth.registry import ModelSpec

_HEADINGS = ("name", "weights", "speed here")
_NOTES = (
    "errors compared with dpt-large-384, fps on an RTX 3090: as MiDaS's makers state them",
    "speed here: frames of 640x480; 'about': estimated for f32 from its arithmetic and a matrix product timed here",
    "depth-tui bench --models measures the speed of those that are installed",
    "any DPT, Depth Anything, ZoeDepth, Depth Pro or GLPN of the Hub: --model hf:OWNER/NAME[@REVISION]; or a folder",
)
_COMMANDS = (
    "depth-tui models fetch NAME   downloads the weights from the official release",
    "--model net.onnx              runs a file of your own with its card net.toml",
    "--model oip:http://HOST/NAME  asks a server of the Open Inference Protocol",
)


def show_models() -> None:
    """Print all that can be asked for by name: which are there, how fast they are here, when to choose which."""
    from rich.text import Text

    from tui.cli.table import align
    from tui.depth.hub.choices import HUB_MODELS
    from tui.depth.needs import lacking
    from tui.depth.registry import MODELS
    from tui.depth.speed import expected_speed
    from tui.depth.weights import cached_path, installed

    there = installed()
    speeds = [expected_speed(spec.name) for spec in MODELS]
    rows = [
        (spec.short_name, _state(spec, spec in there), "" if speed is None else speed.text)
        for spec, speed in zip(MODELS, speeds, strict=True)
    ]
    console = make_console()
    heading, *lines = align([_HEADINGS, *rows], right=False)
    console.print(heading)
    for spec, line in zip(MODELS, lines, strict=True):
        console.print(line)
        _print_words(console, spec)
    console.print()
    console.print(Text(" from the Hugging Face Hub", "dim"))
    for spec in HUB_MODELS:
        console.print(f" {spec.name}")
        console.print(Text("   ").append(_state(spec, cached_path(spec).is_file())))
        _print_words(console, spec)
    console.print()
    extras = dict.fromkeys(extra for spec in (*MODELS, *HUB_MODELS) if (extra := lacking(spec)) is not None)
    for extra in extras:
        _print_wrapped(console, f"'needs {extra.name}': the libraries are not installed; run: {extra.install}", 1)
    for note in _NOTES:
        _print_wrapped(console, note, 1, "dim")
    console.print()
    for command in _COMMANDS:
        console.print(f" {command}")


def _print_words(console: Console, spec: ModelSpec) -> None:
    _print_wrapped(console, spec.use, 3)
    _print_wrapped(console, f"{spec.licence}; {spec.description}", 3, "dim")


def _print_wrapped(console: Console, text: str, indent: int, style: str = "") -> None:
    pad = " " * indent
    for line in wrap(text, max(console.width, 20), initial_indent=pad, subsequent_indent=pad, break_on_hyphens=False):
        console.print(line, style=style)


def _state(spec: ModelSpec, there: bool) -> Text:
    from rich.text import Text

    from tui.depth.needs import lacking
    from tui.depth.weights import size_text

    extra = lacking(spec)
    needs = f", needs {extra.name}" if extra is not None else ""
    if there:
        return Text(("comes along" if spec.bundled else "installed") + needs, "yellow" if needs else "green")
    return Text(f"to fetch, {size_text(spec.size_bytes)}{needs}")
