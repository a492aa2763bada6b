"""Drafting the card of a file, and trying it on test pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tui.depth.first_card.draft import Draft, drafted
from tui.depth.first_card.trial import tried
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage

_CUT = 200


def draft_card(path: Path, pictures: Sequence[tuple[RGBImage, FloatMap]]) -> Draft:
    """The first card of a model file, from the file and from what it gives for pictures of known depth.

    Args:
        path: an .onnx, .tflite or .xml file.
        pictures: each with its true depth along the optical axis, metres, (H, W).

    Raises:
        ModelError: it is no such file, or none that a card can make usable.
    """
    from tui.depth.file_model import load_file_model  # which asks for cards in its turn
    from tui.depth.first_card.facts import read_facts  # OpenVINO's own cost
    from tui.depth.model_parts import sha256_of

    draft = drafted(read_facts(path, sha256_of(path)))
    with tempfile.TemporaryDirectory(prefix="depth-tui-card-") as folder:
        card = Path(folder) / "card.toml"
        card.write_text(draft.text(raw=True), encoding="utf-8")
        try:
            estimator = load_file_model(path, card_file=card)
        except ModelError as error:
            return replace(draft, failure=_line(error, card))
        try:
            return replace(draft, trial=tried(estimator, pictures))
        except ModelError as error:
            return replace(draft, failure=_line(error, card))
        finally:
            estimator.close()


def _line(error: ModelError, card: Path) -> str:
    """Its first line, without the place of a card that is gone when it is read."""
    return str(error).splitlines()[0].replace(f"{card}: ", "").replace(f"card {card}: ", "")[:_CUT]
