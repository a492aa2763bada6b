"""A picture whose distances are known, and a place for what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.planted import plant, stripes


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Stripes with a hole, and a model that knows how far away they are."""
    plant(monkeypatch)
    return str(stripes(tmp_path / "stripes.png", holes=True))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"
