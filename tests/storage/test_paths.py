from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest

from tui.errors import StorageError
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


def test_a_path_begins_at_home_where_somebody_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.from_home("~/a") == tmp_path / "a"
    assert paths.from_home(Path("b/~/c")) == Path("b/~/c")
    assert paths.from_home("~nobody-of-this-name/a") == Path("~nobody-of-this-name/a")


def test_links_that_lead_nowhere_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "there").symlink_to("a")
    assert paths.real(tmp_path / "there") == paths.real(tmp_path) / "a"
    assert paths.real(tmp_path / "loop" / "a").name == "a"


def test_where_no_home_is_known_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> Path:
        raise RuntimeError

    for name in ("user_cache_path", "user_config_path", "user_data_path", "user_state_path"):
        monkeypatch.setattr(platformdirs, name, nobody)
    monkeypatch.setattr(Path, "home", nobody)
    for place in (paths.cache_dir, paths.config_dir, paths.data_dir, paths.state_dir, paths.home):
        with pytest.raises(StorageError, match="set HOME"):
            place()
