"""What a model file says to the card beside it, or to there being none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui.depth.card import CARD_EXAMPLE, InputCard
from tui.depth.first_card.draft import drafted
from tui.depth.first_card.facts import normalising_scale, read_facts
from tui.errors import CARD_FOLLOWS, ModelError


def missing_card(where: Path, path: Path, sha256: str) -> ModelError:
    """With the card that would be right, as far as the file itself tells it.

    Args:
        where: the card is not.
        path: of the model.
        sha256: of all that it consists of.
    """
    try:
        example = drafted(read_facts(path, sha256)).text()
    except ModelError:
        example = CARD_EXAMPLE
    return ModelError(
        f"card {where}: there is no such file, and {path.name} needs it: 'depth-tui models card {path}' writes a first "
        f"one{CARD_FOLLOWS}{example}"
    )


def doubts_of(model: Any, card: InputCard, path: Path, where: Path) -> tuple[str, ...]:  # noqa: ANN401 - an openvino.Model
    """Why a card is hardly right although it fits.

    Args:
        model: an openvino.Model.
        card: of its input.
        path: of the model, for messages.
        where: the card is, likewise.
    """
    scale = normalising_scale(model)
    if scale is None or (card.mean, card.std) == ((0.0,) * 3, (1.0,) * 3):
        return ()
    words = f"{where}: {path.name} subtracts a mean and divides by itself, and the card does so again: "
    return (f"{words}write scale = {scale!r}, mean = [0.0, 0.0, 0.0], std = [1.0, 1.0, 1.0]",)
