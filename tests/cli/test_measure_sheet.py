"""`depth-tui measure --sheet`: a sheet of paper as references, found by itself or by corners; lengths in its plane."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import plant
from tests.targets.rendered import blank, finish, rotation
from tests.targets.sheets import corners_of, paint, seen
from tui.cli.root import run
from tui.geometry.intrinsics import Intrinsics
from tui.storage.intrinsics import save_intrinsics

BENCH = Intrinsics(600, 600, 319.5, 239.5, 640, 480)
TURN = rotation(0.3, 0.2)
MIDDLE_M = (0.05, 0.0, 1.0)
CORNERS = seen(corners_of(0.21, 0.297), TURN, MIDDLE_M, BENCH)
PINNED = ":".join(f"{u:.0f},{v:.0f}" for u, v in CORNERS)


@pytest.fixture(scope="module")
def seen_sheet(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A picture of it."""
    fine = blank(BENCH, 110.0)
    paint(fine, CORNERS, 230.0)
    path = tmp_path_factory.mktemp("sheet") / "sheet.png"
    Image.fromarray(finish(fine, 3.0)).save(path)
    return str(path)


@pytest.fixture
def picture(seen_sheet: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of the sheet, by a camera that is known."""
    plant(monkeypatch)
    save_intrinsics("bench", BENCH)
    return seen_sheet


def _run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[dict[str, Any], str]:
    assert run(["measure", *arguments, "--json"]) == code
    out, err = capsys.readouterr()
    return json.loads(out) if code == 0 else {}, err


@pytest.mark.parametrize(
    ("sheet", "label"), [("A4", "sheet A4"), (f"A4={PINNED}", "rectangle A4"), ("paper", "sheet paper")]
)
def test_a_sheet_is_five_references(picture: str, capsys: pytest.CaptureFixture[str], sheet: str, label: str) -> None:
    found, err = _run(capsys, picture, "--at", "10,10", "--sheet", sheet, "--intrinsics", "bench")
    references = found["calibration"]["references"]
    assert [each["label"] for each in references] == [f"{label} {number}" for number in range(1, 6)]
    middle = seen(np.zeros((1, 3)), TURN, MIDDLE_M, BENCH)[0]
    assert (references[0]["x"], references[0]["y"]) == pytest.approx(tuple(middle), abs=0.6)
    assert references[0]["distance_m"] == pytest.approx(1.0, rel=0.004)
    told = f"depth-tui: --sheet {sheet}: found at {PINNED}, 1 m away\n"
    assert err == ("" if "=" in sheet else told), "somebody can look whether that is right"


def test_a_sheet_that_is_not_there_is_said_with_the_remedy(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = _run(capsys, picture, "--at", "10,10", "--sheet", "Letter", "--intrinsics", "bench")
    assert err.startswith(
        "depth-tui: warning: --sheet Letter: what is seen has the shape of A4; if it is that, write A4"
    )
    _, err = _run(capsys, picture, "--at", "10,10", "--sheet", "20x80cm", "--intrinsics", "bench")
    assert "--sheet 200 x 800 mm: not seen in this picture; give its corners" in err


@pytest.mark.parametrize(
    ("sheet", "more", "words"),
    [
        ("A4", [], "--sheet needs to know the camera: give --intrinsics NAME"),
        ("A4=1,2:3,4", ["--intrinsics", "bench"], "--sheet 'A4=1,2:3,4': write its four corners"),
        ("A4=", ["--intrinsics", "bench"], "--sheet 'A4=': write its four corners"),
        ("quarto", ["--intrinsics", "bench"], "--sheet 'quarto': write A3, A4"),
        (f"Letter={PINNED}", ["--intrinsics", "bench"], "has the shape of A4; if it is that, write A4"),
        ("A4=0,0:900,0:900,900:0,900", ["--intrinsics", "bench"], "outside"),
        (f"5x80cm={PINNED}", ["--intrinsics", "bench"], "no rectangle of these sides is seen like that"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(
    picture: str, capsys: pytest.CaptureFixture[str], sheet: str, more: list[str], words: str
) -> None:
    _, err = _run(capsys, picture, "--at", "10,10", "--sheet", sheet, *more, code=2)
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("sheet", ["A4", f"A4={PINNED}"])
def test_lengths_in_its_plane_without_a_camera(picture: str, capsys: pytest.CaptureFixture[str], sheet: str) -> None:
    side = ":".join(f"{u:.0f},{v:.0f}" for u, v in CORNERS[1:3])
    found, err = _run(capsys, picture, "--sheet", sheet, "--distance", side)
    (span,) = found["distances"]
    assert span["distance_m"] == pytest.approx(0.297, rel=0.01)
    assert span["low_m"] < 0.297 < span["high_m"]
    assert span["reasons"] == ["in the plane of A4, if both ends lie in it"]
    assert err == ""
    assert run(["measure", picture, "--sheet", sheet, "--distance", side]) == 0
    assert "in the plane of A4" in capsys.readouterr().out


def test_watch_finds_it_in_every_frame(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    watched = [
        "watch",
        "--source",
        picture,
        "--at",
        "320,240",
        "--sheet",
        "A4",
        "--intrinsics",
        "bench",
        "--count",
        "2",
    ]
    assert run([*watched, "--every", "0", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["distance_m"] for line in lines] == pytest.approx([1.0, 1.0], rel=0.02)
