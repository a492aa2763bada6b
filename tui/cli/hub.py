"""Models of the Hugging Face Hub in the list of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def show_hub_models(console: Console) -> None:
    """Print those that are worth naming, by what they are good for, and which are there."""
    from rich.text import Text

    from tui.cli.table import align
    from tui.depth.hub.choices import HUB_MODELS
    from tui.depth.weights import cached_path, size_text

    rows = []
    for spec in HUB_MODELS:
        to_fetch = Text(f"to fetch, {size_text(spec.size_bytes)}")
        state = Text("installed", "green") if cached_path(spec).is_file() else to_fetch
        rows.append((spec.name, state, spec.licence, spec.description, spec.use))
    console.print()
    headings = ("from the Hugging Face Hub", "weights", "licence", "what it is", "when to choose it")
    for line in align([headings, *rows], right=False):
        console.print(line)
    console.print(
        " any DPT, Depth Anything, ZoeDepth, Depth Pro or GLPN there: --model hf:OWNER/NAME[@REVISION], or a folder; "
        "needs the extra 'hub'",
        style="dim",
        markup=False,
    )
    console.print()
