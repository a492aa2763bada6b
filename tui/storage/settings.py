"""What the user has set and wants to find again: a small TOML file that a person can edit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from tui.calibration.units import DistanceUnit
from tui.storage.atomic import alone_with, write_atomically
from tui.storage.bounded import read_bounded
from tui.storage.paths import config_dir

THEMES = ("dark", "light")
COLORS = ("auto", "truecolor", "256", "16", "mono")
PALETTES = ("inferno", "magma", "viridis", "cividis", "grey", "turbo")
CONTOURS = ("auto", "off", "on", "only")
GRAPHICS = ("halfblocks", "auto", "sixel", "kitty")
_MAX_WINDOW_PX = 255
_MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The defaults are those of a first start."""

    unit: DistanceUnit = DistanceUnit.METRES
    theme: str = "dark"
    """One of `THEMES`."""
    colors: str = "auto"
    """One of `COLORS`: what the terminal says it can show, or what the user says."""
    palette: str = "inferno"
    """One of `PALETTES`: of depth maps."""
    contours: str = "auto"
    """One of `CONTOURS`: lines of equal distance on depth maps; `auto` where there are no colours."""
    graphics: str = "halfblocks"
    """One of `GRAPHICS`: how pictures are drawn."""
    window_px: int = 5
    """Odd side of the window around a pixel that a reading is the median of."""
    source: str = ""
    """What was looked at last, as `--source` takes it; empty: the first camera, or the demo."""
    model: str = ""
    """What it was looked at with last; empty: the default model."""
    profile: str = ""
    """The profile in use; empty: none."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the user's own by the name of what they do, with commas between several: the table `[keys]`."""
    bell: bool = False
    """Whether the terminal's bell rings with alarms."""


def settings_path() -> Path:
    """Where the settings are kept."""
    return config_dir() / "settings.toml"


def load_settings() -> tuple[Settings, str]:
    """The settings, and one line on what in the file could not be used; empty if all could, or there is no file.

    Never raises: a setting that makes no sense falls back to its default.
    """
    return _parse(settings_path())


def _parse(path: Path) -> tuple[Settings, str]:
    try:
        data = read_bounded(path, _MAX_BYTES)
        if len(data) > _MAX_BYTES:
            return Settings(), f"{path}: too large for settings; the defaults are used"
        values = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
        return Settings(), f"{path}: {reason}; the defaults are used"
    good = {name: value for name, value in values.items() if name in _CHECKS and _CHECKS[name](value)}
    bad = sorted(name for name in values if name in _CHECKS and name not in good)
    if "keys" in good:
        good["keys"], not_keys = _keys(good["keys"])
        bad += not_keys
    if "unit" in good:
        good["unit"] = DistanceUnit(good["unit"])
    message = f"{path}: {', '.join(bad)} cannot be used as set; the default is taken" if bad else ""
    return Settings(**good), message


def save_settings(settings: Settings, since: Settings | None = None) -> None:
    """Write the settings, whole or not at all.

    Args:
        settings: as they are now.
        since: as they were loaded: only what has changed since then is written, over what the file says by now,
            so that two running at once do not undo each other's changes. None writes all.

    Raises:
        StorageError: names the file and the remedy.
    """
    path = settings_path()
    with alone_with(path):
        if since is not None:
            names = (each.name for each in fields(settings))
            changed = {n: getattr(settings, n) for n in names if getattr(settings, n) != getattr(since, n)}
            settings = replace(_parse(path)[0], **changed)
        lines = [
            f"{each.name} = {_toml(getattr(settings, each.name))}" for each in fields(settings) if each.name != "keys"
        ]
        if settings.keys:
            lines += ["", "[keys]", *(f"{_toml(name)} = {_toml(keys)}" for name, keys in settings.keys.items())]
        write_atomically(path, "# Settings of depth-tui, written when it is left.\n" + "\n".join(lines) + "\n")


def _keys(table: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """Each action's keys as one text, and the names of those that are none."""
    found, bad = {}, []
    for name, value in table.items():
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            found[name] = ",".join(value)
        else:
            bad.append(f"keys.{name}")
    return found, bad


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_source(value: object) -> bool:
    """A command is run from its user's own hands only, never because a file says so."""
    return isinstance(value, str) and value.lstrip()[:5].casefold() != "exec:"


def _is_window(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value % 2 == 1 and 1 <= value <= _MAX_WINDOW_PX


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "unit": lambda value: value in list(DistanceUnit),
    "theme": lambda value: value in THEMES,
    "colors": lambda value: value in COLORS,
    "palette": lambda value: value in PALETTES,
    "contours": lambda value: value in CONTOURS,
    "graphics": lambda value: value in GRAPHICS,
    "window_px": _is_window,
    "bell": lambda value: isinstance(value, bool),
    "source": _is_source,
    "model": _is_text,
    "profile": _is_text,
    "keys": lambda value: isinstance(value, dict),
}


def _toml(value: str | int) -> str:
    """A TOML basic string is a JSON one, but for DEL, which TOML wants escaped, and lone surrogates, which it lacks."""
    if isinstance(value, int):
        return str(value).lower()  # true, not True
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
