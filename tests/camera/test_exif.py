"""Intrinsics from EXIF: what the block says, and which statement is believed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from tui.camera.exif import intrinsics_from_exif
from tui.errors import InputError

DIAGONAL_MM = math.hypot(36, 24)


def _picture(path: Path, tags: dict[str, float], size: tuple[int, int] = (400, 300)) -> Path:
    """A JPEG with EXIF tags by name: focal, equivalent, across, down, resolution, unit, zoom."""
    names = {
        "focal": 0x920A, "equivalent": 0xA405, "across": 0xA002, "down": 0xA003, "resolution": 0xA20E, "unit": 0xA210,
        "zoom": 0xA404,
    }  # fmt: skip
    exif = Image.Exif()
    block = exif.get_ifd(0x8769)
    for name, value in tags.items():
        whole = name in ("equivalent", "across", "down", "unit")
        block[names[name]] = int(value) if whole else IFDRational(value)
    Image.fromarray(np.zeros((size[1], size[0], 3), np.uint8)).save(path, exif=exif)
    return path


def test_the_35_mm_equivalent(tmp_path: Path) -> None:
    found = intrinsics_from_exif(_picture(tmp_path / "a.jpg", {"equivalent": 26}), 400, 300)
    assert found.fx_px == pytest.approx(26 / DIAGONAL_MM * 500)
    assert found.origin == "EXIF, 26 mm (35 mm equivalent)"
    assert (found.cx_px, found.cy_px) == (199.5, 149.5)
    assert found.focal_sigma > 0


def test_the_sensor_is_finer_where_both_agree(tmp_path: Path) -> None:
    """4000 pixels at 800 a millimetre: 5 mm wide; a picture scaled down to a tenth keeps its field of view."""
    tags = {"focal": 4.25, "resolution": 8000.0, "unit": 3, "across": 4000, "down": 3000}
    alone = intrinsics_from_exif(_picture(tmp_path / "a.jpg", tags), 400, 300)
    assert alone.fx_px == pytest.approx(4.25 / 5.0 * 400)
    assert alone.origin == "EXIF, 4.25 mm on a sensor 5 mm wide"
    equivalent = round(4.25 / math.hypot(5, 3.75) * DIAGONAL_MM)
    both = intrinsics_from_exif(_picture(tmp_path / "b.jpg", tags | {"equivalent": equivalent}), 400, 300)
    assert both.fx_px == alone.fx_px


def test_a_sensor_that_contradicts_the_equivalent_is_not_believed(tmp_path: Path) -> None:
    tags = {"focal": 4.25, "resolution": 72.0, "unit": 2, "across": 4000, "down": 3000, "equivalent": 26}
    found = intrinsics_from_exif(_picture(tmp_path / "a.jpg", tags), 400, 300)
    assert found.origin == "EXIF, 26 mm (35 mm equivalent)"


def test_a_picture_turned_upright(tmp_path: Path) -> None:
    tags = {"focal": 4.25, "resolution": 8000.0, "unit": 3, "across": 4000, "down": 3000}
    upright = intrinsics_from_exif(_picture(tmp_path / "a.jpg", tags), 300, 400)
    assert upright.fx_px == pytest.approx(4.25 / 5.0 * 400)
    assert (upright.width, upright.height) == (300, 400)


def test_a_cropped_picture_is_refused(tmp_path: Path) -> None:
    path = _picture(tmp_path / "a.jpg", {"equivalent": 26, "across": 4000, "down": 3000}, (400, 400))
    with pytest.raises(InputError, match=r"taken as 4000x3000 and cropped since"):
        intrinsics_from_exif(path, 400, 400)


@pytest.mark.parametrize("tags", [{}, {"focal": 4.25}, {"equivalent": 0}, {"focal": 4.0, "resolution": 0.0}])
def test_without_a_statement_it_says_what_else_to_give(tmp_path: Path, tags: dict[str, float]) -> None:
    with pytest.raises(InputError, match="carries no focal length") as caught:
        intrinsics_from_exif(_picture(tmp_path / "a.jpg", tags), 400, 300)
    assert "--fov" in str(caught.value)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no")
    with pytest.raises(InputError, match=r"a\.jpg"):
        intrinsics_from_exif(tmp_path / "a.jpg", 4, 3)
