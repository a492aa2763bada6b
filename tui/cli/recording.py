"""`watch --record`: what is read is written down as it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.calibration.written import plain
from tui.cli.exits import complain, warn
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.cli.headless import Headless

RecordOption = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="FILE.mcap",
        help="Keep what is read: pictures, maps, readings; --source FILE.mcap plays it back, Foxglove and ROS 2 open "
        "it.",
    ),
]
RECORD_MOST, RECORD_AGE = "2GB", "24h"
"""What bounds a recording where nothing is said."""
RecordMaxOption = Annotated[
    str, typer.Option("--record-max", metavar="SIZE", help="Of a recording; its oldest files go first.")
]
RecordAgeOption = Annotated[str, typer.Option("--record-age", metavar="TIME", help="What is older goes: 24h, 7d.")]

_BYTES = {"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SECONDS = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([a-z]*)")


def parse_size(text: str) -> int:
    """Bytes from '2GB', '500 MB', '64MiB'.

    Raises:
        InputError: shows the form.
    """
    return round(_amount(text, _BYTES, "--record-max", "a size such as 2GB or 500MB"))


def parse_age(text: str) -> float:
    """Seconds from '24h', '90min', '7d'.

    Raises:
        InputError: shows the form.
    """
    return _amount(text, _SECONDS, "--record-age", "a time such as 24h, 90min or 7d")


@contextmanager
def recorded(path: Path | None, most: str, age: str) -> Iterator[Callable[[Headless], None]]:
    """Gives what to call after every line: it keeps what was read. Does nothing without a path.

    Raises:
        InputError: a limit that cannot be read, or a name that is none of a recording.
        StorageError: the file cannot be made.
    """
    from tui.records.rolling import Limits  # brings the writer along, which few runs need

    most_bytes, most_s = parse_size(most), parse_age(age)
    if path is None:
        if (most, age) != (RECORD_MOST, RECORD_AGE):
            raise InputError("--record-max and --record-age are for a recording: give --record FILE.mcap")
        yield lambda _headless: None
        return
    from tui.records.recording import Recording

    try:
        limits = Limits(most_bytes, most_s)
    except InputError as error:
        raise InputError(f"--record-max {most}, --record-age {age}: {error}") from error
    recording = Recording(path.expanduser(), limits, warn)
    try:
        yield lambda headless: recording.take(headless.instrument.reading, headless.instrument.session)
    finally:
        recording.close()
        status = recording.status
        if not status.problem:
            frames = f"{status.frames} frame{'' if status.frames == 1 else 's'}"
            complain(f"recorded {frames} to {status.path}, {status.words.removeprefix('REC ')}")


def _amount(text: str, units: dict[str, float], option: str, form: str) -> float:
    match = _NUMBER.fullmatch(plain(text).strip().lower())
    if match is None or match[2] not in units:
        raise InputError(f"{option} '{text}': write {form}")
    return float(match[1].replace(",", ".")) * units[match[2]]
