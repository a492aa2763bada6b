"""What a shell completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.depth.hub.choices import HUB_MODELS
from tui.depth.registry import MODELS
from tui.storage.paths import intrinsics_dir, profiles_dir

HEAVY = ("torch", "cv2", "openvino", "textual", "numpy", "scipy")


def completed(line: str, *, shell: str = "bash") -> list[str]:
    """What the shell is offered for the last word of the line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_TYPER_COMPLETE_ARGS": line}
    done = subprocess.run(
        [sys.executable, "-m", "tui"],
        env=os.environ
        | words
        | {"_DEPTH_TUI_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.fixture
def saved() -> None:
    for folder, names in ((profiles_dir(), ("bench", "büro", "desk")), (intrinsics_dir(), ("webcam", "wide"))):
        folder.mkdir(parents=True)
        for name in names:
            (folder / f"{name}.json").write_text("not even JSON")
        (folder / "\x1b[2J.json").touch()
        (folder / os.fsdecode(b"\xff.json")).touch()


@pytest.mark.usefixtures("saved")
def test_the_names_of_what_is_saved_are_known() -> None:
    assert completed("depth-tui --profile b") == ["bench", "büro"]
    assert completed("depth-tui profiles remove ", shell="fish") == ["bench", "büro", "desk"]
    assert completed("depth-tui measure a.png --intrinsics w") == ["webcam", "wide"]


def test_models_and_palettes_are_known() -> None:
    names = completed("depth-tui watch --model ")
    assert names == [spec.short_name for spec in (*MODELS, *HUB_MODELS)]
    assert completed("depth-tui --palette i") == ["inferno"]


@pytest.mark.parametrize("kind", ["missing", "a file", "forbidden"])
def test_where_nothing_can_be_read_nothing_is_offered(kind: str, tmp_path: Path) -> None:
    folder = profiles_dir()
    if kind != "missing":
        folder.parent.mkdir(parents=True)
    if kind == "a file":
        folder.touch()
    if kind == "forbidden":
        folder.mkdir()
        folder.chmod(0)
    assert tmp_path
    assert completed("depth-tui --profile ") == []


def test_completing_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom tui.cli import root, complete\n"
        "complete.model_names(''), complete.profile_names(''), complete.intrinsics_names('')\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"
