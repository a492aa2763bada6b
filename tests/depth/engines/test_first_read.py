"""A model file over which the engine breaks down takes nobody with it."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.depth.models import write_red_model
from tui.depth.engines import first_read
from tui.depth.engines.first_read import check_readable
from tui.depth.file_model import load_file_model
from tui.errors import ModelError
from tui.storage.paths import cache_dir

BREAKS_IT = base64.b64decode(
    "CAg6awoPCgF4MgF3EgF5IgRDb252EgFnKhsIAQgDCAEIARABQgF3SgyamZk+mk2ZPpqZmT5aGwoBeBIWChQIARIQCgIIAQoCCAMKAgggCgIIIGIb"
    "CgF5EhYKFAgBEhAKAggBCgIIAQoCCCAKAgggQgQKABAR"
)
"""A convolution without weights: OpenVINO 2026 ends the process over it."""


def test_a_damaged_model_is_named_and_the_program_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(BREAKS_IT)
    read = subprocess.run([sys.executable, "-c", first_read._READ, str(path)], capture_output=True, check=False)
    if read.returncode >= 0:
        pytest.skip("this version of OpenVINO survives the file")
    with pytest.raises(ModelError, match=r"broken\.onnx is damaged"):
        check_readable(path, "12" * 32)
    assert not (cache_dir() / "read" / ("12" * 32)).exists()


def test_every_model_file_is_checked(tmp_path: Path) -> None:
    path = write_red_model(tmp_path / "red.xml", [1, 3, 32, 32])
    with patch("tui.depth.file_model.check_readable", side_effect=ModelError("asked")), pytest.raises(ModelError):
        load_file_model(path)


def test_what_ends_its_reader_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_read, "_READ", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(ModelError, match=r"net\.onnx is damaged: OpenVINO breaks down over it"):
        check_readable(tmp_path / "net.onnx", "34" * 32)


def test_what_was_read_once_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_read, "_READ", "pass")
    check_readable(tmp_path / "net.onnx", "56" * 32)
    monkeypatch.setattr(first_read, "_READ", "import os; os.abort()")
    check_readable(tmp_path / "net.onnx", "56" * 32)
    with pytest.raises(ModelError):
        check_readable(tmp_path / "net.onnx", "78" * 32)
