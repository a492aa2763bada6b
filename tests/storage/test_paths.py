from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui.storage import paths


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG variables are a Linux matter")
@pytest.mark.parametrize(
    ("variable", "function"),
    [
        ("XDG_CACHE_HOME", paths.cache_dir),
        ("XDG_CONFIG_HOME", paths.config_dir),
        ("XDG_DATA_HOME", paths.data_dir),
        ("XDG_STATE_HOME", paths.state_dir),
    ],
)
def test_xdg_variable_is_read_when_called(
    variable: str, function: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(function)
    for name in ("first", "second"):
        monkeypatch.setenv(variable, str(tmp_path / name))
        assert function() == tmp_path / name / "depth-tui"


def test_nothing_is_created_by_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    paths.weights_dir()
    paths.converted_dir()
    paths.profiles_dir()
    paths.captures_dir()
    paths.faults_dir()
    assert list(tmp_path.iterdir()) == []


def test_folders_lie_where_their_content_belongs() -> None:
    assert paths.weights_dir().parent == paths.cache_dir()
    assert paths.converted_dir().parent == paths.cache_dir()
    assert paths.profiles_dir().parent == paths.data_dir()
    assert paths.captures_dir().parent == paths.data_dir()
    assert paths.faults_dir().parent == paths.state_dir()
