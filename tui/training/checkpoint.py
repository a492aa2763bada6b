"""Training states on disk, replaced atomically, so that an interruption never leaves half a file."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import torch

from tui.training.errors import TrainingError

State = dict[str, Any]
"""What `torch.save` writes: plain values and tensors by name."""

CHECKPOINT_NAME = "last.pt"
BEST_NAME = "best.pt"


def save(state: State, path: Path) -> None:
    """Write `state` to `path` so that the file is at any time the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".part")
    with fresh.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def load(path: Path) -> State | None:
    """Read a state, or return None where there is none yet. Raises TrainingError where the file is damaged."""
    if not path.exists():
        return None
    try:
        state: State = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{path}: not a readable checkpoint ({error}); remove it to begin anew") from error
    return state
