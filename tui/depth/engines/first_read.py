"""A model file that nobody has read before is read in a process of its own first: a damaged one can end its reader."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from tui.errors import ModelError
from tui.storage.paths import cache_dir

_LONGEST_S = 120.0
_READ = """
import sys
from pathlib import Path
from tui.depth.engines.openvino_engine import read_model
read_model(Path(sys.argv[1]))
"""
_BUNDLED = Path(__file__).resolve().parents[2]


def check_readable(path: Path, sha256: str) -> None:
    """Return if the engine survives reading the file; what else is wrong with it, its reader says.

    Args:
        path: the model.
        sha256: of all that it consists of; what was read once is not tried again.

    Raises:
        ModelError: reading it ends the process, or never ends.
    """
    mark = cache_dir() / "read" / sha256
    if mark.exists() or _BUNDLED in path.resolve().parents:
        return
    try:
        found = subprocess.run(
            [sys.executable, "-c", _READ, str(path)], capture_output=True, timeout=_LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{path} is damaged: reading it does not end; fetch or export it again") from error
    if found.returncode < 0:
        raise ModelError(f"{path} is damaged: OpenVINO breaks down over it; fetch or export it again")
    if found.returncode == 0:
        with contextlib.suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
