"""What is imported when: the first paint and the command line wait for nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "timm", "cv2", "openvino", "transformers", "scipy")


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("tui.cli.root", (*HEAVY, "textual", "numpy")),
        ("tui.app", (*HEAVY, "numpy")),
        ("tui.screens.main", HEAVY),
        ("tui.depth.loader", HEAVY),
        ("tui.camera.open", HEAVY),
        ("tui.instrument.session", (*HEAVY, "textual")),
        ("tui.pipeline.pipeline", (*HEAVY, "textual")),
    ],
)
def test_importing_it_loads_nothing_heavy(module: str, absent: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*[name for name in {absent!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
