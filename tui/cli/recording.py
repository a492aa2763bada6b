"""`watch --record`: what is read is written down as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.calibration.durations import parse_duration
from tui.calibration.sizes import parse_size
from tui.cli.exits import complain, warn
from tui.errors import InputError
from tui.storage.paths import from_home

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


@contextmanager
def recorded(path: Path | None, most: str, age: str) -> Iterator[Callable[[Headless], None]]:
    """Gives what to call after every line: it keeps what was read. Does nothing without a path.

    Raises:
        InputError: a limit that cannot be read, or a name that is none of a recording.
        StorageError: the file cannot be made.
    """
    from tui.records.rolling import LEAST_BYTES, Limits  # brings the writer along, which few runs need

    most_bytes = parse_size(most, f"--record-max '{most}'", least=LEAST_BYTES)
    most_s = parse_duration(age, f"--record-age '{age}'")
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
    recording = Recording(from_home(path), limits, warn)
    try:
        yield lambda headless: recording.take(headless.instrument.reading, headless.instrument.session)
    finally:
        recording.close()
        status = recording.status
        if not status.problem:
            frames = f"{status.frames} frame{'' if status.frames == 1 else 's'}"
            complain(f"recorded {frames} to {status.path}, {status.words.removeprefix('REC ')}")
