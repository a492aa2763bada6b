"""Sources that were looked at before: kept without anything that may be a login."""

from __future__ import annotations

import re

from tui.camera.command import is_command
from tui.camera.printable import printable_address
from tui.screens.pick import Choice
from tui.storage.answers import Answers
from tui.storage.paths import from_home

_PURPOSE = "source"
_SHOWN = 8
_PINNED = re.compile(r"#sha256=[0-9A-Fa-f:]+$")
"""Of a certificate that was confirmed: no secret."""
_LONGEST = 44


def remember(answers: Answers, spec: str) -> None:
    """A source that was opened; cameras of this machine and the demo are offered anyway, a command is never kept."""
    spec = spec.strip()
    if not spec or spec.isdecimal() or spec.casefold() == "demo" or spec == "-" or is_command(spec):
        return
    answers.add(_PURPOSE, _kept(spec))


def recent(answers: Answers) -> list[Choice]:
    """The last ones, the newest first."""
    found = [each for each in reversed(answers.to(_PURPOSE)) if not is_command(each)][:_SHOWN]
    return [Choice(each, _shortened(each), "" if is_whole(each) else "its login is not kept") for each in found]


def is_whole(spec: str) -> bool:
    """Whether nothing is missing from what was kept."""
    return "://" not in spec or ("..." not in spec and "://@" not in spec)


def _kept(spec: str) -> str:
    pin = _PINNED.search(spec)
    bare = spec[: pin.start()] if pin else spec
    shown = printable_address(bare)
    if "://" not in bare:
        path = from_home(bare)
        return str(path.absolute()) if path.exists() else shown
    shown = shown.replace("://...@", "://", 1)
    if shown != bare and "..." not in shown:
        scheme, rest = shown.split("://", 1)
        shown = f"{scheme}://@{rest}"  # where its login belongs
    return shown + (pin[0] if pin else "")


def _shortened(spec: str) -> str:
    """Its end, which tells it from others."""
    return spec if len(spec) <= _LONGEST else f"…{spec[1 - _LONGEST :]}"
