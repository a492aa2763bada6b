"""The command line: one file a subcommand, heavy imports inside the function that pays for them."""

from __future__ import annotations

from tui.cli.root import main

__all__ = ["main"]
