"""`depth-tui profiles`: there and back again as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.planted import kitchen
from tui.cli.root import run
from tui.storage.profiles import list_profiles, load_profile, save_profile


@pytest.fixture
def saved() -> str:
    save_profile(kitchen("bench"))
    return "bench"


def test_the_list_says_what_each_belongs_to(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles"]) == 0
    out = capsys.readouterr().out
    profile = load_profile(saved)
    assert all(word in out for word in (saved, profile.camera, profile.model_name, f"{profile.width}x{profile.height}"))


def test_export_and_import_give_the_same_profile(
    saved: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bench.json"
    before = load_profile(saved)
    assert run(["profiles", "export", saved, str(file)]) == 0
    assert run(["profiles", "export", saved, str(file)]) == 2
    assert "--force" in capsys.readouterr().err
    assert run(["profiles", "remove", saved]) == 0
    assert list_profiles() == []
    assert run(["profiles", "import", str(file)]) == 0
    assert load_profile(saved) == before
    assert run(["profiles", "import", str(file)]) == 2
    assert run(["profiles", "import", str(file), "--name", "copy"]) == 0
    assert list_profiles() == ["bench", "copy"]


def test_what_is_no_profile_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}")
    assert run(["profiles", "import", str(file)]) == 2
    assert "other.json" in capsys.readouterr().err
    assert run(["profiles", "remove", "nothing"]) == 2
    assert run(["profiles", "export", "nothing", str(tmp_path / "x.json")]) == 2
    assert list_profiles() == []
