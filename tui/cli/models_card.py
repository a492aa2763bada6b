"""`depth-tui models card`: a first card for a model file, which its user then checks."""

from __future__ import annotations

from tui.cli.exits import warn
from tui.cli.output import say
from tui.errors import InputError, ModelError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.storage.paths import from_home

_VIEWS_S = (0.0, 5.0)
"""Of the demo's room."""


def write_first_card(file: str, *, show: bool, force: bool) -> None:
    """Look at a model file, try it, and write its card beside it, or print it.

    Args:
        file: an .onnx, .tflite or .xml file.
        show: print it.
        force: write over one that lies there.

    Raises:
        InputError: there is a card already.
        ModelError: it is no model, or none that a card can make usable.
        StorageError: the card cannot be written.
    """
    from tui.depth.card import card_path
    from tui.depth.file_model import SUFFIXES
    from tui.depth.first_card.write import draft_card
    from tui.storage.atomic import write_atomically

    path = from_home(file)
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError(f"{path} is none of the files that need a card: {', '.join(SUFFIXES)}")
    target = card_path(path)
    if not (show or force) and target.exists():
        raise InputError(f"{target} is there already: --force writes over it, --print shows another one")
    draft = draft_card(path, _room())
    text = draft.text()
    if show:
        say(text.rstrip("\n"))
    else:
        write_atomically(target, text)
        say(f"{target} is written: {draft.known.title or 'nothing tells what the network is'}")
        if draft.trial is not None and not draft.trial.problem:
            say(f"on test pictures: {draft.trial.words}")
    unusable = "" if draft.trial is None else draft.trial.problem
    for problem in (draft.failure, draft.contradiction, unusable and f"on test pictures: {unusable}"):
        if problem:
            warn(problem)
    if checks := text.count("CHECK:"):
        lines = "line" if checks == 1 else "lines"
        warn(f"{checks} {lines} with CHECK to be confirmed before its distances mean anything")


def _room() -> list[tuple[RGBImage, FloatMap]]:
    """Views of the demo's room with what is near and far in them."""
    from tui.camera.demo.renderer import DemoRenderer

    renderer = DemoRenderer()
    return [renderer.render(at_s) for at_s in _VIEWS_S]
