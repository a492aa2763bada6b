"""What is printed is found again, at its true size."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tui.cli.root import run
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.targets.board_text import parse_board
from tui.targets.boards import BoardFinder, BoardSpec
from tui.targets.dictionary import load_dictionary
from tui.targets.printed import BAR_MM, Page, board_page, marker_page, ruler_page
from tui.targets.printing import pdf_of, svg_of
from tui.targets.spec import MarkerSpec, parse_target

PX_PER_MM = 8
_BAR = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")


def printed(svg: str) -> RGBImage:
    """What a printer makes of it, 8 dots a millimetre."""
    size = re.search(r'width="([\d.]+)mm" height="([\d.]+)mm" viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    assert size.group(1, 2) == size.group(3, 4), "a unit is a millimetre"
    width, height = (round(float(each) * PX_PER_MM) for each in size.group(1, 2))
    grey = np.full((height, width), 255, np.uint8)
    path = re.search(r'<path d="([^"]*)"', svg)
    assert path is not None
    bars = _BAR.findall(path[1])
    assert "".join(f"M{a} {b}h{c}v{d}h-{c}z" for a, b, c, d in bars) == path[1], "it is all of these"
    for bar in bars:
        left, top, across, down = (float(each) * PX_PER_MM for each in bar)
        grey[round(top) : round(top + down), round(left) : round(left + across)] = 0
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def sides_mm(corners_px: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.linalg.norm(np.roll(corners_px, -1, axis=0) - corners_px, axis=1) / PX_PER_MM, np.float64)


@pytest.mark.parametrize("text", ["DICT_4X4_50:7=80mm", "DICT_APRILTAG_36H11:3=16cm", "DICT_6X6_250:249=25mm"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_marker_is_found_at_its_size(text: str, paper: str) -> None:
    spec = parse_target(text)
    assert isinstance(spec, MarkerSpec)
    image = printed(svg_of(marker_page(spec, paper)))
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    corners, numbers, _ = cv2.aruco.ArucoDetector(load_dictionary(spec.dictionary)).detectMarkers(small)
    assert numbers is not None
    assert np.asarray(numbers).ravel().tolist() == [spec.number]
    assert sides_mm(2 * np.asarray(corners[0], np.float64).reshape(4, 2)) == pytest.approx(1000 * spec.size_m, abs=0.4)


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("9x6 25mm", "A3"), ("9x6 20mm", "A4"), ("8x5 25mm", "Letter"), ("5x7 35mm/26mm DICT_4X4_50", "A4"),
        ("6x8 25mm/18mm DICT_6X6_250", "Letter"),
    ],
)  # fmt: skip
def test_a_board_is_found_at_its_size(text: str, paper: str) -> None:
    _finds(parse_board(text), paper)


def test_a_board_of_markers_is_found_at_its_size() -> None:
    _finds(BoardSpec.markers(4, 5, 0.035, 0.006, "DICT_6X6_1000"), "A4")


def _finds(board: BoardSpec, paper: str) -> None:
    image = printed(svg_of(board_page(board, paper)))
    small = np.ascontiguousarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    view = BoardFinder(board).find(small)
    assert view is not None
    assert len(view.object_m) == board.count
    apart_m = np.linalg.norm(view.object_m - view.object_m[0], axis=1)
    apart_px = np.linalg.norm(view.corners_px - view.corners_px[0], axis=1)
    assert apart_px / (PX_PER_MM / 2) == pytest.approx(1000 * apart_m, abs=0.4)


def test_a_ruler_s_lines_are_millimetres_and_the_bar_is_100_mm() -> None:
    page = ruler_page(180, "A4")
    lines = sorted(each.left + each.width / 2 for each in page.bars if each.width == 0.2 and each.height > 5)
    assert np.diff(lines) == pytest.approx(np.ones(180))
    _has_a_bar(page)


def _has_a_bar(page: Page) -> None:
    (bar,) = (each for each in page.bars if each.width == BAR_MM)
    assert bar.left >= 9
    assert bar.top + bar.height < page.height - 9
    assert any("This bar is 100 mm" in each.text for each in page.words)


def test_everything_stays_off_the_page_s_edges_and_off_the_words() -> None:
    for page in (board_page(parse_board("9x6 20mm"), "A4"), ruler_page(180, "Letter")):
        foot = min(each.base for each in page.words if "bar" in each.text) - 8
        for each in page.bars:
            assert each.left >= 9.9
            assert each.left + each.width <= page.width - 9.9
            assert each.top >= 9.9
            assert each.top + each.height <= foot or each.top >= foot


def test_a_pdf_has_the_page_s_size() -> None:
    page = marker_page(MarkerSpec("DICT_4X4_50", 7, 0.08, 0.0003), "A4")
    data = pdf_of(page)
    box = re.search(rb"MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    assert box is not None
    assert [float(each) / 72 * 25.4 for each in box.groups()] == pytest.approx([210, 297], abs=0.05)
    assert len(data) < 200_000


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["marker", "DICT_4X4_50:*=80mm"], "write which marker"),
        (["marker", "DICT_4X4_50:0=300mm"], "does not fit A4"),
        (["marker", "DICT_4X4_50:0=1mm"], "which no camera sees"),
        (["marker", "sheet:A4"], "write one marker"),
        (["marker", "nonsense"], "write it as"),
        (["marker"], "which marker?"),
        (["board", "9x6 60mm"], "does not fit A4, which has room for"),
        (["board", "9x6"], "write a chessboard as"),
        (["ruler", "3m"], "between 2 cm and 40 cm"),
        (["ruler", "35cm"], "does not fit A4"),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    path = tmp_path / "x.svg"
    assert run(["print", *words, "--out", str(path)]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert not path.exists()


def test_files_are_written_by_their_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, begins in (("a.svg", b"<svg "), ("b.pdf", b"%PDF")):
        path = tmp_path / name
        assert run(["print", "marker", "DICT_4X4_50:7=80mm", "--out", str(path)]) == 0
        assert path.read_bytes().startswith(begins)
        assert "print it at 100 %" in capsys.readouterr().out
    for out in (["--out", str(tmp_path / "c.png")], []):
        assert run(["print", "ruler", *out]) == 2
        assert ".svg or .pdf" in capsys.readouterr().err


def test_a_marker_without_a_number_is_no_page() -> None:
    with pytest.raises(InputError, match="DICT_4X4_50:0=80mm"):
        marker_page(MarkerSpec("DICT_4X4_50", None, 0.08, 0.0003), "A4")
