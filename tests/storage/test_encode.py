"""What is written can be read by others, and says the same."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.storage.planted import slope
from tui.geometry.arrays import FloatMap
from tui.storage.encode import PNG16_NOTE, encode_npz, encode_pfm, encode_png, encode_png16


def test_npz_keeps_the_raw_map() -> None:
    with np.load(BytesIO(encode_npz(slope()))) as archive:
        assert archive.files == ["inverse_depth"]
        values = archive["inverse_depth"]
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, slope())


def test_pfm_is_little_endian_and_bottom_up() -> None:
    header, size, scale, data = encode_pfm(slope()).split(b"\n", 3)
    assert (header, size, float(scale)) == (b"Pf", b"20 12", -1.0)
    rows = np.frombuffer(data, dtype="<f4").reshape(12, 20)
    np.testing.assert_array_equal(rows[0], slope()[-1])
    np.testing.assert_array_equal(rows[::-1], slope())


def test_opencv_reads_the_same_pfm() -> None:
    cv2 = pytest.importorskip("cv2")
    values = cv2.imdecode(np.frombuffer(encode_pfm(slope()), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(values, slope())


def _undo(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    picture = Image.open(BytesIO(data))
    assert picture.mode == "I;16"
    levels = np.asarray(picture)
    note = picture.text[PNG16_NOTE]  # type: ignore[attr-defined]  # only PNG pictures have it
    found = re.fullmatch(r"inverse_depth = (\S+) \* value \+ (\S+); 0 is unknown", note)
    assert found
    return levels, float(found[1]) * levels + float(found[2])


def test_a_16_bit_png_can_be_undone() -> None:
    levels, values = _undo(encode_png16(slope()))
    known = np.isfinite(slope())
    assert levels[known].min() == 1
    assert levels[known].max() == 65535
    assert (levels[~known] == 0).all()
    np.testing.assert_allclose(values[known], slope()[known], atol=0.6 / 65534)


@pytest.mark.parametrize(
    ("values", "level"),
    [
        (np.full((3, 4), 7.5, np.float32), 1),
        (np.full((3, 4), np.nan, np.float32), 0),
        (np.full((1, 1), -3e38, np.float32), 1),
    ],
)
def test_a_flat_or_empty_map_has_a_16_bit_png_too(values: FloatMap, level: int) -> None:
    levels, undone = _undo(encode_png16(values))
    assert (levels == level).all()
    if level:
        np.testing.assert_allclose(undone, values)


def test_the_whole_range_of_float32_fits() -> None:
    levels, _ = _undo(encode_png16(np.array([[-3e38, 0, 3e38]], np.float32)))
    assert levels[0].tolist() == [1, 32768, 65535]


def test_an_rgb_png_keeps_its_channels() -> None:
    image = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
    np.testing.assert_array_equal(np.asarray(Image.open(BytesIO(encode_png(image)))), image)
