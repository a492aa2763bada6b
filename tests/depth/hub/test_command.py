"""A model of the Hub on the command line: metres at once, corrected by a reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.depth.hub.checkpoints import COMMIT, picture
from tui.cli.root import run


def test_metres_at_once_and_corrected(
    hub: Callable[[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(picture()).save(path)
    command = ["measure", str(path), "--at", "44,33", "--model", hub("glpn"), "--engine", "torch", "--threads", "1"]

    def measured(*more: str) -> dict[str, Any]:
        assert run([*command, *more, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return found

    first = measured()
    assert first["model"] == f"hf:tiny/glpn@{COMMIT[:12]}"
    (reading,) = first["readings"]
    assert reading["status"] == first["calibration"]["kind"] == "metric model, unverified"
    assert reading["distance_m"] == pytest.approx(1 / reading["inverse_depth"])
    assert reading["low_m"] < reading["distance_m"] / 3
    assert reading["high_m"] > reading["distance_m"] * 3
    true_m = 1.5 * reading["distance_m"]
    (reading,) = measured("--reference", f"44,33={true_m}m")["readings"]
    assert (reading["status"], reading["distance_m"]) == ("doubtful", pytest.approx(true_m, rel=0.01))
    assert run(command) == 0
    assert "metric model, unverified: add --reference X,Y=DISTANCE to correct it" in capsys.readouterr().out
    assert run([*command[:5], "hf:tiny/none"]) == 3
    assert "depth-tui: hf:tiny/none is not in the Hub's cache" in capsys.readouterr().err
