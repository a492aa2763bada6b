"""How parts of this program are run as programs of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import tui

_OURS = str(Path(tui.__file__).parent.parent)


def program(module: str) -> list[str]:
    """The command that runs `main` of one of our modules by this interpreter.

    The interpreter's -P, and our folder at the end of its path: neither a file in the working directory nor one of our
    neighbours may pass for another module.
    """
    return [sys.executable, "-P", "-c", f"import sys; sys.path.append({_OURS!r}); from {module} import main; main()"]
