"""Files and folders to choose from, so that a path need not be typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App

from tui.screens.pick import Choice, PickDialog, Picked
from tui.storage.completing import paths_from
from tui.storage.paths import from_home


def browse(app: App[Any], folder: Path, take: Callable[[str], object], *, whole: str = "") -> None:
    """Walk through folders until one path is chosen or typed.

    Args:
        app: on which the dialog opens.
        folder: where to begin.
        take: gets the path.
        whole: what the folder itself would be chosen for; empty if it cannot be.
    """
    folder = from_home(folder).absolute()
    inside = f"{folder}/".replace("//", "/")
    found = sorted(paths_from(inside), key=lambda path: not path.endswith("/"))
    choices = [Choice(str(folder), ".", whole)] if whole else []
    if folder.parent != folder:
        choices.append(Choice(f"{folder.parent}/", "..", str(folder.parent)))
    choices += [Choice(path, path.removeprefix(inside)) for path in found]

    def answer(picked: Picked | None) -> None:
        if picked is None:
            return
        if picked.value.endswith("/") and not picked.typed:
            browse(app, Path(picked.value), take, whole=whole)
        else:
            take(picked.value)

    app.push_screen(PickDialog(inside, choices, "or type a path:", complete=paths_from), answer)
