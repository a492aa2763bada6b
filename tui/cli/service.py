"""`depth-tui service`: a unit for systemd that watches what a configuration names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tui.cli.output import say

_WATCHDOG_S, _PERIODS = 60.0, 4
"""So many seconds without a fresh map, or so many periods, are a hang."""

_UNIT = """\
# systemctl --user edit --full --force depth-tui.service   (paste this), or write it to
# ~/.config/systemd/user/depth-tui.service; then:
#   systemctl --user daemon-reload && systemctl --user enable --now depth-tui
#   loginctl enable-linger {user}        (so that it runs while nobody is logged in)
#   systemctl --user reload depth-tui    (reads the configuration again)
[Unit]
Description=depth-tui: distances from cameras
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory={folder}
# Told to be alive only when a fresh map was made: a camera, a driver or a network that hangs is started anew.
WatchdogSec={watchdog}
Restart=on-failure
RestartSec=5
# The password of an MQTT broker, where one is needed: DEPTH_TUI_MQTT_PASSWORD=...
EnvironmentFile=-{folder}/depth-tui.env

[Install]
WantedBy=default.target
"""


def service(
    config: Annotated[Path, typer.Option("--config", metavar="FILE", help="What to watch; see watch --config.")],
    allow_exec: Annotated[
        bool, typer.Option("--allow-exec", help="Let commands that stand in the file be run.")
    ] = False,
) -> None:
    """Print a systemd user unit that runs watch --config FILE: told of hangs, restarted, reloaded by SIGHUP.

    The file is read and checked first.
    """
    from tui.cli.entries import read_prepared

    path = config.absolute()
    _, cameras = read_prepared(path, allow_exec=allow_exec)
    every_s = max(each.period_s for each in cameras)
    words = [*_program(), "watch", "--config", str(path), *(["--allow-exec"] if allow_exec else [])]
    watchdog_s = max(_WATCHDOG_S, _PERIODS * every_s)
    folder = str(path.parent).replace("%", "%%")
    say(_UNIT.format(command=" ".join(map(_quoted, words)), folder=folder, watchdog=f"{watchdog_s:.0f}", user=_user()))


def _program() -> list[str]:
    """How this program was started, for another folder."""
    started = Path(sys.argv[0]).absolute()
    return [sys.executable, "-m", "tui"] if started.name == "__main__.py" else [str(started)]


def _quoted(word: str) -> str:
    """A word as systemd reads command lines: https://www.freedesktop.org/software/systemd/man/systemd.service.html."""
    word = word.replace("%", "%%").replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"' if any(each in word for each in " \t'\"\\;") else word


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "$USER"
