"""Installations that leave things out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tui.extras import EXTRAS, MIDAS, Extra

ALL = frozenset(module for extra in EXTRAS for module, _ in extra.packages)
"""Every module that an extra brings."""

needs_midas = pytest.mark.skipif(bool(MIDAS.missing), reason="the extra 'midas' is not installed")
"""For tests that run MiDaS, or ask another process for it."""


def pretend_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process think that every extra is there, for what is decided before any is loaded."""
    monkeypatch.setattr(Extra, "missing", ())


def hide(monkeypatch: pytest.MonkeyPatch, modules: Iterable[str] = ALL) -> None:
    """Have this process neither find nor import them."""
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


def hidden_env(folder: Path, modules: Iterable[str] = ALL) -> dict[str, str]:
    """An environment whose Pythons, and the Pythons that those start, neither find nor import them.

    Args:
        folder: where to put what Python runs when it starts.
        modules: to hide.
    """
    code = f"import sys\nsys.modules.update(dict.fromkeys({sorted(modules)!r}))\n"
    (folder / "sitecustomize.py").write_text(code)
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path}
