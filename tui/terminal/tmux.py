"""What tmux says of itself and of the terminal that it is shown in; a program inside it sees only tmux."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

_FIELDS = ("client_utf8", "client_termfeatures", "client_termtype", "allow-passthrough")
_WAIT_S = 1.0
_BEGIN, _END = "\x1bPtmux;", "\x1b\\"


@dataclass(frozen=True, slots=True)
class Tmux:
    """One client of a tmux server, as far as tmux says."""

    utf8: bool | None = None
    """Whether it sends UTF-8 to its terminal; else it writes `_` for all that is not ASCII. None: it does not say."""
    features: frozenset[str] = frozenset()
    """Of the terminal, as `terminal-features` names them: `RGB`, `sixel` ..."""
    kind: str = ""
    """What the terminal calls itself, such as `kitty(0.32.2)`; empty if it does not."""
    passthrough: bool = False
    """Whether what is wrapped reaches the terminal."""


def ask_tmux(environment: Mapping[str, str]) -> Tmux | None:
    """What tmux says, within a second; None outside of it."""
    if not environment.get("TMUX"):
        return None
    pane = environment.get("TMUX_PANE", "")
    wanted = "\n".join(f"#{{{field}}}" for field in _FIELDS)
    command = ["tmux", "display-message", "-p", *(["-t", pane] if pane else []), wanted]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_WAIT_S,
            check=True,
            stdin=subprocess.DEVNULL,
            env=dict(environment),
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return Tmux()
    said = [*done.stdout.splitlines(), *[""] * len(_FIELDS)]
    utf8, features, kind, passthrough = said[: len(_FIELDS)]
    return Tmux(
        {"1": True, "0": False}.get(utf8.strip()),
        frozenset(filter(None, features.strip().split(","))),
        kind.strip(),
        passthrough.strip() not in {"", "0", "off"},
    )


def through_tmux(data: str) -> str:
    """Wrapped so that tmux hands it to its terminal as it is, where it passes such things on."""
    return _BEGIN + data.replace("\x1b", "\x1b\x1b") + _END
