"""Options of `watch` and of the app for alarms and for whoever listens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tui.records.listeners import Listening

PASSWORD_VARIABLE = "DEPTH_TUI_MQTT_PASSWORD"  # noqa: S105 - the name of one

AlarmOption = Annotated[
    list[str] | None,
    typer.Option(
        "--alarm",
        metavar="NAME: CONDITION",
        help="'door: surely nearer than 1m for 2s'; also perhaps nearer, surely or perhaps farther, changes by more "
        "than 10%, no reading for 10s. Of a region or 'pin 1'; can be given several times.",
    ),
]
ExecOption = Annotated[
    str | None,
    typer.Option(
        "--exec", metavar="COMMAND", help="Run when an alarm rings or ends: it, as JSON, on standard input; no shell."
    ),
]
WebhookOption = Annotated[
    str | None, typer.Option("--webhook", metavar="URL", help="Told by POST when an alarm rings or ends, as JSON.")
]
LogOption = Annotated[
    Path | None,
    typer.Option("--log", metavar="FILE", help="Keep all readings: .db (SQLite), .csv or .jsonl; see depth-tui log."),
]
LogMaxOption = Annotated[
    str | None, typer.Option("--log-max", metavar="SIZE", help="The most that the log may hold; 1GB without it.")
]
LogAgeOption = Annotated[
    str | None, typer.Option("--log-age", metavar="TIME", help="Delete from the log what is older, such as 30d.")
]
MqttOption = Annotated[
    str | None,
    typer.Option(
        "--mqtt",
        metavar="URL",
        help="Publish to a broker: mqtt://user@host, with :PORT and /PREFIX where they are wanted; mqtts for TLS. "
        "Home Assistant finds it by itself. The password: see above.",
    ),
]
MetricsOption = Annotated[
    str | None, typer.Option("--metrics", metavar="HOST:PORT", help="Let Prometheus scrape there: 127.0.0.1:9300.")
]


def mqtt_password() -> str | None:
    """From the environment: what stands in a command line can be read by others."""
    return os.environ.get(PASSWORD_VARIABLE)


def listening_of(
    alarm: Sequence[str] | None,
    command: str | None,
    webhook: str | None,
    log: Path | None,
    log_max: str | None,
    log_age: str | None,
    mqtt: str | None,
    metrics: str | None,
    *,
    alarms_later: bool = False,
) -> Listening:
    """What the options say, checked; `alarms_later` where alarms may be set besides.

    Raises:
        InputError: one cannot be used.
    """
    from tui.records.listeners import Listening

    found = Listening(
        alarm=tuple(alarm or ()),
        command=command,
        webhook=webhook,
        log=log,
        log_max=log_max,
        log_age=log_age,
        mqtt=mqtt,
        mqtt_password=mqtt_password(),
        metrics=metrics,
    )
    found.check(alarms_later=alarms_later)
    return found
