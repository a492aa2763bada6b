"""Where this program keeps its files; every function reads the environment when it is called."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APP_NAME = "depth-tui"


def cache_dir() -> Path:
    """What can be had again: downloaded weights, converted models. `$XDG_CACHE_HOME/depth-tui` on Linux."""
    return platformdirs.user_cache_path(APP_NAME, appauthor=False)


def config_dir() -> Path:
    """What the user has set. `$XDG_CONFIG_HOME/depth-tui` on Linux."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False)


def data_dir() -> Path:
    """What the user has made and wants to keep. `$XDG_DATA_HOME/depth-tui` on Linux."""
    return platformdirs.user_data_path(APP_NAME, appauthor=False)


def state_dir() -> Path:
    """What the program notes of its own running. `$XDG_STATE_HOME/depth-tui` on Linux."""
    return platformdirs.user_state_path(APP_NAME, appauthor=False)


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
