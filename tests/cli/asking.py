"""What `depth-tui measure` answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.cli.root import run


def measured(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What scripts read, and nothing on the error stream."""
    assert run(["measure", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert isinstance(found, dict)
    return found


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    """The one line that a refused command says."""
    assert run(["measure", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("depth-tui: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert "fault of depth-tui" not in err
    return err
