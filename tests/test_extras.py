"""What an installation consists of: the table of extras, the lines that bring them, wheels for small boards."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.installed import hide
from tui.extras import EXTRAS, GRAPHICS, MIDAS, ExtraMissing, need, why_not

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
GLIBC = range(17, 37)
"""Of wheels that run on Debian 12, hence on Raspberry Pi OS of 2023 and later."""


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    if not PYPROJECT.is_file():
        pytest.skip("the tests lie beside no pyproject.toml")
    found: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return found


def test_the_program_and_its_installation_name_the_same_packages(project: dict[str, Any]) -> None:
    declared = project["optional-dependencies"]
    for extra in EXTRAS:
        assert set(declared[extra.name]) == {package for _, package in extra.packages}
    assert set(declared) - {extra.name for extra in EXTRAS} == {"all", "test", "dev"}
    (everything,) = declared["all"]
    assert set(re.findall(r"\w+", everything.partition("[")[2])) == {extra.name for extra in EXTRAS}


def test_the_base_has_nothing_of_an_extra(project: dict[str, Any]) -> None:
    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^\w-]", each)[0] for each in requirements}

    for extra in EXTRAS:
        assert not names(project["dependencies"]) & names([package for _, package in extra.packages])


def environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment as far as it is looked at, taken for the one that this program runs in."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "pip").touch()
    monkeypatch.setattr(sys, "prefix", str(folder))
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    return folder


def test_the_line_is_for_the_environment_that_runs_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = environment(tmp_path / "my project" / ".venv", monkeypatch)
    assert shlex.split(MIDAS.install) == [str(home / "bin" / "pip"), "install", "depth-tui[midas]"]
    monkeypatch.chdir(home.parent)
    assert MIDAS.install == ".venv/bin/pip install 'depth-tui[midas]'"
    monkeypatch.setattr(sys, "base_prefix", str(home))
    assert MIDAS.install == f"{shlex.quote(sys.executable)} -m pip install 'depth-tui[midas]'"


def test_uv_and_pipx_have_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = environment(tmp_path / "tool", monkeypatch)
    hide(monkeypatch, ["pip"])
    packages = [package for _, package in MIDAS.packages]
    assert shlex.split(MIDAS.install) == ["uv", "pip", "install", "--python", str(home), *packages]
    (home / "pipx_metadata.json").touch()
    assert shlex.split(MIDAS.install) == ["pipx", "inject", "depth-tui", *packages]


def test_what_is_missing_is_named_and_the_rest_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch)
    assert why_not(GRAPHICS) == f"needs textual_image: run {GRAPHICS.install}"
    assert why_not(MIDAS, "timm") == f"needs timm: run {MIDAS.install}"
    with pytest.raises(ExtraMissing, match=r"^it needs torch and timm: run ") as caught:
        need(MIDAS, "it", "torch", "timm")
    assert caught.value.exit_code == 3
    need(MIDAS, "it", "numpy")


@pytest.mark.large
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_a_small_board_has_a_wheel_of_everything(version: str, project: dict[str, Any], tmp_path: Path) -> None:
    """Resolved for 64-bit ARM, with what the packages need themselves; only their descriptions are fetched."""
    pytest.importorskip("pip", reason="there is no pip here")
    platforms = ["manylinux2014_aarch64", *(f"manylinux_2_{number}_aarch64" for number in GLIBC)]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary=:all:"]
    command += ["--retries", "1", "--timeout", "20", "--python-version", version, "--target", str(tmp_path)]
    command += [f"--platform={each}" for each in platforms]
    found = subprocess.run([*command, *project["dependencies"]], capture_output=True, text=True, check=False)
    if found.returncode and "after connection broken" in found.stderr:
        pytest.skip("the package index cannot be reached")
    assert found.returncode == 0, found.stderr[-2000:]
    assert "Would install" in found.stdout
