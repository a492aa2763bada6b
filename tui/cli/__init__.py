"""The command line: one file a subcommand, heavy imports inside the function that pays for them."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """What the installed command runs."""
    from tui.cli.exits import exit_code_of, leave, tell_faults_of_threads
    from tui.cli.surroundings import settle

    settle()
    tell_faults_of_threads()
    leave(exit_code_of(_run))


def _run() -> int:
    from tui.cli.root import run  # brings the parser along, and ctrl+c may come meanwhile

    return run()
