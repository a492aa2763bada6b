"""Where this program keeps its files; every function reads the environment when it is called.

Each raises StorageError where nothing says whose home is meant: a user that the system does not know, without HOME.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

from tui.errors import StorageError

APP_NAME = "depth-tui"


def cache_dir() -> Path:
    """What can be had again: downloaded weights, converted models. `$XDG_CACHE_HOME/depth-tui` on Linux."""
    return _ours(platformdirs.user_cache_path)


def config_dir() -> Path:
    """What the user has set. `$XDG_CONFIG_HOME/depth-tui` on Linux."""
    return _ours(platformdirs.user_config_path)


def data_dir() -> Path:
    """What the user has made and wants to keep. `$XDG_DATA_HOME/depth-tui` on Linux."""
    return _ours(platformdirs.user_data_path)


def state_dir() -> Path:
    """What the program notes of its own running. `$XDG_STATE_HOME/depth-tui` on Linux."""
    return _ours(platformdirs.user_state_path)


def faults_dir() -> Path:
    """Tracebacks of the program's own faults, one file each; safe to delete at any time."""
    return state_dir() / "faults"


def weights_dir() -> Path:
    """Downloaded weights, one file a model."""
    return cache_dir() / "weights"


def converted_dir() -> Path:
    """Models converted for an engine; safe to delete at any time."""
    return cache_dir() / "converted"


def profiles_dir() -> Path:
    """Calibration profiles, one JSON file a name."""
    return data_dir() / "profiles"


def intrinsics_dir() -> Path:
    """Cameras' intrinsics, one JSON file a name."""
    return data_dir() / "intrinsics"


def captures_dir() -> Path:
    """Captured pictures with their depth and readings, one folder a capture."""
    return data_dir() / "captures"


def kept_dir() -> Path:
    """What was measured at each source, kept as it is made."""
    return data_dir() / "measured"


def from_home(path: str | Path) -> Path:
    """A path as a user writes it, whose `~` is the home folder; as it stands where it is nobody's. Never raises."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises where there is no such user


def real(path: Path) -> Path:
    """The path without links, as far as they lead anywhere. Never raises."""
    return Path(os.path.realpath(path))


def home() -> Path:
    """The user's home folder."""
    return _known(Path.home)


def _ours(place: Callable[..., Path]) -> Path:
    return _known(lambda: place(APP_NAME, appauthor=False))


def _known(place: Callable[[], Path]) -> Path:
    try:
        return place()
    except RuntimeError as error:
        raise StorageError("no home folder is known here: set HOME to a folder of your own") from error
