"""What tests in a terminal share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmux_socket(tmp_path: Path) -> Iterator[Path]:
    """Where a tmux of the test's own listens; it is gone with the test, and all that runs in it."""
    socket = tmp_path / "socket"
    yield socket
    subprocess.run(["tmux", "-S", str(socket), "kill-server"], check=False, capture_output=True, timeout=10)
