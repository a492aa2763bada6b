"""A file that says what to watch: several cameras, their regions and alarms, and who listens.

```toml
every = "1s"
log = "run.db"
mqtt = "mqtt://broker"

[camera.hall]
source = "rtsp://10.0.0.7/stream"
profile = "hall"
region = ["door=100,80:200,300"]
alarm = ["door: surely nearer than 1m for 2s"]
```

Every key is the long name of an option of `depth-tui watch`, without its dashes; what stands above the first camera
counts for all of them.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.camera.command import is_command
from tui.errors import InputError
from tui.records.listeners import Listening
from tui.storage.bounded import read_bounded
from tui.targets.live import is_live_command

_MOST_BYTES = 1_000_000
_MOST_CAMERAS = 32
_NAME = re.compile(r"[\w][\w .-]{0,39}")

_LISTS = (
    "at", "region", "reference", "marker", "live", "length", "floor", "known", "sheet", "distance", "set", "alarm",
)  # fmt: skip
_TEXTS = (
    "source", "profile", "model", "weights", "card", "engine", "precision", "intrinsics", "fov", "flip", "crop", "size",
    "rate", "fourcc", "every", "rotate",
)  # fmt: skip
_NUMBERS = ("threads", "window")
_CAMERA_KEYS = (*_LISTS, *_TEXTS, *_NUMBERS)
_FOR_ALL = ("model", "weights", "card", "engine", "precision", "threads", "every")
_LISTENING = ("log", "log-max", "log-age", "mqtt", "metrics", "webhook", "exec")
_PATHS = ("source", "profile", "weights", "card", "intrinsics")

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """One camera, as it is written; two that are equal need no new start."""

    name: str
    values: tuple[tuple[str, Value], ...]
    """Options by their long names, those for all cameras among them, sorted."""

    def text(self, key: str) -> str | None:
        """The value of an option that is a text; None where it is not given."""
        value = dict(self.values).get(key)
        return None if value is None else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The values of an option that can be given several times."""
        value = dict(self.values).get(key, ())
        return value if isinstance(value, tuple) else (str(value),)

    def number(self, key: str) -> int | None:
        """The value of an option that is a whole number."""
        value = dict(self.values).get(key)
        return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file says."""

    path: Path
    cameras: tuple[CameraEntry, ...]
    listening: Listening
    """Without alarms, which belong to the cameras."""


def read_configuration(path: Path, *, allow_exec: bool = False, mqtt_password: str | None = None) -> Configuration:
    """Read and check a file.

    Args:
        path: a TOML file.
        allow_exec: whether commands in it may be run; only somebody who typed so can know.
        mqtt_password: goes with the broker.

    Raises:
        InputError: names the file, the key and the remedy.
    """
    try:
        data = read_bounded(path, _MOST_BYTES)
    except OSError as error:
        raise InputError(f"--config {path}: {error.strerror or error}") from error
    if len(data) > _MOST_BYTES:
        raise InputError(f"--config {path}: no configuration is that long")
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"--config {path}: not TOML: {error}") from error
    cameras = content.pop("camera", None)
    if not isinstance(cameras, dict) or not cameras:
        raise InputError(f'--config {path}: name a camera: [camera.hall] and below it source = "0"')
    if len(cameras) > _MOST_CAMERAS:
        raise InputError(f"--config {path}: {len(cameras)} cameras; {_MOST_CAMERAS} at most")
    shared = _checked(content, (*_FOR_ALL, *_LISTENING), f"--config {path}", path.parent)
    entries = tuple(
        _camera(name, value, {key: shared[key] for key in _FOR_ALL if key in shared}, path)
        for name, value in cameras.items()
    )
    commands = [entry.name for entry in entries if is_command(entry.text("source") or "")]
    commands += [f"{entry.name}: live" for entry in entries if any(map(is_live_command, entry.texts("live")))]
    if "exec" in shared:
        commands.append("exec")
    if commands and not allow_exec:
        raise InputError(f"--config {path}: {commands[0]}: a command is run only with --allow-exec")
    listening = Listening(
        command=_text(shared, "exec"),
        webhook=_text(shared, "webhook"),
        log=None if "log" not in shared else path.parent / str(shared["log"]),
        log_max=_text(shared, "log-max"),
        log_age=_text(shared, "log-age"),
        mqtt=_text(shared, "mqtt"),
        mqtt_password=mqtt_password,
        metrics=_text(shared, "metrics"),
    )
    return Configuration(path, entries, listening)


def _camera(name: str, value: object, shared: Mapping[str, Value], path: Path) -> CameraEntry:
    where = f"--config {path}: camera {name}"
    if _NAME.fullmatch(name) is None:
        raise InputError(f"{where}: a name has letters, digits, blanks, . - and _, 40 at most")
    if not isinstance(value, dict):
        raise InputError(f"{where}: write [camera.{name}] and its options below")
    found = {**shared, **_checked(value, _CAMERA_KEYS, where, path.parent)}
    if "source" not in found:
        raise InputError(f'{where}: give its source, such as source = "0"')
    if found["source"] == "-":
        raise InputError(f"{where}: source: standard input (-) is for one camera alone: watch --source -")
    return CameraEntry(name, tuple(sorted(found.items())))


def _checked(content: Mapping[str, object], keys: tuple[str, ...], where: str, folder: Path) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in content.items():
        if key not in keys:
            near = difflib.get_close_matches(key, keys, 1)
            hint = f"; is it {near[0]}?" if near else f"; there are {', '.join(keys)}"
            raise InputError(f"{where}: there is no '{key}'{hint}")
        found[key] = _value(key, value, where)
        if key in _PATHS:
            found[key] = _beside(str(found[key]), folder)
    return found


def _value(key: str, value: object, where: str) -> Value:
    if key in _NUMBERS:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        raise InputError(f"{where}: {key}: write a whole number above 0, without quotes")
    if key in _LISTS:
        texts = [value] if isinstance(value, str) else value
        if isinstance(texts, list) and all(isinstance(each, str) and each.strip() for each in texts):
            return tuple(texts)
        raise InputError(f'{where}: {key}: write a list of texts, such as {key} = ["..."]')
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError(f'{where}: {key}: write a text in quotes, such as {key} = "..."')


def _beside(text: str, folder: Path) -> str:
    """A file that lies beside the configuration is meant by its name alone."""
    try:
        there = not Path(text).is_absolute() and (folder / text).exists()
    except (OSError, ValueError):
        return text
    return str(folder / text) if there else text


def _text(values: Mapping[str, Value], key: str) -> str | None:
    return None if key not in values else str(values[key])
