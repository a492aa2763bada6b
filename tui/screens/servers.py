"""Networks on servers, among the models to choose from: typed as `--model` takes them, and offered again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui.depth.remote.address import is_remote, parse_server
from tui.errors import InputError
from tui.instrument.wanted import Wanted
from tui.screens.pick import Choice
from tui.storage.answers import Answers

_PURPOSE = "server"
_SHOWN = 5
_CARD = " --card "


def remember(answers: Answers, typed: str) -> None:
    """One that has answered; addresses with a login are not taken in the first place, and tokens stand in none."""
    answers.add(_PURPOSE, typed)


def recent(answers: Answers, in_use: str | None) -> list[Choice]:
    """The last ones, the newest first, but for the one in use."""
    found = [each for each in reversed(answers.to(_PURPOSE)) if is_remote(each) and each != in_use]
    return [Choice(each, label(each), "on a server\na network that was used before") for each in found[:_SHOWN]]


def label(typed: str) -> str:
    """For lists and messages: 'big on gpu.lab:8000'; of what is no address, the text itself."""
    name = typed.partition(_CARD)[0]
    try:
        address = parse_server(name)
    except InputError:
        return name
    return f"{address.model} on {address.host}"


def wanted_of(wanted: Wanted, typed: str) -> Wanted:
    """Another model: its name, and with ` --card FILE` behind it the card that a server does not have."""
    name, _, card = typed.strip().partition(_CARD)
    other = wanted.with_model(name.strip())
    return replace(other, card=Path(card.strip())) if card.strip() and is_remote(name) else wanted.with_model(typed)


def typed_of(wanted: Wanted) -> str:
    """What would be typed for the model that is wanted."""
    card = f"{_CARD}{wanted.card}" if wanted.card is not None and is_remote(wanted.model or "") else ""
    return f"{wanted.model or ''}{card}"
